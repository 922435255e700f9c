package dejavm.record;

import dejavm.bus.Backing;
import dejavm.bus.Signal;
import dejavm.bus.Space;
import dejavm.bus.Visibility;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What {@link PlatformRecorder} and {@link NucleusRecorder} share: the calls under way and the
 * columns of the frame under way. Effects before the first call, while the board is wired and
 * powered on, belong to the moment 0.
 */
public final class CallLog {
  private final RecordingWriter writer;
  private final boolean traced;
  private final List<byte[]> roms = new ArrayList<>();

  private final BytesOut answers = new BytesOut();
  private final BytesOut effects = new BytesOut();
  private final BytesOut checks = new BytesOut();
  private final BytesOut trace = new BytesOut();
  private final BytesOut group = new BytesOut();
  private int groupEffects;

  private boolean started;
  private boolean inside;
  private long calls;
  private long hash = CallHash.START;

  private long frameFirstCall;
  private long frameFirstHash = CallHash.START;
  private long groupCalls;
  private long groupNow;
  private long tracedNow;

  public CallLog(RecordingWriter writer) {
    this(writer, false);
  }

  /**
   * A log that can also hold every call in full.
   *
   * @param traced whether it does, so that a replay that differs can name the call: much larger
   */
  public CallLog(RecordingWriter writer, boolean traced) {
    this.writer = writer;
    this.traced = traced;
    writer.attach(this);
  }

  /** A call of {@code Platform} begins. */
  void enter() {
    if (!started) {
      started = true;
      timed(0);
    }
    if (inside) {
      throw new IllegalStateException("a Platform call within a Platform call");
    }
    inside = true;
  }

  void answer(long value) {
    answers.varint(value);
  }

  /** A call that is a function of the CPU's execution ends. */
  void leave(long what, long now, long address, long value) {
    inside = false;
    if (groupEffects > 0) {
      group(calls - groupCalls << 1);
      groupCalls = calls;
      finishGroup();
    }
    calls++;
    hash = CallHash.next(hash, what, now, address, value);
    if ((calls - frameFirstCall) % CallFrame.CHECK_INTERVAL == 0) {
      checks.u32((int) hash);
    }
    if (traced) {
      trace.varint(what);
      trace.zigzag(now - tracedNow);
      trace.varint(address);
      tracedNow = now;
    }
  }

  /** A call that only lets time pass ends. */
  void leaveAdvance(long now) {
    inside = false;
    timed(now);
    if (writer.full(answers.size() + effects.size() + trace.size())) {
      writer.flush(now);
    }
  }

  /** A call ends in which nothing may happen. */
  void leaveIdle() {
    inside = false;
    if (groupEffects > 0) {
      throw new IllegalStateException("an effect on the nucleus while idling");
    }
  }

  void writeRam(long address, byte[] from, int offset, int length) {
    effect();
    EffectCodec.writeRam(group, address, from, offset, length);
  }

  void signal(int cpu, Signal signal, int value) {
    effect();
    EffectCodec.signal(group, cpu, signal, value);
  }

  void map(Space space, long address, long length, Backing backing, Visibility visibility) {
    effect();
    EffectCodec.map(group, space, address, length, backing, visibility, this::rom);
  }

  /** Whether anything stands in the frame under way. */
  boolean pending() {
    return calls > frameFirstCall || effects.size() > 0 || groupEffects > 0;
  }

  /** The frame under way, as a payload; the next begins at this moment. */
  byte[] take(long now) {
    if (!started) {
      timed(0);
    }
    BytesOut out = new BytesOut(answers.size() + effects.size() + trace.size() + 256);
    CallFrame.write(
        out,
        new CallFrame.Span(frameFirstCall, calls - frameFirstCall, frameFirstHash, hash),
        List.of(answers, effects, checks, trace));
    answers.clear();
    effects.clear();
    checks.clear();
    trace.clear();
    frameFirstCall = calls;
    frameFirstHash = hash;
    groupCalls = calls;
    groupNow = now;
    tracedNow = now;
    return out.toByteArray();
  }

  private void effect() {
    if (started && !inside) {
      throw new IllegalStateException("an effect on the nucleus outside any Platform call");
    }
    groupEffects++;
  }

  private void timed(long now) {
    if (groupEffects > 0) {
      group(calls - groupCalls << 1 | 1);
      effects.varint(now - groupNow);
      groupCalls = calls;
      groupNow = now;
      finishGroup();
    }
  }

  private void group(long head) {
    effects.varint(head);
  }

  private void finishGroup() {
    effects.varint(groupEffects);
    effects.raw(group);
    group.clear();
    groupEffects = 0;
  }

  private int rom(byte[] bytes) {
    for (int i = 0; i < roms.size(); i++) {
      if (Arrays.equals(roms.get(i), bytes)) {
        return i;
      }
    }
    roms.add(bytes);
    writer.rom(roms.size() - 1, bytes);
    return roms.size() - 1;
  }
}
