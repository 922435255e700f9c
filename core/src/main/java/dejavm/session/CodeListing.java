package dejavm.session;

import dejavm.cpu.Cpu;
import dejavm.cpu.decode.Decoder;
import dejavm.cpu.decode.Disassembler;
import dejavm.cpu.decode.Insn;
import dejavm.memory.Peek;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** Instructions in the memory of a processor, as text, read without any effect on it. */
final class CodeListing {
  private final Cpu cpu;
  private final byte[] bytes = new byte[Decoder.MAX_LENGTH];
  private int have;

  CodeListing(Cpu cpu) {
    this.cpu = cpu;
  }

  /** The instruction at an offset in CS: address, bytes and text. */
  String at(long rip) {
    Insn insn = decode(rip);
    String address = "%04x:%x".formatted(cpu.selector[Cpu.CS], rip);
    if (insn == null) {
      return address + (have == 0 ? " (no memory)" : " (cut short)");
    }
    String hex = HexFormat.of().formatHex(bytes, 0, Math.min(have, insn.length));
    return "%s %s %s".formatted(address, hex, new Disassembler().text(insn, rip));
  }

  /** So many instructions from an offset in CS on, or fewer where they cannot be read. */
  List<String> from(long rip, long count) {
    List<String> lines = new ArrayList<>();
    long at = rip;
    for (long i = 0; i < count; i++) {
      Insn insn = decode(at);
      lines.add(at(at));
      if (insn == null) {
        break;
      }
      at = cpu.wrap(at + insn.length);
    }
    return lines;
  }

  private Insn decode(long rip) {
    have = new Peek(cpu.mmu).read(cpu.wrap(cpu.codeBase + rip), bytes);
    return have == 0 ? null : new Decoder().decode(bytes, 0, have, cpu.codeSize);
  }
}
