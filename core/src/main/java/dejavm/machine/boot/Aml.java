package dejavm.machine.boot;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * Encodes ACPI machine language, as far as our tables speak it. Every method gives the bytes of one
 * term, and takes the bytes of the terms inside it. The length of a package counts its own length
 * field, which is why that is sized by trial.
 *
 * <p>Source: ACPI specification 6.5, chapter 20.
 */
final class Aml {
  /** A method without arguments that makes names while it runs. */
  static final int SERIALIZED = 8;

  private static final int SYSTEM_PCI_CONFIG = 2;

  private Aml() {}

  /** The constant; as a target, the result is dropped. */
  static byte[] zero() {
    return bytes(0x00);
  }

  static byte[] arg0() {
    return bytes(0x68);
  }

  static byte[] local0() {
    return bytes(0x60);
  }

  static byte[] join(byte[]... terms) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] term : terms) {
      out.writeBytes(term);
    }
    return out.toByteArray();
  }

  /** The smallest encoding of an integer of up to 32 bits. */
  static byte[] integer(long value) {
    if (value == 0 || value == 1) {
      return bytes((int) value);
    } else if (value <= 0xFF) {
      return bytes(0x0A, (int) value);
    } else if (value <= 0xFFFF) {
      return bytes(0x0B, (int) value, (int) value >> 8);
    }
    int v = (int) value;
    return bytes(0x0C, v, v >> 8, v >> 16, v >> 24);
  }

  /** A path such as {@code \_SB.PCI0.ISA}; short segments are filled up with underscores. */
  static byte[] path(String path) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    String rest = path;
    if (rest.startsWith("\\")) {
      out.write('\\');
      rest = rest.substring(1);
    }
    if (rest.isEmpty()) {
      out.write(0);
      return out.toByteArray();
    }
    String[] segments = rest.split("\\.");
    if (segments.length == 2) {
      out.write(0x2E);
    } else if (segments.length > 2) {
      out.write(0x2F);
      out.write(segments.length);
    }
    for (String segment : segments) {
      out.writeBytes((segment + "____").substring(0, 4).getBytes(StandardCharsets.US_ASCII));
    }
    return out.toByteArray();
  }

  /** A plug-and-play identifier such as {@code PNP0A03}, compressed to 32 bits. */
  static byte[] eisaId(String id) {
    int letters = id.charAt(0) - '@' << 10 | id.charAt(1) - '@' << 5 | id.charAt(2) - '@';
    int digits = Integer.parseInt(id.substring(3), 16);
    return bytes(0x0C, letters >> 8, letters, digits >> 8, digits);
  }

  static byte[] scope(String path, byte[]... terms) {
    return packaged(bytes(0x10), path(path), join(terms));
  }

  static byte[] device(String name, byte[]... terms) {
    return packaged(bytes(0x5B, 0x82), path(name), join(terms));
  }

  static byte[] name(String name, byte[] value) {
    return join(bytes(0x08), path(name), value);
  }

  /** A method; {@code flags} is the number of its arguments, perhaps with {@link #SERIALIZED}. */
  static byte[] method(String name, int flags, byte[]... terms) {
    return packaged(bytes(0x14), path(name), bytes(flags), join(terms));
  }

  static byte[] elements(byte[]... elements) {
    return packaged(bytes(0x12), bytes(elements.length), join(elements));
  }

  static byte[] buffer(byte[] content) {
    return packaged(bytes(0x11), integer(content.length), content);
  }

  /** Registers in the PCI configuration of the device that this stands in. */
  static byte[] pciRegion(String name, int offset, int length) {
    return join(
        bytes(0x5B, 0x80), path(name), bytes(SYSTEM_PCI_CONFIG), integer(offset), integer(length));
  }

  /** Names the bytes of a region, one after the other. */
  static byte[] byteFields(String region, String... names) {
    byte[] fields = {};
    for (String name : names) {
      fields = join(fields, path(name), bytes(8));
    }
    return packaged(bytes(0x5B, 0x81), path(region), bytes(1), fields);
  }

  static byte[] wordField(byte[] buffer, int index, String name) {
    return join(bytes(0x8B), buffer, integer(index), path(name));
  }

  static byte[] store(byte[] value, byte[] target) {
    return join(bytes(0x70), value, target);
  }

  static byte[] and(byte[] a, byte[] b, byte[] target) {
    return join(bytes(0x7B), a, b, target);
  }

  static byte[] or(byte[] a, byte[] b, byte[] target) {
    return join(bytes(0x7D), a, b, target);
  }

  static byte[] shiftLeft(byte[] value, byte[] count, byte[] target) {
    return join(bytes(0x79), value, count, target);
  }

  static byte[] subtract(byte[] a, byte[] b, byte[] target) {
    return join(bytes(0x74), a, b, target);
  }

  /** The number of the lowest set bit, counted from 1. */
  static byte[] lowestBit(byte[] value, byte[] target) {
    return join(bytes(0x82), value, target);
  }

  static byte[] when(byte[] predicate, byte[]... terms) {
    return packaged(bytes(0xA0), predicate, join(terms));
  }

  static byte[] otherwise(byte[]... terms) {
    return packaged(bytes(0xA1), join(terms));
  }

  static byte[] give(byte[] value) {
    return join(bytes(0xA4), value);
  }

  private static byte[] packaged(byte[] operation, byte[]... parts) {
    byte[] content = join(parts);
    int length = content.length;
    byte[] prefix;
    if (length + 1 < 0x40) {
      prefix = bytes(length + 1);
    } else if (length + 2 < 0x1000) {
      int counted = length + 2;
      prefix = bytes(0x40 | counted & 15, counted >> 4);
    } else {
      int counted = length + 3;
      prefix = bytes(0x80 | counted & 15, counted >> 4, counted >> 12);
    }
    return join(operation, prefix, content);
  }

  static byte[] bytes(int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return bytes;
  }
}
