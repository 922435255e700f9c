package dejavm.session;

import dejavm.cpu.CpuState;
import dejavm.machine.Machine;
import dejavm.record.DigestPoint;
import dejavm.snapshot.Digest;
import dejavm.snapshot.PageTree;
import dejavm.snapshot.StateCodec;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.LongBuffer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/** Hashes of a machine's components, kept up to date in proportion to what changed. */
final class Digests {
  private static final String CPU = "cpu";

  private final Machine machine;
  private final StateCodec codec = new StateCodec();
  private final long[] words = new long[CpuState.WORDS];
  private final byte[] bytes = new byte[8 * CpuState.WORDS];
  private final LongBuffer intoBytes =
      ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asLongBuffer();
  private final SequencedMap<String, PageTree> trees = new LinkedHashMap<>();
  private final Map<String, BitSet> written = new LinkedHashMap<>();

  private final List<String> components;

  /** Of all that is in a machine before its first instruction. */
  Digests(Machine machine) {
    this(machine, List.copyOf(machine.components().keySet()));
  }

  /**
   * @param components which of those that are no pages belong to a digest of everything
   */
  private Digests(Machine machine, List<String> components) {
    this.machine = machine;
    this.components = components;
    machine
        .pages()
        .forEach((name, pages) -> {
          PageTree tree = PageTree.blank(pages);
          trees.put(name, tree);
          written.put(name, tree.track());
        });
  }

  /** Of what is inside the cpu boundary. */
  static Digests ofNucleus(Machine machine) {
    return new Digests(
        machine, Machine.NUCLEUS.stream().filter(machine.components()::containsKey).toList());
  }

  /** The CPU alone. */
  DigestPoint cpu() {
    return point(List.of(part(CPU)));
  }

  /** Every component. */
  DigestPoint all() {
    List<DigestPoint.Part> parts = new ArrayList<>();
    components.forEach(name -> parts.add(part(name)));
    trees.forEach((name, tree) -> parts.add(pages(name, tree)));
    return point(parts);
  }

  /** The same components as in another digest; those that this machine lacks are left out. */
  DigestPoint like(DigestPoint other) {
    List<DigestPoint.Part> parts = new ArrayList<>();
    for (DigestPoint.Part wanted : other.parts()) {
      String name = wanted.component();
      PageTree tree = trees.get(name);
      if (tree != null) {
        parts.add(pages(name, tree));
      } else if (machine.components().containsKey(name)) {
        parts.add(part(name));
      }
    }
    return point(parts);
  }

  /** What a digest says of what is inside the cpu boundary. */
  static DigestPoint insideNucleus(DigestPoint point) {
    return new DigestPoint(
        point.now(),
        point.retired(),
        point.parts().stream().filter(part -> Machine.NUCLEUS.contains(part.component())).toList());
  }

  /** Names the components whose hashes differ, and of RAM and its like the first page. */
  String differing(DigestPoint mine, DigestPoint wanted) {
    Map<String, DigestPoint.Part> parts = new LinkedHashMap<>();
    mine.parts().forEach(part -> parts.put(part.component(), part));
    List<String> names = new ArrayList<>();
    for (DigestPoint.Part part : wanted.parts()) {
      DigestPoint.Part replayed = parts.get(part.component());
      if (replayed == null) {
        names.add(part.component() + " is missing");
      } else if (replayed.hash() != part.hash()) {
        names.add(part.component() + " differs" + place(replayed, part));
      }
    }
    return String.join(", ", names);
  }

  private String place(DigestPoint.Part replayed, DigestPoint.Part recorded) {
    if (replayed.pages().isEmpty() && recorded.pages().isEmpty()) {
      return "";
    }
    int page = differingPage(recorded);
    if (page >= 0) {
      return " in page %x".formatted(page);
    }
    BitSet known = new BitSet();
    recorded.pages().forEach(hash -> known.set(hash.page()));
    for (DigestPoint.PageHash hash : replayed.pages()) {
      if (!known.get(hash.page())) {
        return " in page %x, which only the replay wrote".formatted(hash.page());
      }
    }
    return "";
  }

  private DigestPoint.Part pages(String name, PageTree tree) {
    long root = tree.update();
    BitSet pages = written.get(name);
    List<DigestPoint.PageHash> hashes = new ArrayList<>(pages.cardinality());
    for (int page = pages.nextSetBit(0); page >= 0; page = pages.nextSetBit(page + 1)) {
      hashes.add(new DigestPoint.PageHash(page, (int) tree.leaf(page) & 0xFFFF));
    }
    pages.clear();
    return new DigestPoint.Part(name, root, hashes);
  }

  /** The first of the pages in a recorded part whose present hash differs, or -1. */
  private int differingPage(DigestPoint.Part recorded) {
    PageTree tree = trees.get(recorded.component());
    for (DigestPoint.PageHash page : recorded.pages()) {
      if (((int) tree.leaf(page.page()) & 0xFFFF) != page.hash()) {
        return page.page();
      }
    }
    return -1;
  }

  private DigestPoint.Part part(String component) {
    return component.equals(CPU)
        ? new DigestPoint.Part(CPU, cpuHash())
        : new DigestPoint.Part(
            component, codec.digest(machine.components().get(component).state()));
  }

  private long cpuHash() {
    int count = CpuState.words(machine.processor().cpu(), words);
    intoBytes.put(0, words, 0, count);
    return Digest.of(bytes, 0, 8 * count);
  }

  private DigestPoint point(List<DigestPoint.Part> parts) {
    return new DigestPoint(machine.now(), machine.retired(), parts);
  }
}
