/*
 * Integers: multiplication and division of all widths, shifts and flags, bit and string instructions, compare and
 * exchange, a SHA-256, and text that is compressed and unpacked again.
 *
 * Flags are masked to those that the SDM (volume 2) defines.
 */
#include "guest.h"

#define CARRY 0x001
#define PARITY 0x004
#define ADJUST 0x010
#define ZERO 0x040
#define SIGN 0x080
#define OVERFLOW 0x800
#define ALL (CARRY | PARITY | ADJUST | ZERO | SIGN | OVERFLOW)

static u64 state;

/* Random, and every fourth time near a border, where flags change. */
static u64 operand(void) {
  static const u64 borders[] = {0,          1,          0x7F,       0x80,       0xFF,
                                0x7FFF,     0x8000,     0xFFFF,     0x7FFFFFFF, 0x80000000,
                                0xFFFFFFFF, 1ull << 63, ~0ull >> 1, ~0ull,      0x100000000ull};
  u64 random = next_random(&state);
  return random & 3 ? next_random(&state) : borders[(random >> 8) % COUNT(borders)];
}

/* Runs an instruction on %0 (and %1) after setting the carry flag or not, and keeps result and defined flags. */
#define TWO(type, instruction, defined)                                       \
  do {                                                                        \
    type a = (type)operand();                                                 \
    type b = (type)operand();                                                 \
    u32 carry = operand() & 1;                                                \
    word flags;                                                               \
    __asm__ volatile("btl $0, %[c]\n\t" instruction "\n\tpushf\n\tpop %[f]"   \
                     : [a] "+&q"(a), [b] "+&q"(b), [f] "=&r"(flags)           \
                     : [c] "r"(carry)                                         \
                     : "cc");                                                 \
    sum = mix(mix(mix(sum, a), b), flags & (defined));                        \
  } while (0)

#define WIDTHS(instruction, operands, defined)            \
  TWO(u8, instruction "b " operands, defined);            \
  TWO(u16, instruction "w " operands, defined);           \
  TWO(u32, instruction "l " operands, defined);           \
  WIDE(TWO(u64, instruction "q " operands, defined))

#ifdef __x86_64__
#define WIDE(statement) statement
#else
#define WIDE(statement)
#endif

static void arithmetic(void) {
  u64 sum = MIX_START;
  state = 1;
  for (int i = 0; i < 2000; i++) {
    WIDTHS("add", "%[b], %[a]", ALL);
    WIDTHS("adc", "%[b], %[a]", ALL);
    WIDTHS("sub", "%[b], %[a]", ALL);
    WIDTHS("sbb", "%[b], %[a]", ALL);
    WIDTHS("cmp", "%[b], %[a]", ALL);
    WIDTHS("xadd", "%[a], %[a]", ALL);
    WIDTHS("neg", "%[a]", ALL);
    WIDTHS("inc", "%[a]", ALL);
    WIDTHS("dec", "%[a]", ALL);
  }
  line("arithmetic", sum, 16);
  sum = MIX_START;
  for (int i = 0; i < 2000; i++) {
    WIDTHS("and", "%[b], %[a]", ALL & ~ADJUST);
    WIDTHS("or", "%[b], %[a]", ALL & ~ADJUST);
    WIDTHS("xor", "%[b], %[a]", ALL & ~ADJUST);
    WIDTHS("test", "%[b], %[a]", ALL & ~ADJUST);
    WIDTHS("not", "%[a]", ALL);
  }
  line("logic", sum, 16);
}

