package dejavm.cpu;

import static dejavm.cpu.SystemFixture.outcome;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** MONITOR and MWAIT: expectations from SDM volume 2 and volume 3, section 8.10. */
class MonitorTest {
  private static SystemFixture armed() {
    SystemFixture f = SystemFixture.longMode(0);
    f.c.setFlags(0x202);
    Monitor.monitor(f.c, Cpu.DS, SystemFixture.UPPER_HALF + 0x7000);
    return f;
  }

  @Test
  void waitsUntilAnInterrupt() {
    SystemFixture f = armed();
    Monitor.mwait(f.c);
    assertThat(f.c.activity).isEqualTo(Cpu.Activity.HALTED);
    Interrupts.external(f.c, 0x40);
    assertThat(f.c.activity).isEqualTo(Cpu.Activity.RUNNING);
    Monitor.mwait(f.c);
    assertThat(f.c.activity).isEqualTo(Cpu.Activity.RUNNING);
  }

  @Test
  void doesNotWaitWithoutMonitorOrAfterAnEvent() {
    SystemFixture f = SystemFixture.longMode(0);
    Monitor.mwait(f.c);
    assertThat(f.c.activity).isEqualTo(Cpu.Activity.RUNNING);
    SystemFixture g = armed();
    Interrupts.external(g.c, 0x40);
    Monitor.mwait(g.c);
    assertThat(g.c.activity).isEqualTo(Cpu.Activity.RUNNING);
    SystemFixture h = armed();
    Interrupts.software(h.c, 0x40);
    assertThat(h.c.monitoring).isFalse();
  }

  @Test
  void aDevicesStoreWakes() {
    SystemFixture f = armed();
    Monitor.mwait(f.c);
    Monitor.stored(f.c);
    assertThat(f.c.activity).isEqualTo(Cpu.Activity.RUNNING);
    assertThat(f.c.attention).isZero();
    SystemFixture g = armed();
    Monitor.stored(g.c);
    Monitor.mwait(g.c);
    assertThat(g.c.activity).isEqualTo(Cpu.Activity.RUNNING);
    // But not who sleeps in HLT, whatever was monitored before.
    SystemFixture h = armed();
    SystemInstructions.hlt(h.c);
    Monitor.stored(h.c);
    assertThat(h.c.activity).isEqualTo(Cpu.Activity.HALTED);
  }

  @Test
  void rights() {
    SystemFixture f = SystemFixture.longMode(3);
    assertThat(outcome(() -> Monitor.monitor(f.c, Cpu.DS, 0x7000))).isEqualTo("6");
    assertThat(outcome(() -> Monitor.mwait(f.c))).isEqualTo("6");
    SystemFixture g = SystemFixture.longMode(0);
    assertThat(outcome(() -> Monitor.monitor(g.c, Cpu.DS, 0x40000000))).isEqualTo("14:0@40000000");
    assertThat(g.c.monitoring).isFalse();
    g.c.r[Cpu.RCX] = 1;
    assertThat(outcome(() -> Monitor.monitor(g.c, Cpu.DS, 0x7000))).isEqualTo("13:0");
    assertThat(outcome(() -> Monitor.mwait(g.c))).isEqualTo("13:0");
  }
}
