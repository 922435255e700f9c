package dejavm.image;

import java.io.IOException;

/** What is in an image file, whatever its format: so many bytes, as a guest sees them. */
interface DiskImage extends AutoCloseable {
  /** Bytes in it. */
  long length();

  /** Reads bytes, none of which lies behind the end. */
  void read(long position, byte[] into, int offset, int length) throws IOException;

  @Override
  void close() throws IOException;
}
