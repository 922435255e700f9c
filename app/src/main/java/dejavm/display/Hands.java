package dejavm.display;

import dejavm.bus.Input;

/** Lets somebody who watches push keys and buttons of the machine. */
@FunctionalInterface
public interface Hands {
  /** Pushes; waits while the machine has not taken what was pushed before. */
  void push(Input input) throws InterruptedException;

  /** Of somebody who may only watch, as during a replay. */
  Hands TIED = _ -> {};
}
