/** Tests that the benchmarks run. */
package dejavm.bench;
