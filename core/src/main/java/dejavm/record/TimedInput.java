package dejavm.record;

import dejavm.bus.Input;

/** An input and the moment at which it entered the machine. */
public record TimedInput(long now, Input input) {}
