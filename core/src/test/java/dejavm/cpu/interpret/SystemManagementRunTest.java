package dejavm.cpu.interpret;

import static dejavm.Assembler.EAX;
import static dejavm.Assembler.EBX;
import static dejavm.Assembler.ESP;
import static org.assertj.core.api.Assertions.assertThat;

import dejavm.Assembler;
import dejavm.TestMachine;
import dejavm.bus.Backing;
import dejavm.bus.Signal;
import dejavm.bus.Visibility;
import dejavm.cpu.ControlRegisters;
import dejavm.cpu.Cpu;
import dejavm.cpu.Cpu.Activity;
import dejavm.cpu.CpuModel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** System management mode in programs that run: when an SMI comes, and what its handler sees. */
@ParameterizedClass
@ValueSource(longs = {0, 1, 3})
class SystemManagementRunTest {
  private static final long CODE = TestMachine.CODE;
  private static final long HANDLER = 0x18000;
  private static final long SMBASE = Cpu.SMBASE_RESET;
  private static final long ENTRY = SMBASE + 0x8000;

  /** Counts entries, where a test wants to know how often. */
  private static final int COUNT = 0x5000;

  private static final int SAVED_EIP = (int) SMBASE + 0xFFF0;

  @Parameter long slice;

  private static Assembler code() {
    return new Assembler(CODE, 32);
  }

  private static Assembler handler() {
    return new Assembler(0x8000, 16).increment(COUNT);
  }

  private static Assembler rsm(Assembler a) {
    return a.db(0x0F, 0xAA);
  }

  /** With handlers of NMI, #UD and interrupt that halt, and one of SMIs. */
  private static TestMachine machine(Assembler code, Assembler management) {
    return TestMachine.flat(16)
        .code(CODE, code)
        .code(ENTRY, management)
        .code(HANDLER, new Assembler(HANDLER, 32).hlt())
        .handler(2, HANDLER)
        .handler(6, HANDLER)
        .handler(0x40, HANDLER);
  }

  private static Assembler nops() {
    return code().nop().nop().nop().nop().nop().nop().nop().nop().hlt();
  }

  private static Runnable signals(TestMachine m, Signal... signals) {
    return () -> {
      for (Signal signal : signals) {
        m.signal(signal, 1);
      }
    };
  }

  // ---- when ----

  @Test
  void comesBetweenInstructionsAndTakesATick() {
    TestMachine m = machine(nops(), rsm(handler()));
    m.at(3, signals(m, Signal.SMI)).run(3, slice);
    m.run(4, slice);
    assertThat(m.cpu.smm).isTrue();
    assertThat(m.cpu.rip).isEqualTo(0x8000);
    assertThat(m.cpu.retired()).isEqualTo(3);
    m.run(5, slice);
    assertThat(m.get(COUNT, 2)).isEqualTo(1);
    m.run(6, slice);
    assertThat(m.cpu.smm).isFalse();
    assertThat(m.cpu.rip).isEqualTo(CODE + 3);
    m.run(40, slice);
    assertThat(m.cpu.retired()).isEqualTo(11);
    assertThat(m.cpu.activity).isEqualTo(Activity.HALTED);
  }

  @Test
  void comesBeforeNmiAndInterrupt() {
    for (Signal other : new Signal[] {Signal.NMI, Signal.INTR}) {
      TestMachine m = machine(code().sti().nop().nop().nop().hlt(), rsm(handler()));
      m.at(3, signals(m, other, Signal.SMI)).run(40, slice);
      assertThat(m.get(COUNT, 2)).isEqualTo(1);
      assertThat(m.get(SAVED_EIP, 4)).isEqualTo(CODE + 3);
      assertThat(m.cpu.rip).isEqualTo(HANDLER + 1);
      assertThat(m.get(m.r(ESP), 4)).isEqualTo(CODE + 3);
    }
  }

