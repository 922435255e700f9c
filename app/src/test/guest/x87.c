/*
 * The x87: arithmetic in three precisions and four roundings, denormals, infinities, NaNs and their payloads,
 * conversions, decimals, remainders, scaling, comparisons, exceptions, the environment and the stack.
 *
 * Only operations whose results IEEE 754 or the SDM (volume 1, chapter 8) give exactly: no transcendental one.
 */
#include "guest.h"

static u64 state;

typedef struct {
  u64 mantissa;
  u16 exponent;
} __attribute__((packed)) extended;

/* Numbers of every class, often near one another, so that they cancel. */
static extended number(void) {
  static const extended special[] = {
      {0, 0},                             /* zero */
      {0, 0x8000},                        /* minus zero */
      {1ull << 63, 0x3FFF},               /* one */
      {1ull << 63, 0x7FFF},               /* infinity */
      {1ull << 63, 0xFFFF},               /* minus infinity */
      {0xC000000000001234ull, 0x7FFF},    /* a quiet NaN */
      {0xC000000000005678ull, 0xFFFF},    /* another, larger one */
      {0x8000000000009ABCull, 0x7FFF},    /* a signalling one */
      {1, 0},                             /* the smallest denormal */
      {0x7FFFFFFFFFFFFFFFull, 0x8000},    /* the largest one */
      {~0ull, 0x7FFE},                    /* the largest number */
      {1ull << 63, 1},                    /* the smallest normal number */
      {1ull << 63, 0},                    /* a pseudo-denormal */
      {0x4000000000000000ull, 0x3FFF},    /* an unnormal: not supported */
  };
  u64 random = next_random(&state);
  if ((random & 7) == 0) {
    return special[(random >> 8) % COUNT(special)];
  }
  extended made = {next_random(&state) | 1ull << 63, 0};
  if (random & 0x100) {
    made.mantissa &= ~0ull << (random >> 16 & 63);
    made.mantissa |= 1ull << 63;
  }
  made.exponent = (u16)(0x3FFF - 40 + (random >> 32) % 80);
  if ((random & 0x600) == 0) {
    made.exponent = (u16)((random >> 40) % 0x7FFF);
  }
  made.exponent |= (u16)(random >> 48 & 0x8000);
  return made;
}

static u64 mix80(u64 sum, const extended *value) {
  return mix(mix(sum, value->mantissa), value->exponent);
}

static void control(u16 word) { __asm__ volatile("fninit\n\tfldcw %0" : : "m"(word)); }

static u16 status(void) {
  u16 word;
  __asm__ volatile("fnstsw %0" : "=m"(word));
  return word;
}

/* Exceptions and, where they say something, condition codes. */
#define EXCEPTIONS 0x7F
#define CONDITIONS 0x4500
#define ROUNDED_UP 0x0200

#define BINARY(instruction, kept)                                                             \
  do {                                                                                        \
    extended a = number();                                                                    \
    extended b = number();                                                                    \
    extended result;                                                                          \
    __asm__ volatile("fnclex\n\tfldt %1\n\tfldt %2\n\t" instruction "\n\tfstpt %0"            \
                     : "=m"(result) : "m"(a), "m"(b) : "memory");                             \
    sum = mix(mix80(sum, &result), status() & (kept));                                        \
  } while (0)

#define UNARY(instruction, kept)                                                              \
  do {                                                                                        \
    extended a = number();                                                                    \
    extended result;                                                                          \
    __asm__ volatile("fnclex\n\tfldt %1\n\t" instruction "\n\tfstpt %0"                       \
                     : "=m"(result) : "m"(a) : "memory");                                     \
    sum = mix(mix80(sum, &result), status() & (kept));                                        \
  } while (0)

