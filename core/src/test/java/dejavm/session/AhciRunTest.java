package dejavm.session;

import static org.assertj.core.api.Assertions.assertThat;

import dejavm.Assembler;
import dejavm.bus.Input;
import dejavm.device.disk.TestMedium;
import dejavm.machine.Drives;
import dejavm.machine.boot.BootRefused;
import dejavm.machine.boot.Multiboot;
import dejavm.record.DigestCursor;
import dejavm.record.DigestPoint;
import dejavm.record.RecordingReader;
import dejavm.record.TimedInput;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The board with an AHCI controller, recorded at both boundaries in one run: a program gives
 * commands to its disks and touches its registers as a seed decides.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AhciRunTest {
  private static final long UNTIL = 8_000_000;
  private static final int STEPS = 250;
  private static final int CODE = 0x100000;
  private static final int TABLE = 0x110000;
  private static final int HASH = 0x200000;
  private static final int LIST = 0x210000;
  private static final int TABLES = 0x220000;
  private static final int DATA = 0x300000;

  /** Where the controller's registers are put: behind the end of memory. */
  private static final int REGISTERS = 0x0800_0000;

  // Operations of the program.
  private static final int WRITE = 0;
  private static final int READ = 1;
  private static final int WAIT = 2;
  private static final int AGAIN = 3;

  /** The hashes of each component's states that were seen. */
  private final Map<String, Set<Long>> states = new LinkedHashMap<>();

  private static Setup setup(Dice dice) {
    try {
      byte[] kernel = program(dice);
      Setup setup = TinyGuest.setup(Multiboot.image(kernel, List.of(), "", 4 << 20), true, false);
      return new Setup(
          setup.config(),
          setup.memory(),
          new Drives(
              List.of(
                  new Drives.Drive(4, Drives.Kind.DISK, List.of(new TestMedium("disk4", 900, 1))),
                  new Drives.Drive(7, Drives.Kind.DISK, List.of(new TestMedium("disk7", 90, 2))))),
          setup.execution());
    } catch (BootRefused e) {
      throw new IllegalStateException(e);
    }
  }

  private static byte[] program(Dice dice) {
    Assembler a = new Assembler(CODE, 32);
    a.dd(0x1BADB002L).dd(0x10000).dd(-(0x1BADB002L + 0x10000) & 0xFFFF_FFFFL);
    a.dd(CODE).dd(CODE).dd(0).dd(0).dd(CODE + 32);
    pci(a, 0x8000_2024L, REGISTERS);
    pci(a, 0x8000_2004L, 7);
    a.label("again").mov(Assembler.ESI, TABLE);
    a.label("next").db(0xAD).copy(Assembler.EBX, Assembler.EAX); // lodsd: the operation
    a.db(0xAD).copy(Assembler.EDI, Assembler.EAX); // lodsd: the address
    a.db(0xAD); // lodsd: the value
    a.arithmetic(Assembler.CMP, Assembler.EBX, READ).jumpIf(Assembler.EQUAL, "read");
    a.arithmetic(Assembler.CMP, Assembler.EBX, WAIT).jumpIf(Assembler.EQUAL, "wait");
    a.arithmetic(Assembler.CMP, Assembler.EBX, AGAIN).jumpIf(Assembler.EQUAL, "again");
    a.db(0x89, 0x07).jump("next"); // mov [edi], eax
    a.label("read").db(0x8B, 0x07, 0xC1, 0x05).dd(HASH).db(5); // rol dword [hash], 5
    a.db(0x31, 0x05).dd(HASH).jump("next"); // xor [hash], eax
    a.label("wait").copy(Assembler.ECX, Assembler.EAX);
    a.label("longer").loop("longer").jump("next");
    a.to(TABLE);
    for (int i = 0; i < STEPS; i++) {
      int port = REGISTERS + 0x100 + 0x80 * dice.pick(0, 0, 3, 3, 1);
      switch (dice.below(8)) {
        case 0, 1, 2, 3 -> command(a, port, dice);
        case 4 -> entry(a, WAIT, 0, 1 + dice.below(60_000));
        case 5 -> entry(a, WRITE, port + dice.pick(0x10, 0x14, 0x2C, 0x30), dice.next() & 0xFF1);
        case 6 -> entry(a, WRITE, REGISTERS + dice.pick(4, 8), dice.below(64) & ~1);
        default -> entry(a, READ, REGISTERS + 4 * dice.below(0x100), 0);
      }
    }
    entry(a, AGAIN, 0, 0);
    return a.code();
  }

  private static void pci(Assembler a, long register, long value) {
    a.mov(Assembler.EDX, 0xCF8).mov(Assembler.EAX, register).db(0xEF);
    a.mov(Assembler.EDX, 0xCFC).mov(Assembler.EAX, value).db(0xEF);
  }

  private static void entry(Assembler a, int operation, long address, long value) {
    a.dd(operation).dd(address).dd(value & 0xFFFF_FFFFL);
  }

  private static void command(Assembler a, int port, Dice dice) {
    int slot = dice.below(4);
    int table = TABLES + 0x100 * slot;
    int opcode = dice.pick(0x25, 0x25, 0x35, 0x35, 0x24, 0x34, 0xEC, 0xEA, 0xFF);
    entry(a, WRITE, port, LIST);
    entry(a, WRITE, port + 0x08, LIST + 0x800);
    entry(a, WRITE, port + 0x14, -1);
    entry(a, WRITE, LIST + 32 * slot, 5 | (1 + dice.below(2)) << 16);
    entry(a, WRITE, LIST + 32 * slot + 8, table);
    entry(a, WRITE, table, 0x8027 | opcode << 16);
    entry(a, WRITE, table + 4, 0x40000000 | dice.below(dice.oneIn(9) ? 2000 : 80));
    entry(a, WRITE, table + 8, 0);
    entry(a, WRITE, table + 12, 1 + dice.below(dice.oneIn(4) ? 200 : 8));
    for (int i = 0; i < 2; i++) {
      entry(a, WRITE, table + 0x80 + 16 * i, DATA + dice.below(1 << 18));
      entry(a, WRITE, table + 0x8C + 16 * i, dice.below(1 << 15));
    }
    entry(a, WRITE, port + 0x18, dice.oneIn(4) ? 0x10 : 0x11);
    entry(a, WRITE, port + 0x18, 0x11);
    entry(a, WRITE, port + 0x38, 1 << slot);
    entry(a, WAIT, 0, dice.below(20_000));
    entry(a, READ, port + 0x10, 0);
    entry(a, WRITE, port + 0x10, -1);
    entry(a, WRITE, REGISTERS + 8, -1);
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 2})
  void bothAreTheSameRun(long seed) {
    Dice dice = new Dice(seed);
    Setup setup = setup(dice);
    List<TimedInput> inputs =
        List.of(
            new TimedInput(UNTIL / 2, new Input.DiskFault(4, dice.below(80))),
            new TimedInput(UNTIL * 3 / 4, new Input.ResetButton()));
    TwoRecordings both = new TwoRecordings(setup, new TimedInputs(inputs), "seed " + seed);
    both.run(UNTIL, dice).assertSameRun(seed);
    DigestCursor digests = RecordingReader.open(both.outer()).digests();
    for (DigestPoint point = digests.next(); point != null; point = digests.next()) {
      for (DigestPoint.Part part : point.parts()) {
        states.computeIfAbsent(part.component(), _ -> new HashSet<>()).add(part.hash());
      }
    }
  }

  @AfterAll
  void allOfItWasReached() {
    for (String name : List.of("ahci", "drive4", "drive7", "disk4", "disk7")) {
      assertThat(states.get(name)).as(name).hasSizeGreaterThan(1);
    }
  }
}
