/**
 * The command line: one class a command, and what commands share.
 *
 * <p>Uses everything else and is used by nothing. A command does its work through {@code
 * dejavm.host} and {@code dejavm.session}, reports figures on standard output and everything else
 * in one line on standard error. It answers with an {@link dejavm.cli.ExitCode}.
 */
package dejavm.cli;