static void arithmetic(void) {
  static const char *names[] = {"single", "double", "extended"};
  static const u16 precisions[] = {0x000, 0x200, 0x300};
  state = 11;
  for (int precision = 0; precision < 3; precision++) {
    for (int rounding = 0; rounding < 4; rounding++) {
      u64 sum = MIX_START;
      control((u16)(0x3F | precisions[precision] | rounding << 10));
      for (int i = 0; i < 700; i++) {
        BINARY("faddp", EXCEPTIONS | ROUNDED_UP);
        BINARY("fsubp", EXCEPTIONS | ROUNDED_UP);
        BINARY("fsubrp", EXCEPTIONS | ROUNDED_UP);
        BINARY("fmulp", EXCEPTIONS | ROUNDED_UP);
        BINARY("fdivp", EXCEPTIONS | ROUNDED_UP);
        BINARY("fdivrp", EXCEPTIONS | ROUNDED_UP);
        UNARY("fsqrt", EXCEPTIONS | ROUNDED_UP);
        UNARY("frndint", EXCEPTIONS | ROUNDED_UP);
      }
      text("arithmetic, ");
      text(names[precision]);
      text(", rounding ");
      decimal(rounding);
      line("", sum, 16);
    }
  }
}

static void others(void) {
  u64 sum = MIX_START;
  state = 12;
  control(0x37F);
  for (int i = 0; i < 2000; i++) {
    UNARY("fabs", EXCEPTIONS);
    UNARY("fchs", EXCEPTIONS);
    BINARY("fxch", EXCEPTIONS);
    __asm__ volatile("fstp %st(0)");
    UNARY("fxtract\n\tfaddp", EXCEPTIONS);
    UNARY("fldz\n\tfucompp\n\tfld1", EXCEPTIONS | CONDITIONS);
  }
  line("others", sum, 16);
  /* scaling by whole numbers, far and near */
  sum = MIX_START;
  for (int i = 0; i < 2000; i++) {
    extended a = number();
    extended result;
    i32 by = (i32)(next_random(&state) % 40000) - 20000;
    __asm__ volatile("fnclex\n\tfildl %2\n\tfldt %1\n\tfscale\n\tfstp %%st(1)\n\tfstpt %0"
                     : "=m"(result) : "m"(a), "m"(by) : "memory");
    sum = mix(mix80(sum, &result), status() & EXCEPTIONS);
  }
  line("scaling", sum, 16);
}

static void remainders(void) {
  u64 sum = MIX_START;
  state = 13;
  control(0x37F);
  for (int i = 0; i < 1000; i++) {
    extended a = number();
    extended b = number();
    /* within 63 bits of one another the remainder comes at once, and with it the quotient's low bits */
    if ((a.exponent & 0x7FFF) != 0x7FFF && (b.exponent & 0x7FFF) != 0x7FFF) {
      a.exponent = (u16)((a.exponent & 0x8000) | (0x3FFF + (a.exponent & 31)));
      b.exponent = (u16)((b.exponent & 0x8000) | (0x3FFF - (b.exponent & 15)));
    }
    extended result;
    __asm__ volatile("fnclex\n\tfldt %2\n\tfldt %1\n\tfprem\n\tfstp %%st(1)\n\tfstpt %0"
                     : "=m"(result) : "m"(a), "m"(b) : "memory");
    u16 conditions = status();
    sum = mix(mix80(sum, &result), conditions & (EXCEPTIONS | (conditions & 1 ? 0 : 0x4700)) & ~ROUNDED_UP);
    __asm__ volatile("fnclex\n\tfldt %2\n\tfldt %1\n\tfprem1\n\tfstp %%st(1)\n\tfstpt %0"
                     : "=m"(result) : "m"(a), "m"(b) : "memory");
    conditions = status();
    sum = mix(mix80(sum, &result), conditions & (EXCEPTIONS | (conditions & 1 ? 0 : 0x4700)) & ~ROUNDED_UP);
  }
  line("remainders", sum, 16);
}