/* Shifts by one define the overflow flag, those by more do not; the adjust flag is never defined. */
static void shifts(void) {
  u64 sum = MIX_START;
  state = 2;
  for (int i = 0; i < 2000; i++) {
    WIDTHS("shl", "%[a]", CARRY | PARITY | ZERO | SIGN | OVERFLOW);
    WIDTHS("shr", "%[a]", CARRY | PARITY | ZERO | SIGN | OVERFLOW);
    WIDTHS("sar", "%[a]", CARRY | PARITY | ZERO | SIGN | OVERFLOW);
    WIDTHS("shl", "$7, %[a]", CARRY | PARITY | ZERO | SIGN);
    WIDTHS("shr", "$5, %[a]", CARRY | PARITY | ZERO | SIGN);
    WIDTHS("sar", "$3, %[a]", CARRY | PARITY | ZERO | SIGN);
    WIDTHS("rol", "%[a]", CARRY | OVERFLOW);
    WIDTHS("ror", "%[a]", CARRY | OVERFLOW);
    WIDTHS("rcl", "%[a]", CARRY | OVERFLOW);
    WIDTHS("rcr", "%[a]", CARRY | OVERFLOW);
    WIDTHS("rol", "$6, %[a]", CARRY);
    WIDTHS("ror", "$5, %[a]", CARRY);
    WIDTHS("rcl", "$4, %[a]", CARRY);
    WIDTHS("rcr", "$3, %[a]", CARRY);
    TWO(u32, "shldl $9, %[b], %[a]", CARRY | PARITY | ZERO | SIGN);
    TWO(u32, "shrdl $13, %[b], %[a]", CARRY | PARITY | ZERO | SIGN);
    TWO(u16, "shldw $9, %[b], %[a]", CARRY | PARITY | ZERO | SIGN);
    WIDE(TWO(u64, "shldq $41, %[b], %[a]", CARRY | PARITY | ZERO | SIGN));
    WIDE(TWO(u64, "shrdq $33, %[b], %[a]", CARRY | PARITY | ZERO | SIGN));
  }
  line("shifts", sum, 16);
}

static void bits(void) {
  u64 sum = MIX_START;
  state = 3;
  for (int i = 0; i < 2000; i++) {
    TWO(u32, "btl %[b], %[a]", CARRY);
    TWO(u32, "btsl %[b], %[a]", CARRY);
    TWO(u32, "btrl %[b], %[a]", CARRY);
    TWO(u16, "btcw %[b], %[a]", CARRY);
    TWO(u32, "orl $0x8000, %[b]\n\tbsfl %[b], %[a]", ZERO);
    TWO(u32, "orl $0x8000, %[b]\n\tbsrl %[b], %[a]", ZERO);
    TWO(u32, "bswap %[a]", ALL);
    TWO(u32, "movsbl %b[b], %[a]", ALL);
    TWO(u32, "movzwl %w[b], %[a]", ALL);
    /* conditions, taken by value */
    TWO(u32, "cmpl %[b], %[a]\n\tsetl %b[a]\n\tcmovbel %[b], %[a]", ALL);
    TWO(u32, "testl %[b], %[a]\n\tsetp %b[b]\n\tcmovsl %[b], %[a]", ALL & ~ADJUST);
    TWO(u32, "addl %[b], %[a]\n\tcmovol %[b], %[a]\n\tsetg %b[b]", ALL);
    WIDE(TWO(u64, "btcq %[b], %[a]", CARRY));
    WIDE(TWO(u64, "btsq $8, %[b]\n\tbsrq %[b], %[a]", ZERO));
    WIDE(TWO(u64, "bswap %[a]", ALL));
    WIDE(TWO(u64, "movslq %k[b], %[a]", ALL));
  }
  /* a bit offset in a register reaches far from its address */
  static u32 field[256];
  memset(field, 0, sizeof field);
  for (int i = 0; i < 4000; i++) {
    long offset = (long)(operand() & 4095);
    word flags;
    __asm__ volatile("bts %[o], %[m]\n\tpushf\n\tpop %[f]"
                     : [m] "+m"(field[128]), [f] "=r"(flags)
                     : [o] "r"(offset)
                     : "cc", "memory");
    __asm__ volatile("btc %[o], %[m]" : [m] "+m"(field[128]) : [o] "r"(-offset) : "cc", "memory");
    sum = mix(sum, flags & CARRY);
  }
  for (u32 i = 0; i < COUNT(field); i++) {
    sum = mix(sum, field[i]);
  }
  line("bits", sum, 16);
}

