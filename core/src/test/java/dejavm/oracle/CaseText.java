package dejavm.oracle;

import dejavm.cpu.decode.Disassembler;
import dejavm.cpu.decode.Insn;
import dejavm.cpu.decode.Mnemonic;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/**
 * A case as a line of text: {@code 64 code=480fbcc3 rbx=1 flags=246 data+e00=0102}. What is not
 * named is zero; the x87 and MXCSR are as after initialisation.
 */
final class CaseText {
  private static final List<String> REGISTERS =
      List.of(
          "rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi", "r8", "r9", "r10", "r11", "r12",
          "r13", "r14", "r15", "rip", "flags");

  private static final HexFormat HEX = HexFormat.of();

  private CaseText() {}

  /** A state in which nothing is special. */
  static void initial(Image image) {
    image.clear();
    image.field(Layout.FLAGS, 0x202);
    image.shortAt(Layout.FX + Layout.FCW, 0x37F);
    image.intAt(Layout.FX + Layout.MXCSR, 0x1F80);
    image.field(Layout.RIP, Layout.CODE + 0x800);
  }

  static String of(Image image) {
    StringBuilder text = new StringBuilder(image.is64() ? "64" : "32");
    Image plain = Image.alone();
    initial(plain);
    int length = 0;
    for (Insn insn : Sequences.decode(image)) {
      length += insn.mnemonic == Mnemonic.INVALID ? Sequences.INVALID_BYTES : insn.length;
    }
    byte[] code = new byte[Layout.CODE_BYTES];
    image.read(Layout.BYTES, code, code.length);
    text.append(" code=").append(HEX.formatHex(code, 0, length));
    for (int i = 0; i < REGISTERS.size(); i++) {
      if (image.field(8 * i) != plain.field(8 * i)) {
        text.append(" %s=%x".formatted(REGISTERS.get(i), image.field(8 * i)));
      }
    }
    if (image.field(Layout.FS_BASE) != 0) {
      text.append(" fs=%x".formatted(image.field(Layout.FS_BASE)));
    }
    if (image.field(Layout.GS_BASE) != 0) {
      text.append(" gs=%x".formatted(image.field(Layout.GS_BASE)));
    }
    int fx = Layout.FX;
    if (image.shortAt(fx) != plain.shortAt(fx)) {
      text.append(" fcw=%x".formatted(image.shortAt(fx)));
    }
    if (image.shortAt(fx + Layout.FSW) != 0) {
      text.append(" fsw=%x".formatted(image.shortAt(fx + Layout.FSW)));
    }
    if (image.byteAt(fx + Layout.FTW) != 0) {
      text.append(" ftw=%x".formatted(image.byteAt(fx + Layout.FTW)));
    }
    if (image.intAt(fx + Layout.MXCSR) != plain.intAt(fx + Layout.MXCSR)) {
      text.append(" mxcsr=%x".formatted(image.intAt(fx + Layout.MXCSR)));
    }
    for (int i = 0; i < 8; i++) {
      pair(text, image, "st", i, fx + Layout.ST + 16 * i);
    }
    for (int i = 0; i < 16; i++) {
      pair(text, image, "xmm", i, fx + Layout.XMM + 16 * i);
    }
    zones(text, image);
    return text.toString();
  }

  private static void pair(StringBuilder text, Image image, String name, int number, int at) {
    if (image.field(at) != 0 || image.field(at + 8) != 0) {
      text.append(" %s%d=%x:%016x".formatted(name, number, image.field(at + 8), image.field(at)));
    }
  }

  private static void zones(StringBuilder text, Image image) {
    int at = Layout.ZONES;
    for (int zone = 0; zone < Layout.ZONE_OFFSETS.length; zone++) {
      byte[] bytes = new byte[Layout.ZONE_LENGTHS[zone]];
      image.read(at, bytes, bytes.length);
      for (int i = 0; i < bytes.length; i++) {
        int end = i;
        while (end < bytes.length && bytes[end] != 0) {
          end++;
        }
        if (end > i) {
          text.append(
              " data+%x=%s".formatted(Layout.ZONE_OFFSETS[zone] + i, HEX.formatHex(bytes, i, end)));
          i = end;
        }
      }
      at += bytes.length;
    }
  }

  /** Reads what {@link #of} writes. */
  static void read(String line, Image image) {
    initial(image);
    String[] words = line.strip().split("\\s+");
    image.field(
        Layout.CS,
        switch (words[0]) {
          case "64" -> Layout.CS_64;
          case "32" -> Layout.CS_32;
          default -> throw new IllegalArgumentException("32 or 64 expected: " + line);
        });
    for (int i = 1; i < words.length; i++) {
      int equals = words[i].indexOf('=');
      assign(image, words[i].substring(0, equals), words[i].substring(equals + 1));
    }
  }

  private static void assign(Image image, String name, String value) {
    int fx = Layout.FX;
    if (REGISTERS.contains(name)) {
      image.field(8 * REGISTERS.indexOf(name), Long.parseUnsignedLong(value, 16));
    } else if (name.startsWith("st") || name.startsWith("xmm")) {
      boolean vector = name.startsWith("xmm");
      int number = Integer.parseInt(name.substring(vector ? 3 : 2));
      int at = fx + (vector ? Layout.XMM : Layout.ST) + 16 * number;
      String[] halves = value.split(":");
      image.field(at + 8, Long.parseUnsignedLong(halves[0], 16));
      image.field(at, Long.parseUnsignedLong(halves[1], 16));
    } else if (name.startsWith("data+")) {
      byte[] bytes = HEX.parseHex(value);
      image.write(Layout.inRecord(Integer.parseInt(name.substring(5), 16)), bytes, bytes.length);
    } else {
      switch (name) {
        case "code" -> {
          byte[] code = new byte[Layout.CODE_BYTES];
          Arrays.fill(code, (byte) 0xCC);
          byte[] bytes = HEX.parseHex(value);
          System.arraycopy(bytes, 0, code, 0, bytes.length);
          image.write(Layout.BYTES, code, code.length);
        }
        case "fs" -> image.field(Layout.FS_BASE, Long.parseUnsignedLong(value, 16));
        case "gs" -> image.field(Layout.GS_BASE, Long.parseUnsignedLong(value, 16));
        case "fcw" -> image.shortAt(fx + Layout.FCW, Integer.parseInt(value, 16));
        case "fsw" -> image.shortAt(fx + Layout.FSW, Integer.parseInt(value, 16));
        case "ftw" -> image.byteAt(fx + Layout.FTW, Integer.parseInt(value, 16));
        case "mxcsr" -> image.intAt(fx + Layout.MXCSR, Integer.parseInt(value, 16));
        default -> throw new IllegalArgumentException("no such field: " + name);
      }
    }
  }

  static String disassembly(Image image) {
    StringBuilder text = new StringBuilder();
    long at = image.field(Layout.RIP);
    for (Insn insn : Sequences.decode(image)) {
      text.append(text.isEmpty() ? "" : "; ").append(new Disassembler().text(insn, at));
      at += insn.length;
    }
    return text.toString();
  }
}
