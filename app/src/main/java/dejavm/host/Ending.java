package dejavm.host;

/** Why a run ended. */
public sealed interface Ending {
  /** The guest switched the power off. */
  record PoweredOff() implements Ending {}

  /** The guest was reset, and a reset ends the run. */
  record Reset(String cause) implements Ending {}

  /** The guest asked to end with a code. */
  record DebugExit(int code) implements Ending {}

  /** A signal asked this program to end. */
  record Interrupted() implements Ending {}

  /** The user, or the script, had enough. */
  record Quit() implements Ending {}

  /** The moment asked for is reached. */
  record Until() implements Ending {}

  /** The guest halted, and nothing can wake it. */
  record Stuck() implements Ending {}

  /** An output of the guest can no longer be written. */
  record Failed(HostFailure failure) implements Ending {}

  /** As a recording's end says it. */
  default String text() {
    return switch (this) {
      case PoweredOff _ -> "powered off";
      case Reset(String cause) -> "reset: " + cause;
      case DebugExit(int code) -> "debug exit " + code;
      case Interrupted _, Failed _ -> "interrupted";
      case Quit _ -> "quit";
      case Until _ -> "until";
      case Stuck _ -> "guest stuck";
    };
  }
}
