/*
 * What came after SSE2: SSE3, SSSE3, SSE4.1, SSE4.2 and POPCNT. For processors that have all of them.
 *
 * Sums of products are of numbers only: which of several NaNs they give is not what the SDM tells.
 */
#include "vectors.h"

static u32 control = 0x1F80;

static vector finite_singles(void) {
  vector made;
  for (int i = 0; i < 4; i++) {
    u32 bits = (u32)next_random(&state);
    made.narrow[i] = (bits & 0x807FFFFF) | (120 + (bits >> 24 & 15)) << 23;
  }
  return made;
}

static vector finite_doubles(void) {
  vector made;
  for (int i = 0; i < 2; i++) {
    u64 bits = next_random(&state);
    made.wide[i] = (bits & 0x800FFFFFFFFFFFFF) | (1015 + (bits >> 56 & 15)) << 52;
  }
  return made;
}

#define BEGIN(seed)   \
  state = (seed);     \
  sum = MIX_START;    \
  for (int i = 0; i < 300; i++)

#define PACKED(instruction) TWO(instruction, integers)

static void sse3(void) {
  BEGIN(41) {
    TWO("addsubps", singles);
    TWO("addsubpd", doubles);
    TWO("haddps", singles);
    TWO("haddpd", doubles);
    TWO("hsubps", singles);
    TWO("hsubpd", doubles);
    TWO("movshdup", singles);
    TWO("movsldup", singles);
    TWO("movddup", doubles);
    vector a = doubles();
    i64 truncated;
    double number;
    memcpy(&number, &a, 8);
    __asm__ volatile("fninit\n\tfldl %1\n\tfisttpll %0" : "=m"(truncated) : "m"(number));
    sum = mix(sum, (u64)truncated);
    vector b = singles();
    __asm__ volatile("lddqu %1, %0" : "=x"(a.m) : "m"(b.m));
    take(&a);
  }
  line("SSE3", sum, 16);
}

static void ssse3(void) {
  BEGIN(42) {
    PACKED("pshufb");
    PACKED("phaddw");
    PACKED("phaddd");
    PACKED("phaddsw");
    PACKED("phsubw");
    PACKED("phsubd");
    PACKED("phsubsw");
    PACKED("pmaddubsw");
    PACKED("pmulhrsw");
    PACKED("psignb");
    PACKED("psignw");
    PACKED("psignd");
    PACKED("pabsb");
    PACKED("pabsw");
    PACKED("pabsd");
    PACKED("palignr $5,");
    PACKED("palignr $21,");
    u64 a = next_random(&state);
    u64 b = next_random(&state);
    __asm__ volatile("movq %0, %%mm0\n\tmovq %1, %%mm1\n\tpshufb %%mm1, %%mm0\n\tphaddw %%mm1, %%mm0\n\t"
                     "palignr $3, %%mm1, %%mm0\n\tpabsb %%mm0, %%mm0\n\tmovq %%mm0, %0\n\temms"
                     : "+m"(a) : "m"(b));
    sum = mix(sum, a);
  }
  line("SSSE3", sum, 16);
}

static void sse41_integers(void) {
  BEGIN(43) {
    PACKED("pblendw $0x5A,");
    PACKED("pcmpeqq");
    PACKED("pmulld");
    PACKED("pmuldq");
    PACKED("packusdw");
    PACKED("mpsadbw $5,");
    PACKED("phminposuw");
    PACKED("pminsb");
    PACKED("pmaxsb");
    PACKED("pminuw");
    PACKED("pmaxuw");
    PACKED("pminsd");
    PACKED("pmaxsd");
    PACKED("pminud");
    PACKED("pmaxud");
    PACKED("pmovsxbw");
    PACKED("pmovsxwd");
    PACKED("pmovsxdq");
    PACKED("pmovzxbw");
    PACKED("pmovzxwd");
    PACKED("pmovzxdq");
    vector a = integers();
    vector b = integers();
    vector mask = integers();
    __asm__ volatile("movdqa %2, %%xmm0\n\tpblendvb %%xmm0, %1, %0" : "+x"(a.m) : "x"(b.m), "x"(mask.m) : "xmm0");
    take(&a);
    __asm__ volatile("movdqa %2, %%xmm0\n\tblendvps %%xmm0, %1, %0" : "+x"(b.m) : "x"(a.m), "x"(mask.m) : "xmm0");
    take(&b);
    __asm__ volatile("pmovsxbd %1, %0\n\tpmovzxbq %0, %0" : "=x"(a.m) : "x"(b.m));
    take(&a);
    word flags;
    if (i % 3 == 0) {
      mask.wide[1] = 0;
      mask.wide[0] &= ~b.wide[0];
    }
    __asm__ volatile("ptest %2, %1\n\tpushf\n\tpop %0" : "=r"(flags) : "x"(mask.m), "x"(b.m) : "cc");
    sum = mix(sum, flags & 0x8D5);
    u32 lane;
    __asm__ volatile("pextrb $11, %1, %0" : "=r"(lane) : "x"(b.m));
    sum = mix(sum, lane);
    __asm__ volatile("pextrd $2, %1, %0" : "=r"(lane) : "x"(b.m));
    sum = mix(sum, lane);
    __asm__ volatile("extractps $3, %1, %0" : "=r"(lane) : "x"(b.m));
    sum = mix(sum, lane);
    __asm__ volatile("pinsrb $9, %1, %0\n\tpinsrd $1, %1, %0\n\tinsertps $0x9A, %2, %0" : "+x"(a.m) : "r"(lane), "x"(b.m));
    take(&a);
#ifdef __x86_64__
    u64 wide;
    __asm__ volatile("pextrq $1, %2, %0\n\tpinsrq $0, %0, %1" : "=&r"(wide), "+x"(a.m) : "x"(b.m));
    sum = mix(sum, wide);
    take(&a);
#endif
    __asm__ volatile("movntdqa %1, %0" : "=x"(a.m) : "m"(b.m));
    take(&a);
  }
  line("SSE4.1, integers", sum, 16);
}

