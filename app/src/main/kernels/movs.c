/* String instructions with REP: copies and fills of a few bytes to a few pages, aligned and not,
 * and searches. */
#include "kernel.h"

#define ROOM 0x100000u

static void copy_bytes(uint8_t *to, const uint8_t *from, size_t length) {
  __asm__ volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(length) : : "memory");
}

static void copy_words(uint8_t *to, const uint8_t *from, size_t words) {
  __asm__ volatile("rep movsl" : "+D"(to), "+S"(from), "+c"(words) : : "memory");
}

static void fill_words(uint8_t *to, uint32_t value, size_t words) {
  __asm__ volatile("rep stosl" : "+D"(to), "+c"(words) : "a"(value) : "memory");
}

static size_t unequal(const uint8_t *bytes, uint8_t value, size_t length) {
  __asm__ volatile("repe scasb" : "+D"(bytes), "+c"(length) : "a"(value) : "memory", "cc");
  return length;
}

uint32_t run(uint32_t times, const struct boot *boot) {
  (void)boot;
  static const uint16_t lengths[] = {16, 64, 40, 256, 32, 1500, 4096, 24, 512, 16384};
  uint8_t *from = HEAP, *to = HEAP + ROOM;
  uint32_t seed = 5, sum = 0;
  for (uint32_t i = 0; i < ROOM; i++) {
    from[i] = (uint8_t)random_next(&seed);
    to[i] = 0;
  }
  while (times-- > 0) {
    for (uint32_t i = 0; i < 10; i++) {
      uint32_t length = lengths[i];
      uint32_t source = random_next(&seed) % (ROOM - 32768), target = random_next(&seed) % (ROOM - 32768);
      copy_words(to + (target & ~3u), from + (source & ~3u), length / 4);
      copy_bytes(to + target, from + source, length / 4);
      sum = mix(sum, to[target] | (uint32_t)to[target + length - 1] << 8);
      fill_words(to + (source & ~3u), 0, length / 4);
      sum = mix(sum, (uint32_t)unequal(to + (source & ~3u), 0, length / 2));
    }
  }
  for (uint32_t i = 0; i < ROOM; i += 509) {
    sum = mix(sum, to[i]);
  }
  return sum;
}