static void products(void) {
  u64 sum = MIX_START;
  state = 4;
  for (int i = 0; i < 4000; i++) {
    u64 a = operand();
    u64 b = operand();
    u32 low = (u32)a;
    u32 high;
    word flags;
    __asm__ volatile("mull %[b]\n\tpushf\n\tpop %[f]"
                     : "+a"(low), "=&d"(high), [f] "=&r"(flags) : [b] "r"((u32)b) : "cc");
    sum = mix(mix(sum, (u64)high << 32 | low), flags & (CARRY | OVERFLOW));
    low = (u32)a;
    __asm__ volatile("imull %[b]\n\tpushf\n\tpop %[f]"
                     : "+a"(low), "=&d"(high), [f] "=&r"(flags) : [b] "r"((u32)b) : "cc");
    sum = mix(mix(sum, (u64)high << 32 | low), flags & (CARRY | OVERFLOW));
    TWO(u32, "imull %[b], %[a]", CARRY | OVERFLOW);
    TWO(u16, "imulw $-77, %[b], %[a]", CARRY | OVERFLOW);
    u32 divisor = (u32)b | 1;
    low = (u32)operand();
    high = (u32)a % divisor;
    __asm__ volatile("divl %[b]" : "+a"(low), "+d"(high) : [b] "r"(divisor) : "cc");
    sum = mix(sum, (u64)high << 32 | low);
#ifdef __x86_64__
    u64 wideLow = a;
    u64 wideHigh;
    __asm__ volatile("mulq %[b]\n\tpushf\n\tpop %[f]"
                     : "+a"(wideLow), "=&d"(wideHigh), [f] "=&r"(flags) : [b] "r"(b) : "cc");
    sum = mix(mix(mix(sum, wideLow), wideHigh), flags & (CARRY | OVERFLOW));
    wideLow = a;
    __asm__ volatile("imulq %[b]\n\tpushf\n\tpop %[f]"
                     : "+a"(wideLow), "=&d"(wideHigh), [f] "=&r"(flags) : [b] "r"(b) : "cc");
    sum = mix(mix(mix(sum, wideLow), wideHigh), flags & (CARRY | OVERFLOW));
    wideLow = operand();
    wideHigh = a % (b | 1);
    __asm__ volatile("divq %[b]" : "+a"(wideLow), "+d"(wideHigh) : [b] "r"(b | 1) : "cc");
    sum = mix(mix(sum, wideLow), wideHigh);
#endif
    i64 signedA = (i64)a;
    i64 signedB = (i64)(b >> (operand() & 63)) | 1;
    if (a != 1ull << 63) {
      sum = mix(mix(sum, (u64)(signedA / signedB)), (u64)(signedA % signedB));
    }
    sum = mix(mix(sum, a / (u64)signedB), a % (u64)signedB);
  }
  line("products", sum, 16);
}

#ifdef __i386__
/* What long mode did away with. */
static void decimals(void) {
  u64 sum = MIX_START;
  for (u32 a = 0; a < 256; a++) {
    for (u32 b = 0; b < 256; b += 5) {
      u32 value = a;
      word flags;
      __asm__ volatile("addb %b[b], %b[a]\n\tdaa\n\tpushf\n\tpop %[f]"
                       : [a] "+a"(value), [f] "=r"(flags) : [b] "q"(b) : "cc");
      sum = mix(sum, value | (flags & (ALL & ~OVERFLOW)) << 16);
      value = a;
      __asm__ volatile("subb %b[b], %b[a]\n\tdas\n\tpushf\n\tpop %[f]"
                       : [a] "+a"(value), [f] "=r"(flags) : [b] "q"(b) : "cc");
      sum = mix(sum, value | (flags & (ALL & ~OVERFLOW)) << 16);
      value = a | b << 8;
      __asm__ volatile("addb $7, %b[a]\n\taaa\n\tpushf\n\tpop %[f]"
                       : [a] "+a"(value), [f] "=r"(flags) : : "cc");
      sum = mix(sum, value | (flags & (CARRY | ADJUST)) << 16);
      value = a;
      __asm__ volatile("aam\n\tpushf\n\tpop %[f]" : [a] "+a"(value), [f] "=r"(flags) : : "cc");
      sum = mix(sum, value | (flags & (PARITY | ZERO | SIGN)) << 16);
      value = a | b << 8;
      __asm__ volatile("aad\n\tpushf\n\tpop %[f]" : [a] "+a"(value), [f] "=r"(flags) : : "cc");
      sum = mix(sum, value | (flags & (PARITY | ZERO | SIGN)) << 16);
    }
  }
  line("decimals", sum, 16);
}
#endif

static u8 one[4096];
static u8 other[4096];

