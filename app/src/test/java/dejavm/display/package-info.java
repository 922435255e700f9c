/** Tests of what lies between a machine and its viewers. */
package dejavm.display;
