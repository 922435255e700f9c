package dejavm.cpu.interpret;

import static org.assertj.core.api.Assertions.assertThat;

import dejavm.TestMachine;
import dejavm.cpu.ControlRegisters;
import dejavm.cpu.Cpu;
import dejavm.cpu.CpuModel;
import dejavm.cpu.Flags;
import dejavm.cpu.decode.Decoder;
import dejavm.cpu.decode.Insn;
import dejavm.cpu.decode.Operand;
import dejavm.cpu.decode.Row;
import dejavm.cpu.decode.Rows;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Every MMX instruction and every integer one on XMM registers against what a processor did: the
 * corpus is printed by oracle/packed.c, run on an Intel Xeon of the Sapphire Rapids generation.
 *
 * <p>Code runs on a whole machine, in 32- and in 64-bit mode; there also on XMM9 and XMM10. All
 * that instructions leave behind has to agree: registers, memory, flags, and the stack of the x87.
 */
class PackedCorpusTest {
  private static final long DATA = 0x40000;
  private static final int TOP = 5;
  private static final int BEFORE = 0x8D7;
  private static final int PLACES = 4096;
  private static final long TABLES = 0x30000;

  private final TestMachine machine = TestMachine.flat(16, CpuModel.X86_64_V2);
  private final Cpu cpu = machine.cpu;
  private final Decoder decoder = new Decoder();

  @BeforeEach
  void prepare() {
    cpu.cr4 |= ControlRegisters.CR4_OSFXSR;
    cpu.controlChanged();
  }

  /** 64-bit mode at level 0, with one page of 2 MiB. */
  private void longMode() {
    machine.put(TABLES, TABLES + 0x1003, 8);
    machine.put(TABLES + 0x1000, TABLES + 0x2003, 8);
    machine.put(TABLES + 0x2000, 0x83, 8);
    cpu.cr3 = TABLES;
    cpu.cr4 |= ControlRegisters.CR4_PAE;
    cpu.efer = ControlRegisters.EFER_LME | ControlRegisters.EFER_LMA;
    cpu.cr0 |= ControlRegisters.CR0_PG;
    cpu.controlChanged();
    cpu.segment(Cpu.CS, 0x08, 0, 0xFFFFFFFFL, 0xA09B);
    cpu.controlChanged();
  }

  @Test
  void agreesIn32BitMode() {
    agrees(corpus().stream().map(Case::new).filter(one -> !one.isWide()).toList());
  }

  @Test
  void agreesIn64BitMode() {
    longMode();
    agrees(corpus().stream().map(Case::new).toList());
  }

  @Test
  void agreesOnRegistersFrom8On() {
    longMode();
    List<Case> cases = corpus().stream().map(Case::new).filter(Case::canExtend).toList();
    cases.forEach(Case::extend);
    assertThat(cases).hasSizeGreaterThan(800);
    agrees(cases);
  }

  private void agrees(List<Case> cases) {
    List<String> wrong = new ArrayList<>();
    for (int i = 0; i < cases.size(); i++) {
      Case one = cases.get(i);
      one.before();
      run(one.code, TestMachine.CODE + 16 * (i % PLACES));
      String difference = one.difference();
      if (!difference.isEmpty()) {
        wrong.add(one.line + "\n  " + difference);
      }
    }
    assertThat(cases).isNotEmpty();
    assertThat(wrong).isEmpty();
  }

  @Test
  void hasEveryRowOfTheTable() {
    Set<String> seen = new TreeSet<>();
    for (String line : corpus()) {
      seen.add(new Case(line).decoded().row.toString());
    }
    for (Row row : Rows.all()) {
      if (row.unit == Row.Unit.PACKED) {
        assertThat(seen).contains(row.toString());
      }
    }
  }

  private void run(byte[] code, long place) {
    for (int i = 0; i < code.length; i++) {
      machine.put(place + i, code[i], 1);
    }
    cpu.rip = place;
    machine.step(1);
    assertThat(cpu.rip).isEqualTo(place + code.length);
  }

