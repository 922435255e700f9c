/* An interpreter of a small byte code, which counts the steps of Collatz' sequences: indirect
 * jumps through a table, and short pieces of code between them. */
#include "kernel.h"

enum { CONST, COPY, ADD, SUB, MUL, AND, SHR, LESS, JUMP_IF, JUMP, STORE, LOAD, HALT };

/* Four bytes an instruction: what, the register it is for, two more registers or a number. */
#define INSN(what, to, a, b) what, to, a, b

/* r0 number, r1 limit, r2 steps of all, r3 current value, r4 one, r5 three, r6 scratch, r7 index of a table */
static const uint8_t program[] = {
    INSN(CONST, 0, 1, 0), INSN(CONST, 4, 1, 0), INSN(CONST, 5, 3, 0), INSN(CONST, 2, 0, 0),
    INSN(COPY, 3, 0, 0),  /* 4: the next sequence */
    INSN(LESS, 6, 4, 3),  /* 5: the next step; has it come to one? */
    INSN(JUMP_IF, 6, 8, 0),
    INSN(JUMP, 0, 16, 0),
    INSN(AND, 6, 3, 4),   /* 8 */
    INSN(JUMP_IF, 6, 12, 0),
    INSN(SHR, 3, 3, 4),   /* even: halved */
    INSN(JUMP, 0, 14, 0),
    INSN(MUL, 3, 3, 5),   /* 12, odd: three times and one */
    INSN(ADD, 3, 3, 4),
    INSN(ADD, 2, 2, 4),   /* 14 */
    INSN(JUMP, 0, 5, 0),
    INSN(CONST, 7, 255, 0), /* 16: the table keeps sums */
    INSN(AND, 7, 0, 7),
    INSN(LOAD, 6, 7, 0),
    INSN(ADD, 6, 6, 2),
    INSN(STORE, 6, 7, 0),
    INSN(ADD, 0, 0, 4),
    INSN(LESS, 6, 0, 1),
    INSN(JUMP_IF, 6, 4, 0),
    INSN(HALT, 0, 0, 0),
};

static uint32_t execute(uint32_t limit, uint32_t *table) {
  uint32_t registers[8] = {0, limit};
  const uint8_t *pc = program;
  for (;;) {
    const uint8_t *insn = pc;
    uint32_t *to = &registers[insn[1]];
    pc += 4;
    switch (insn[0]) {
      case CONST: *to = insn[2]; break;
      case COPY: *to = registers[insn[2]]; break;
      case ADD: *to = registers[insn[2]] + registers[insn[3]]; break;
      case SUB: *to = registers[insn[2]] - registers[insn[3]]; break;
      case MUL: *to = registers[insn[2]] * registers[insn[3]]; break;
      case AND: *to = registers[insn[2]] & registers[insn[3]]; break;
      case SHR: *to = registers[insn[2]] >> (registers[insn[3]] & 31); break;
      case LESS: *to = registers[insn[2]] < registers[insn[3]]; break;
      case JUMP_IF:
        if (*to) {
          pc = program + 4 * insn[2];
        }
        break;
      case JUMP: pc = program + 4 * insn[2]; break;
      case STORE: table[registers[insn[2]]] = *to; break;
      case LOAD: *to = table[registers[insn[2]]]; break;
      default: return registers[2];
    }
  }
}

uint32_t run(uint32_t times, const struct boot *boot) {
  (void)boot;
  uint32_t *table = (uint32_t *)HEAP, sum = 0;
  for (int i = 0; i < 256; i++) {
    table[i] = 0;
  }
  while (times-- > 0) {
    sum = mix(sum, execute(1000 + times % 16, table));
    sum = mix(sum, table[times & 255]);
  }
  return sum;
}
