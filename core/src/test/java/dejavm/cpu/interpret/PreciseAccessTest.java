package dejavm.cpu.interpret;

import static dejavm.Assembler.EAX;
import static dejavm.Assembler.ECX;
import static dejavm.Assembler.EDI;
import static dejavm.Assembler.EDX;
import static dejavm.Assembler.ESI;
import static dejavm.Assembler.ESP;
import static org.assertj.core.api.Assertions.assertThat;

import dejavm.Assembler;
import dejavm.TestMachine;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Law 4: a device's read cannot be undone, so all operands are checked before the first access; and
 * wide accesses to devices are split in ascending order.
 */
class PreciseAccessTest {
  private static final long CODE = TestMachine.CODE;
  private static final long HANDLER = 0x18000;

  /** Device memory, mapped read-only at 0x401000, and for all at 0x402000; nothing at 0x403000. */
  private static final long READ_ONLY = 0x401000;

  private static final long DEVICE = 0x402000;
  private static final long ABSENT = 0x403000;

  private interface Piece {
    void emit(Assembler a);
  }

  private static TestMachine run(Piece piece) {
    Assembler a = new Assembler(CODE, 32);
    a.mov(ESP, 0x9000).mov(EAX, 0x1234).mov(ECX, 1).mov(EDX, 0x80);
    piece.emit(a);
    a.hlt();
    TestMachine m = TestMachine.flat(16).code(CODE, a).paging(0x30000);
    m.code(HANDLER, new Assembler(HANDLER, 32).hlt());
    // Faults arrive on a stack of their own, by way of a task gate's poorer cousin: #DF.
    m.handler(14, HANDLER).put(0x30004, 0x32000 | 7, 4);
    m.put(0x32004, 0x8000_0001L, 4).put(0x32008, 0x8000_1003L, 4).put(0x3200C, 0, 4);
    return m.run(30);
  }

  private static void faultsWithoutAccess(Piece piece) {
    TestMachine m = run(piece);
    assertThat(m.cpu.cr2).isBetween(READ_ONLY, ABSENT + 0xFFF);
    assertThat(m.log.stream().filter(line -> !line.startsWith("pin"))).isEmpty();
  }

  private static void accesses(Piece piece, String... expected) {
    List<String> seen = run(piece).log.stream().map(l -> l.substring(0, l.indexOf(" @"))).toList();
    assertThat(seen).containsExactly(expected);
  }

  @Test
  void readModifyWriteAsksForWritingFirst() {
    faultsWithoutAccess(a -> a.db(0x01).absolute(EAX, READ_ONLY));
    faultsWithoutAccess(a -> a.db(0xFF).absolute(0, READ_ONLY));
    faultsWithoutAccess(a -> a.db(0xF7).absolute(2, READ_ONLY));
    faultsWithoutAccess(a -> a.db(0x66, 0x01).absolute(EAX, READ_ONLY));
    faultsWithoutAccess(a -> a.db(0x87).absolute(EAX, READ_ONLY));
    faultsWithoutAccess(a -> a.db(0x0F, 0xB1).absolute(EAX, READ_ONLY));
    faultsWithoutAccess(a -> a.db(0x0F, 0xC1).absolute(EAX, READ_ONLY));
    faultsWithoutAccess(a -> a.db(0x0F, 0xC7).absolute(1, READ_ONLY));
    faultsWithoutAccess(a -> a.db(0xC1).absolute(4, READ_ONLY).db(3));
    faultsWithoutAccess(a -> a.db(0x0F, 0xAB).absolute(EAX, READ_ONLY));
  }

  @Test
  void bothPagesOfACrossingAreChecked() {
    faultsWithoutAccess(a -> a.load(EAX, ABSENT - 2));
    faultsWithoutAccess(a -> a.store(ABSENT - 2, EAX));
    faultsWithoutAccess(a -> a.db(0x01).absolute(EAX, ABSENT - 1));
    faultsWithoutAccess(a -> a.db(0xDD).absolute(0, ABSENT - 4));
    faultsWithoutAccess(a -> a.db(0xDB).absolute(5, ABSENT - 8));
    faultsWithoutAccess(a -> a.db(0x0F, 0xB2).absolute(EAX, ABSENT - 4));
    faultsWithoutAccess(a -> a.db(0x62).absolute(EAX, ABSENT - 4));
    faultsWithoutAccess(a -> a.db(0xFF).absolute(5, ABSENT - 4));
  }

  @Test
  void stringsCheckSourceAndDestination() {
    faultsWithoutAccess(a -> a.mov(ESI, DEVICE).mov(EDI, ABSENT).db(0xA5));
    faultsWithoutAccess(a -> a.mov(ESI, DEVICE).mov(EDI, ABSENT).db(0xF3, 0xA5));
    faultsWithoutAccess(a -> a.mov(ESI, DEVICE).mov(EDI, READ_ONLY).db(0xA4));
    faultsWithoutAccess(a -> a.mov(ESI, DEVICE).mov(EDI, ABSENT).db(0xA7));
    faultsWithoutAccess(a -> a.mov(EDI, ABSENT).db(0x6D));
    faultsWithoutAccess(a -> a.mov(EDI, READ_ONLY).db(0xF3, 0x6C));
    faultsWithoutAccess(a -> a.mov(ESI, ABSENT).db(0x6E));
  }

  /** The stack's page is missing: the exception cannot be delivered either, but it comes first. */
  @Test
  void whatIsPushedIsReadLast() {
    faultsWithoutAccess(a -> a.mov(ESP, ABSENT + 8).db(0xFF).absolute(6, DEVICE));
    faultsWithoutAccess(a -> a.mov(ESP, ABSENT + 8).db(0x66, 0xFF).absolute(6, DEVICE));
    faultsWithoutAccess(a -> a.mov(ESP, ABSENT + 8).db(0xFF).absolute(2, DEVICE));
    faultsWithoutAccess(a -> a.mov(ESP, ABSENT + 8).db(0x66, 0xFF).absolute(2, DEVICE));
  }

  @Test
  void whatIsPoppedIsReadLast() {
    faultsWithoutAccess(a -> a.mov(ESP, DEVICE).db(0x8F).absolute(0, ABSENT));
    faultsWithoutAccess(a -> a.mov(ESP, DEVICE).db(0x8F).absolute(0, READ_ONLY));
  }

  @Test
  void wideAndUnalignedAccessesAreSplitInAscendingOrder() {
    accesses(a -> a.load(EAX, DEVICE + 4), "read MEMORY 80001004 4");
    accesses(
        a -> a.load(EAX, DEVICE + 5),
        "read MEMORY 80001005 1",
        "read MEMORY 80001006 2",
        "read MEMORY 80001008 1");
    accesses(a -> a.store(DEVICE + 6, EAX), "write MEMORY 80001006 2", "write MEMORY 80001008 2");
    accesses(a -> a.db(0xDD).absolute(0, DEVICE), "read MEMORY 80001000 8");
    accesses(
        a -> a.db(0x01).absolute(EAX, DEVICE), "read MEMORY 80001000 4", "write MEMORY 80001000 4");
  }
}