  @Test
  void waitsForTheEndOfAShadow() {
    Assembler a = code().nop().mov(EAX, 0x10).segment(2, EAX).nop().nop().hlt();
    TestMachine m = machine(a, rsm(handler()));
    m.at(3, signals(m, Signal.SMI)).run(40, slice);
    assertThat(m.get(SAVED_EIP, 4)).isEqualTo(CODE + 9);
    TestMachine other = machine(code().cli().nop().sti().hlt(), rsm(handler()));
    other.at(3, signals(other, Signal.SMI)).run(40, slice);
    assertThat(other.get(SAVED_EIP, 4)).isEqualTo(CODE + 4);
    assertThat(other.get(SMBASE + 0xFF02, 2)).isEqualTo(1);
    assertThat(other.cpu.activity).isEqualTo(Activity.HALTED);
  }

  @Test
  void interruptsRepeatedInstructions() {
    Assembler a = code().mov(1, 8).mov(7, 0x6000).db(0xF3, 0xAA).hlt();
    TestMachine m = machine(a, rsm(handler()));
    m.at(5, signals(m, Signal.SMI)).run(60, slice);
    assertThat(m.get(SAVED_EIP, 4)).isEqualTo(CODE + 10);
    assertThat(m.get(SMBASE + 0xFFD4, 4)).isEqualTo(5);
    assertThat(m.r(1)).isZero();
    assertThat(m.get(COUNT, 2)).isEqualTo(1);
  }

  @Test
  void wakesFromHltWhichGoesOn() {
    TestMachine m = machine(code().hlt().increment(0x5004).hlt(), rsm(handler()));
    m.at(20, signals(m, Signal.SMI)).run(40, slice);
    assertThat(m.get(COUNT, 2)).isEqualTo(1);
    assertThat(m.cpu.activity).isEqualTo(Activity.HALTED);
    assertThat(m.get(0x5004, 4)).isZero();
  }

  @Test
  void anotherOneWaitsForRsm() {
    TestMachine m = machine(nops(), rsm(handler().nop().nop().nop()));
    m.at(3, signals(m, Signal.SMI)).at(5, signals(m, Signal.SMI));
    m.at(6, signals(m, Signal.SMI)).run(9, slice);
    assertThat(m.get(COUNT, 2)).isEqualTo(1);
    m.run(60, slice);
    assertThat(m.get(COUNT, 2)).isEqualTo(2);
    assertThat(m.get(SAVED_EIP, 4)).isEqualTo(CODE + 3);
    assertThat(m.cpu.smi).isFalse();
  }

  @Test
  void anNmiWaitsForRsmOrForIret() {
    TestMachine m = machine(nops(), rsm(handler().nop().nop().nop()));
    m.at(3, signals(m, Signal.SMI)).at(5, signals(m, Signal.NMI)).run(60, slice);
    assertThat(m.get(m.r(ESP), 4)).isEqualTo(CODE + 3);
    // IRET to the next instruction; then the NMI comes, through a vector table as in real mode.
    Assembler dummy = handler().mov(ESP, 0x7000).db(0x9C, 0x0E, 0x68).reference("on").iret();
    rsm(dummy.label("on").nop().nop());
    TestMachine other = machine(nops(), dummy).code(0x6000, new Assembler(0x6000, 16).hlt());
    other.put(TestMachine.IDT + 8, 0x6000, 4);
    other.at(3, signals(other, Signal.SMI)).at(5, signals(other, Signal.NMI)).run(60, slice);
    assertThat(other.cpu.rip).isEqualTo(0x6001);
    assertThat(other.cpu.smm).isTrue();
    assertThat(other.get(0x6FFA, 2)).isEqualTo(dummy.address("on"));
    assertThat(other.get(0x6FFC, 2)).isEqualTo(SMBASE >> 4);
  }

  // ---- debugging ----

  private static final int WATCHED = 0x5100;
  private static final int DEBUGGED = 0x5200;

