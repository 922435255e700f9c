package dejavm.memory;

/** What has the host forbid whole pages of its memory to everybody in this process. */
public interface Guard {
  /**
   * @param address of the host, a multiple of 4096
   * @param length bytes, a multiple of 4096
   */
  void forbid(long address, long length);

  /** Lets them be read and written again. */
  void allow(long address, long length);
}
