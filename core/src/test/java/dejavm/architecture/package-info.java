/**
 * The laws of the code, read off our own class files and sources: who may use whom ({@code
 * Layers}), what of the host may be touched ({@code HostApis}), that there is no static state
 * ({@code StaticState}), and how long things may be ({@code Sizes}).
 *
 * <p>Each rule is a class that takes code and answers with its violations as lines of text, so that
 * its test can show it failing on the fixtures below this package. The program's own architecture
 * tests use the same rules with other tables.
 */
package dejavm.architecture;
