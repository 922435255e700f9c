package dejavm.device.disk;

import dejavm.bus.DmaChannel;
import dejavm.bus.Stateful;
import java.io.ByteArrayOutputStream;

/** A channel of a DMA controller that counts down from what it is told. */
public final class TestFloppyDma implements DmaChannel, Stateful<TestFloppyDma.State> {
  /** What it moves yet, and how much went to the device. */
  public record State(int room, int loaded) {}

  final ByteArrayOutputStream stored = new ByteArrayOutputStream();
  byte[] source = {};
  private int loaded;
  private int room;

  /** Moves so many bytes and then masks itself. */
  public void start(int bytes) {
    room = bytes;
    loaded = 0;
  }

  @Override
  public Moved store(byte[] from, int offset, int length) {
    int moved = Math.min(room, length);
    stored.write(from, offset, moved);
    return moved(moved);
  }

  @Override
  public Moved load(byte[] into, int offset, int length) {
    int moved = Math.min(room, length);
    for (int i = 0; i < moved; i++) {
      into[offset + i] = loaded < source.length ? source[loaded] : (byte) loaded;
      loaded++;
    }
    return moved(moved);
  }

  private Moved moved(int bytes) {
    room -= bytes;
    return new Moved(bytes, bytes > 0 && room == 0);
  }

  @Override
  public State state() {
    return new State(room, loaded);
  }

  @Override
  public void restore(State state) {
    room = state.room;
    loaded = state.loaded;
  }
}
