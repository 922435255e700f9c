package dejavm.image;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A file that is read, and seldom written, at any place. */
final class ImageFile implements AutoCloseable {
  private final Path path;
  private final FileChannel channel;

  ImageFile(Path path, boolean writable) throws IOException {
    if (Files.isDirectory(path)) {
      throw new IOException("is a directory");
    }
    this.path = path;
    channel =
        writable
            ? FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE)
            : FileChannel.open(path, StandardOpenOption.READ);
  }

  /** A file that this one names, beside which it lies unless it says otherwise. */
  Path beside(String name) throws IOException {
    try {
      return path.resolveSibling(name);
    } catch (InvalidPathException e) {
      throw new IOException("it names a file that cannot be", e);
    }
  }

  long length() throws IOException {
    return channel.size();
  }

  void read(long position, byte[] into, int offset, int length) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(into, offset, length);
    while (buffer.hasRemaining()) {
      if (channel.read(buffer, position + buffer.position() - offset) < 0) {
        throw new EOFException("the file ends early");
      }
    }
  }

  /** Reads what is there of a range; the rest stays as it is. */
  void readUpToEnd(long position, byte[] into, int length) throws IOException {
    read(position, into, 0, Math.clamp(length() - position, 0, length));
  }

  void write(long position, byte[] bytes) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    while (buffer.hasRemaining()) {
      channel.write(buffer, position + buffer.position());
    }
  }

  /** A part of the file that is small enough to be held. */
  ByteBuffer part(long position, long length, ByteOrder order) throws IOException {
    if (position < 0 || length < 0 || position + length > length() || length > 1 << 28) {
      throw new IOException("it refers to what lies behind its end");
    }
    byte[] bytes = new byte[(int) length];
    read(position, bytes, 0, bytes.length);
    return ByteBuffer.wrap(bytes).order(order);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
