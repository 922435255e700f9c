/* SHA-256 of 64 KiB (FIPS 180-4); the digest goes into what is hashed next. The constants are
 * computed: fractional parts of square and cube roots of primes. */
#include "kernel.h"

#define LENGTH 65536u

static uint32_t constants[64], initial[8];

/* The first 32 bits behind the point of a root: the largest r with r^power <= n * 2^(32 * power), less its whole part. */
static uint32_t root(uint32_t n, int power) {
  uint64_t r = 0;
  for (int bit = 35; bit >= 0; bit--) {
    uint64_t t = r | 1ull << bit;
    /* t has at most 36 bits: its powers are built of limbs of 32 */
    uint32_t product[4] = {1, 0, 0, 0};
    for (int i = 0; i < power; i++) {
      uint32_t low = (uint32_t)t, high = (uint32_t)(t >> 32), next[5] = {0, 0, 0, 0, 0};
      uint64_t carry = 0;
      for (int k = 0; k < 4; k++) {
        carry += (uint64_t)product[k] * low;
        next[k] = (uint32_t)carry;
        carry >>= 32;
      }
      carry = 0;
      for (int k = 0; k < 3; k++) {
        carry += (uint64_t)product[k] * high + next[k + 1];
        next[k + 1] = (uint32_t)carry;
        carry >>= 32;
      }
      for (int k = 0; k < 4; k++) {
        product[k] = next[k];
      }
    }
    /* n * 2^(32 * power) has n in limb "power" */
    uint32_t lower = 0;
    for (int k = 0; k < power; k++) {
      lower |= product[k];
    }
    uint32_t above = power < 3 ? product[3] : 0;
    if (!above && (product[power] < n || (product[power] == n && !lower))) {
      r = t;
    }
  }
  return (uint32_t)r;
}

static void compute_constants(void) {
  uint32_t n = 2;
  for (int found = 0; found < 64; n++) {
    uint32_t divisor = 2;
    while (divisor * divisor <= n && n % divisor) {
      divisor++;
    }
    if (divisor * divisor > n) {
      constants[found] = root(n, 3);
      if (found < 8) {
        initial[found] = root(n, 2);
      }
      found++;
    }
  }
}

static inline uint32_t ror(uint32_t x, int n) {
  return x >> n | x << (32 - n);
}

static void block(uint32_t state[8], const uint8_t *bytes) {
  uint32_t w[64];
  for (int i = 0; i < 16; i++) {
    w[i] = __builtin_bswap32(*(const uint32_t *)(bytes + 4 * i));
  }
  for (int i = 16; i < 64; i++) {
    uint32_t s0 = ror(w[i - 15], 7) ^ ror(w[i - 15], 18) ^ w[i - 15] >> 3;
    uint32_t s1 = ror(w[i - 2], 17) ^ ror(w[i - 2], 19) ^ w[i - 2] >> 10;
    w[i] = w[i - 16] + s0 + w[i - 7] + s1;
  }
  uint32_t a = state[0], b = state[1], c = state[2], d = state[3];
  uint32_t e = state[4], f = state[5], g = state[6], h = state[7];
  for (int i = 0; i < 64; i++) {
    uint32_t t1 = h + (ror(e, 6) ^ ror(e, 11) ^ ror(e, 25)) + ((e & f) ^ (~e & g)) + constants[i] + w[i];
    uint32_t t2 = (ror(a, 2) ^ ror(a, 13) ^ ror(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
    h = g;
    g = f;
    f = e;
    e = d + t1;
    d = c;
    c = b;
    b = a;
    a = t1 + t2;
  }
  state[0] += a;
  state[1] += b;
  state[2] += c;
  state[3] += d;
  state[4] += e;
  state[5] += f;
  state[6] += g;
  state[7] += h;
}

uint32_t run(uint32_t times, const struct boot *boot) {
  (void)boot;
  compute_constants();
  uint8_t *bytes = HEAP;
  for (uint32_t i = 0; i < LENGTH; i++) {
    bytes[i] = (uint8_t)i;
  }
  uint32_t last[16] = {0x80}; /* the padding: a bit, zeros, the length in bits */
  last[15] = __builtin_bswap32(LENGTH * 8);
  uint32_t state[8] = {0};
  while (times-- > 0) {
    for (int i = 0; i < 8; i++) {
      state[i] = initial[i];
    }
    for (uint32_t at = 0; at < LENGTH; at += 64) {
      block(state, bytes + at);
    }
    block(state, (const uint8_t *)last);
    for (int i = 0; i < 8; i++) {
      ((uint32_t *)bytes)[i] = __builtin_bswap32(state[i]);
    }
  }
  return state[0];
}
