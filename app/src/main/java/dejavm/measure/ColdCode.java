package dejavm.measure;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * Code such as a system's start is made of: hundreds of thousands of 32-bit instructions of which
 * each is executed once a call. Four thousand functions of some hundred instructions, called in an
 * order unlike that in memory, with short branches forwards that depend on what was computed. It
 * avoids flags that the SDM leaves undefined, so it gives the same everywhere; it is the same for
 * the same seed.
 *
 * <p>The whole is a function for C, of a pointer to a page and a number (System V ABI for the
 * i386).
 */
final class ColdCode {
  private static final int FUNCTIONS = 4000;
  private static final int BLOCKS = 16;

  private static final int EAX = 0;
  private static final int[] REGISTERS = {EAX, 1, 2, 3, 6, 7};

  private final Random random;
  private ByteArrayOutputStream code = new ByteArrayOutputStream();

  ColdCode(long seed) {
    random = new Random(seed);
  }

  /** The machine code; it runs wherever it lies. */
  byte[] bytes() {
    List<byte[]> functions = new ArrayList<>();
    for (int i = 0; i < FUNCTIONS; i++) {
      functions.add(function());
    }
    List<Integer> order = new ArrayList<>();
    int at = 0;
    for (byte[] function : functions) {
      order.add(at);
      at += function.length;
    }
    Collections.shuffle(order, random);
    return whole(functions, order);
  }

  /** The function that calls all others, and these behind it. */
  private byte[] whole(List<byte[]> functions, List<Integer> order) {
    code = new ByteArrayOutputStream();
    emit(0x53, 0x56, 0x57, 0x55); // push ebx, esi, edi, ebp
    emit(0x8B, 0x6C, 0x24, 0x14, 0x8B, 0x44, 0x24, 0x18); // mov ebp, [esp+20]; mov eax, [esp+24]
    for (int register : REGISTERS) {
      if (register != EAX) {
        emit(0xB8 + register); // mov register, imm32
        word(random.nextInt());
      }
    }
    byte[] last = {
      (byte) 0x31,
      (byte) 0xD8,
      (byte) 0x01,
      (byte) 0xC8,
      (byte) 0x31,
      (byte) 0xD0, // ebx, ecx, edx
      (byte) 0x01,
      (byte) 0xF0,
      (byte) 0x31,
      (byte) 0xF8, // esi, edi: xor and add into eax
      (byte) 0x5D,
      (byte) 0x5F,
      (byte) 0x5E,
      (byte) 0x5B,
      (byte) 0xC3 // pop them; ret
    };
    int first = code.size() + 5 * order.size() + last.length;
    for (int target : order) {
      emit(0xE8); // call rel32
      word(first + target - (code.size() + 4));
    }
    code.writeBytes(last);
    functions.forEach(code::writeBytes);
    return code.toByteArray();
  }

  private byte[] function() {
    code = new ByteArrayOutputStream();
    for (int block = 0; block < BLOCKS; block++) {
      for (int left = 2 + random.nextInt(5); left > 0; left--) {
        instruction();
      }
      branch();
    }
    emit(0xC3); // ret
    return code.toByteArray();
  }

  /** A comparison, and a jump by it over one or two instructions. */
  private void branch() {
    compare();
    ByteArrayOutputStream outer = code;
    code = new ByteArrayOutputStream();
    for (int left = 1 + random.nextInt(2); left > 0; left--) {
      instruction();
    }
    byte[] skipped = code.toByteArray();
    code = outer;
    emit(0x70 + random.nextInt(16), skipped.length); // jcc rel8
    code.writeBytes(skipped);
  }

  private void compare() {
    switch (random.nextInt(3)) {
      case 0 -> registers(0x39); // cmp r, r
      case 1 -> registers(0x85); // test r, r
      default -> {
        emit(0x83, 0xF8 + register()); // cmp r, imm8
        emit(random.nextInt(256));
      }
    }
  }

  /** About as frequent as in a kernel: a third are moves. */
  private void instruction() {
    switch (random.nextInt(24)) {
      case 0, 1 -> registers(0x89); // mov r, r
      case 2, 3, 4 -> memory(0x8B); // mov r, [ebp+d]
      case 5, 6, 7 -> memory(0x89); // mov [ebp+d], r
      case 8 -> immediate(0xB8 + register()); // mov r, imm32
      case 9 -> registers(arithmetic() << 3 | 1); // add … xor r, r
      case 10 -> memory(arithmetic() << 3 | 3); // add … xor r, [ebp+d]
      case 11 -> memory(arithmetic() << 3 | 1); // add … xor [ebp+d], r
      case 12, 13 -> emit(0x83, 0xC0 | arithmetic() << 3 | register(), random.nextInt(256));
      case 14 -> {
        emit(0x81, 0xC0 | arithmetic() << 3 | register()); // add … xor r, imm32
        word(random.nextInt());
      }
      case 15, 16 -> emit(0x40 + random.nextInt(2) * 8 + register()); // inc, dec
      case 17 -> address();
      case 18 -> shift();
      case 19 -> {
        emit(0x0F);
        memory(0xB6 + random.nextInt(2)); // movzx r, byte or word [ebp+d]
      }
      case 20 -> emit(0x50 + register(), 0x58 + register()); // push r, pop r
      case 21 -> {
        emit(0x0F);
        registers(0xAF); // imul r, r
      }
      case 22 -> emit(0xF7, (random.nextBoolean() ? 0xD0 : 0xD8) + register()); // not, neg
      default -> {
        compare();
        emit(0x0F);
        registers(0x40 + random.nextInt(16)); // cmovcc r, r
      }
    }
  }

  /** LEA of a register and a scaled one. */
  private void address() {
    emit(0x8D, 0x44 | register() << 3, random.nextInt(4) << 6 | register() << 3 | register());
    emit(random.nextInt(128));
  }

  /** By 1 to 31 bits: ROL, ROR, SHL, SHR or SAR, whose carry is always defined. */
  private void shift() {
    int[] kinds = {0, 1, 4, 5, 7};
    emit(0xC1, 0xC0 | kinds[random.nextInt(kinds.length)] << 3 | register());
    emit(1 + random.nextInt(31));
  }

  /** ADD, OR, ADC, SBB, AND, SUB or XOR. */
  private int arithmetic() {
    return random.nextInt(7);
  }

  private int register() {
    return REGISTERS[random.nextInt(REGISTERS.length)];
  }

  private void registers(int opcode) {
    emit(opcode, 0xC0 | register() << 3 | register());
  }

  /** With an operand in the page: at a displacement of 8 or 32 bits. */
  private void memory(int opcode) {
    emit(opcode);
    if (random.nextBoolean()) {
      emit(0x45 | register() << 3, random.nextInt(124));
    } else {
      emit(0x85 | register() << 3);
      word(random.nextInt(1020) * 4);
    }
  }

  private void immediate(int opcode) {
    emit(opcode);
    word(random.nextInt());
  }

  private void emit(int... bytes) {
    for (int b : bytes) {
      code.write(b);
    }
  }

  private void word(int value) {
    for (int shift = 0; shift < 32; shift += 8) {
      code.write(value >> shift);
    }
  }
}
