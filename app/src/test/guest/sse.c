/*
 * SSE and SSE2: arithmetic on singles and doubles with every rounding, flushing and denormals as zero, NaNs and their
 * payloads, minimum and maximum, conversions, comparisons with all predicates, shuffles, packed integers, moves, masks.
 *
 * RCPPS and RSQRTPS are left out, since processors differ in them.
 */
#include "vectors.h"

#define ALL_KINDS(operation)              \
  TWO(operation "ps", singles);           \
  TWO(operation "pd", doubles);           \
  TWO(operation "ss", singles);           \
  TWO(operation "sd", doubles)

static void arithmetic(u32 control, int times) {
  for (int i = 0; i < times; i++) {
    ALL_KINDS("add");
    ALL_KINDS("sub");
    ALL_KINDS("mul");
    ALL_KINDS("div");
    ALL_KINDS("min");
    ALL_KINDS("max");
    ALL_KINDS("sqrt");
  }
}

static void arithmetics(void) {
  state = 31;
  for (u32 rounding = 0; rounding < 4; rounding++) {
    sum = MIX_START;
    arithmetic(0x1F80 | rounding << 13, 300);
    text("arithmetic, rounding ");
    decimal(rounding);
    line("", sum, 16);
  }
  sum = MIX_START;
  arithmetic(0x9F80, 300);
  line("flushing to zero", sum, 16);
  sum = MIX_START;
  arithmetic(0x1FC0, 300);
  line("denormals are zero", sum, 16);
  sum = MIX_START;
  arithmetic(0x9FC0 | 2 << 13, 300);
  line("both, upwards", sum, 16);
}

#define COMPARE(predicate)                                \
  TWO("cmp" predicate "ps", singles);                     \
  TWO("cmp" predicate "pd", doubles);                     \
  TWO("cmp" predicate "ss", singles);                     \
  TWO("cmp" predicate "sd", doubles)

#define COMPARE_FLAGS(instruction, source)                                        \
  do {                                                                            \
    vector a = source();                                                          \
    vector b = i & 3 ? source() : a;                                              \
    word flags;                                                                   \
    set_mxcsr(control);                                                           \
    __asm__ volatile(instruction " %2, %1\n\tpushf\n\tpop %0"                     \
                     : "=r"(flags) : "x"(a.m), "x"(b.m) : "cc");                  \
    sum = mix(sum, flags & 0x8D5);                                                \
    take_exceptions();                                                            \
  } while (0)

static void comparisons(void) {
  u32 control = 0x1F80;
  state = 32;
  sum = MIX_START;
  for (int i = 0; i < 200; i++) {
    COMPARE("eq");
    COMPARE("lt");
    COMPARE("le");
    COMPARE("unord");
    COMPARE("neq");
    COMPARE("nlt");
    COMPARE("nle");
    COMPARE("ord");
    COMPARE_FLAGS("comiss", singles);
    COMPARE_FLAGS("ucomiss", singles);
    COMPARE_FLAGS("comisd", doubles);
    COMPARE_FLAGS("ucomisd", doubles);
  }
  line("comparisons", sum, 16);
}

#ifdef __x86_64__
#define WIDE(statement) statement
#else
#define WIDE(statement)
#endif

#define TO_INTEGER(instruction, source)                                            \
  do {                                                                             \
    vector a = source();                                                           \
    word result;                                                                   \
    set_mxcsr(control);                                                            \
    __asm__ volatile(instruction " %1, %0" : "=r"(result) : "x"(a.m));             \
    sum = mix(sum, result);                                                        \
    take_exceptions();                                                             \
  } while (0)

#define FROM_INTEGER(instruction)                                                  \
  do {                                                                             \
    vector a = integers();                                                         \
    word integer = (word)next_random(&state);                                      \
    set_mxcsr(control);                                                            \
    __asm__ volatile(instruction " %1, %0" : "+x"(a.m) : "r"(integer));            \
    take(&a);                                                                      \
    take_exceptions();                                                             \
  } while (0)

