/* Steps of the Mandelbrot set by the x87, in extended precision. */
#include "kernel.h"

#define WIDTH 32
#define HEIGHT 24
#define DEPTH 200

uint32_t run(uint32_t times, const struct boot *boot) {
  (void)boot;
  uint32_t sum = 0;
  while (times-- > 0) {
    long double shift = (int)(times % 8) / 64.0L;
    for (int y = 0; y < HEIGHT; y++) {
      long double ci = y * (2.0L / HEIGHT) - 1;
      for (int x = 0; x < WIDTH; x++) {
        long double cr = x * (3.0L / WIDTH) - 2 + shift, r = 0, i = 0;
        uint32_t depth = 0;
        while (depth < DEPTH && r * r + i * i <= 4) {
          long double next = r * r - i * i + cr;
          i = 2 * r * i + ci;
          r = next;
          depth++;
        }
        sum = mix(sum, depth);
      }
    }
  }
  return sum;
}