  /** A handler of #DB that counts. */
  private TestMachine watching(Assembler code, Assembler management) {
    TestMachine m = machine(code, management);
    m.code(0x19000, new Assembler(0x19000, 32).increment(DEBUGGED).iret()).handler(1, 0x19000);
    return m;
  }

  @Test
  void aDebugTrapComesFirstAndBreakpointsAreOffInside() {
    // MOV DR0,watched; MOV DR7: a breakpoint on writes
    Assembler a = code().mov(EAX, WATCHED).db(0x0F, 0x23, 0xC0).mov(EAX, 0xD0401).db(0x0F, 0x23);
    a.db(0xF8).increment(WATCHED).label("behind").nop().increment(WATCHED).nop().hlt();
    TestMachine m = watching(a, rsm(handler().increment(WATCHED)));
    m.at(5, signals(m, Signal.SMI)).run(6, slice);
    assertThat(m.cpu.rip).isEqualTo(0x19000);
    m.run(60, slice);
    assertThat(m.get(SAVED_EIP, 4)).isEqualTo(0x19000);
    assertThat(m.get(m.r(ESP) - 12, 4)).isEqualTo(a.address("behind") + 7);
    assertThat(m.get(WATCHED, 2)).isEqualTo(3);
    assertThat(m.get(DEBUGGED, 4)).isEqualTo(2);
    assertThat(m.cpu.dr[7]).isEqualTo(0xD0401);
  }

  @Test
  void aSingleStepComesFirstAndRsmIsNeverTrapped() {
    Assembler a = code().db(0x68).dd(0x102).db(0x9D, 0xE6, 0x10, 0x68).dd(2).db(0x9D).hlt();
    // The handler steps itself into RSM.
    Assembler stepping = handler().mov(ESP, 0x7000).db(0x68).dw(0x102);
    TestMachine m = watching(a, rsm(stepping.db(0x9D)));
    m.writes((space, address, size) -> {
      m.signal(Signal.SMI, 0);
      return 0;
    });
    m.run(60, slice);
    assertThat(m.get(SAVED_EIP, 4)).isEqualTo(0x19000);
    assertThat(m.get(COUNT, 2)).isEqualTo(1);
    assertThat(m.get(DEBUGGED, 4)).isEqualTo(3);
    assertThat(m.cpu.activity).isEqualTo(Activity.HALTED);
    assertThat(m.log).containsExactly("write PORT 10 1 @2");
  }

  // ---- resets ----

  @Test
  void initWaitsForRsm() {
    TestMachine m = machine(nops(), rsm(handler().nop().nop().nop()));
    m.at(3, signals(m, Signal.SMI)).at(5, signals(m, Signal.INIT)).run(7, slice);
    assertThat(m.cpu.smm).isTrue();
    assertThat(m.cpu.init).isTrue();
    m.run(10, slice);
    assertThat(m.cpu.rip).isEqualTo(0xFFF0);
    assertThat(m.cpu.smm).isFalse();
    assertThat(m.get(COUNT, 2)).isEqualTo(1);
  }

  @Test
  void anSmiComesBeforeInitAndTheBaseOutlivesIt() {
    Assembler relocating = handler().db(0x2E, 0x67, 0x66, 0xC7, 0x05).dd(0xFEF8).dd(0x20000);
    TestMachine m = machine(nops(), rsm(relocating));
    m.at(3, signals(m, Signal.INIT, Signal.SMI)).run(8, slice);
    assertThat(m.get(COUNT, 2)).isEqualTo(1);
    assertThat(m.cpu.cr0 & ControlRegisters.CR0_PE).isZero();
    assertThat(m.cpu.smbase).isEqualTo(0x20000);
  }

