package dejavm.image;

import java.io.IOException;

/** A file that is the disk, byte for byte; so is an ISO image. */
final class RawImage implements DiskImage {
  private final ImageFile file;
  private final long length;

  RawImage(ImageFile file) throws IOException {
    this.file = file;
    length = file.length();
  }

  @Override
  public long length() {
    return length;
  }

  @Override
  public void read(long position, byte[] into, int offset, int size) throws IOException {
    file.read(position, into, offset, size);
  }

  void write(long position, byte[] bytes) throws IOException {
    file.write(position, bytes);
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
