/** Tests of the translator that are not tests of every engine. */
package dejavm.cpu.translate;
