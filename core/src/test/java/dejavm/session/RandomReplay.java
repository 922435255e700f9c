package dejavm.session;

import dejavm.Engines;
import dejavm.bus.Inputs;
import dejavm.bus.Nucleus;
import dejavm.bus.Paged;
import dejavm.bus.Platform;
import dejavm.bus.Stateful;
import dejavm.machine.Execution;
import dejavm.machine.Machine;
import dejavm.machine.Processor;
import dejavm.record.Boundary;
import dejavm.record.DigestCursor;
import dejavm.record.DigestPoint;
import dejavm.record.DivergenceException;
import dejavm.record.InputReplayer;
import dejavm.record.PlatformReplayer;
import dejavm.record.RecordingReader;
import dejavm.snapshot.StateCodec;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import java.util.function.UnaryOperator;

/**
 * Replays a random case from one of its recordings, with everything that must not matter decided by
 * a seed of its own: slices, sizes of the translation cache, code forgotten, snapshots restored
 * into new machines.
 */
final class RandomReplay {
  /** What a test may do to a replay, so that it should fail. */
  static class Tampering {
    Inputs inputs(Inputs inputs) {
      return inputs;
    }

    Nucleus nucleus(Nucleus nucleus) {
      return nucleus;
    }

    Platform platform(Platform platform) {
      return platform;
    }

    /** What is put into a component of a new machine, given what was in the old one. */
    Record state(String component, Record saved, Record fresh) {
      return saved;
    }

    /** What of a component is compared. */
    boolean compared(String component) {
      return true;
    }
  }

  private static final int[] TLB_SIZES = {1, 1, 16, 1024};

  private final RandomCase subject;
  private final RecordingReader recording;
  private final Tampering tampering;
  private final Dice dice;
  private final StateCodec codec = new StateCodec();
  private final int wantedRestores;

  private Machine machine;
  private Stateful<?> position;
  private Digests digests;
  private int restores;

  RandomReplay(
      RandomCase subject, RecordingReader recording, long seed, int restores, Tampering tampering) {
    this.subject = subject;
    this.recording = recording;
    this.tampering = tampering;
    wantedRestores = restores;
    dice = new Dice(seed);
    build();
  }

  private void build() {
    Execution execution = Engines.with(TLB_SIZES[dice.below(TLB_SIZES.length)]);
    if (recording.header().boundary() == Boundary.MACHINE) {
      InputReplayer inputs = new InputReplayer(recording);
      position = inputs;
      machine =
          subject.machine(
              tampering.inputs(inputs), execution, tampering::nucleus, tampering::platform);
    } else {
      PlatformReplayer[] replayer = new PlatformReplayer[1];
      Processor processor =
          subject.processor(
              execution,
              nucleus -> {
                replayer[0] = new PlatformReplayer(recording, tampering.nucleus(nucleus));
                return tampering.platform(replayer[0]);
              });
      position = replayer[0];
      machine = new Machine(processor);
    }
    digests = new Digests(machine);
  }

  Machine machine() {
    return machine;
  }

  /** Replays to the end: what differs, or an empty text. */
  String run() {
    long end = recording.lastNow();
    long nextRestore = end / (wantedRestores + 1);
    try {
      DigestCursor cursor = recording.digests();
      for (DigestPoint wanted = cursor.next(); wanted != null; wanted = cursor.next()) {
        while (restores < wantedRestores && nextRestore < wanted.now()) {
          advance(nextRestore);
          restore();
          nextRestore = machine.now() + 1 + dice.below((int) (end / wantedRestores));
        }
        advance(wanted.now());
        String difference = compare(wanted);
        if (!difference.isEmpty()) {
          return difference;
        }
      }
    } catch (DivergenceException e) {
      return e.getMessage();
    }
    return "";
  }

  private void advance(long until) {
    while (machine.now() < until) {
      long slice = Math.min(until, machine.now() + 1 + dice.below(1 << dice.below(14)));
      machine.run(slice - dice.below(1 << dice.below(8)), slice);
      switch (dice.below(16)) {
        case 0 -> machine.processor().engine().forget();
        case 1 -> machine.processor().cpu().mmu.flush();
        case 2 -> digests.all();
        default -> {}
      }
    }
  }

  private String compare(DigestPoint wanted) {
    if (machine.now() != wanted.now() || machine.retired() != wanted.retired()) {
      return "at tick %d with %d instructions, recording at %d with %d"
          .formatted(machine.now(), machine.retired(), wanted.now(), wanted.retired());
    }
    SequencedMap<String, Long> mine = new LinkedHashMap<>();
    digests.like(wanted).parts().forEach(part -> mine.put(part.component(), part.hash()));
    for (DigestPoint.Part part : wanted.parts()) {
      if (tampering.compared(part.component())
          && !Long.valueOf(part.hash()).equals(mine.get(part.component()))) {
        return "at tick %d: %s differs".formatted(wanted.now(), part.component());
      }
    }
    return "";
  }

  // ---- snapshots ----

  private void restore() {
    Machine old = machine;
    Stateful<?> oldPosition = position;
    build();
    old.pages().forEach((name, pages) -> copy(pages, machine.pages().get(name)));
    old.components()
        .forEach((name, component) -> put(name, machine.components().get(name), component));
    put("position", position, oldPosition);
    machine.restored();
    restores++;
  }

  /** Through the codec, as a snapshot in a file would go. */
  private <S extends Record> void put(String name, Stateful<S> target, Stateful<?> source) {
    S fresh = target.state();
    Record saved = tampering.state(name, source.state(), fresh);
    @SuppressWarnings("unchecked")
    Class<S> type = (Class<S>) fresh.getClass();
    target.restore(codec.decode(type, codec.encode(saved)));
  }

  private static void copy(Paged from, Paged to) {
    byte[] page = new byte[Paged.PAGE];
    for (int n = 0; n < from.pages(); n++) {
      from.readPage(n, page);
      to.writePage(n, page);
    }
  }

  /** A tampering that changes nothing. */
  static Tampering none() {
    return new Tampering();
  }

  /** One that wraps the nucleus. */
  static Tampering inward(UnaryOperator<Nucleus> wrapper) {
    return new Tampering() {
      @Override
      Nucleus nucleus(Nucleus nucleus) {
        return wrapper.apply(nucleus);
      }
    };
  }
}
