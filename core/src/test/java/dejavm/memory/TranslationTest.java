package dejavm.memory;

import static org.assertj.core.api.Assertions.assertThat;

import dejavm.TestMachine;
import dejavm.bus.Backing;
import dejavm.cpu.ControlRegisters;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Law 2 for translation: every access behaves as if it walked the page tables, whatever the size of
 * the translation cache. No test here uses INVLPG.
 */
@ParameterizedClass
@ValueSource(ints = {1, 16, 1024})
class TranslationTest {
  private static final int DIRECTORY = 0x30000;
  private static final int TABLE = 0x31000;
  private static final long DEVICE = 0x8000_0000L;

  private static final int P = 1;
  private static final int W = 2;
  private static final int U = 4;
  private static final int A = 0x20;
  private static final int D = 0x40;

  @Parameter int tlbEntries;

  private TestMachine machine;
  private Mmu mmu;

  private void paging() {
    machine = TestMachine.flat(tlbEntries).paging(DIRECTORY);
    mmu = machine.cpu.mmu;
    // What holds the tables is used as data too.
    mmu.store32(TABLE + 4, (int) mmu.load(TABLE + 4, 4));
  }

  private static int entry(long linear) {
    return TABLE + 4 * (int) (linear >>> 12);
  }

  private long get(long linear) {
    return machine.get(entry(linear), 4);
  }

  /** Changes a table entry: by a store of the CPU, or by DMA. */
  private void put(int address, long value, boolean dma) {
    if (dma) {
      machine.put(address, value, 4);
    } else {
      boolean user = machine.cpu.cpl == 3;
      mmu.rights(false, false);
      mmu.store32(address, (int) value);
      mmu.rights(user, false);
    }
  }

  private void clear(long linear, int bits, boolean dma) {
    put(entry(linear), get(linear) & ~bits, dma);
  }

  private static String outcome(Runnable action) {
    try {
      action.run();
      return "ok";
    } catch (PageFault fault) {
      return "%x@%x".formatted(fault.error(), fault.linear());
    }
  }

  private String load(long linear) {
    return outcome(() -> mmu.load32(linear));
  }

  private String store(long linear) {
    return outcome(() -> mmu.store32(linear, 0x12345678));
  }

  private String fetch(long linear) {
    return outcome(() -> mmu.fetch(linear));
  }

