package dejavm.record;

/** Takes pages of a component out of a recording. */
public interface PageConsumer {
  /** A page; the bytes are valid during the call only. */
  void page(int number, byte[] bytes);
}
