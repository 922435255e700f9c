package dejavm.record;

import dejavm.bus.Backing;
import dejavm.bus.Input;
import dejavm.bus.Inputs;
import dejavm.bus.Nucleus;
import dejavm.bus.Pin;
import dejavm.bus.Platform;
import dejavm.bus.Signal;
import dejavm.bus.Space;
import dejavm.bus.Visibility;
import java.util.Random;

/** A machine made of dice: what it does is a function of all that it was told. */
final class FakeWorld {
  private FakeWorld() {}

  static long mix(long a, long b) {
    long h = (a ^ b) * 0x9E3779B97F4A7C15L;
    return h ^ h >>> 29;
  }

  /** CPU and RAM: the next step depends on everything before it. */
  static final class Cpu implements Nucleus {
    /** All that there is to it. */
    record State(long now, long retired, long hash, boolean intr, boolean halted, byte[] ram) {}

    final byte[] ram = new byte[4096];
    long now;
    long retired;
    long hash;
    boolean intr;
    boolean halted;

    Cpu(long program) {
      hash = program;
    }

    State state() {
      return new State(now, retired, hash, intr, halted, ram.clone());
    }

    void restore(State state) {
      now = state.now;
      retired = state.retired;
      hash = state.hash;
      intr = state.intr;
      halted = state.halted;
      System.arraycopy(state.ram, 0, ram, 0, ram.length);
    }

    long digest() {
      long h = mix(hash, mix(now, retired));
      for (byte b : ram) {
        h = mix(h, b);
      }
      return mix(mix(h, intr ? 1 : 0), halted ? 1 : 0);
    }

    void run(Platform platform, long until) {
      long limit = Math.min(until, platform.horizon());
      while (now < limit && !halted) {
        if (step(platform)) {
          limit = Math.min(until, platform.horizon());
        }
      }
    }

    private boolean step(Platform platform) {
      retired++;
      int place = (int) (hash >>> 50) & 0xFFF;
      hash = mix(hash, ram[place]);
      if (intr && (hash & 3) == 0) {
        hash = mix(hash, platform.acknowledgeInterrupt(now, 0));
        now++;
        return true;
      }
      int dice = (int) (hash >>> 40 & 0xFF);
      long address = hash >>> 20 & 0xFF;
      int size = 1 << (hash & 3);
      Space space = Space.values()[(int) (hash >>> 9 & 0x7FFF) % 3];
      if (dice < 30) {
        hash = mix(hash, platform.read(now, 0, space, address, size));
        now += 70;
      } else if (dice < 60) {
        platform.write(now, 0, space, address, size, hash);
        now += 7;
      } else if (dice < 63) {
        platform.pin(now, 0, Pin.values()[dice & 1], (hash & 8) != 0);
        now++;
      } else if (dice < 70) {
        halted = !intr;
        now++;
        return false;
      } else {
        ram[(int) address] = (byte) hash;
        now++;
        return false;
      }
      return true;
    }

    @Override
    public void readRam(long address, byte[] into, int offset, int length) {
      System.arraycopy(ram, (int) address, into, offset, length);
    }

    @Override
    public void writeRam(long address, byte[] from, int offset, int length) {
      System.arraycopy(from, offset, ram, (int) address, length);
    }

    @Override
    public void signal(int cpu, Signal signal, int value) {
      switch (signal) {
        case INTR -> {
          intr = value != 0;
          halted &= !intr;
        }
        default -> {
          hash = mix(hash, mix(cpu, mix(signal.ordinal(), value)));
          halted = false;
        }
      }
    }

    @Override
    public void map(
        Space space, long address, long length, Backing backing, Visibility visibility) {
      long h = mix(space.ordinal(), mix(address, mix(length, visibility.ordinal())));
      h =
          switch (backing) {
            case Backing.Ram(long offset) -> mix(h, offset);
            case Backing.ReadOnlyRam(long offset) -> mix(h, ~offset);
            case Backing.Rom(byte[] bytes) -> mix(h, java.util.Arrays.hashCode(bytes));
            case Backing.Video(long offset) -> mix(h, offset + 3);
            case Backing.Outside() -> mix(h, 77);
            case Backing.HiddenRam(long offset) -> mix(h, offset + 5);
          };
      hash = mix(hash, h);
    }
  }

  /** A board that does what it likes, when it likes. */
  static final class Board implements Platform {
    private final Nucleus nucleus;
    private final Inputs inputs;
    private final Random random;
    private long due = 50;
    private boolean intr;
    private long polled = -1;