static void conversions(void) {
  state = 33;
  for (u32 rounding = 0; rounding < 4; rounding++) {
    u32 control = 0x1F80 | rounding << 13;
    sum = MIX_START;
    for (int i = 0; i < 200; i++) {
      TWO("cvtps2pd", singles);
      TWO("cvtpd2ps", doubles);
      TWO("cvtss2sd", singles);
      TWO("cvtsd2ss", doubles);
      TWO("cvtps2dq", singles);
      TWO("cvttps2dq", singles);
      TWO("cvtpd2dq", doubles);
      TWO("cvttpd2dq", doubles);
      TWO("cvtdq2ps", integers);
      TWO("cvtdq2pd", integers);
      TO_INTEGER("cvtss2si", singles);
      TO_INTEGER("cvttss2si", singles);
      TO_INTEGER("cvtsd2si", doubles);
      TO_INTEGER("cvttsd2si", doubles);
      FROM_INTEGER(PER_ARCHITECTURE("cvtsi2ssl", "cvtsi2ssq"));
      FROM_INTEGER(PER_ARCHITECTURE("cvtsi2sdl", "cvtsi2sdq"));
      WIDE(do {
        vector a = doubles();
        u32 result;
        __asm__ volatile("cvtsd2si %1, %0" : "=r"(result) : "x"(a.m));
        sum = mix(sum, result);
      } while (0));
    }
    text("conversions, rounding ");
    decimal(rounding);
    line("", sum, 16);
  }
}

#define PACKED(instruction) TWO(instruction, integers)

static void packed_integers(void) {
  u32 control = 0x1F80;
  state = 34;
  sum = MIX_START;
  for (int i = 0; i < 200; i++) {
    PACKED("paddb");
    PACKED("paddw");
    PACKED("paddd");
    PACKED("paddq");
    PACKED("psubb");
    PACKED("psubw");
    PACKED("psubd");
    PACKED("psubq");
    PACKED("paddsb");
    PACKED("paddsw");
    PACKED("paddusb");
    PACKED("paddusw");
    PACKED("psubsb");
    PACKED("psubsw");
    PACKED("psubusb");
    PACKED("psubusw");
    PACKED("pmullw");
    PACKED("pmulhw");
    PACKED("pmulhuw");
    PACKED("pmuludq");
    PACKED("pmaddwd");
    PACKED("psadbw");
    PACKED("pavgb");
    PACKED("pavgw");
    PACKED("pminub");
    PACKED("pmaxub");
    PACKED("pminsw");
    PACKED("pmaxsw");
  }
  line("packed arithmetic", sum, 16);
  sum = MIX_START;
  for (int i = 0; i < 200; i++) {
    PACKED("pand");
    PACKED("pandn");
    PACKED("por");
    PACKED("pxor");
    PACKED("andnps");
    PACKED("xorpd");
    PACKED("pcmpeqb");
    PACKED("pcmpeqw");
    PACKED("pcmpeqd");
    PACKED("pcmpgtb");
    PACKED("pcmpgtw");
    PACKED("pcmpgtd");
    PACKED("packsswb");
    PACKED("packssdw");
    PACKED("packuswb");
    PACKED("punpcklbw");
    PACKED("punpcklwd");
    PACKED("punpckldq");
    PACKED("punpcklqdq");
    PACKED("punpckhbw");
    PACKED("punpckhwd");
    PACKED("punpckhdq");
    PACKED("punpckhqdq");
    PACKED("unpcklps");
    PACKED("unpckhpd");
    PACKED("shufps $0x6C,");
    PACKED("shufpd $1,");
    PACKED("pshufd $0x1B,");
    PACKED("pshuflw $0xC9,");
    PACKED("pshufhw $0x72,");
  }
  line("packed bits", sum, 16);
}

#define SHIFT(instruction)                                                                         \
  do {                                                                                             \
    vector a = integers();                                                                         \
    vector by = {{next_random(&state) % 72, next_random(&state)}};                                 \
    __asm__ volatile(instruction " %1, %0\n\t" instruction " $3, %0" : "+x"(a.m) : "x"(by.m));     \
    take(&a);                                                                                      \
  } while (0)

static void shifts(void) {
  state = 35;
  sum = MIX_START;
  for (int i = 0; i < 300; i++) {
    SHIFT("psllw");
    SHIFT("pslld");
    SHIFT("psllq");
    SHIFT("psrlw");
    SHIFT("psrld");
    SHIFT("psrlq");
    SHIFT("psraw");
    SHIFT("psrad");
    vector a = integers();
    __asm__ volatile("pslldq $3, %0\n\tpsrldq $5, %0" : "+x"(a.m));
    take(&a);
  }
  line("shifts", sum, 16);
}

