/* The sieve of Eratosthenes over four million odd numbers, a bit each, in words of 64 bits. */
#include "kernel.h"

#define BITS 4194304ull

static uint64_t ones(uint64_t x) {
  x -= x >> 1 & 0x5555555555555555ull;
  x = (x & 0x3333333333333333ull) + (x >> 2 & 0x3333333333333333ull);
  return ((x + (x >> 4)) & 0x0F0F0F0F0F0F0F0Full) * 0x0101010101010101ull >> 56;
}

uint32_t run(uint32_t times, const struct boot *boot) {
  (void)boot;
  uint64_t *composite = (uint64_t *)HEAP;
  uint32_t sum = 0;
  while (times-- > 0) {
    for (uint64_t i = 0; i < BITS / 64; i++) {
      composite[i] = 0;
    }
    /* bit i stands for 2i + 3 */
    for (uint64_t i = 0; (2 * i + 3) * (2 * i + 3) < 2 * BITS + 3; i++) {
      if (!(composite[i >> 6] >> (i & 63) & 1)) {
        uint64_t prime = 2 * i + 3;
        for (uint64_t k = (prime * prime - 3) / 2; k < BITS; k += prime) {
          composite[k >> 6] |= 1ull << (k & 63);
        }
      }
    }
    uint64_t primes = 0;
    for (uint64_t i = 0; i < BITS / 64; i++) {
      primes += ones(~composite[i]);
    }
    sum = mix(sum, (uint32_t)primes);
  }
  return sum;
}
