package dejavm.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dejavm.bus.Timer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class EventQueueTest {
  private final EventQueue queue = new EventQueue(1_000_000);
  private final List<String> fired = new ArrayList<>();

  private Timer timer(String name) {
    return queue.timer(name, () -> fired.add(name + " " + queue.now()));
  }

  @Test
  void firesInDueOrderAndTiesInWiringOrder() {
    Timer a = timer("a");
    Timer b = timer("b");
    Timer c = timer("c");
    c.arm(10);
    b.arm(20);
    a.arm(20);
    assertThat(queue.nextDue()).isEqualTo(10);
    queue.advance(9);
    assertThat(fired).isEmpty();
    queue.advance(25);
    assertThat(fired).containsExactly("c 25", "a 25", "b 25");
    assertThat(queue.nextDue()).isEqualTo(Timer.NEVER);
  }

  @Test
  void aLateTimerKnowsWhenItWasDue() {
    Timer[] self = new Timer[1];
    List<Long> due = new ArrayList<>();
    self[0] =
        queue.timer(
            "periodic",
            () -> {
              due.add(self[0].due());
              assertThat(self[0].armed()).isFalse();
              self[0].arm(self[0].due() + 100);
            });
    self[0].arm(100);
    queue.advance(130);
    queue.advance(350);
    assertThat(due).containsExactly(100L, 200L, 300L);
    assertThat(queue.nextDue()).isEqualTo(400);
  }

  @Test
  void whatAnActionArmsForNowFiresInTheSameAdvance() {
    Timer b = timer("b");
    Timer a =
        queue.timer(
            "a",
            () -> {
              fired.add("a");
              b.arm(3);
            });
    a.arm(10);
    queue.advance(10);
    assertThat(fired).containsExactly("a", "b 10");
  }

  @Test
  void armingForThePastIsDueAtOnceButFiresOnlyInAdvance() {
    Timer a = timer("a");
    queue.advance(100);
    a.arm(50);
    assertThat(fired).isEmpty();
    assertThat(queue.nextDue()).isEqualTo(50);
    queue.advance(100);
    assertThat(fired).containsExactly("a 100");
  }

  @Test
  void cancelledTimersDoNotFire() {
    Timer a = timer("a");
    a.arm(5);
    a.cancel();
    assertThat(a.armed()).isFalse();
    assertThat(a.due()).isEqualTo(Timer.NEVER);
    queue.advance(10);
    assertThat(fired).isEmpty();
  }

  @Test
  void theStateHoldsWhatTimersAnswer() {
    Timer a = timer("a");
    Timer b = timer("b");
    a.arm(5);
    queue.advance(7);
    b.arm(20);
    EventQueue other = new EventQueue(1_000_000);
    Timer a2 = other.timer("a", () -> {});
    Timer b2 = other.timer("b", () -> {});
    other.restore(queue.state());
    assertThat(other.state()).isEqualTo(queue.state());
    assertThat(a2.due()).isEqualTo(5);
    assertThat(a2.armed()).isFalse();
    assertThat(b2.armed()).isTrue();
    assertThat(other.now()).isEqualTo(7);
    assertThat(other.nextDue()).isEqualTo(20);
  }

  @Test
  void misuseIsRefused() {
    timer("a");
    assertThatThrownBy(() -> timer("a")).isInstanceOf(IllegalArgumentException.class);
    queue.advance(5);
    assertThatThrownBy(() -> queue.advance(4)).isInstanceOf(IllegalArgumentException.class);
    EventQueue.State state = new EventQueue(1_000_000).state();
    assertThatThrownBy(() -> queue.restore(state)).isInstanceOf(IllegalArgumentException.class);
  }
}
