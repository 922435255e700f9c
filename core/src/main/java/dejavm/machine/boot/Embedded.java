package dejavm.machine.boot;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** Machine code of our own that is part of the program, assembled from src/main/asm. */
public final class Embedded {
  private Embedded() {}

  /** The guest {@code tiny}: a multiboot image. */
  public static byte[] tiny() {
    return bytes("tiny.bin");
  }

  /** The code that a machine without firmware starts in. */
  static byte[] resetCode() {
    return bytes("reset.bin");
  }

  private static byte[] bytes(String name) {
    try (InputStream in = Embedded.class.getResourceAsStream(name)) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
