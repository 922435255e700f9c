/* Runs the kernel as often as "size=N" on the command line says, prints what it gives as eight hexadecimal
 * digits on the debug console at port 0xE9, and ends the run through the debug exit device at port 0xF4. */
#include "kernel.h"

static void out(uint16_t port, uint8_t value) {
  __asm__ volatile("outb %0, %1" : : "a"(value), "Nd"(port));
}

/* The number after "size=": a loader may put the kernel's own name before it. */
static uint32_t size(const char *line) {
  for (; *line; line++) {
    if (line[0] == 's' && line[1] == 'i' && line[2] == 'z' && line[3] == 'e' && line[4] == '=') {
      uint32_t number = 0;
      for (line += 5; *line >= '0' && *line <= '9'; line++) {
        number = number * 10 + (uint32_t)(*line - '0');
      }
      return number;
    }
  }
  return 0;
}

void main(const struct boot *boot) {
  uint32_t result = run(size((const char *)(uintptr_t)boot->command_line), boot);
  for (int shift = 28; shift >= 0; shift -= 4) {
    out(0xE9, (uint8_t)"0123456789abcdef"[result >> shift & 15]);
  }
  out(0xE9, '\n');
  out(0xF4, 16); /* exit code 33, which no failure has */
  for (;;) {
    __asm__ volatile("hlt");
  }
}