static void moves(void) {
  state = 36;
  sum = MIX_START;
  static u8 memory[128] __attribute__((aligned(16)));
  for (int i = 0; i < 300; i++) {
    vector a = integers();
    vector b = integers();
    u32 mask;
    u8 *at = memory + next_random(&state) % 100;
    __asm__ volatile("movdqu %0, %1" : : "x"(a.m), "m"(*(vector *)at) : "memory");
    __asm__ volatile("movups %1, %0" : "=x"(b.m) : "m"(*(vector *)(memory + i % 100)) : "memory");
    take(&b);
    __asm__ volatile("pmovmskb %1, %0" : "=r"(mask) : "x"(a.m));
    sum = mix(sum, mask);
    __asm__ volatile("movmskps %1, %0" : "=r"(mask) : "x"(a.m));
    sum = mix(sum, mask);
    __asm__ volatile("movmskpd %1, %0" : "=r"(mask) : "x"(b.m));
    sum = mix(sum, mask);
    __asm__ volatile("pextrw $5, %1, %0" : "=r"(mask) : "x"(a.m));
    sum = mix(sum, mask);
    __asm__ volatile("pinsrw $2, %1, %0" : "+x"(b.m) : "r"(mask * 3));
    __asm__ volatile("movss %1, %0\n\tmovhlps %0, %1\n\tmovlhps %1, %0" : "+x"(b.m), "+x"(a.m));
    take(&b);
    __asm__ volatile("movsd %1, %0\n\tmovq %0, %1" : "+x"(b.m), "+x"(a.m));
    take(&a);
    __asm__ volatile("movlps %1, %0" : "+x"(b.m) : "m"(*(u64 *)at) : "memory");
    __asm__ volatile("movhpd %1, %0" : "+x"(b.m) : "m"(*(u64 *)(memory + 8)) : "memory");
    __asm__ volatile("movntdq %0, %1\n\tsfence" : : "x"(b.m), "m"(*(vector *)memory) : "memory");
    word to = (word)(memory + 16 + i % 80);
    __asm__ volatile("maskmovdqu %1, %0" : : "x"(a.m), "x"(b.m), "D"(to) : "memory");
    __asm__ volatile("movd %1, %0" : "=x"(a.m) : "r"(mask));
    take(&a);
  }
  for (word i = 0; i < sizeof memory; i += 16) {
    take((vector *)(memory + i));
  }
  line("moves", sum, 16);
  /* the whole state by FXSAVE: control words, tags and registers lie where they should */
  static u8 saved[512] __attribute__((aligned(16)));
  vector a = integers();
  set_mxcsr(0x3FA1);
  __asm__ volatile("fninit\n\tfld1\n\tfldpi\n\tmovdqa %1, %%xmm3\n\tfxsave %0" : "=m"(saved) : "m"(a.m) : "xmm3", "memory");
  line("FXSAVE control", saved[0] | saved[1] << 8, 4);
  line("FXSAVE status", saved[2] | saved[3] << 8, 4);
  line("FXSAVE tags", saved[4], 2);
  line("FXSAVE MXCSR", *(u32 *)(saved + 24), 8);
  line80("FXSAVE ST0", saved + 32);
  line80("FXSAVE ST1", saved + 48);
  check("FXSAVE XMM3", memcmp(saved + 160 + 48, &a, 16) == 0);
  saved[0] = 0x7F, saved[1] = 0x0C;
  saved[160 + 48] ^= 0x55;
  *(u32 *)(saved + 24) = 0x5F80;
  vector b;
  u16 control;
  __asm__ volatile("fxrstor %2\n\tmovdqa %%xmm3, %0\n\tfnstcw %1\n\tfninit"
                   : "=m"(b.m), "=m"(control) : "m"(saved) : "xmm3", "memory");
  a.bytes[0] ^= 0x55;
  check("FXRSTOR XMM3", memcmp(&a, &b, 16) == 0);
  line("FXRSTOR control", control, 4);
  line("FXRSTOR MXCSR", mxcsr(), 8);
  set_mxcsr(0x1F80);
}

