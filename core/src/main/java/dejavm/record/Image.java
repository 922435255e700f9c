package dejavm.record;

import java.util.Objects;

/**
 * An image that a recording was made with, known by its content.
 *
 * @param name what it is called in the machine's description
 * @param length in bytes
 * @param sha256 64 hexadecimal digits, lower case
 */
public record Image(String name, long length, String sha256) {
  public Image {
    Objects.requireNonNull(name);
    if (length < 0 || !sha256.matches("[0-9a-f]{64}")) {
      throw new IllegalArgumentException(
          "not an image's length and SHA-256: " + length + " " + sha256);
    }
  }
}