  @Test
  void resetLeavesAtOnce() {
    TestMachine m = machine(nops(), rsm(handler().nop().nop().nop()));
    m.map(0x80000, 0x1000, new Backing.Ram(0x81000), Visibility.SMM_ONLY);
    m.at(3, signals(m, Signal.SMI)).at(5, signals(m, Signal.SMI, Signal.RESET)).run(6, slice);
    assertThat(m.cpu.smm).isFalse();
    assertThat(m.cpu.smi).isFalse();
    assertThat(m.cpu.smbase).isEqualTo(SMBASE);
    assertThat(m.cpu.rip).isEqualTo(0xFFF0);
    m.put(0x80000, 0x11, 1).put(0x81000, 0x22, 1);
    assertThat(m.cpu.mmu.load8(0x80000)).isEqualTo(0x11);
  }

  @Test
  void aBadImageShutsDownUntilReset() {
    Assembler damaging = handler().db(0x2E, 0x67, 0x66, 0xC7, 0x05).dd(0xFF14).dd(1L << 31);
    TestMachine m = machine(nops(), rsm(damaging));
    m.at(3, signals(m, Signal.SMI)).at(20, signals(m, Signal.SMI, Signal.INIT, Signal.NMI));
    m.run(30, slice);
    assertThat(m.log).containsExactly("pin SHUTDOWN true @6");
    assertThat(m.cpu.activity).isEqualTo(Activity.SHUTDOWN);
    assertThat(m.cpu.smm).isTrue();
    m.at(31, signals(m, Signal.RESET)).run(32, slice);
    assertThat(m.cpu.activity).isEqualTo(Activity.RUNNING);
    assertThat(m.cpu.smm).isFalse();
    assertThat(m.cpu.rip).isEqualTo(0xFFF0);
  }

  @Test
  void rsmElsewhereIsUndefined() {
    TestMachine m = machine(rsm(code().nop()), handler()).run(40, slice);
    assertThat(m.cpu.rip).isEqualTo(HANDLER + 1);
    assertThat(m.get(m.r(ESP), 4)).isEqualTo(CODE + 1);
  }

  // ---- memory ----

  /** The handler and its state in memory that nobody else sees, under a device. */
  @Test
  void memoryOfItsOwnIsSeenInsideOnly() {
    Assembler a = code().load(EAX, 0xA0000).nop().load(EBX, 0xA8000).hlt();
    TestMachine m = machine(a, handler()).code(0xF8000, rsm(handler().db(0xFE, 0xC0)));
    m.reads((space, address, size) -> 0x4321);
    m.map(0xA0000, 0x10000, new Backing.Outside());
    m.map(0xA0000, 0x10000, new Backing.Ram(0xF0000), Visibility.SMM_ONLY);
    m.cpu.smbase = 0xA0000;
    m.put(0xFFFD0, 0, 4);
    m.at(1, signals(m, Signal.SMI)).run(40, slice);
    assertThat(m.log).containsExactly("read MEMORY a0000 4 @0", "read MEMORY a8000 4 @6");
    assertThat(m.get(COUNT, 2)).isEqualTo(1);
    assertThat(m.get(0xFFFD0, 4)).isEqualTo(0x4321);
    assertThat(m.r(EBX)).isEqualTo(0x4321);
    // Devices do not see it either.
    assertThat(m.get(0xA8000, 1)).isEqualTo(0xFF);
  }

  @Test
  void whatIsMappedWhileInsideTakesEffectInside() {
    // Reads a byte, lets the board know by a port, reads it again.
    Assembler a = new Assembler(0x8000, 16).db(0xA0).dw(0x4000).db(0xE6, 0x10);
    rsm(a.db(0x8A, 0x26).dw(0x4000).db(0xA3).dw(COUNT));
    TestMachine m = machine(code().nop().nop().db(0xA0).dd(0x4000).hlt(), a);
    m.put(0x4000, 0x11, 1).put(0x80000, 0x22, 1);
    m.writes((space, address, size) -> {
      m.map(0x4000, 0x1000, new Backing.Ram(0x80000), Visibility.SMM_ONLY);
      return 0;
    });
    m.at(1, signals(m, Signal.SMI)).run(60, slice);
    assertThat(m.get(COUNT, 2)).isEqualTo(0x2211);
    assertThat(m.r(EAX) & 0xFF).isEqualTo(0x11);
  }

