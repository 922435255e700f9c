package dejavm.record;

/** Where the line between the deterministic part and the recorded outer world is drawn. */
public enum Boundary {
  /** Around the whole virtual machine: inputs are recorded. */
  MACHINE,
  /** Around CPU, RAM and video adapter: answers and effects of the board are recorded. */
  CPU
}
