package dejavm.oracle;

import dejavm.cpu.CpuModel;
import dejavm.cpu.decode.Insn;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Runs cases on the host and on our processor and compares. While the host runs one batch, the one
 * before is run here and compared.
 */
final class Fuzzer implements AutoCloseable {
  /**
   * A case about which the two disagree.
   *
   * @param seen how many of the same row there were
   */
  record Mismatch(long number, String text, String instruction, List<String> fields, int seen) {
    @Override
    public String toString() {
      return "case %d, one of %d: %s%n  %s%n  %s"
          .formatted(number, seen, instruction, text, String.join("\n  ", fields));
    }
  }

  private final CaseGenerator generator;
  private final Map<GuestCpu.Mode, GuestCpu> guests = new EnumMap<>(GuestCpu.Mode.class);
  private final HostCpu host;
  private final HostCpu single;
  private final Image guestAfter = Image.alone();
  private final Map<String, Mismatch> mismatches = new TreeMap<>();
  private final Insn[][][] insns = new Insn[Layout.BATCHES][Layout.LIMIT][];
  private final List<GuestCpu.Mode> modes;

  Fuzzer(CaseGenerator generator, CpuModel model, List<GuestCpu.Mode> modes, Path directory)
      throws IOException {
    this.generator = generator;
    this.modes = modes;
    for (GuestCpu.Mode mode : GuestCpu.Mode.values()) {
      guests.put(mode, new GuestCpu(mode, model));
    }
    host = new HostCpu(Files.createDirectory(directory.resolve("batches")));
    single = new HostCpu(Files.createDirectory(directory.resolve("single")));
  }

  /** The mode of a case is a function of its number. */
  private GuestCpu.Mode mode(long number) {
    return modes.get((int) (number % modes.size()));
  }

  /** Runs the cases from a number on. */
  void run(long first, long count) throws IOException {
    long made = first;
    long end = first + count;
    int batch = 0;
    int running = make(batch, made, end);
    made += running;
    host.start(batch, running);
    while (running > 0) {
      int following = make(1 - batch, made, end);
      host.await();
      if (following > 0) {
        host.start(1 - batch, following);
      }
      for (int i = 0; i < running; i++) {
        compare(batch, i, made - running + i);
      }
      made += following;
      running = following;
      batch = 1 - batch;
    }
  }

  private int make(int batch, long number, long end) {
    int count = (int) Math.min(Layout.LIMIT, end - number);
    for (int i = 0; i < count; i++) {
      boolean code64 = mode(number + i).bits == 64;
      insns[batch][i] = generator.make(number + i, code64, host.before(batch, i));
    }
    return count;
  }

  private void compare(int batch, int index, long number) throws IOException {
    Image before = host.before(batch, index);
    GuestCpu guest = guests.get(mode(number));
    guest.run(before, guestAfter);
    Insn[] code = insns[batch][index];
    List<String> fields =
        Comparison.differences(code, before, host.after(batch, index), guestAfter, guest);
    if (!fields.isEmpty()) {
      String key = guest.mode.bits + " " + what(code, fields);
      Mismatch known = mismatches.get(key);
      if (known != null) {
        mismatches.put(
            key,
            new Mismatch(
                known.number, known.text, known.instruction, known.fields, known.seen + 1));
      } else {
        mismatches.put(key, reduced(number, before, guest, fields));
      }
    }
  }

  /** The row, or what is wrong after several instructions. */
  private static String what(Insn[] code, List<String> fields) {
    String field = fields.getFirst();
    return code.length == 1
        ? code[0].row.toString()
        : "several: " + field.substring(0, field.indexOf(':'));
  }

  /** A mismatch for each row that had any. */
  Iterable<Mismatch> mismatches() {
    return mismatches.values();
  }

  /** The fields in which a single case differs. */
  List<String> differences(Image before, GuestCpu.Mode mode) throws IOException {
    return differences(before, guests.get(mode));
  }

  private List<String> differences(Image before, GuestCpu guest) throws IOException {
    single.before(0, 0).copyFrom(before);
    single.start(0, 1);
    single.await();
    guest.run(before, guestAfter);
    return Comparison.differences(
        Sequences.decode(before), before, single.after(0, 0), guestAfter, guest);
  }

  /** Sets to what they are initially all parts of a case that do not matter to the mismatch. */
  private Mismatch reduced(long number, Image before, GuestCpu guest, List<String> seen)
      throws IOException {
    Image image = Image.alone();
    image.copyFrom(before);
    Image initial = Image.alone();
    CaseText.initial(initial);
    List<String> fields = differences(image, guest);
    String name = guest.mode + " " + CaseText.disassembly(before);
    if (fields.isEmpty()) {
      List<String> unstable = new ArrayList<>(seen);
      unstable.add("(only after other cases)");
      return new Mismatch(number, CaseText.of(before), name, unstable, 1);
    }
    fields = shortened(image, guest, fields);
    for (int at = 0; at < Layout.RECORD; at += 8) {
      boolean code = at >= Layout.BYTES && at < Layout.BYTES + Layout.CODE_BYTES;
      long value = image.field(at);
      if (at == Layout.CS || at == Layout.RIP || code || value == initial.field(at)) {
        continue;
      }
      image.field(at, initial.field(at));
      boolean comparable = Comparability.of(Sequences.decode(image)[0], image);
      List<String> still = comparable ? differences(image, guest) : List.of();
      if (still.isEmpty()) {
        image.field(at, value);
      } else {
        fields = still;
      }
    }
    return new Mismatch(number, CaseText.of(image), name, fields, 1);
  }

  /** Puts NOPs where instructions do not matter to a mismatch. */
  private List<String> shortened(Image image, GuestCpu guest, List<String> seen)
      throws IOException {
    List<String> fields = seen;
    Insn[] code = Sequences.decode(image);
    int at = Layout.BYTES;
    byte[] bytes = new byte[Layout.CODE_BYTES];
    for (Insn insn : code) {
      image.read(Layout.BYTES, bytes, bytes.length);
      for (int i = 0; i < insn.length && code.length > 1; i++) {
        image.byteAt(at + i, 0x90);
      }
      List<String> still = code.length > 1 ? differences(image, guest) : List.of();
      if (still.isEmpty()) {
        image.write(Layout.BYTES, bytes, bytes.length);
      } else {
        fields = still;
      }
      at += insn.length;
    }
    return fields;
  }

  @Override
  public void close() throws IOException {
    host.close();
    single.close();
  }
}
