/* What the programs about vectors have in common: operands of every class, and instructions on two of them. */
#ifndef VECTORS_H
#define VECTORS_H

#include "guest.h"

typedef i64 lanes __attribute__((vector_size(16)));

static u64 state;

static u32 mxcsr(void) {
  u32 value;
  __asm__ volatile("stmxcsr %0" : "=m"(value));
  return value;
}

static void set_mxcsr(u32 value) { __asm__ volatile("ldmxcsr %0" : : "m"(value)); }

#define EXCEPTIONS 0x3F

static u64 double_number(void) {
  static const u64 special[] = {
      0,
      1ull << 63,
      0x3FF0000000000000, /* one */
      0x7FF0000000000000, /* infinities */
      0xFFF0000000000000,
      0x7FF8000000001234, /* NaNs, quiet and signalling */
      0xFFFC000000005678,
      0x7FF0000000009ABC,
      1, /* denormals */
      0x800FFFFFFFFFFFFF,
      0x0010000000000000, /* the smallest and the largest normal number */
      0x7FEFFFFFFFFFFFFF,
      0xC1E0000000000000, /* -2^31 and its like, where conversions overflow */
      0x41DFFFFFFFE00000,
      0x43E0000000000000,
      0x3FE0000000000000,
  };
  u64 random = next_random(&state);
  if ((random & 7) == 0) {
    return special[(random >> 8) % COUNT(special)];
  }
  u64 bits = next_random(&state);
  if (random & 8) {
    bits &= ~0ull << (random >> 16 & 51);
  }
  if ((random & 0x30) == 0) {
    return bits; /* of any magnitude */
  }
  u64 exponent = 1023 - 40 + (random >> 32) % 80;
  return (bits & 0x800FFFFFFFFFFFFF) | exponent << 52;
}

static u32 single_number(void) {
  static const u32 special[] = {0,          0x80000000, 0x3F800000, 0x7F800000, 0xFF800000, 0x7FC01234, 0xFFE05678,
                                0x7F809ABC, 1,          0x807FFFFF, 0x00800000, 0x7F7FFFFF, 0xCF000000, 0x4EFFFFFF,
                                0x5F000000, 0x3F000000};
  u64 random = next_random(&state);
  if ((random & 7) == 0) {
    return special[(random >> 8) % COUNT(special)];
  }
  u32 bits = (u32)next_random(&state);
  if (random & 8) {
    bits &= ~0u << (random >> 16 & 22);
  }
  if ((random & 0x30) == 0) {
    return bits;
  }
  return (bits & 0x807FFFFF) | (u32)(127 - 20 + (random >> 32) % 40) << 23;
}

typedef union {
  u64 wide[2];
  u32 narrow[4];
  u16 words[8];
  u8 bytes[16];
  lanes m;
} vector;

static vector doubles(void) {
  vector made;
  made.wide[0] = double_number();
  made.wide[1] = double_number();
  return made;
}

static vector singles(void) {
  vector made;
  for (int i = 0; i < 4; i++) {
    made.narrow[i] = single_number();
  }
  return made;
}

static vector integers(void) {
  static const u64 masks[] = {~0ull, 0x00FF00FF00FF00FF, 0x7FFF80007FFF8000, 0x0101010101010101};
  vector made;
  u64 random = next_random(&state);
  made.wide[0] = next_random(&state) & masks[random & 3];
  made.wide[1] = next_random(&state) & masks[random >> 2 & 3];
  return made;
}

/* Lanes, not bytes, so that it is no slower than what it checks. */
static u64 sum;

static void take(const vector *result) {
  sum = (sum ^ result->wide[0]) * 0x100000001B3ull;
  sum = (sum ^ sum >> 29 ^ result->wide[1]) * 0x100000001B3ull;
}

static void take_exceptions(void) { sum = (sum ^ (mxcsr() & EXCEPTIONS)) * 0x100000001B3ull; }

/* An instruction on two registers, and the same with memory. */
#define TWO(instruction, source)                                                             \
  do {                                                                                       \
    vector a = source();                                                                     \
    vector b = source();                                                                     \
    vector c = a;                                                                            \
    set_mxcsr(control);                                                                      \
    __asm__ volatile(instruction " %1, %0" : "+x"(a.m) : "x"(b.m));                          \
    __asm__ volatile(instruction " %1, %0" : "+x"(c.m) : "m"(b.m));                          \
    take(&a);                                                                                \
    take(&c);                                                                                \
    take_exceptions();                                                                       \
  } while (0)

#endif
