/* The sieve of Eratosthenes over a million bytes. */
#include "kernel.h"

#define NUMBERS 1000000u

uint32_t run(uint32_t times, const struct boot *boot) {
  (void)boot;
  uint8_t *composite = HEAP;
  uint32_t sum = 0;
  while (times-- > 0) {
    for (uint32_t i = 0; i < NUMBERS; i++) {
      composite[i] = 0;
    }
    for (uint32_t i = 2; i * i < NUMBERS; i++) {
      if (!composite[i]) {
        for (uint32_t k = i * i; k < NUMBERS; k += i) {
          composite[k] = 1;
        }
      }
    }
    uint32_t primes = 0;
    for (uint32_t i = 2; i < NUMBERS; i++) {
      primes += !composite[i];
    }
    sum = mix(sum, primes);
  }
  return sum;
}
