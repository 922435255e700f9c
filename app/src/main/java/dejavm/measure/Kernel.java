package dejavm.measure;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A program of our own for the bare machine: a multiboot image that does its work as often as
 * {@code size=N} on its command line says, prints a checksum of it on the debug console, and ends
 * the run by the debug exit device. Paging is on, interrupts are off. Sources, and how they are
 * built, are in {@code app/src/main/kernels}.
 */
public enum Kernel {
  SIEVE(Group.INTEGER, 16, 80, "the sieve of Eratosthenes, byte by byte"),
  SHA256(Group.INTEGER, 50, 250, "SHA-256"),
  LZCRC(Group.INTEGER, 40, 180, "packing, unpacking, CRC-32"),
  LIST(Group.INTEGER, 10, 40, "a linked list, walked, reversed, sorted"),
  QSORT(Group.INTEGER, 8, 36, "quicksort with comparisons through pointers"),
  VM(Group.INTEGER, 40, 200, "an interpreter of a byte code"),
  FIB(Group.INTEGER, 400, 1800, "recursion"),
  MANDEL_SSE2(Group.FLOAT, 80, 400, "the Mandelbrot set in packed and scalar doubles"),
  MANDEL_X87(Group.FLOAT, 100, 300, "the Mandelbrot set on the x87"),
  SIEVE64(Group.LONG, 4, 50, "a sieve of bits in 64-bit words"),
  HASH64(Group.LONG, 700, 8000, "hashes by 64-bit rotations, products and quotients"),
  LIST64(Group.LONG, 10, 40, "list, in 64 bits"),
  VM64(Group.LONG, 40, 180, "vm, in 64 bits"),
  MOVS(
      Group.SYSTEM,
      5000,
      25_000,
      "copies, fills and searches by REP; it counts as one instruction"),
  PAGES(Group.SYSTEM, 3000, 6000, "page tables written and used, page faults"),
  COLD(Group.COLD, 8, 8, "460,000 instructions executed eight times each");

  /** That of the debug exit device when a kernel is through: no failure has it. */
  static final int EXIT_CODE = 33;

  /** What a kernel stands for: a mean is taken within a group only. */
  public enum Group {
    INTEGER("integer"),
    FLOAT("floating point"),
    LONG("64 bits"),
    SYSTEM("system"),
    COLD("cold code");

    private final String title;

    Group(String title) {
      this.title = title;
    }

    /** In words. */
    public String title() {
      return title;
    }
  }

  private final Group group;
  private final int medium;
  private final int large;
  private final String description;

  Kernel(Group group, int medium, int large, String description) {
    this.group = group;
    this.medium = medium;
    this.large = large;
    this.description = description;
  }

  /** What it is called on the command line. */
  public String title() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** The kernel of that name. */
  public static Optional<Kernel> named(String title) {
    return Arrays.stream(values()).filter(kernel -> kernel.title().equals(title)).findFirst();
  }

  /** All names, as a sentence lists them. */
  public static String titles() {
    return Arrays.stream(values()).map(Kernel::title).collect(Collectors.joining(", "));
  }

  public Group group() {
    return group;
  }

  public String description() {
    return description;
  }

  /**
   * Sizes from the smallest up: next to nothing, which is taken off the others; some 250 million
   * instructions; a thousand million. Code that is cold at its first execution only has one less.
   */
  public List<Integer> sizes() {
    return group == Group.COLD ? List.of(0, large) : List.of(1, medium, large);
  }

  /** Whether it is for a processor of 64 bits. */
  public boolean is64() {
    return group == Group.LONG;
  }

  /** The multiboot image. */
  public byte[] image() {
    try (InputStream in = Kernel.class.getResourceAsStream(title() + ".bin")) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The multiboot module that it needs beside. */
  public Optional<byte[]> module() {
    return this == COLD ? Optional.of(new ColdCode(1).bytes()) : Optional.empty();
  }
}