static void conversions(void) {
  state = 14;
  for (int rounding = 0; rounding < 4; rounding++) {
    u64 sum = MIX_START;
    control((u16)(0x33F | rounding << 10));
    for (int i = 0; i < 1500; i++) {
      extended a = number();
      u32 single;
      u64 wide;
      u16 narrow;
      u8 digits[10];
      extended back;
      __asm__ volatile("fnclex\n\tfldt %1\n\tfstps %0" : "=m"(single) : "m"(a));
      sum = mix(mix(sum, single), status() & EXCEPTIONS);
      __asm__ volatile("fnclex\n\tflds %1\n\tfstpt %0" : "=m"(back) : "m"(single));
      sum = mix(mix80(sum, &back), status() & EXCEPTIONS);
      __asm__ volatile("fnclex\n\tfldt %1\n\tfstpl %0" : "=m"(wide) : "m"(a));
      sum = mix(mix(sum, wide), status() & EXCEPTIONS);
      __asm__ volatile("fnclex\n\tfldl %1\n\tfstpt %0" : "=m"(back) : "m"(wide));
      sum = mix(mix80(sum, &back), status() & EXCEPTIONS);
      __asm__ volatile("fnclex\n\tfldt %1\n\tfistps %0" : "=m"(narrow) : "m"(a));
      sum = mix(mix(sum, narrow), status() & EXCEPTIONS);
      __asm__ volatile("fnclex\n\tfldt %1\n\tfistpl %0" : "=m"(single) : "m"(a));
      sum = mix(mix(sum, single), status() & EXCEPTIONS);
      __asm__ volatile("fnclex\n\tfldt %1\n\tfistpll %0" : "=m"(wide) : "m"(a));
      sum = mix(mix(sum, wide), status() & EXCEPTIONS);
      __asm__ volatile("fildll %1\n\tfstpt %0" : "=m"(back) : "m"(wide));
      sum = mix80(sum, &back);
      __asm__ volatile("fnclex\n\tfldt %1\n\tfbstp %0" : "=m"(digits) : "m"(a));
      sum = mix(sum, status() & EXCEPTIONS);
      for (int j = 0; j < 10; j++) {
        sum = mix(sum, digits[j]);
      }
      if ((status() & 1) == 0) { /* what is no decimal number has no value */
        __asm__ volatile("fbld %1\n\tfstpt %0" : "=m"(back) : "m"(digits));
        sum = mix80(sum, &back);
      }
    }
    text("conversions, rounding ");
    decimal(rounding);
    line("", sum, 16);
  }
}

static void comparisons(void) {
  u64 sum = MIX_START;
  state = 15;
  control(0x37F);
  for (int i = 0; i < 3000; i++) {
    extended a = number();
    extended b = i % 5 ? number() : a;
    __asm__ volatile("fnclex\n\tfldt %1\n\tfldt %0\n\tfcompp" : : "m"(a), "m"(b));
    sum = mix(sum, status() & (EXCEPTIONS | CONDITIONS));
    __asm__ volatile("fnclex\n\tfldt %1\n\tfldt %0\n\tfucompp" : : "m"(a), "m"(b));
    sum = mix(sum, status() & (EXCEPTIONS | CONDITIONS));
    __asm__ volatile("fnclex\n\tfldt %0\n\tftst\n\tfstp %%st(0)" : : "m"(a));
    sum = mix(sum, status() & (EXCEPTIONS | CONDITIONS));
    __asm__ volatile("fnclex\n\tfldt %0\n\tfxam\n\tfstp %%st(0)" : : "m"(a));
    sum = mix(sum, status() & (CONDITIONS | ROUNDED_UP));
  }
  /* those of the P6, and moves on what they found */
  for (int i = 0; i < 2000; i++) {
    extended a = number();
    extended b = i % 5 ? number() : a;
    extended result;
    word flags;
    __asm__ volatile(
        "fnclex\n\tfldpi\n\tfldt %[b]\n\tfldt %[a]\n\tfcomi %%st(1), %%st\n\tpushf\n\tpop %[f]\n\t"
        "fcmovbe %%st(2), %%st\n\tfucomi %%st(1), %%st\n\tfcmovu %%st(2), %%st\n\t"
        "fucomip %%st(1), %%st\n\tfcmove %%st(1), %%st\n\tfstpt %[r]\n\tfstp %%st(0)"
        : [f] "=r"(flags), [r] "=m"(result) : [a] "m"(a), [b] "m"(b) : "cc", "memory");
    sum = mix(mix(mix80(sum, &result), flags & 0x45), status() & EXCEPTIONS);
  }
  __asm__ volatile("fxam");
  sum = mix(sum, status() & CONDITIONS); /* an empty register */
  line("comparisons", sum, 16);
}

