package dejavm.session;

import dejavm.machine.Machine;
import dejavm.record.DigestPoint;
import dejavm.snapshot.PageTree;
import dejavm.snapshot.StateCodec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/** Hashes of a machine's components, kept up to date in proportion to what changed. */
final class Digests {
  private static final String CPU = "cpu";

  private final Machine machine;
  private final StateCodec codec = new StateCodec();
  private final SequencedMap<String, PageTree> trees = new LinkedHashMap<>();

  /** For a machine before its first instruction. */
  Digests(Machine machine) {
    this.machine = machine;
    machine.pages().forEach((name, pages) -> trees.put(name, PageTree.blank(pages)));
  }

  /** Pages written since the last full digest, up to a limit. */
  int dirtyPages(int limit) {
    int count = 0;
    var ram = machine.processor().ram();
    for (int page = ram.nextDirty(0); page >= 0 && count < limit; page = ram.nextDirty(page + 1)) {
      count++;
    }
    return count;
  }

  /** The CPU alone. */
  DigestPoint cpu() {
    return point(List.of(part(CPU)));
  }

  /** Every component. */
  DigestPoint all() {
    List<DigestPoint.Part> parts = new ArrayList<>();
    machine.components().sequencedKeySet().forEach(name -> parts.add(part(name)));
    trees.forEach((name, tree) -> parts.add(new DigestPoint.Part(name, tree.update())));
    return point(parts);
  }

  /** The same components as in another digest; those that this machine lacks are left out. */
  DigestPoint like(DigestPoint other) {
    List<DigestPoint.Part> parts = new ArrayList<>();
    for (DigestPoint.Part wanted : other.parts()) {
      String name = wanted.component();
      PageTree tree = trees.get(name);
      if (tree != null) {
        parts.add(new DigestPoint.Part(name, tree.update()));
      } else if (machine.components().containsKey(name)) {
        parts.add(part(name));
      }
    }
    return point(parts);
  }

  private DigestPoint.Part part(String component) {
    return new DigestPoint.Part(
        component, codec.digest(machine.components().get(component).state()));
  }

  private DigestPoint point(List<DigestPoint.Part> parts) {
    return new DigestPoint(machine.now(), machine.retired(), parts);
  }
}