/* MMX shares its registers with the x87. */
static void mmx(void) {
  state = 37;
  sum = MIX_START;
  for (int i = 0; i < 500; i++) {
    u64 a = next_random(&state);
    u64 b = next_random(&state);
    u64 result[6];
    __asm__ volatile(
        "movq %6, %%mm0\n\tmovq %7, %%mm1\n\t"
        "movq %%mm0, %%mm2\n\tpaddsw %%mm1, %%mm2\n\tmovq %%mm2, %0\n\t"
        "movq %%mm0, %%mm3\n\tpmaddwd %%mm1, %%mm3\n\tmovq %%mm3, %1\n\t"
        "movq %%mm0, %%mm4\n\tpackuswb %%mm1, %%mm4\n\tmovq %%mm4, %2\n\t"
        "movq %%mm0, %%mm5\n\tpunpckhbw %%mm1, %%mm5\n\tmovq %%mm5, %3\n\t"
        "pshufw $0x39, %%mm0, %%mm6\n\tmovq %%mm6, %4\n\t"
        "pmuludq %%mm1, %%mm0\n\tpsrlq $7, %%mm0\n\tpsadbw %%mm0, %%mm1\n\tpaddq %%mm1, %%mm0\n\tmovq %%mm0, %5"
        : "=m"(result[0]), "=m"(result[1]), "=m"(result[2]), "=m"(result[3]), "=m"(result[4]), "=m"(result[5])
        : "m"(a), "m"(b)
        : "memory");
    for (word j = 0; j < COUNT(result); j++) {
      sum = mix(sum, result[j]);
    }
  }
  u16 environment[14];
  __asm__ volatile("fnstenv %0" : "=m"(environment));
  line("MMX", sum, 16);
  line("tags after MMX", environment[4], 4);
  u8 st0[10];
  __asm__ volatile("fstpt %0\n\temms\n\tfnstenv %1" : "=m"(st0), "=m"(environment));
  line80("MM0 as ST0", st0);
  line("tags after EMMS", environment[4], 4);
  __asm__ volatile("fninit");
  vector a = {{0x41DFFFFFFFE00000, 0xC00A000000000000}};
  u64 integers_of;
  __asm__ volatile("cvttpd2pi %1, %%mm0\n\tmovq %%mm0, %0\n\temms" : "=m"(integers_of) : "x"(a.m));
  line("CVTTPD2PI", integers_of, 16);
}

/* What a compiler makes of C. */
static void programs(void) {
  set_mxcsr(0x1F80);
  volatile double x = 0.3;
  volatile float y = 0.3f;
  for (int i = 0; i < 20000; i++) {
    x = 3.99 * x * (1 - x);
    y = 3.99f * y * (1 - y);
  }
  double last_x = x;
  float last_y = y;
  u64 bits = 0;
  memcpy(&bits, &last_x, 8);
  line("chaos in doubles", bits, 16);
  bits = 0;
  memcpy(&bits, &last_y, 4);
  line("chaos in singles", bits, 8);
  /* a linear system by elimination */
  static double matrix[24][25];
  state = 38;
  for (int i = 0; i < 24; i++) {
    for (int j = 0; j < 25; j++) {
      matrix[i][j] = (double)(i32)next_random(&state) / 65536 + (i == j ? 100000 : 0);
    }
  }
  for (int i = 0; i < 24; i++) {
    for (int k = 0; k < 24; k++) {
      if (k != i) {
        double factor = matrix[k][i] / matrix[i][i];
        for (int j = i; j < 25; j++) {
          matrix[k][j] -= factor * matrix[i][j];
        }
      }
    }
  }
  u64 total = MIX_START;
  for (int i = 0; i < 24; i++) {
    double solution = matrix[i][24] / matrix[i][i];
    memcpy(&bits, &solution, 8);
    total = mix(total, bits);
  }
  line("elimination", total, 16);
}

int main(int count, char **arguments, char **environment) {
  (void)count, (void)arguments, (void)environment;
  arithmetics();
  comparisons();
  conversions();
  packed_integers();
  shifts();
  moves();
  mmx();
  programs();
  return 0;
}