static void sse41_floats(void) {
  for (u32 rounding = 0; rounding < 4; rounding++) {
    control = 0x1F80 | rounding << 13;
    BEGIN(44) {
      TWO("roundps $0,", singles);
      TWO("roundpd $1,", doubles);
      TWO("roundss $2,", singles);
      TWO("roundsd $3,", doubles);
      TWO("roundps $4,", singles);
      TWO("roundpd $12,", doubles);
      TWO("dpps $0x7F,", finite_singles);
      TWO("dpps $0xB5,", finite_singles);
      TWO("dppd $0x31,", finite_doubles);
      TWO("blendps $6,", singles);
      TWO("blendpd $1,", doubles);
    }
    text("SSE4.1, rounding ");
    decimal(rounding);
    line("", sum, 16);
  }
  control = 0x1F80;
}

#define TEXTS(mode)                                                                                          \
  do {                                                                                                       \
    vector a = letters();                                                                                    \
    vector b = letters();                                                                                    \
    u32 index;                                                                                               \
    word flags;                                                                                              \
    __asm__ volatile("pcmpistri $" #mode ", %3, %2\n\tpushf\n\tpop %0"                                       \
                     : "=r"(flags), "=c"(index) : "x"(a.m), "x"(b.m) : "cc");                                \
    sum = mix(mix(sum, index), flags & 0x8D5);                                                               \
    u32 lengths[2] = {(u32)(next_random(&state) % 40) - 20, (u32)(next_random(&state) % 40) - 20};           \
    __asm__ volatile("pcmpestri $" #mode ", %3, %2\n\tpushf\n\tpop %0"                                       \
                     : "=r"(flags), "=c"(index)                                                              \
                     : "x"(a.m), "x"(b.m), "a"(lengths[0]), "d"(lengths[1]) : "cc");                         \
    sum = mix(mix(sum, index), flags & 0x8D5);                                                               \
    vector mask;                                                                                             \
    __asm__ volatile("pcmpistrm $" #mode ", %2, %1\n\tmovdqa %%xmm0, %0"                                     \
                     : "=m"(mask.m) : "x"(a.m), "x"(b.m) : "cc", "xmm0");                                    \
    take(&mask);                                                                                             \
    __asm__ volatile("pcmpestrm $(" #mode ")^64, %2, %1\n\tmovdqa %%xmm0, %0"                                \
                     : "=m"(mask.m) : "x"(a.m), "x"(b.m), "a"(lengths[0]), "d"(lengths[1]) : "cc", "xmm0");  \
    take(&mask);                                                                                             \
  } while (0)

/* Few different bytes, so that they are found in one another, and sometimes an end. */
static vector letters(void) {
  vector made;
  u64 length = next_random(&state) % 20;
  for (u64 i = 0; i < 16; i++) {
    made.bytes[i] = i == length ? 0 : (u8)(0x7E + next_random(&state) % 5);
  }
  return made;
}

static void sse42(void) {
  BEGIN(45) {
    TEXTS(0x00);
    TEXTS(0x01);
    TEXTS(0x02);
    TEXTS(0x04);
    TEXTS(0x06);
    TEXTS(0x08);
    TEXTS(0x0C);
    TEXTS(0x0D);
    TEXTS(0x18);
    TEXTS(0x1A);
    TEXTS(0x34);
    TEXTS(0x38);
    TEXTS(0x44);
    TEXTS(0x4C);
    TEXTS(0x7A);
    PACKED("pcmpgtq");
  }
  line("SSE4.2", sum, 16);
  BEGIN(46) {
    u32 crc = (u32)next_random(&state);
    u64 data = next_random(&state);
    __asm__ volatile("crc32b %b1, %0\n\tcrc32w %w1, %0\n\tcrc32l %k1, %0" : "+r"(crc) : "q"((word)data));
    sum = mix(sum, crc);
    word flags;
    u32 count;
    if (i % 10 == 0) {
      data = 0;
    }
    __asm__ volatile("popcntl %k2, %1\n\tpushf\n\tpop %0" : "=r"(flags), "=&r"(count) : "r"((word)data) : "cc");
    sum = mix(mix(sum, count), flags & 0x8D5);
#ifdef __x86_64__
    u64 wide = crc;
    u64 ones;
    __asm__ volatile("crc32q %2, %0\n\tpopcntq %2, %1" : "+r"(wide), "=&r"(ones) : "r"(data) : "cc");
    sum = mix(mix(sum, wide), ones);
#endif
  }
  line("CRC32 and POPCNT", sum, 16);
}

int main(int count, char **arguments, char **environment) {
  (void)count, (void)arguments, (void)environment;
  sse3();
  ssse3();
  sse41_integers();
  sse41_floats();
  sse42();
  return 0;
}
