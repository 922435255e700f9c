/* What the kernels share. */
#include <stddef.h>
#include <stdint.h>

/* Memory to work on, 40 MiB; a kernel fills what it reads. */
#define HEAP ((uint8_t *)0x800000)

/* The information of the multiboot loader, as far as it is used. */
struct boot {
  uint32_t flags, memory_lower, memory_upper, device, command_line, modules, module_table;
};

/* The work itself, so many times; what it gives depends on all that was computed. */
uint32_t run(uint32_t times, const struct boot *boot);

static inline uint32_t mix(uint32_t sum, uint32_t value) {
  return (sum << 5 | sum >> 27) * 0x9E3779B1u + value;
}

/* A linear congruential generator: the multiplier is Knuth's of MMIX, cut to its lower half. */
static inline uint32_t random_next(uint32_t *state) {
  *state = *state * 1284865837u + 12345u;
  return *state >> 8;
}
