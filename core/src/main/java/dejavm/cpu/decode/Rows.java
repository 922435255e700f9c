package dejavm.cpu.decode;

import java.util.List;

/** The rows of the opcode table, for who needs to know all instructions there are. */
public final class Rows {
  private Rows() {}

  /** All rows in the order of the table, without the one of no instruction. */
  public static List<Row> all() {
    return OpcodeTable.rows();
  }

  /** One more than the largest {@link Row#index}. */
  public static int count() {
    return OpcodeTable.indexes();
  }
}
