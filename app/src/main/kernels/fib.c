/* Fibonacci numbers by recursion: calls and returns. */
#include "kernel.h"

__attribute__((noipa)) static uint32_t fib(uint32_t n) {
  return n < 2 ? n : fib(n - 1) + fib(n - 2);
}

uint32_t run(uint32_t times, const struct boot *boot) {
  (void)boot;
  uint32_t sum = 0;
  while (times-- > 0) {
    sum = mix(sum, fib(20 + times % 4));
  }
  return sum;
}
