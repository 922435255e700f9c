package dejavm.machine;

import dejavm.bus.Backing;
import dejavm.bus.Space;
import dejavm.bus.Stateful;
import dejavm.memory.PhysicalMemory;
import java.util.ArrayList;
import java.util.List;

/**
 * What the board has mapped where, inside the cpu boundary: the list of mappings in force, in the
 * order in which they were made, which is the state that {@link PhysicalMemory}'s page map and
 * {@link Router}'s ranges are derived from.
 */
public final class AddressSpaces implements Stateful<AddressSpaces.State> {
  /** What kind of {@link Backing} a mapping has. */
  public enum Kind {
    RAM,
    READ_ONLY_RAM,
    ROM,
    VIDEO,
    OUTSIDE
  }

  /** A mapping: {@code offset} is the backing's, {@code rom} its bytes, empty for all but ROM. */
  public record Mapping(
      Space space, long address, long length, Kind kind, long offset, byte[] rom) {
    private boolean hiddenBy(Mapping other) {
      return space == other.space
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

  void map(Space space, long address, long length, Backing backing) {
    byte[] none = {};
    Mapping mapping =
        switch (backing) {
          case Backing.Ram ram -> new Mapping(space, address, length, Kind.RAM, ram.offset(), none);
          case Backing.ReadOnlyRam ram ->
              new Mapping(space, address, length, Kind.READ_ONLY_RAM, ram.offset(), none);
          case Backing.Rom rom -> new Mapping(space, address, length, Kind.ROM, 0, rom.bytes());
          case Backing.Video video ->
              new Mapping(space, address, length, Kind.VIDEO, video.offset(), none);
          case Backing.Outside _ -> new Mapping(space, address, length, Kind.OUTSIDE, 0, none);
        };
    mappings.removeIf(old -> old.hiddenBy(mapping));
    mappings.add(mapping);
    apply(mapping);
  }

  private void apply(Mapping m) {
    router.route(m.space, m.address, m.length, m.kind == Kind.VIDEO, m.offset);
    if (m.space == Space.MEMORY) {
      memory.map(m.address, m.length, backing(m));
    }
  }

  private static Backing backing(Mapping m) {
    return switch (m.kind) {
      case RAM -> new Backing.Ram(m.offset);
      case READ_ONLY_RAM -> new Backing.ReadOnlyRam(m.offset);
      case ROM -> new Backing.Rom(m.rom);
      case VIDEO -> new Backing.Video(m.offset);
      case OUTSIDE -> new Backing.Outside();
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
    router.route(Space.PORT, 0, 1 << 16, false, 0);
    router.route(Space.MEMORY, 0, 1L << 32, false, 0);
    for (Mapping mapping : state.mappings) {
      mappings.add(mapping);
      apply(mapping);
    }
  }
}
