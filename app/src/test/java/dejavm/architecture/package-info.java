/** The rules of core's architecture tests, applied to the program around it. */
package dejavm.architecture;
