/* Sorts 65536 words by one of several orders, each comparison a call through a pointer. */
#include "kernel.h"

#define WORDS 65536

typedef int (*order)(const uint32_t *, const uint32_t *);

__attribute__((noipa)) static int upwards(const uint32_t *a, const uint32_t *b) {
  return (*a > *b) - (*a < *b);
}

__attribute__((noipa)) static int downwards(const uint32_t *a, const uint32_t *b) {
  return (*a < *b) - (*a > *b);
}

__attribute__((noipa)) static int by_low_half(const uint32_t *a, const uint32_t *b) {
  return (int)(*a & 0xFFFF) - (int)(*b & 0xFFFF);
}

static void swap(uint32_t *a, uint32_t *b) {
  uint32_t kept = *a;
  *a = *b;
  *b = kept;
}

__attribute__((noipa)) static void sort(uint32_t *words, int length, order compare) {
  while (length > 1) {
    uint32_t pivot = words[length / 2];
    int low = 0, high = length - 1;
    while (low <= high) {
      while (compare(&words[low], &pivot) < 0) {
        low++;
      }
      while (compare(&words[high], &pivot) > 0) {
        high--;
      }
      if (low <= high) {
        swap(&words[low++], &words[high--]);
      }
    }
    /* the shorter part by a call, the longer in this loop */
    if (high + 1 < length - low) {
      sort(words, high + 1, compare);
      words += low;
      length -= low;
    } else {
      sort(words + low, length - low, compare);
      length = high + 1;
    }
  }
}

uint32_t run(uint32_t times, const struct boot *boot) {
  (void)boot;
  static const order orders[] = {upwards, downwards, by_low_half};
  uint32_t *words = (uint32_t *)HEAP;
  uint32_t sum = 0, seed = 11;
  while (times-- > 0) {
    for (int i = 0; i < WORDS; i++) {
      words[i] = random_next(&seed) * 69069u;
    }
    sort(words, WORDS, orders[times % 3]);
    for (int i = 0; i < WORDS; i += 101) {
      sum = mix(sum, times % 3 < 2 ? words[i] : words[i] & 0xFFFF);
    }
  }
  return sum;
}
