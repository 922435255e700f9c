package dejavm.cpu.translate;

import dejavm.cpu.decode.Mnemonic;
import java.util.LinkedHashMap;
import java.util.SequencedMap;

/** What a translator did: counts since it was made. */
public final class Statistics {
  /** Instructions executed by translated code. */
  long translatedExecuted;

  /** Instructions that the interpreter executed one by one in between. */
  long interpreted;

  /** Those of them that are not translated, by mnemonic; the rest missed or crossed a page. */
  final long[] left = new long[Mnemonic.values().length];

  /** Blocks made, and the instructions in them. */
  long blocks;

  long instructionsTranslated;

  /** Ways into translated code, and reasons for leaving. */
  long entries;

  long misses;

  /** Stores that somebody had to hear of, to pages with code or with page tables. */
  long announced;

  long edges;
  long lookups;
  long jumpsCleared;

  /** Ends of slices that were too short for a block. */
  long tails;

  /** How often the blocks of a page were dropped since it was written to. */
  long dropped;

  /** How often code memory was full and everything was dropped. */
  int codeMemoryFull;

  long codeMemory;

  /** How often the interpreter went on alone for a while, since that was faster. */
  long retreats;

  Statistics() {}

  /** The counts by name. */
  public SequencedMap<String, Long> figures() {
    SequencedMap<String, Long> figures = new LinkedHashMap<>();
    figures.put("executed_translated", translatedExecuted);
    figures.put("executed_one_by_one", interpreted);
    figures.put("blocks", blocks);
    figures.put("instructions_translated", instructionsTranslated);
    figures.put("entries", entries);
    figures.put("tlb_misses", misses);
    figures.put("stores_announced", announced);
    figures.put("jumps_patched", edges);
    figures.put("jumps_looked_up", lookups);
    figures.put("jump_caches_emptied", jumpsCleared);
    figures.put("short_slices", tails);
    figures.put("pages_dropped", dropped);
    figures.put("retreats", retreats);
    figures.put("code_memory_full", (long) codeMemoryFull);
    figures.put("code_memory_bytes", codeMemory);
    return figures;
  }

  /** How often an instruction that is not translated was executed. */
  public long left(Mnemonic mnemonic) {
    return left[mnemonic.ordinal()];
  }
}
