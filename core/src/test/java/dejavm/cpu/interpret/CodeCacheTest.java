package dejavm.cpu.interpret;

import static org.assertj.core.api.Assertions.assertThat;

import dejavm.EmptyBoard;
import dejavm.bus.Backing;
import dejavm.memory.Mmu;
import dejavm.memory.PhysicalMemory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which stores drop predecoded code. */
class CodeCacheTest {
  private static final int RAM = 1 << 16;
  private static final int PAGE = 3;
  private static final int OFFSET = 0x17E;
  private static final long START = PAGE * 4096 + OFFSET;

  private final PhysicalMemory memory = new PhysicalMemory(RAM);
  private CodeCache cache;
  private Mmu mmu;

  /** INC EAX, MOV ECX, 1, HLT: seven bytes. */
  @BeforeEach
  void build() {
    memory.map(0, RAM, new Backing.Ram(0));
    byte[] code = {0x40, (byte) 0xB9, 1, 0, 0, 0, (byte) 0xF4};
    memory.write(START, code, 0, code.length);
    mmu = new Mmu(memory, new EmptyBoard(), 16);
    cache = new CodeCache(mmu);
    memory.watcher(cache);
    cache.build(PAGE, OFFSET, CodeMode.CODE_32);
  }

  /** Variables that lie right beside instructions drop nothing; a byte of an instruction does. */
  @ParameterizedTest
  @CsvSource({
    "-4, 4, true",
    "7, 4, true",
    "-3, 4, false",
    "6, 1, false",
    "6, 8, false",
    "3, 1, false"
  })
  void codeIsDroppedByAStoreToItsBytesAlone(int distance, int size, boolean kept) {
    mmu.store(START + distance, size, 0);
    assertThat(cache.tables[cache.table(PAGE, CodeMode.CODE_32) + OFFSET] != 0).isEqualTo(kept);
  }
}
