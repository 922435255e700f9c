package dejavm.oracle.qemu;

import dejavm.EmptyBoard;
import dejavm.bus.Backing;
import dejavm.cpu.CostTable;
import dejavm.cpu.Cpu;
import dejavm.cpu.CpuModel;
import dejavm.cpu.Fault;
import dejavm.cpu.Flags;
import dejavm.cpu.interpret.Interpreter;
import dejavm.memory.Mmu;
import dejavm.memory.PhysicalMemory;
import dejavm.memory.SystemBus;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** A program on both processors, instruction by instruction. */
final class Lockstep {
  private static final int RAM = 16 << 20;
  private static final int MOST_STEPS = 120;
  private static final int REMEMBERED = 4;
  private static final int SYSCALL = 0x050F;

  private final QemuCpu qemu;
  private final SystemProgram program;
  private final Interpreter engine;
  private final PhysicalMemory ram = new PhysicalMemory(RAM);
  private final Cpu cpu;
  private final Deque<String> path = new ArrayDeque<>();

  Lockstep(QemuCpu qemu, SystemProgram program, CpuModel model) {
    this.qemu = qemu;
    this.program = program;
    ram.map(0, RAM, new Backing.Ram(0));
    Mmu mmu = new Mmu(ram, new EmptyBus(), 16);
    cpu = new Cpu(0, mmu, new EmptyBoard(), model, new CostTable(1, 0), 100_000_000L);
    engine = new Interpreter(cpu);
    ram.write(0, program.memory.bytes, 0, Memory.SIZE);
  }

  /** Runs both; returns what differs, or nothing. */
  List<String> run() throws IOException {
    qemu.reset();
    for (int[] range : Memory.RANGES) {
      qemu.write(
          range[0],
          java.util.Arrays.copyOfRange(program.memory.bytes, range[0], range[0] + range[1]));
    }
    // Without paging the window is there, and may hold what an earlier program left.
    for (int page = 0; page <= SystemTables.WINDOW_PAGES; page++) {
      qemu.write(SystemTables.WINDOW + 4096 * page - 16, new byte[0x50]);
    }
    qemu.step();
    cpu.segment(Cpu.CS, 0, 0, 0xFFFF, 0x9B);
    cpu.rip = 0x7C00;
    // The signature of the processor.
    cpu.r[Cpu.RDX] = qemu.registers().general()[Cpu.RDX];
    boolean usable = true;
    for (int i = 0; i < MOST_STEPS; i++) {
      CpuImage before = CpuImage.of(cpu);
      remember(before);
      usable &= cpu.code64() || dataUsable();
      engine.run(cpu, cpu.now() + 1);
      if (cpu.activity != Cpu.Activity.RUNNING) {
        return List.of();
      }
      qemu.step();
      CpuImage ours = CpuImage.of(cpu);
      CpuImage theirs = qemu.registers();
      List<String> differences = ours.differences(theirs);
      if (!differences.isEmpty()) {
        return known(before, ours, theirs, usable) ? List.of() : differences;
      }
      if (ours.rip() == before.rip()) {
        break;
      }
    }
    return !usable
        ? List.of()
        : Memories.differences(ram, qemu, program.mode == SystemProgram.Mode.PAE);
  }

  /** What QEMU does otherwise than the SDM, and what cannot be left out of programs. */
  private boolean known(CpuImage before, CpuImage ours, CpuImage theirs, boolean usable) {
    boolean protection = inHandler(ours, Fault.GP) && !inHandler(theirs, Fault.GP);
    if (!usable && protection) {
      return true;
    }
    // SS: a null selector's RPL must be the CPL (SDM volume 2, MOV).
    if (protection && cpu.longMode() && theirs.selectors()[Cpu.SS] < 4) {
      return true;
    }
    // SYSCALL keeps the flags that SFMASK does not name; QEMU drops the arithmetic ones and DF.
    return before.rip() != ours.rip()
        && opcode(before) == SYSCALL
        && (ours.flags() & ~(Flags.ARITHMETIC | Flags.DF))
            == (theirs.flags() & ~(Flags.ARITHMETIC | Flags.DF));
  }

  private int opcode(CpuImage image) {
    byte[] code = new byte[2];
    if (image.rip() < Memory.SIZE - 1) {
      ram.read(image.rip(), code, 0, 2);
    }
    return code[0] & 0xFF | (code[1] & 0xFF) << 8;
  }

  /** QEMU lets data pass through null segments, and writes through read-only ones. */
  private boolean dataUsable() {
    for (int register : new int[] {Cpu.DS, Cpu.FS, Cpu.GS}) {
      if (!cpu.readable[register] || !cpu.writable[register]) {
        return false;
      }
    }
    return true;
  }

  private static boolean inHandler(CpuImage image, int vector) {
    return image.rip() == SystemTables.HANDLERS + 16 * vector;
  }

  private void remember(CpuImage image) {
    if (path.size() == REMEMBERED) {
      path.removeFirst();
    }
    byte[] code = new byte[12];
    long at = cpu.base[Cpu.CS] + image.rip();
    if (at >= 0 && at < Memory.SIZE) {
      ram.read(at, code, 0, code.length);
    }
    path.addLast(
        "%x:%x cpl %d rax %x rsp %x flags %x: %s"
            .formatted(
                image.selectors()[1],
                image.rip(),
                cpu.cpl,
                image.general()[0],
                image.general()[4],
                image.flags(),
                java.util.HexFormat.ofDelimiter(" ").formatHex(code)));
  }

  /** The last instructions, the one that differs at the end. */
  String path() {
    return program.mode + " level " + program.level + "\n  " + String.join("\n  ", path);
  }

  private static final class EmptyBus implements SystemBus {
    @Override
    public long read(long physical, int size) {
      return -1L >>> 64 - 8 * size;
    }

    @Override
    public void write(long physical, int size, long value) {}
  }
}