static void strings(void) {
  u64 sum = MIX_START;
  state = 5;
  for (word i = 0; i < sizeof one; i++) {
    one[i] = (u8)(next_random(&state) & 15);
  }
  for (int i = 0; i < 300; i++) {
    word count = next_random(&state) % 500;
    word from = next_random(&state) % 3000;
    word to = next_random(&state) % 3000;
    word si = (word)one + from;
    word di = (word)other + to;
    word c = count;
    __asm__ volatile("rep movsb" : "+S"(si), "+D"(di), "+c"(c) : : "memory");
    sum = mix(mix(mix(sum, si - (word)one), di - (word)other), c);
    /* overlapping and backwards */
    si = (word)other + from + 3;
    di = (word)other + from + 5;
    c = count / 4;
    __asm__ volatile("std\n\trep movsb\n\tcld" : "+S"(si), "+D"(di), "+c"(c) : : "memory");
    sum = mix(mix(sum, si - (word)other), c);
    si = (word)one + from;
    di = (word)other + (from + 1) % 3000;
    c = count / 2;
    __asm__ volatile("rep movsw" : "+S"(si), "+D"(di), "+c"(c) : : "memory");
    di = (word)other + to;
    c = count / 8;
    __asm__ volatile("rep stosl" : "+D"(di), "+c"(c) : "a"((u32)next_random(&state)) : "memory");
    di = (word)one + from;
    c = count;
    word flags;
    __asm__ volatile("orl %%eax, %%eax\n\trepne scasb\n\tpushf\n\tpop %[f]"
                     : "+D"(di), "+c"(c), [f] "=r"(flags) : "a"((u32)(count & 15) | 0x100) : "cc", "memory");
    sum = mix(mix(mix(sum, di - (word)one), c), flags & ALL);
    si = (word)one + from;
    di = (word)other + to;
    c = count;
    __asm__ volatile("orl %%ecx, %%ecx\n\trepe cmpsb\n\tpushf\n\tpop %[f]"
                     : "+S"(si), "+D"(di), "+c"(c), [f] "=r"(flags) : : "cc", "memory");
    sum = mix(mix(mix(sum, si - (word)one), c), flags & (count != 0 ? ALL : 0));
    u32 loaded = 0;
    si = (word)one + from;
    __asm__ volatile("lodsl" : "+S"(si), "+a"(loaded) : : "memory");
    sum = mix(sum, loaded);
  }
  for (word i = 0; i < sizeof other; i++) {
    sum = mix(sum, other[i]);
  }
  line("strings", sum, 16);
}

static void exchanges(void) {
  u64 sum = MIX_START;
  state = 6;
  static u64 memory[2] __attribute__((aligned(16)));
  for (int i = 0; i < 1000; i++) {
    u64 expected = i & 1 ? memory[0] : next_random(&state);
    u64 fresh = next_random(&state);
    u32 low = (u32)expected;
    u32 high = (u32)(expected >> 32);
    u8 equal;
    __asm__ volatile("lock cmpxchg8b %[m]\n\tsetz %[e]"
                     : [m] "+m"(memory[0]), "+a"(low), "+d"(high), [e] "=q"(equal)
                     : "b"((u32)fresh), "c"((u32)(fresh >> 32))
                     : "cc");
    sum = mix(mix(mix(sum, equal), (u64)high << 32 | low), memory[0]);
    u32 narrow = (u32)memory[0];
    u32 wanted = i % 3 ? narrow : 0;
    __asm__ volatile("lock cmpxchgl %[n], %[m]\n\tsetz %[e]"
                     : [m] "+m"(*(u32 *)memory), "+a"(wanted), [e] "=q"(equal)
                     : [n] "r"((u32)fresh + 1)
                     : "cc");
    sum = mix(mix(mix(sum, equal), wanted), memory[0]);
    u32 added = (u32)fresh;
    __asm__ volatile("lock xaddl %[a], %[m]\n\txchgl %[a], 8+%[m]" : [m] "+m"(*(u32 *)memory), [a] "+r"(added) : : "cc", "memory");
    sum = mix(mix(sum, added), memory[0]);
  }
  line("exchanges", sum, 16);
#ifdef __x86_64__
  if (cpu_features() & FEATURE_CX16) {
    sum = MIX_START;
    memory[0] = memory[1] = 7;
    for (int i = 0; i < 1000; i++) {
      u64 low = i & 1 ? memory[0] : 3;
      u64 high = memory[1];
      u8 equal;
      __asm__ volatile("lock cmpxchg16b %[m]\n\tsetz %[e]"
                       : [m] "+m"(memory), "+a"(low), "+d"(high), [e] "=q"(equal)
                       : "b"(next_random(&state)), "c"(next_random(&state))
                       : "cc", "memory");
      sum = mix(mix(mix(sum, equal), low), memory[1]);
    }
    /* compared here, so that the output is the same on a processor without it */
    if (sum != 0xAB9DB1249F8039A1ull) {
      line("exchanges of 16 bytes", sum, 16);
    }
  }
#endif
}

