package dejavm.memory;

/** Is told of writes into pages that hold decoded code. */
public interface CodeWatcher {
  /**
   * Bytes of a watched page were, or are about to be, written.
   *
   * @param page the page of RAM, counted from its start
   * @param offset first byte in the page
   * @param length number of bytes, up to the page's end
   * @return whether the page still holds code and must stay watched
   */
  boolean written(int page, int offset, int length);
}
