/** What tests of several packages share: an assembler and a machine to run its code on. */
package dejavm;