/* SHA-256: FIPS 180-4. */
static u32 rotate(u32 x, int by) { return x >> by | x << (32 - by); }

/* The first 32 bits of the fractional part of a root: by integers, since the constants are primes' square and cube roots. */
static u32 root_fraction(u32 prime, int cube) {
  u64 low = 0;
  for (u64 bit = 1ull << 35; bit != 0; bit >>= 1) {
    u64 x = low | bit;
    /* x is the root in units of 2^-32: compare its power with the prime without losing a bit */
    u64 a = x >> 18, b = x & 0x3FFFF;
    u64 squareHigh = a * a + (2 * a * b >> 18) + ((b * b + ((2 * a * b & 0x3FFFF) << 18)) >> 36);
    u64 squareLow = (b * b + ((2 * a * b & 0x3FFFF) << 18)) & 0xFFFFFFFFFull;
    int over;
    if (!cube) {
      /* square = high * 2^36 + low, to be at most prime * 2^64 */
      over = squareHigh > ((u64)prime << 28) || (squareHigh == ((u64)prime << 28) && squareLow > 0);
    } else {
      /* x * square, to be at most prime * 2^96: its upper parts in units of 2^36 */
      u64 parts[5] = {0};
      u64 left[3] = {squareLow & 0x3FFFF, squareLow >> 18, squareHigh & 0x3FFFF};
      u64 top = squareHigh >> 18;
      for (int i = 0; i < 3; i++) {
        parts[i] += left[i] * b;
        parts[i + 1] += left[i] * a;
      }
      parts[3] += top * b;
      parts[4] += top * a;
      for (int i = 0; i < 4; i++) {
        parts[i + 1] += parts[i] >> 18;
        parts[i] &= 0x3FFFF;
      }
      /* the power is parts[4] * 2^72 + less */
      u64 limit = (u64)prime << 24;
      over = parts[4] > limit || (parts[4] == limit && (parts[0] | parts[1] | parts[2] | parts[3]));
    }
    if (!over) {
      low = x;
    }
  }
  return (u32)low;
}

static u32 round_constants[64];
static u32 digest[8];

static void prepare_sha(void) {
  u32 found = 0;
  for (u32 n = 2; found < 64; n++) {
    int prime = 1;
    for (u32 d = 2; d * d <= n; d++) {
      prime &= n % d != 0;
    }
    if (prime) {
      if (found < 8) {
        digest[found] = root_fraction(n, 0);
      }
      round_constants[found++] = root_fraction(n, 1);
    }
  }
}

static void sha_block(const u8 *block) {
  u32 w[64];
  for (int i = 0; i < 16; i++) {
    w[i] = (u32)block[4 * i] << 24 | (u32)block[4 * i + 1] << 16 | (u32)block[4 * i + 2] << 8 | block[4 * i + 3];
  }
  for (int i = 16; i < 64; i++) {
    u32 s0 = rotate(w[i - 15], 7) ^ rotate(w[i - 15], 18) ^ w[i - 15] >> 3;
    u32 s1 = rotate(w[i - 2], 17) ^ rotate(w[i - 2], 19) ^ w[i - 2] >> 10;
    w[i] = w[i - 16] + s0 + w[i - 7] + s1;
  }
  u32 v[8];
  memcpy(v, digest, sizeof v);
  for (int i = 0; i < 64; i++) {
    u32 s1 = rotate(v[4], 6) ^ rotate(v[4], 11) ^ rotate(v[4], 25);
    u32 t1 = v[7] + s1 + ((v[4] & v[5]) ^ (~v[4] & v[6])) + round_constants[i] + w[i];
    u32 s0 = rotate(v[0], 2) ^ rotate(v[0], 13) ^ rotate(v[0], 22);
    u32 t2 = s0 + ((v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]));
    for (int j = 7; j > 0; j--) {
      v[j] = v[j - 1];
    }
    v[4] += t1;
    v[0] = t1 + t2;
  }
  for (int i = 0; i < 8; i++) {
    digest[i] += v[i];
  }
}