  @Test
  void aLaterMappingForAllModesHidesIt() {
    Assembler a = rsm(new Assembler(0x8000, 16).db(0xA0).dw(0x4000).db(0xA2).dw(COUNT));
    TestMachine m = machine(nops(), a);
    m.put(0x80000, 0x22, 1).put(0x81000, 0x33, 1);
    m.map(0x4000, 0x1000, new Backing.Ram(0x80000), Visibility.SMM_ONLY);
    m.map(0x4000, 0x1000, new Backing.Ram(0x81000));
    m.at(1, signals(m, Signal.SMI)).run(60, slice);
    assertThat(m.get(COUNT, 1)).isEqualTo(0x33);
    assertThat(m.processor().addresses().state().mappings())
        .noneMatch(mapping -> mapping.visibility() == Visibility.SMM_ONLY);
  }

  @Test
  void theA20InputDoesNotHoldInside() {
    // MOV AL,[dword 104000]
    Assembler a = new Assembler(0x8000, 16).db(0x67, 0xA0).dd(0x104000).db(0xA2).dw(COUNT);
    TestMachine m = machine(nops(), rsm(a));
    m.put(0x4000, 0x11, 1).put(0x80000, 0x22, 1);
    m.map(0x104000, 0x1000, new Backing.Ram(0x80000));
    m.signal(Signal.A20, 0);
    m.at(1, signals(m, Signal.SMI)).run(60, slice);
    assertThat(m.get(COUNT, 1)).isEqualTo(0x22);
    assertThat(m.cpu.mmu.load8(0x104000)).isEqualTo(0x11);
    assertThat(m.cpu.state().a20()).isFalse();
  }

  /** Where the save map is a device's, each number is an access; the board may act on each. */
  @Test
  void stateInADevice() {
    TestMachine m = machine(nops(), rsm(handler()));
    m.map(SMBASE + 0xF000, 0x1000, new Backing.Outside());
    m.writes((space, address, size) -> {
      m.signal(Signal.NMI, 0);
      return 0;
    });
    m.at(1, signals(m, Signal.SMI)).run(60, slice);
    assertThat(m.log).contains("write MEMORY 3fffc 4 @1", "read MEMORY 3fffc 4 @3");
    // All zeros is real mode at 0, with no segment present; so the NMI finds no stack to save to.
    assertThat(m.log).last().asString().startsWith("pin SHUTDOWN");
  }

  /** Halted, in a state that a snapshot holds. */
  @Test
  void aStateInsideCanBeRestored() {
    TestMachine m = new TestMachine(16, CpuModel.X86_64_V2);
    m.code(ENTRY, rsm(handler().hlt()));
    m.map(0x4000, 0x1000, new Backing.Ram(0x80000), Visibility.SMM_ONLY);
    m.put(0x80000, 0x22, 1).put(0x4000, 0x11, 1);
    m.signal(Signal.SMI, 0);
    m.run(20, slice);
    assertThat(m.cpu.activity).isEqualTo(Activity.HALTED);
    TestMachine other = new TestMachine(1, CpuModel.X86_64_V2);
    other.put(0x80000, 0x22, 1).put(0x4000, 0x11, 1);
    other.cpu.restore(m.cpu.state());
    other.processor().addresses().restore(m.processor().addresses().state());
    other.machine.restored();
    assertThat(other.cpu.mmu.load8(0x4000)).isEqualTo(0x22);
    other.cpu.restore(new TestMachine(1, CpuModel.X86_64_V2).cpu.state());
    assertThat(other.cpu.mmu.load8(0x4000)).isEqualTo(0x11);
  }
}