static void constants(void) {
#define CONSTANT(name)                                              \
  for (int rounding = 0; rounding < 4; rounding++) {                \
    extended value;                                                 \
    control((u16)(0x33F | rounding << 10));                         \
    __asm__ volatile(name "\n\tfstpt %0" : "=m"(value));            \
    line80(name, &value);                                           \
  }
  CONSTANT("fld1")
  CONSTANT("fldz")
  CONSTANT("fldpi")
  CONSTANT("fldl2t")
  CONSTANT("fldl2e")
  CONSTANT("fldlg2")
  CONSTANT("fldln2")
}

/* Too much and too little on the stack, what FNSTENV and FNSAVE say, and that FRSTOR brings it back. */
static void environment_and_stack(void) {
  u16 environment[14];
  u8 saved[108];
  control(0x37F);
  __asm__ volatile("fld1\n\tfldpi\n\tfldz\n\tffree %%st(1)\n\tfnstenv %0" : "=m"(environment));
  line("control", environment[0], 4);
  line("status", environment[2], 4);
  line("tags", environment[4], 4);
  control(0x37F);
  for (int i = 0; i < 9; i++) {
    __asm__ volatile("fld1");
  }
  line("overflown stack", status(), 4);
  control(0x37F);
  extended value;
  __asm__ volatile("faddp\n\tfstpt %0" : "=m"(value));
  line("empty stack", status(), 4);
  line80("from an empty stack", &value);
  control(0x37F);
  state = 16;
  for (int i = 0; i < 8; i++) {
    extended loaded = number();
    __asm__ volatile("fldt %0" : : "m"(loaded));
  }
  __asm__ volatile("fincstp\n\tfincstp\n\tfdecstp\n\tfnsave %0" : "=m"(saved));
  line("after FNSAVE", status(), 4);
  u64 sum = MIX_START;
  for (int i = 28; i < 108; i++) {
    sum = mix(sum, saved[i]);
  }
  line("saved registers", sum, 16);
  __asm__ volatile("frstor %0" : : "m"(saved));
  line("after FRSTOR", status(), 4);
  sum = MIX_START;
  for (int i = 0; i < 8; i++) {
    __asm__ volatile("fstpt %0" : "=m"(value));
    sum = mix80(sum, &value);
  }
  line("restored registers", sum, 16);
}

/* What a compiler makes of C: series whose every step rounds. */
static void programs(void) {
  __asm__ volatile("fninit");
  long double e = 1;
  long double term = 1;
  for (int i = 1; i < 40; i++) {
    term /= i;
    e += term;
  }
  line80("e", &e);
  long double root = 1;
  for (int i = 0; i < 10; i++) {
    root = (root + 2 / root) / 2;
  }
  line80("root of 2", &root);
  volatile long double quarter = 0;
  for (int i = 2000; i >= 0; i--) {
    quarter += (i & 1 ? -1.0L : 1.0L) / (2 * i + 1);
  }
  long double pi = 4 * quarter;
  line80("nearly pi", &pi);
  /* a chaotic map loses no bit that both computers do not lose */
  volatile long double x = 0.3L;
  for (int i = 0; i < 20000; i++) {
    x = 3.99L * x * (1 - x);
  }
  long double last = x;
  line80("chaos", &last);
  u64 sum = MIX_START;
  state = 17;
  for (int i = 0; i < 3000; i++) {
    i64 whole = (i64)next_random(&state) >> (next_random(&state) & 63);
    long double converted = (long double)whole;
    sum = mix(sum, (u64)(i64)(converted / 3));
    sum = mix(sum, (u64)(long double)(u64)whole);
  }
  line("whole numbers", sum, 16);
}

int main(int count, char **arguments, char **environment) {
  (void)count, (void)arguments, (void)environment;
  arithmetic();
  others();
  remainders();
  conversions();
  comparisons();
  constants();
  environment_and_stack();
  programs();
  return 0;
}