/* The hash of so many bytes 'a': a message that FIPS 180 gives the answer for (a million of them). */
static void sha(u32 length) {
  prepare_sha();
  u8 block[64];
  memset(block, 'a', sizeof block);
  for (u32 i = 0; i < length / 64; i++) {
    sha_block(block);
  }
  memset(block, 0, sizeof block);
  memset(block, 'a', length % 64);
  block[length % 64] = 0x80;
  u64 bitLength = (u64)length * 8;
  for (int i = 0; i < 8; i++) {
    block[63 - i] = (u8)(bitLength >> 8 * i);
  }
  sha_block(block);
  text("sha256: ");
  for (int i = 0; i < 8; i++) {
    hex(digest[i], 8);
  }
  text("\n");
}

/* A Lempel-Ziv of our own: a byte 0..127 is that many + 1 literals, 128..255 a match of that - 125 bytes at a distance. */
#define TEXT_LENGTH 60000
static u8 plain[TEXT_LENGTH];
static u8 packed[2 * TEXT_LENGTH];
static u8 unpacked[TEXT_LENGTH];
static i32 heads[4096];

static u32 pack(void) {
  u32 at = 0;
  u32 out = 0;
  u32 literals = 0;
  memset(heads, 0xFF, sizeof heads);
  while (at < TEXT_LENGTH) {
    u32 length = 0;
    i32 candidate = -1;
    if (at + 3 < TEXT_LENGTH) {
      u32 key = (plain[at] | (u32)plain[at + 1] << 8 | (u32)plain[at + 2] << 16) * 2654435761u >> 20;
      candidate = heads[key];
      heads[key] = (i32)at;
      if (candidate >= 0 && at - (u32)candidate < 65536) {
        while (length < 130 && at + length < TEXT_LENGTH && plain[(u32)candidate + length] == plain[at + length]) {
          length++;
        }
      }
    }
    if (length >= 3) {
      u32 distance = at - (u32)candidate;
      packed[out++] = (u8)(125 + length);
      packed[out++] = (u8)distance;
      packed[out++] = (u8)(distance >> 8);
      at += length;
      literals = 0;
    } else {
      if (literals == 0 || literals == 128) {
        packed[out++] = 0;
        literals = 1;
      } else {
        packed[out - literals - 1]++;
        literals++;
      }
      packed[out++] = plain[at++];
    }
  }
  return out;
}

static u32 unpack(u32 length) {
  u32 out = 0;
  for (u32 at = 0; at < length;) {
    u32 code = packed[at++];
    if (code < 128) {
      memcpy(unpacked + out, packed + at, code + 1);
      at += code + 1;
      out += code + 1;
    } else {
      u32 distance = packed[at] | (u32)packed[at + 1] << 8;
      at += 2;
      for (u32 i = 0; i < code - 125; i++, out++) {
        unpacked[out] = unpacked[out - distance];
      }
    }
  }
  return out;
}

static void compression(void) {
  static const char *words[] = {"the ", "guest ", "runs ", "again ", "and ", "nothing ", "differs", ", ", ".\n"};
  state = 7;
  for (u32 at = 0; at < TEXT_LENGTH;) {
    const char *word = words[next_random(&state) % COUNT(words)];
    for (; *word != 0 && at < TEXT_LENGTH; at++) {
      plain[at] = (u8)(next_random(&state) % 50 ? *word++ : (char)next_random(&state));
    }
  }
  u32 length = pack();
  text("packed: ");
  decimal(length);
  u64 sum = MIX_START;
  for (u32 i = 0; i < length; i++) {
    sum = mix(sum, packed[i]);
  }
  line(" bytes", sum, 16);
  check("unpacked", unpack(length) == TEXT_LENGTH && memcmp(plain, unpacked, TEXT_LENGTH) == 0);
}

int main(int count, char **arguments, char **environment) {
  (void)count, (void)arguments, (void)environment;
  arithmetic();
  shifts();
  bits();
  products();
#ifdef __i386__
  decimals();
#endif
  strings();
  exchanges();
  sha(1000000);
  compression();
  return 0;
}