  private static List<String> corpus() {
    try (var in = Cpu.class.getResourceAsStream("packed.txt")) {
      return new String(in.readAllBytes(), StandardCharsets.US_ASCII).lines().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** All registers that instructions of this unit can see. */
  private static final class State {
    final long[] mmx = new long[8];
    final int[] signExponent = new int[8];
    final long[] xmm = new long[32];
    final long[] general = new long[3];
    final long[] memory = new long[4];
    int flags = BEFORE;
    int top = TOP;
    int empty = 0xFF;

    @Override
    public String toString() {
      StringBuilder text = new StringBuilder();
      for (int i = 0; i < 8; i++) {
        text.append(" m%d:%x:%016x".formatted(i, signExponent[i], mmx[i]));
      }
      for (int i = 0; i < 16; i++) {
        text.append(" x%d:%016x%016x".formatted(i, xmm[2 * i + 1], xmm[2 * i]));
      }
      for (long value : general) {
        text.append(" g:%x".formatted(value));
      }
      for (long value : memory) {
        text.append(" s:%016x".formatted(value));
      }
      return text + " f:%x t:%x%02x".formatted(flags & Flags.ARITHMETIC, top, empty);
    }
  }

  /** A line: name, code, operands, "=", what changed. */
  private final class Case {
    final String line;
    byte[] code;
    private final State initial = new State();
    private final State expected = new State();

    Case(String line) {
      this.line = line;
      String[] parts = line.split(" ");
      code = HexFormat.of().parseHex(parts[1]);
      wide(expected.xmm, 2, parts[2]);
      wide(expected.xmm, 4, parts[3]);
      expected.mmx[1] = expected.xmm[2];
      expected.mmx[2] = expected.xmm[4];
      expected.memory[0] = expected.xmm[4];
      expected.memory[1] = expected.xmm[5];
      int at = 4;
      for (; !parts[at].equals("="); at++) {
        char what = parts[at].charAt(0);
        if (what == 'x') {
          wide(expected.xmm, 0, parts[at].substring(1));
        } else {
          expected.general["acd".indexOf(what)] = hex(parts[at].substring(1));
        }
      }
      enter();
      for (String change : Arrays.asList(parts).subList(at + 1, parts.length)) {
        change(change.substring(0, change.indexOf(':')), change.substring(change.indexOf(':') + 1));
      }
    }

    boolean isWide() {
      return code[0] == 0x48 || code[1] == 0x48;
    }

    Insn decoded() {
      return decoder.decode(code, 0, code.length, isWide() ? 64 : 32);
    }

    /** Whether both operands are XMM registers, and a REX prefix can be added. */
    boolean canExtend() {
      Operand[] operands = decoded().operands;
      return !isWide()
          && operands.length > 1
          && operands[0].kind() == Operand.Kind.XMM
          && operands[1].kind() == Operand.Kind.XMM;
    }

    /** Makes XMM1 and XMM2 XMM9 and XMM10, by REX.R and REX.B after the mandatory prefix. */
    void extend() {
      byte[] longer = new byte[code.length + 1];
      longer[0] = code[0];
      longer[1] = 0x45;
      System.arraycopy(code, 1, longer, 2, code.length - 1);
      code = longer;
      for (State state : List.of(initial, expected)) {
        System.arraycopy(state.xmm, 2, state.xmm, 18, 4);
        Arrays.fill(state.xmm, 2, 6, 0);
      }
    }

    /** What is expected so far is what there is before. */
    private void enter() {
      System.arraycopy(expected.mmx, 0, initial.mmx, 0, 8);
      System.arraycopy(expected.xmm, 0, initial.xmm, 0, 32);
      System.arraycopy(expected.general, 0, initial.general, 0, 3);
      System.arraycopy(expected.memory, 0, initial.memory, 0, 4);
    }

    private void change(String what, String value) {
      int number = what.length() > 1 ? what.charAt(1) - '0' : 0;
      switch (what.charAt(0)) {
        case 'm' -> {
          expected.mmx[number] = hex(value);
          expected.signExponent[number] = 0xFFFF;
        }
        case 'x' -> wide(expected.xmm, 2 * number, value);
        case 's' -> wide(expected.memory, 0, value);
        case 'f' -> expected.flags = (int) hex(value);
        case 't' -> {
          expected.top = value.charAt(0) - '0';
          expected.empty = ~(int) hex(value.substring(1)) & 0xFF;
        }
        default -> expected.general["acd".indexOf(what)] = hex(value);
      }
    }

    void before() {
      for (int i = 0; i < 8; i++) {
        cpu.x87.significand[i] = initial.mmx[i];
        cpu.x87.signExponent[i] = 0;
      }
      cpu.x87.init();
      cpu.x87.top = TOP;
      System.arraycopy(initial.xmm, 0, cpu.xmm, 0, 32);
      cpu.r[Cpu.RAX] = initial.general[0];
      cpu.r[Cpu.RCX] = initial.general[1];
      cpu.r[Cpu.RDX] = initial.general[2];
      cpu.r[Cpu.RDI] = DATA;
      for (int i = 0; i < 4; i++) {
        machine.put(DATA + 8 * i, initial.memory[i], 8);
      }
      cpu.setFlags(BEFORE);
    }

    String difference() {
      State seen = new State();
      System.arraycopy(cpu.x87.significand, 0, seen.mmx, 0, 8);
      System.arraycopy(cpu.x87.signExponent, 0, seen.signExponent, 0, 8);
      System.arraycopy(cpu.xmm, 0, seen.xmm, 0, 32);
      seen.general[0] = cpu.r[Cpu.RAX];
      seen.general[1] = cpu.r[Cpu.RCX];
      seen.general[2] = cpu.r[Cpu.RDX];
      for (int i = 0; i < 4; i++) {
        seen.memory[i] = machine.get(DATA + 8 * i, 8);
      }
      seen.flags = cpu.flags();
      seen.top = cpu.x87.top;
      seen.empty = cpu.x87.empty;
      List<String> wrong = new ArrayList<>(List.of(seen.toString().split(" ")));
      wrong.removeAll(List.of(expected.toString().split(" ")));
      return seen.toString().equals(expected.toString()) ? "" : "seen " + wrong;
    }

    private static void wide(long[] registers, int at, String digits) {
      int low = digits.length() - 16;
      registers[at] = hex(digits.substring(low));
      registers[at + 1] = low == 0 ? 0 : hex(digits.substring(0, low));
    }

    private static long hex(String digits) {
      return Long.parseUnsignedLong(digits, 16);
    }
  }
}