  // ---- bits cleared ----

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void presentClearedShowsAtOnce(boolean dma) {
    paging();
    for (long page : new long[] {0x40000, 0x41000, 0x51000}) {
      assertThat(List.of(load(page), store(page), fetch(page))).containsOnly("ok");
      clear(page, P, dma);
      assertThat(load(page + 4)).isEqualTo("0@%x", page + 4);
      assertThat(store(page + 8)).isEqualTo("2@%x", page + 8);
      assertThat(fetch(page + 9)).isEqualTo("0@%x", page + 9);
      put(entry(page), page | P | W, dma);
      assertThat(List.of(load(page), store(page), fetch(page))).containsOnly("ok");
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void writableClearedShowsAtOnce(boolean dma) {
    paging();
    assertThat(store(0x40000)).isEqualTo("ok");
    clear(0x40000, W, dma);
    assertThat(load(0x40000)).isEqualTo("ok");
    assertThat(store(0x40000)).isEqualTo("3@40000");
    put(entry(0x40000), 0x40000 | P | W, dma);
    assertThat(store(0x40000)).isEqualTo("ok");
    put(DIRECTORY, TABLE | P | U, dma);
    assertThat(store(0x40000)).isEqualTo("3@40000");
    put(DIRECTORY, TABLE | P | W | U, true);
    assertThat(store(0x40000)).isEqualTo("ok");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void theUserBitShowsAtOnce(boolean dma) {
    paging();
    machine.cpu.setCpl(3);
    assertThat(List.of(load(0x40000), store(0x40000), fetch(0x40000))).containsOnly("ok");
    clear(0x40000, U, dma);
    assertThat(load(0x40000)).isEqualTo("5@40000");
    assertThat(store(0x40000)).isEqualTo("7@40000");
    assertThat(fetch(0x40000)).isEqualTo("5@40000");
    machine.cpu.setCpl(0);
    assertThat(List.of(load(0x40000), store(0x40000), fetch(0x40000))).containsOnly("ok");
    machine.cpu.setCpl(3);
    put(entry(0x40000), 0x40000 | P | W | U, dma);
    assertThat(List.of(load(0x40000), store(0x40000), fetch(0x40000))).containsOnly("ok");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void accessedAndDirtyAreSetAgain(boolean dma) {
    paging();
    for (int round = 0; round < 3; round++) {
      clear(0x40000, A | D, dma);
      put(DIRECTORY, machine.get(DIRECTORY, 4) & ~A, dma);
      load(0x40010);
      assertThat(get(0x40000) & (A | D)).isEqualTo(A);
      assertThat(machine.get(DIRECTORY, 4) & A).isEqualTo(A);
      store(0x40020);
      assertThat(get(0x40000) & (A | D)).isEqualTo(A | D);
      clear(0x40000, D, dma);
      load(0x40020);
      assertThat(get(0x40000) & (A | D)).isEqualTo(A);
      store(0x40020);
      assertThat(get(0x40000) & (A | D)).isEqualTo(A | D);
      clear(0x40000, A | D, dma);
      fetch(0x40020);
      assertThat(get(0x40000) & (A | D)).isEqualTo(A);
    }
  }

  /** A walk that faults leaves even the upper tables alone, as test386 wants it (its POST 11). */
  @Test
  void aWalkThatFaultsSetsNoAccessedBit() {
    paging();
    put(DIRECTORY, machine.get(DIRECTORY, 4) & ~A, true);
    clear(0x40000, A | D | P, true);
    assertThat(load(0x40010)).isEqualTo("0@40010");
    clear(0x41000, A | D | W, true);
    assertThat(store(0x41000)).isEqualTo("3@41000");
    assertThat(machine.get(DIRECTORY, 4) & A).isZero();
    assertThat(get(0x41000) & (A | D)).isZero();
    assertThat(load(0x41000)).isEqualTo("ok");
    assertThat(machine.get(DIRECTORY, 4) & A).isEqualTo(A);
  }

  /** A directory that is its own table: the same entry is of both levels and keeps its D. */
  @Test
  void anEntryOfTwoLevelsKeepsBothBits() {
    paging();
    int self = DIRECTORY + 4 * 1023;
    put(self, DIRECTORY | P | W, false);
    long linear = 0xFFFFF000L;
    assertThat(load(linear)).isEqualTo("ok");
    assertThat(machine.get(self, 4) & (A | D)).isEqualTo(A);
    put(self, DIRECTORY | P | W, false);
    assertThat(store(linear + 0x800)).isEqualTo("ok");
    assertThat(machine.get(self, 4) & (A | D)).isEqualTo(A | D);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aPageThatMovesIsFoundAtOnce(boolean dma) {
    paging();
    machine.put(0x50000, 0x55, 4);
    machine.put(0x60000, 0x66, 4);
    put(entry(0x40000), 0x50000 | P | W, dma);
    assertThat(mmu.load32(0x40000)).isEqualTo(0x55);
    assertThat(mmu.fetch(0x40000)).isEqualTo(0x50000);
    put(entry(0x40000), 0x60000 | P | W, dma);
    assertThat(mmu.load32(0x40000)).isEqualTo(0x66);
    assertThat(mmu.fetch(0x40000)).isEqualTo(0x60000);
    // Half an entry is enough.
    if (dma) {
      machine.put(entry(0x40000) + 2, 5, 1);
    } else {
      mmu.store8(entry(0x40000) + 2, 5);
    }
    assertThat(mmu.load32(0x40000)).isEqualTo(0x55);
  }

  @Test
  void aTableInTwoPlacesCountsForBoth() {
    paging();
    machine.put(DIRECTORY + 4, TABLE | P | W, 4);
    assertThat(List.of(store(0x40000), store(0x440000))).containsOnly("ok");
    clear(0x40000, P, false);
    assertThat(List.of(load(0x40000), load(0x440000))).containsExactly("0@40000", "0@440000");
  }

  @Test
  void aDirectoryThatIsATableToo() {
    paging();
    machine.put(DIRECTORY + 4, DIRECTORY | P | W, 4);
    // 0x400000: the page table; through entry 0 of the directory used as a table.
    assertThat(mmu.load32(0x400000 + 4 * 0x40)).isEqualTo((int) get(0x40000));
    assertThat(store(0x40000)).isEqualTo("ok");
    mmu.store32(0x400000 + 4 * 0x40, 0x50000 | P);
    assertThat(store(0x40000)).isEqualTo("3@40000");
    mmu.store32(0x400000 + 4 * 0x40, 0);
    assertThat(load(0x40000)).isEqualTo("0@40000");
  }

  @Test
  void aLargePage() {
    paging();
    machine.cpu.cr4 |= ControlRegisters.CR4_PSE;
    machine.cpu.controlChanged();
    machine.put(DIRECTORY + 4, 0x80 | P | W, 4);
    assertThat(List.of(load(0x440000), store(0x440000))).containsOnly("ok");
    assertThat(machine.get(0x40000, 4)).isEqualTo(0x12345678);
    assertThat(machine.get(DIRECTORY + 4, 4)).isEqualTo(0x80 | P | W | A | D);
    mmu.store32(DIRECTORY + 4, 0x80 | P);
    assertThat(List.of(load(0x440000), store(0x440000))).containsExactly("ok", "3@440000");
  }

  // ---- crossings ----

  @Test
  void anAccessAcrossPagesChecksBothBeforeEither() {
    paging();
    machine.put(entry(0x40000), 0x50000 | P | W, 4);
    machine.put(entry(0x41000), 0x60000 | P | W, 4);
    mmu.store32(0x40FFE, 0x44332211);
    assertThat(machine.get(0x50FFE, 2)).isEqualTo(0x2211);
    assertThat(machine.get(0x60000, 2)).isEqualTo(0x4433);
    assertThat(mmu.load32(0x40FFE)).isEqualTo(0x44332211);
    assertThat(mmu.load64(0x40FFA)).isEqualTo(0x44332211_00000000L);
    clear(0x41000, W, false);
    assertThat(outcome(() -> mmu.store32(0x40FFE, -1))).isEqualTo("3@41000");
    assertThat(machine.get(0x50FFE, 2)).isEqualTo(0x2211);
    clear(0x41000, P, false);
    assertThat(load(0x40FFD)).isEqualTo("0@41000");
    clear(0x40000, P, false);
    assertThat(load(0x40FFD)).isEqualTo("0@40ffd");
    assertThat(outcome(() -> mmu.probe(0x40FFF, 2, Mmu.WRITE))).isEqualTo("2@40fff");
  }

  // ---- tables that are not in RAM ----

  /**
   * A page table of entries for pages from 0x50000 on, in whatever answers for the device's range.
   */
  private void tableOutside(Backing backing) {
    paging();
    machine.map(DEVICE, 0x1000, backing);
    mmu.applyChanges();
    machine.put(DIRECTORY + 4, DEVICE | P | W | U, 4);
  }

  @Test
  void tablesInRomAreNeverWritten() {
    byte[] rom = new byte[4096];
    rom[0] = P | W;
    rom[2] = 5;
    tableOutside(new Backing.Rom(rom));
    assertThat(List.of(load(0x400000), store(0x400004), load(0x401000)))
        .containsExactly("ok", "ok", "0@401000");
    assertThat(machine.get(0x50004, 4)).isEqualTo(0x12345678);
    assertThat(machine.log).isEmpty();
  }

  @Test
  void walksThroughDevicesAreMadeForEachAccess() {
    tableOutside(new Backing.Outside());
    machine.reads((space, address, size) -> 0x50000 | P | W | A | D);
    for (int i = 0; i < 3; i++) {
      load(0x400000);
      store(0x400000);
      fetch(0x400000);
    }
    assertThat(machine.log).hasSize(9).allMatch(line -> line.startsWith("read MEMORY 80000000 4"));
    machine.reads((space, address, size) -> 0);
    assertThat(List.of(load(0x400000), store(0x400000), fetch(0x400000)))
        .containsExactly("0@400000", "2@400000", "0@400000");
  }

  @Test
  void accessedBitsOfTablesInDevicesAreWrittenThere() {
    tableOutside(new Backing.Outside());
    List<Long> written = new ArrayList<>();
    machine.reads((space, address, size) -> 0x50000 | P | W);
    machine.writes((space, address, size) -> written.add(address) ? 0 : 1);
    for (int i = 0; i < 3; i++) {
      load(0x401000);
    }
    assertThat(written).containsExactly(DEVICE + 4, DEVICE + 4, DEVICE + 4);
  }

  @Test
  void readOnlyRamIsNotWrittenByWalks() {
    machine = TestMachine.flat(tlbEntries);
    machine.put(0x50000, 0x60000 | P | W, 4);
    tableOutside(new Backing.ReadOnlyRam(0x50000));
    machine.put(0x50000, 0x60000 | P | W, 4);
    for (int i = 0; i < 2; i++) {
      assertThat(List.of(load(0x400000), store(0x400000))).containsOnly("ok");
    }
    assertThat(machine.get(0x50000, 4)).isEqualTo(0x60000 | P | W);
    assertThat(machine.log).hasSize(4).allMatch(line -> line.startsWith("write MEMORY 80000000 4"));
  }

  @Test
  void pointersOfPaeAreRegisters() {
    machine = TestMachine.flat(tlbEntries);
    mmu = machine.cpu.mmu;
    machine.put(0x32000, 0x33000 | P, 8);
    machine.put(0x33000, 0x80 | P | W | U, 8);
    mmu.pointers()[0] = 0x33000 | P;
    machine.cpu.cr3 = 0x32000;
    machine.cpu.cr4 |= ControlRegisters.CR4_PAE;
    machine.cpu.cr0 |= ControlRegisters.CR0_PG;
    machine.cpu.controlChanged();
    assertThat(store(0x40000)).isEqualTo("ok");
    mmu.store64(0x32000, 0);
    mmu.flush();
    assertThat(store(0x40000)).isEqualTo("ok");
    mmu.store32(0x33004, 0x10);
    assertThat(load(0x40000)).isEqualTo("9@40000");
  }

  // ---- all of it at random ----

  /** Two machines do the same, one of them forgetting all translations before every access. */
  @Test
  void whatIsCachedCannotBeObserved() {
    for (int seed = 0; seed < 60; seed++) {
      paging();
      TestMachine cached = machine;
      paging();
      String first = scenario(cached, seed, false);
      String second = scenario(machine, seed, true);
      assertThat(first).as("seed %d", seed).isEqualTo(second);
    }
  }

  private static String scenario(TestMachine m, int seed, boolean forgetful) {
    Random random = new Random(seed);
    StringBuilder seen = new StringBuilder();
    Mmu mmu = m.cpu.mmu;
    m.put(DIRECTORY + 4, (random.nextBoolean() ? TABLE : 0x32000) | 7, 4);
    m.put(DIRECTORY + 8, DIRECTORY | 7, 4);
    for (int i = 0; i < 300; i++) {
      if (forgetful) {
        mmu.flush();
      }
      long page = random.nextInt(3) * 0x400000L + (0x40 + random.nextInt(6)) * 0x1000L;
      long linear = page + (random.nextInt(4) == 0 ? 0xFFD : 0) + random.nextInt(3);
      int size = 1 << random.nextInt(4);
      long value = random.nextLong();
      int table = (random.nextBoolean() ? TABLE : 0x32000) + 4 * (0x40 + random.nextInt(7));
      int target = 0x40000 + 0x1000 * random.nextInt(6) | random.nextInt(256) & ~0x98;
      switch (random.nextInt(9)) {
        case 0 -> m.put(table, target, 4);
        case 1 -> seen.append(outcome(() -> mmu.store32(table, target)));
        case 2 -> m.put(DIRECTORY + 4 * random.nextInt(3), TABLE | random.nextInt(8) | 1, 4);
        case 3 -> m.cpu.setCpl(random.nextInt(3) == 0 ? 3 : 0);
        case 4 -> seen.append(outcome(() -> seen.append(mmu.fetch(linear))));
        case 5, 6 -> seen.append(outcome(() -> seen.append(mmu.load(linear, size))));
        default -> seen.append(outcome(() -> mmu.store(linear, size, value)));
      }
      m.cpu.setCpl(m.cpu.cpl);
      seen.append(' ');
    }
    for (int address = DIRECTORY; address < 0x50000; address += 8) {
      seen.append(Long.toHexString(m.get(address, 8)));
    }
    return seen.toString();
  }

  // ---- more address spaces than one ----

  private static final int OTHER_DIRECTORY = 0x50000;
  private static final int OTHER_TABLE = 0x52000;

  private void useTables(int directory) {
    machine.cpu.cr3 = directory;
    machine.cpu.controlChanged();
  }

  private void twoSpaces() {
    paging();
    for (int i = 0; i < 1024; i++) {
      machine.put(OTHER_TABLE + 4 * i, (long) i << 12 | P | W | U, 4);
    }
    machine.put(OTHER_DIRECTORY, OTHER_TABLE | P | W | U, 4);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void entriesOfTablesNotInUseCount(boolean dma) {
    twoSpaces();
    long page = 0x60000;
    assertThat(List.of(load(page), store(page), fetch(page))).containsOnly("ok");
    useTables(OTHER_DIRECTORY);
    assertThat(store(page)).isEqualTo("ok");
    put(entry(page), get(page) & ~P, dma);
    useTables(DIRECTORY);
    assertThat(load(page + 4)).isEqualTo("0@%x", page + 4);
    assertThat(fetch(page)).isEqualTo("0@%x", page);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void directoriesNotInUseCount(boolean dma) {
    twoSpaces();
    long page = 0x60000;
    assertThat(store(page)).isEqualTo("ok");
    useTables(OTHER_DIRECTORY);
    put(DIRECTORY, 0, dma);
    useTables(DIRECTORY);
    assertThat(load(page)).isEqualTo("0@%x", page);
  }

  @Test
  void tablesOfOneSpaceAreWrittenToInAnother() {
    twoSpaces();
    long page = 0x60000;
    // Written to before it is known to hold tables.
    assertThat(store(OTHER_TABLE)).isEqualTo("ok");
    mmu.store32(OTHER_TABLE, P | W | U);
    useTables(OTHER_DIRECTORY);
    assertThat(load(page)).isEqualTo("ok");
    useTables(DIRECTORY);
    mmu.store32(OTHER_TABLE + 4 * (int) (page >>> 12), 0);
    useTables(OTHER_DIRECTORY);
    assertThat(load(page)).isEqualTo("0@%x", page);
  }
}
