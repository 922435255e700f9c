/** Tests of the commands, inside this process and as children of it. */
package dejavm.cli;
