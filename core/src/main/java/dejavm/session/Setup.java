package dejavm.session;

import dejavm.bus.Inputs;
import dejavm.bus.Nucleus;
import dejavm.bus.Outputs;
import dejavm.bus.Paged;
import dejavm.bus.Platform;
import dejavm.machine.Board;
import dejavm.machine.Drives;
import dejavm.machine.Execution;
import dejavm.machine.InitialMemory;
import dejavm.machine.Machine;
import dejavm.machine.MachineConfig;
import dejavm.machine.Processor;
import dejavm.record.Boundary;
import dejavm.record.RecordedMedium;
import dejavm.record.RecordingException;
import dejavm.record.RecordingReader;
import dejavm.record.RecordingWriter;
import java.util.SequencedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * What a machine is made of, before its first instruction.
 *
 * @param config how it behaves
 * @param memory what is in its memory
 * @param drives what is in its drives
 * @param execution how it is run, which it cannot observe
 */
public record Setup(
    MachineConfig config, InitialMemory memory, Drives drives, Execution execution) {
  static final String RAM = "ram";
  static final String ROM = "rom";
  static final String VIDEO_ROM = "video-rom";

  /** In the header: pages that a reset clears, and that are left out for being zero. */
  private static final String ZERO_PAGES = "zero-pages";

  /** A machine without drives, to be run the fastest way. */
  public Setup(MachineConfig config, InitialMemory memory) {
    this(config, memory, Drives.NONE, Execution.fastest());
  }

  /** The same machine, run another way. */
  public Setup run(Execution another) {
    return new Setup(config, memory, drives, another);
  }

  /**
   * The setup that a recording begins with, to be run the fastest way.
   *
   * @throws RecordingException where it was made by a newer version, or describes no machine
   */
  public static Setup of(RecordingReader recording) {
    int semantics = recording.header().semantics();
    if (semantics > Semantics.VERSION) {
      throw new RecordingException(
          "made with version %d of the machine; this is version %d"
              .formatted(semantics, Semantics.VERSION));
    }
    MachineConfig config;
    Drives drives;
    TreeMap<Integer, byte[]> pages = new TreeMap<>();
    try {
      config = MachineConfig.parse(recording.header().configuration());
      // no board is built at the cpu boundary
      boolean board = recording.header().boundary() == Boundary.MACHINE;
      drives = board ? drives(recording) : Drives.NONE;
      InitialMemory.addZeroPages(
          pages, recording.header().configuration().getOrDefault(ZERO_PAGES, ""));
    } catch (IllegalArgumentException e) {
      throw new RecordingException(e.getMessage());
    }
    recording.pages(RAM, (number, bytes) -> pages.put(number, bytes.clone()));
    long last = config.memory() / Paged.PAGE - 1;
    byte[] rom = rom(recording, ROM);
    boolean romMissing = rom.length == 0 && recording.header().boundary() == Boundary.MACHINE;
    if (romMissing || !pages.isEmpty() && pages.lastKey() > last) {
      throw new RecordingException("its initial memory is incomplete");
    }
    return new Setup(
        config,
        new InitialMemory(pages, rom, rom(recording, VIDEO_ROM)),
        drives,
        Execution.fastest());
  }

  private static byte[] rom(RecordingReader recording, String name) {
    TreeMap<Integer, byte[]> pages = new TreeMap<>();
    recording.pages(name, (number, bytes) -> pages.put(number, bytes.clone()));
    byte[] rom = new byte[pages.isEmpty() ? 0 : (pages.lastKey() + 1) * Paged.PAGE];
    pages.forEach((n, bytes) -> System.arraycopy(bytes, 0, rom, n * Paged.PAGE, Paged.PAGE));
    return rom;
  }

  private static Drives drives(RecordingReader recording) {
    return Drives.parse(recording.header().configuration(), recording::medium);
  }

  /** The same machine, which tells a recording what it reads of media that are not referred to. */
  Setup recordedBy(RecordingWriter writer) {
    return new Setup(
        config,
        memory,
        drives.map(
            medium -> medium.reference().isEmpty() ? new RecordedMedium(medium, writer) : medium),
        execution);
  }

  /** The machine's description, as it stands in a recording's header. */
  SequencedMap<String, String> description() {
    SequencedMap<String, String> pairs = config.pairs();
    pairs.put(ZERO_PAGES, memory.zeroPages());
    pairs.putAll(drives.pairs());
    return pairs;
  }

  /**
   * Puts what memory starts with into a recording. ROMs are effects of the board's on their own.
   */
  void writePages(Boundary boundary, RecordingWriter writer) {
    writer.pages(RAM, memory.ram((int) (config.memory() / Paged.PAGE)));
    if (boundary == Boundary.MACHINE) {
      writer.pages(ROM, memory.romPages());
      writer.pages(VIDEO_ROM, memory.videoRomPages());
    }
  }

  /** Builds a machine with all its devices. */
  public Machine build(Inputs inputs, Outputs outputs) {
    return build(inputs, outputs, UnaryOperator.identity(), UnaryOperator.identity());
  }

  /**
   * Builds a machine with all its devices, of which the cpu boundary is tapped.
   *
   * @param inward wraps what the board does to the nucleus
   * @param outward wraps what the nucleus asks the board
   */
  Machine build(
      Inputs inputs,
      Outputs outputs,
      UnaryOperator<Nucleus> inward,
      UnaryOperator<Platform> outward) {
    Board[] board = new Board[1];
    Processor processor =
        new Processor(
            config,
            memory,
            execution,
            nucleus -> {
              board[0] = new Board(config, memory, drives, inward.apply(nucleus), inputs, outputs);
              return outward.apply(board[0]);
            });
    return new Machine(processor, board[0]);
  }

  /** Builds the nucleus alone, with something else in the place of the board. */
  Machine buildNucleus(Function<Nucleus, Platform> platform) {
    return new Machine(new Processor(config, memory, execution, platform));
  }
}
