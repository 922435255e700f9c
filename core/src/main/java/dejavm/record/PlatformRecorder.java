package dejavm.record;

import dejavm.bus.Pin;
import dejavm.bus.Platform;
import dejavm.bus.Space;

/** The cpu boundary, outward, recorded: asks the board and logs what it answers. */
public final class PlatformRecorder implements Platform {
  private final Platform board;
  private final CallLog log;

  public PlatformRecorder(Platform board, CallLog log) {
    this.board = board;
    this.log = log;
  }

  @Override
  public long read(long now, int cpu, Space space, long address, int size) {
    log.enter();
    long value = board.read(now, cpu, space, address, size);
    log.answer(value);
    log.leave(CallHash.what(CallHash.READ, cpu, CallHash.code(space), size), now, address, value);
    return value;
  }

  @Override
  public void write(long now, int cpu, Space space, long address, int size, long value) {
    log.enter();
    board.write(now, cpu, space, address, size, value);
    log.leave(CallHash.what(CallHash.WRITE, cpu, CallHash.code(space), size), now, address, value);
  }

  @Override
  public int acknowledgeInterrupt(long now, int cpu) {
    log.enter();
    int vector = board.acknowledgeInterrupt(now, cpu);
    log.answer(vector & 0xFFFF_FFFFL);
    log.leave(CallHash.what(CallHash.ACKNOWLEDGE, cpu, 0, 0), now, 0, vector & 0xFFFF_FFFFL);
    return vector;
  }

  @Override
  public void pin(long now, int cpu, Pin pin, boolean level) {
    log.enter();
    board.pin(now, cpu, pin, level);
    log.leave(CallHash.what(CallHash.PIN, cpu, CallHash.code(pin), 0), now, 0, level ? 1 : 0);
  }

  @Override
  public long horizon() {
    return board.horizon();
  }

  @Override
  public void advance(long now) {
    log.enter();
    board.advance(now);
    log.leaveAdvance(now);
  }

  @Override
  public long idle(long now, long until) {
    log.enter();
    long moment = board.idle(now, until);
    log.leaveIdle();
    return moment;
  }
}