    Board(Nucleus nucleus, Inputs inputs, long seed) {
      this.nucleus = nucleus;
      this.inputs = inputs;
      this.random = new Random(seed);
      nucleus.map(
          Space.MEMORY, 0xF000, 0x1000, new Backing.Rom(new byte[] {1, 2}), Visibility.ALWAYS);
      nucleus.signal(0, Signal.RESET, 0);
    }

    private void maybe(int one) {
      while (random.nextInt(one) == 0) {
        act();
      }
    }

    private void act() {
      switch (random.nextInt(8)) {
        case 0, 1, 2 -> {
          intr = !intr;
          nucleus.signal(0, Signal.INTR, intr ? 1 : 0);
        }
        case 3 -> nucleus.signal(0, Signal.values()[1 + random.nextInt(8)], random.nextInt());
        case 4 ->
            nucleus.map(
                Space.values()[random.nextInt(2)],
                random.nextInt(16) << 12,
                4096,
                backing(),
                Visibility.values()[random.nextInt(2)]);
        default -> {
          byte[] bytes = new byte[1 + random.nextInt(100)];
          int at = random.nextInt(4096 - 200);
          nucleus.readRam(at, bytes, 0, bytes.length);
          for (int i = 0; i < bytes.length; i++) {
            bytes[i] += (byte) random.nextInt(3);
          }
          nucleus.writeRam(at + random.nextInt(100), bytes, 0, bytes.length);
        }
      }
    }

    private Backing backing() {
      return switch (random.nextInt(6)) {
        case 4 -> new Backing.HiddenRam(random.nextInt(100));
        case 0 -> new Backing.Ram(random.nextInt(100));
        case 1 -> new Backing.ReadOnlyRam(random.nextInt(100));
        case 2 -> new Backing.Rom(new byte[] {(byte) random.nextInt(3), 2});
        case 3 -> new Backing.Video(random.nextInt(100));
        default -> new Backing.Outside();
      };
    }

    @Override
    public long read(long now, int cpu, Space space, long address, int size) {
      maybe(5);
      return size == 8 ? random.nextLong() : random.nextLong() & (1L << 8 * size) - 1;
    }

    @Override
    public void write(long now, int cpu, Space space, long address, int size, long value) {
      maybe(5);
    }

    @Override
    public int acknowledgeInterrupt(long now, int cpu) {
      intr = false;
      nucleus.signal(0, Signal.INTR, 0);
      maybe(9);
      return random.nextInt(256);
    }

    @Override
    public void pin(long now, int cpu, Pin pin, boolean level) {
      maybe(3);
    }

    @Override
    public long horizon() {
      return Math.min(due, inputs.horizon(Math.max(polled, 0)));
    }

    @Override
    public void advance(long now) {
      polled = now;
      while (due <= now) {
        due += 1 + random.nextInt(random.nextInt(10) == 0 ? 5000 : 200);
        maybe(2);
      }
      for (Input input = inputs.next(now); input != null; input = inputs.next(now)) {
        nucleus.writeRam(
            input instanceof Input.Key(int code, boolean down) ? code : 0,
            new byte[] {(byte) random.nextInt(), (byte) now},
            0,
            2);
        nucleus.signal(0, Signal.NMI, 0);
      }
    }

    @Override
    public long idle(long now, long until) {
      return inputs.idle(now, Math.min(due, until));
    }
  }

  /** A person who types now and then, whatever the guest does. */
  static final class Typist implements Inputs {
    private final Random random;

    Typist(long seed) {
      random = new Random(seed);
    }

    @Override
    public long horizon(long now) {
      return now + 1 + random.nextInt(500);
    }

    @Override
    public Input next(long now) {
      return random.nextInt(20) == 0
          ? new Input.Key(random.nextInt(4000), random.nextBoolean())
          : null;
    }

    @Override
    public long idle(long now, long nextEvent) {
      return now + 1 + (long) (random.nextDouble() * (nextEvent - now - 1));
    }
  }

  /** Runs to a moment in slices. */
  static void run(Cpu cpu, Platform platform, long until, Random slices, Runnable between) {
    platform.advance(cpu.now);
    while (cpu.now < until) {
      long slice = Math.min(until, cpu.now + 1 + slices.nextInt(1000));
      cpu.run(platform, slice);
      platform.advance(cpu.now);
      if (cpu.halted && cpu.now < until) {
        cpu.now = platform.idle(cpu.now, until);
        platform.advance(cpu.now);
      }
      between.run();
    }
  }
}
