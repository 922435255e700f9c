package dejavm.record;

/**
 * How a recording ended.
 *
 * @param now guest time
 * @param retired instructions executed since power-on
 * @param outcome why it ended, in a few words
 */
public record End(long now, long retired, String outcome) {}
