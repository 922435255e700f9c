package dejavm.cpu.interpret;

import dejavm.EmptyBoard;
import dejavm.bus.Backing;
import dejavm.cpu.ControlRegisters;
import dejavm.cpu.CostTable;
import dejavm.cpu.Cpu;
import dejavm.cpu.CpuModel;
import dejavm.cpu.Fault;
import dejavm.cpu.decode.Decoder;
import dejavm.cpu.decode.Insn;
import dejavm.memory.Mmu;
import dejavm.memory.PageFault;
import dejavm.memory.PhysicalMemory;
import dejavm.memory.SystemBus;
import java.util.HexFormat;

/** A processor with flat segments and SSE switched on, which executes bytes of machine code. */
final class SseFixture {
  static final int CODE = 0x1000;
  static final int IDT = 0x2000;
  static final int GDT = 0x3000;
  static final int STACK = 0x5000;
  static final int DATA = 0x6000;

  final Cpu c;
  private final Operations operations;
  private final Decoder decoder = new Decoder();

  SseFixture(CpuModel model) {
    PhysicalMemory memory = new PhysicalMemory(1 << 20);
    memory.map(0, 1 << 20, new Backing.Ram(0));
    Mmu mmu = new Mmu(memory, new Nothing(), 16);
    c = new Cpu(0, mmu, new EmptyBoard(), model, new CostTable(1, 0), 100_000_000L);
    c.cr0 = ControlRegisters.CR0_ET | ControlRegisters.CR0_PE | ControlRegisters.CR0_NE;
    c.cr4 = ControlRegisters.CR4_OSFXSR | ControlRegisters.CR4_OSXMMEXCPT;
    c.segment(Cpu.CS, 8, 0, 0xFFFFFFFFL, 0xC09B);
    for (int register : new int[] {Cpu.ES, Cpu.SS, Cpu.DS, Cpu.FS, Cpu.GS}) {
      c.segment(register, 0x10, 0, 0xFFFFFFFFL, 0xC093);
    }
    mmu.store(GDT + 8, 8, 0x00CF9B000000FFFFL);
    c.gdtBase = GDT;
    c.gdtLimit = 0xF;
    c.idtBase = IDT;
    c.idtLimit = 0x7FF;
    c.r[Cpu.RSP] = STACK;
    c.controlChanged();
    operations = new Operations(c);
  }

  Insn decode(String code, int mode) {
    byte[] bytes = HexFormat.of().parseHex(code);
    return decoder.decode(bytes, 0, bytes.length, mode);
  }

  /** Executes one instruction of 32-bit code: "ok", or the vector that it raised. */
  String execute(String code) {
    return execute(decode(code, 32));
  }

  String execute(Insn insn) {
    try {
      operations.execute(insn);
      return "ok";
    } catch (Fault fault) {
      return Integer.toString(fault.vector());
    } catch (PageFault fault) {
      return "14";
    } catch (UnsupportedInstruction unknown) {
      return "unsupported";
    }
  }

  void put(long address, long value, int size) {
    c.mmu.store(address, size, value);
  }

  long get(long address, int size) {
    return c.mmu.load(address, size);
  }

  private static final class Nothing implements SystemBus {
    @Override
    public long read(long physical, int size) {
      return 0;
    }

    @Override
    public void write(long physical, int size, long value) {}
  }
}
