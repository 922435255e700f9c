package dejavm.host;

import static org.assertj.core.api.Assertions.assertThat;

import dejavm.bus.Input;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class LiveInputsTest {
  private static final long FREQUENCY = 100_000_000;
  private static final long SECOND = 1_000_000_000;
  private static final long MILLISECOND = 1_000_000;

  private final FakeClock clock = new FakeClock();
  private final ByteQueue source = new ByteQueue();

  private LiveInputs inputs(Pace pace) {
    return new LiveInputs(FREQUENCY, pace, clock, Script.NONE);
  }

  private LiveInputs live(Pace pace) {
    LiveInputs inputs = inputs(pace);
    inputs.connect(0, source, true);
    return inputs;
  }

  private void type(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    try {
      source.put(bytes, bytes.length);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String text(Input input) {
    return new String(((Input.SerialBytes) input).bytes(), StandardCharsets.UTF_8);
  }

  // ---- pace ----

  @Test
  void realPaceIdlesAsLongAsItSays() {
    LiveInputs inputs = inputs(Pace.REAL);
    assertThat(inputs.idle(0, FREQUENCY)).isEqualTo(FREQUENCY);
    assertThat(clock.slept()).isEqualTo(SECOND);
  }

  @Test
  void maximalPaceIdlesInNoTimeWhereNothingIsLive() {
    LiveInputs inputs = inputs(Pace.MAX);
    assertThat(inputs.idle(10, 60 * FREQUENCY)).isEqualTo(60 * FREQUENCY);
    assertThat(clock.slept()).isZero();
    assertThat(inputs.horizon(10)).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void maximalPaceNeverIdlesAheadOfTheWallWithLiveInput() {
    LiveInputs inputs = live(Pace.MAX);
    assertThat(inputs.idle(FREQUENCY, 2 * FREQUENCY)).isEqualTo(2 * FREQUENCY);
    assertThat(clock.slept()).isEqualTo(SECOND);
  }

  @Test
  void maximalPaceRunsFreeOnceLiveInputHasEnded() {
    LiveInputs inputs = live(Pace.MAX);
    source.end();
    assertThat(inputs.idle(0, 60 * FREQUENCY)).isEqualTo(60 * FREQUENCY);
    assertThat(clock.slept()).isZero();
  }

  @Test
  void realPaceHoldsExecutionBackAtPolls() {
    LiveInputs inputs = inputs(Pace.REAL);
    long poll = inputs.horizon(1);
    inputs.next(poll);
    assertThat(clock.slept()).isEqualTo(poll * SECOND / FREQUENCY);
    long next = inputs.horizon(poll);
    assertThat(next - poll).isEqualTo(FREQUENCY / 1000);
    inputs.next(next);
    assertThat(clock.slept()).isEqualTo(next * SECOND / FREQUENCY);
  }

  @Test
  void maximalPaceDoesNotHoldExecutionBack() {
    LiveInputs inputs = live(Pace.MAX);
    inputs.next(FREQUENCY);
    assertThat(clock.slept()).isZero();
  }

  @Test
  void timeThatFellBehindIsNotCaughtUp() {
    LiveInputs inputs = inputs(Pace.REAL);
    clock.pass(10 * SECOND); // the guest executed so long, for a second of its own time
    inputs.idle(FREQUENCY, 2 * FREQUENCY);
    assertThat(clock.slept()).isEqualTo(SECOND - Pacer.JITTER);
    clock.pass(5 * MILLISECOND);
    inputs.idle(2 * FREQUENCY, 3 * FREQUENCY);
    assertThat(clock.slept()).isEqualTo(2 * SECOND - Pacer.JITTER - 5 * MILLISECOND);
  }

  @Test
  void stoppingEndsTheWait() {
    LiveInputs inputs = inputs(Pace.REAL);
    clock.plan(MILLISECOND, inputs::stop);
    assertThat(inputs.idle(0, FREQUENCY)).isEqualTo(FREQUENCY);
    assertThat(clock.slept()).isEqualTo(MILLISECOND);
  }

  // ---- polling ----

  @Test
  void lookingForTheHorizonDoesNotPostponeIt() {
    LiveInputs inputs = live(Pace.REAL);
    inputs.next(0);
    long first = inputs.horizon(1);
    assertThat(inputs.horizon(first - 1)).isEqualTo(first);
    assertThat(inputs.horizon(first)).isEqualTo(first + 1);
  }

  @Test
  void inputEndsIdlingAtTheMomentThatTheWallHasReached() {
    LiveInputs inputs = live(Pace.REAL);
    inputs.ready(0, 16);
    clock.plan(250 * MILLISECOND, () -> type("a"));
    long now = inputs.idle(0, FREQUENCY);
    assertThat(now).isEqualTo(FREQUENCY / 4);
    assertThat(text(inputs.next(now))).isEqualTo("a");
    assertThat(inputs.next(now)).isNull();
  }

  @Test
  void inputThatIsThereAlreadyLetsIdlingEndAtOnce() {
    LiveInputs inputs = live(Pace.REAL);
    inputs.ready(0, 16);
    type("a");
    assertThat(inputs.idle(7, FREQUENCY)).isEqualTo(8);
    assertThat(inputs.horizon(7)).isEqualTo(8);
    assertThat(clock.slept()).isZero();
  }

  // ---- credits ----

  @Test
  void givesNoMoreBytesThanThePortTakes() {
    LiveInputs inputs = live(Pace.MAX);
    type("hello");
    assertThat(inputs.next(0)).isNull();
    inputs.ready(0, 2);
    assertThat(text(inputs.next(1))).isEqualTo("he");
    assertThat(inputs.next(1)).isNull();
    inputs.ready(0, 1);
    inputs.ready(0, 1);
    assertThat(text(inputs.next(2))).isEqualTo("ll");
    inputs.ready(1, 16);
    assertThat(inputs.next(3)).isNull();
  }

  @Test
  void bytesWithoutCreditsDoNotKeepTheMachineAwake() {
    LiveInputs inputs = live(Pace.REAL);
    type("a");
    assertThat(inputs.idle(0, FREQUENCY)).isEqualTo(FREQUENCY);
    assertThat(clock.slept()).isEqualTo(SECOND);
  }

  @Test
  void aScriptsBytesNeedCreditsToo() throws ScriptError {
    LiveInputs inputs = new LiveInputs(FREQUENCY, Pace.MAX, clock, Script.parse("type hello"));
    assertThat(inputs.next(0)).isNull();
    inputs.ready(0, 3);
    assertThat(text(inputs.next(1))).isEqualTo("hel");
    assertThat(inputs.next(1)).isNull();
    inputs.ready(0, 3);
    assertThat(text(inputs.next(2))).isEqualTo("lo");
    assertThat(inputs.exhausted()).isTrue();
  }

  // ---- buttons and the end ----

  @Test
  void buttonsComeFirst() {
    LiveInputs inputs = live(Pace.REAL);
    inputs.ready(0, 1);
    type("a");
    inputs.push(new Input.PowerButton());
    assertThat(inputs.next(0)).isEqualTo(new Input.PowerButton());
    assertThat(text(inputs.next(0))).isEqualTo("a");
  }

  @Test
  void isExhaustedWhenNothingCanCome() {
    assertThat(inputs(Pace.REAL).exhausted()).isTrue();
    LiveInputs inputs = live(Pace.REAL);
    assertThat(inputs.exhausted()).isFalse();
    assertThat(inputs.interactive()).isTrue();
    source.end();
    assertThat(inputs.exhausted()).isTrue();
    assertThat(inputs.interactive()).isFalse();
  }

  @Test
  void quittingIsSeen() {
    LiveInputs inputs = live(Pace.REAL);
    assertThat(inputs.quitting()).isFalse();
    inputs.quit();
    assertThat(inputs.quitting()).isTrue();
  }

  // ---- keys, the mouse, and who else is there ----

  @Test
  void keysComeNoFasterThanAKeyboardTellsThem() {
    LiveInputs inputs = inputs(Pace.MAX);
    inputs.push(new Input.Key(0x1E, true));
    inputs.push(new Input.Key(0x1E, false));
    inputs.push(new Input.PowerButton());
    assertThat(inputs.horizon(1000)).isEqualTo(1001);
    assertThat(inputs.next(1001)).isEqualTo(new Input.PowerButton());
    assertThat(inputs.next(1001)).isEqualTo(new Input.Key(0x1E, true));
    assertThat(inputs.next(1001)).isNull();
    long second = 1001 + FREQUENCY / 250;
    assertThat(inputs.horizon(1001)).isEqualTo(second);
    assertThat(inputs.idle(1001, FREQUENCY)).isEqualTo(second);
    assertThat(inputs.next(second)).isEqualTo(new Input.Key(0x1E, false));
  }

  @Test
  void aClickLastsForASampleOfTheMouse() {
    LiveInputs inputs = inputs(Pace.MAX);
    inputs.push(new Input.Pointer(3, 0, 0, 0));
    inputs.push(new Input.Pointer(0, 0, 0, 1));
    inputs.push(new Input.Pointer(0, 0, 0, 0));
    assertThat(inputs.next(5)).isEqualTo(new Input.Pointer(3, 0, 0, 0));
    assertThat(inputs.next(5)).isEqualTo(new Input.Pointer(0, 0, 0, 1));
    assertThat(inputs.next(5)).isNull();
    assertThat(inputs.horizon(5)).isEqualTo(5 + FREQUENCY / 100);
    assertThat(inputs.next(5 + FREQUENCY / 100)).isEqualTo(new Input.Pointer(0, 0, 0, 0));
  }

  @Test
  void aWayBackWaitsUntilTheWayThereIsTold() {
    LiveInputs inputs = inputs(Pace.MAX);
    inputs.push(new Input.Pointer(-784, -464, 0, 0));
    inputs.push(new Input.Pointer(100, 50, 0, 0));
    inputs.push(new Input.Pointer(1, 1, 0, 0));
    assertThat(inputs.next(5)).isEqualTo(new Input.Pointer(-784, -464, 0, 0));
    assertThat(inputs.next(5)).isNull();
    assertThat(inputs.horizon(5)).isEqualTo(5 + 4 * FREQUENCY / 100);
    assertThat(inputs.next(5 + 4 * FREQUENCY / 100)).isEqualTo(new Input.Pointer(100, 50, 0, 0));
    assertThat(inputs.next(5 + 4 * FREQUENCY / 100)).isEqualTo(new Input.Pointer(1, 1, 0, 0));
  }

  @Test
  void withADisplayIdlingNeverRunsAheadAndSomebodyMayAlwaysCome() {
    LiveInputs inputs = live(Pace.MAX);
    inputs.attend();
    source.end();
    assertThat(inputs.interactive()).isTrue();
    assertThat(inputs.exhausted()).isFalse();
    assertThat(inputs.idle(0, FREQUENCY)).isEqualTo(FREQUENCY);
    assertThat(clock.slept()).isEqualTo(SECOND);
  }

  @Test
  void twoCanTypeIntoOnePort() {
    LiveInputs inputs = live(Pace.REAL);
    ByteQueue other = new ByteQueue();
    inputs.connect(0, other, false);
    inputs.ready(0, 16);
    type("a");
    other.offer("b".getBytes(StandardCharsets.UTF_8));
    assertThat(text(inputs.next(1)) + text(inputs.next(1))).isEqualTo("ab");
  }

  @Test
  void whoPushesTooMuchWaits() throws InterruptedException {
    LiveInputs inputs = inputs(Pace.REAL);
    Thread hasty =
        Thread.ofPlatform()
            .start(() -> {
              try {
                for (int i = 0; i < 2000; i++) {
                  inputs.pushInTurn(new Input.Pointer(1, 0, 0, 0));
                }
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
    Thread.sleep(100);
    assertThat(hasty.isAlive()).isTrue();
    long now = 0;
    int taken = 0;
    while (taken < 2000) {
      taken += inputs.next(++now) != null ? 1 : 0;
    }
    hasty.join();
  }
}
