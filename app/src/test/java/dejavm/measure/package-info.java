/** Tests of what measures speed. */
package dejavm.measure;
