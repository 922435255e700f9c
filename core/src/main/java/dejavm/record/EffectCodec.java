package dejavm.record;

import dejavm.bus.Backing;
import dejavm.bus.Nucleus;
import dejavm.bus.Signal;
import dejavm.bus.Space;
import dejavm.bus.Visibility;
import java.util.function.IntFunction;
import java.util.function.ToIntFunction;

/** Effects on the nucleus as bytes. The codes are part of the format. */
final class EffectCodec {
  private static final int WRITE_RAM = 1;
  private static final int SIGNAL = 2;
  private static final int MAP = 3;

  private static final int RAM = 1;
  private static final int READ_ONLY_RAM = 2;
  private static final int ROM = 3;
  private static final int VIDEO = 4;
  private static final int OUTSIDE = 5;
  private static final int HIDDEN_RAM = 6;

  private EffectCodec() {}

  static void writeRam(BytesOut out, long address, byte[] from, int offset, int length) {
    out.u8(WRITE_RAM);
    out.varint(address);
    out.varint(length);
    out.raw(from, offset, length);
  }

  static void signal(BytesOut out, int cpu, Signal signal, int value) {
    out.u8(SIGNAL);
    out.varint(cpu);
    out.u8(code(signal));
    out.zigzag(value);
  }

  /**
   * A change of the address map.
   *
   * @param roms gives the number under which a read-only memory's bytes are in the recording
   */
  static void map(
      BytesOut out,
      Space space,
      long address,
      long length,
      Backing backing,
      Visibility visibility,
      ToIntFunction<byte[]> roms) {
    out.u8(MAP);
    out.u8(CallHash.code(space));
    out.varint(address);
    out.varint(length);
    out.u8(visibility == Visibility.ALWAYS ? 0 : 1);
    switch (backing) {
      case Backing.Ram(long offset) -> {
        out.u8(RAM);
        out.varint(offset);
      }
      case Backing.ReadOnlyRam(long offset) -> {
        out.u8(READ_ONLY_RAM);
        out.varint(offset);
      }
      case Backing.Rom(byte[] bytes) -> {
        out.u8(ROM);
        out.varint(roms.applyAsInt(bytes));
      }
      case Backing.Video(long offset) -> {
        out.u8(VIDEO);
        out.varint(offset);
      }
      case Backing.Outside() -> out.u8(OUTSIDE);
      case Backing.HiddenRam(long offset) -> {
        out.u8(HIDDEN_RAM);
        out.varint(offset);
      }
    }
  }

  /** Reads one effect and lets it happen. */
  static void apply(BytesIn in, Nucleus nucleus, IntFunction<byte[]> roms) {
    int kind = in.u8();
    switch (kind) {
      case WRITE_RAM -> {
        long address = in.varint();
        byte[] bytes = in.bytes();
        nucleus.writeRam(address, bytes, 0, bytes.length);
      }
      case SIGNAL -> {
        int cpu = in.varint32();
        Signal signal = signal(in);
        nucleus.signal(cpu, signal, (int) in.zigzag());
      }
      case MAP -> {
        Space space = space(in);
        long address = in.varint();
        long length = in.varint();
        Visibility visibility = in.u8() == 0 ? Visibility.ALWAYS : Visibility.SMM_ONLY;
        nucleus.map(space, address, length, backing(in, roms), visibility);
      }
      default -> throw in.damaged("effect kind " + kind + " is unknown");
    }
  }

  private static Backing backing(BytesIn in, IntFunction<byte[]> roms) {
    int kind = in.u8();
    return switch (kind) {
      case RAM -> new Backing.Ram(in.varint());
      case READ_ONLY_RAM -> new Backing.ReadOnlyRam(in.varint());
      case ROM -> new Backing.Rom(roms.apply(in.varint32()));
      case VIDEO -> new Backing.Video(in.varint());
      case OUTSIDE -> new Backing.Outside();
      case HIDDEN_RAM -> new Backing.HiddenRam(in.varint());
      default -> throw in.damaged("backing " + kind + " is unknown");
    };
  }

  private static Space space(BytesIn in) {
    int code = in.u8();
    return switch (code) {
      case 1 -> Space.PORT;
      case 2 -> Space.MEMORY;
      case 3 -> Space.MSR;
      default -> throw in.damaged("space " + code + " is unknown");
    };
  }

  private static int code(Signal signal) {
    return switch (signal) {
      case INTR -> 1;
      case NMI -> 2;
      case SMI -> 3;
      case INIT -> 4;
      case SIPI -> 5;
      case RESET -> 6;
      case A20 -> 7;
      case IGNNE -> 8;
      case POWER_OFF -> 9;
      case TASK_PRIORITY -> 10;
    };
  }

  private static Signal signal(BytesIn in) {
    int code = in.u8();
    return switch (code) {
      case 1 -> Signal.INTR;
      case 2 -> Signal.NMI;
      case 3 -> Signal.SMI;
      case 4 -> Signal.INIT;
      case 5 -> Signal.SIPI;
      case 6 -> Signal.RESET;
      case 7 -> Signal.A20;
      case 8 -> Signal.IGNNE;
      case 9 -> Signal.POWER_OFF;
      case 10 -> Signal.TASK_PRIORITY;
      default -> throw in.damaged("signal " + code + " is unknown");
    };
  }
}
