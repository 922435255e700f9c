package dejavm.session;

import dejavm.bus.Inputs;
import dejavm.bus.Outputs;
import dejavm.bus.Paged;
import dejavm.machine.Board;
import dejavm.machine.InitialMemory;
import dejavm.machine.Machine;
import dejavm.machine.MachineConfig;
import dejavm.machine.Processor;
import dejavm.record.RecordingException;
import dejavm.record.RecordingReader;
import java.util.SequencedMap;
import java.util.TreeMap;

/**
 * What a machine is made of, before its first instruction.
 *
 * @param config how it behaves
 * @param memory what is in its memory
 */
public record Setup(MachineConfig config, InitialMemory memory) {
  /**
   * The version of what a guest can observe of the machine; raised with every change of it. A
   * recording replays only with the version that it was made with.
   */
  public static final int SEMANTICS = 2;

  static final String RAM = "ram";
  static final String ROM = "rom";

  /** In the header: pages that a reset clears, and that are left out for being zero. */
  private static final String ZERO_PAGES = "zero-pages";

  /** Entries of the translation cache where nobody asks for another number. */
  public static final int TLB_ENTRIES = 1024;

  /**
   * The setup that a recording begins with.
   *
   * @throws RecordingException where it was made by another version, or describes no machine
   */
  public static Setup of(RecordingReader recording) {
    int semantics = recording.header().semantics();
    if (semantics != SEMANTICS) {
      throw new RecordingException(
          "made with version %d of the machine; this is version %d"
              .formatted(semantics, SEMANTICS));
    }
    MachineConfig config;
    TreeMap<Integer, byte[]> pages = new TreeMap<>();
    try {
      config = MachineConfig.parse(recording.header().configuration());
      InitialMemory.addZeroPages(
          pages, recording.header().configuration().getOrDefault(ZERO_PAGES, ""));
    } catch (IllegalArgumentException e) {
      throw new RecordingException(e.getMessage());
    }
    recording.pages(RAM, (number, bytes) -> pages.put(number, bytes.clone()));
    TreeMap<Integer, byte[]> romPages = new TreeMap<>();
    recording.pages(ROM, (number, bytes) -> romPages.put(number, bytes.clone()));
    long last = config.memory() / Paged.PAGE - 1;
    if (romPages.isEmpty() || !pages.isEmpty() && pages.lastKey() > last) {
      throw new RecordingException("its initial memory is incomplete");
    }
    byte[] rom = new byte[(romPages.lastKey() + 1) * Paged.PAGE];
    romPages.forEach((n, bytes) -> System.arraycopy(bytes, 0, rom, n * Paged.PAGE, Paged.PAGE));
    return new Setup(config, new InitialMemory(pages, rom));
  }

  /** The machine's description, as it stands in a recording's header. */
  SequencedMap<String, String> description() {
    SequencedMap<String, String> pairs = config.pairs();
    pairs.put(ZERO_PAGES, memory.zeroPages());
    return pairs;
  }

  /**
   * Builds a machine with all its devices.
   *
   * @param tlbEntries size of the translation cache, which the guest cannot observe
   */
  public Machine build(Inputs inputs, Outputs outputs, int tlbEntries) {
    Board[] board = new Board[1];
    Processor processor =
        new Processor(
            config,
            memory,
            tlbEntries,
            nucleus -> board[0] = new Board(config, memory, nucleus, inputs, outputs));
    return new Machine(processor, board[0]);
  }
}
