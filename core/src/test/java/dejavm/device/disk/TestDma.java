package dejavm.device.disk;

import dejavm.bus.MasterChannel;
import dejavm.bus.Stateful;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;

/** A DMA channel that moves as many bytes as it is told to. */
public final class TestDma implements MasterChannel, Stateful<TestDma.State> {
  /** What it may move yet, and how much went to the device. */
  public record State(int room, int loaded) {}

  private final List<Runnable> devices = new ArrayList<>();
  final ByteArrayOutputStream stored = new ByteArrayOutputStream();
  byte[] source = {};
  int loaded;
  int room;

  /** Starts the channel, for so many bytes more. */
  public void start(int bytes) {
    room = bytes;
    devices.forEach(Runnable::run);
  }

  @Override
  public void attach(Runnable started) {
    devices.add(started);
  }

  @Override
  public int store(byte[] from, int offset, int length) {
    int moved = Math.min(room, length);
    stored.write(from, offset, moved);
    room -= moved;
    return moved;
  }

  @Override
  public int load(byte[] into, int offset, int length) {
    int moved = Math.min(room, length);
    for (int i = 0; i < moved; i++) {
      into[offset + i] = loaded < source.length ? source[loaded] : (byte) loaded;
      loaded++;
    }
    room -= moved;
    return moved;
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
