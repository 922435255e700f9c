/* Calls code that is the multiboot module: hundreds of thousands of instructions, each of them executed but
 * once a call. What it works on is a page; what it gives goes into it. */
#include "kernel.h"

struct module {
  uint32_t start, end, text, reserved;
};

typedef uint32_t (*code)(uint32_t *page, uint32_t sum);

uint32_t run(uint32_t times, const struct boot *boot) {
  const struct module *module = (const struct module *)(uintptr_t)boot->module_table;
  code call = (code)(uintptr_t)module->start;
  uint32_t *page = (uint32_t *)HEAP, sum = 0;
  for (uint32_t i = 0; i < 1024; i++) {
    page[i] = i * 0x9E3779B1u;
  }
  while (times-- > 0) {
    sum = mix(sum, call(page, sum));
  }
  return sum;
}
