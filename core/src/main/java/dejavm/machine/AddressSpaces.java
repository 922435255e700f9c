package dejavm.machine;

import dejavm.bus.Backing;
import dejavm.bus.Space;
import dejavm.bus.Stateful;
import dejavm.bus.Visibility;
import dejavm.memory.PhysicalMemory;
import java.util.ArrayList;
import java.util.List;

/**
 * What the board has mapped where, inside the cpu boundary: the list of mappings in force, in the
 * order in which they were made, which is the state that {@link PhysicalMemory}'s page map and
 * {@link Router}'s ranges are derived from.
 *
 * <p>Where mappings overlap the later one is seen. One for system management mode alone counts in
 * that mode only, and there it hides no more and no less than any other: so a later one for all
 * modes hides it.
 */
public final class AddressSpaces implements Stateful<AddressSpaces.State> {
  /** What kind of {@link Backing} a mapping has. */
  public enum Kind {
    RAM,
    READ_ONLY_RAM,
    ROM,
    VIDEO,
    OUTSIDE,
    HIDDEN_RAM
  }

  /** A mapping: {@code offset} is the backing's, {@code rom} its bytes, empty for all but ROM. */
  public record Mapping(
      Space space,
      long address,
      long length,
      Kind kind,
      long offset,
      byte[] rom,
      Visibility visibility) {
    private boolean hiddenBy(Mapping other) {
      return space == other.space
          && (other.visibility == Visibility.ALWAYS || visibility == other.visibility)
          && address >= other.address
          && address + length <= other.address + other.length;
    }
  }

  /** All mappings that are not hidden by later ones. */
  public record State(List<Mapping> mappings) {}

  private final PhysicalMemory memory;
  private final Router router;
  private final List<Mapping> mappings = new ArrayList<>();

  AddressSpaces(PhysicalMemory memory, Router router) {
    this.memory = memory;
    this.router = router;
  }

  void map(Space space, long address, long length, Backing backing, Visibility visibility) {
    byte[] rom = backing instanceof Backing.Rom(byte[] bytes) ? bytes : new byte[0];
    Mapping mapping =
        new Mapping(space, address, length, kind(backing), offset(backing), rom, visibility);
    mappings.removeIf(old -> old.hiddenBy(mapping));
    mappings.add(mapping);
    apply(mapping);
  }

  private void apply(Mapping m) {
    router.route(m.space, m.address, m.length, m.kind == Kind.VIDEO, m.offset, m.visibility);
    if (m.space == Space.MEMORY) {
      memory.map(m.address, m.length, backing(m), m.visibility);
    }
  }

  private static Kind kind(Backing backing) {
    return switch (backing) {
      case Backing.Ram _ -> Kind.RAM;
      case Backing.ReadOnlyRam _ -> Kind.READ_ONLY_RAM;
      case Backing.Rom _ -> Kind.ROM;
      case Backing.Video _ -> Kind.VIDEO;
      case Backing.Outside _ -> Kind.OUTSIDE;
      case Backing.HiddenRam _ -> Kind.HIDDEN_RAM;
    };
  }

  private static long offset(Backing backing) {
    return switch (backing) {
      case Backing.Ram(long offset) -> offset;
      case Backing.ReadOnlyRam(long offset) -> offset;
      case Backing.Video(long offset) -> offset;
      case Backing.HiddenRam(long offset) -> offset;
      case Backing.Rom _, Backing.Outside _ -> 0;
    };
  }

  private static Backing backing(Mapping m) {
    return switch (m.kind) {
      case RAM -> new Backing.Ram(m.offset);
      case READ_ONLY_RAM -> new Backing.ReadOnlyRam(m.offset);
      case ROM -> new Backing.Rom(m.rom);
      case VIDEO -> new Backing.Video(m.offset);
      case OUTSIDE -> new Backing.Outside();
      case HIDDEN_RAM -> new Backing.HiddenRam(m.offset);
    };
  }

  @Override
  public State state() {
    return new State(List.copyOf(mappings));
  }

  /** The caller flushes what caches translations. */
  @Override
  public void restore(State state) {
    mappings.clear();
    memory.map(0, 1L << 32, new Backing.Outside());
    router.route(Space.PORT, 0, 1 << 16, false, 0, Visibility.ALWAYS);
    router.route(Space.MEMORY, 0, 1L << 32, false, 0, Visibility.ALWAYS);
    for (Mapping mapping : state.mappings) {
      mappings.add(mapping);
      apply(mapping);
    }
  }
}
