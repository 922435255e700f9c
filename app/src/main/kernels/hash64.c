/* Sums of 64 KiB in 64 and 128 bits: rotations, additions and exclusive ors over four words (as SipHash does them),
 * products of 128 bits, divisions. */
#include "kernel.h"

#define WORDS 8192u

static inline uint64_t rol(uint64_t x, int n) {
  return x << n | x >> (64 - n);
}

static uint64_t rotated(const uint64_t *words, uint64_t seed) {
  uint64_t a = seed, b = ~seed, c = seed * 3, d = 0x0123456789ABCDEFull;
  for (uint32_t i = 0; i < WORDS; i++) {
    d ^= words[i];
    for (int round = 0; round < 2; round++) {
      a += b;
      c += d;
      b = rol(b, 13) ^ a;
      d = rol(d, 16) ^ c;
      a = rol(a, 32) + d;
      c += b;
      b = rol(b, 17) ^ c;
      d = rol(d, 21) ^ a;
      c = rol(c, 32);
    }
    a ^= words[i];
  }
  return a ^ b ^ c ^ d;
}

static uint64_t multiplied(const uint64_t *words, uint64_t seed) {
  for (uint32_t i = 0; i < WORDS; i += 2) {
    unsigned __int128 product = (unsigned __int128)(words[i] ^ seed) * (words[i + 1] ^ 0x9E3779B97F4A7C15ull);
    seed = (uint64_t)product ^ (uint64_t)(product >> 64);
  }
  return seed;
}

static uint64_t divided(const uint64_t *words, uint64_t seed) {
  for (uint32_t i = 0; i < WORDS; i += 16) {
    seed += words[i] % (seed >> 20 | 1) + words[i] / (seed | 1);
  }
  return seed;
}

uint32_t run(uint32_t times, const struct boot *boot) {
  (void)boot;
  uint64_t *words = (uint64_t *)HEAP, sum = 0;
  for (uint32_t i = 0; i < WORDS; i++) {
    words[i] = i * 0xD1342543DE82EF95ull;
  }
  while (times-- > 0) {
    sum = rotated(words, sum);
    sum = multiplied(words, sum);
    sum = divided(words, sum);
    words[times % WORDS] ^= sum;
  }
  return (uint32_t)(sum ^ sum >> 32);
}
