/**
 * Parts of the machine under JMH: decoder, interpreter, translation of addresses, digests, event
 * log. What is decoded and run are the kernels of {@code dejavm bench engine}.
 *
 * <p>Uses everything and is used by nothing. {@code bench/jmh} runs it.
 */
package dejavm.bench;
