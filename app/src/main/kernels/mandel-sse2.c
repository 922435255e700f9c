/* Steps of the Mandelbrot set by SSE2: two points at once in packed doubles, then the same in scalar ones. */
#include "kernel.h"

#define WIDTH 64
#define HEIGHT 48
#define DEPTH 200

typedef double pair __attribute__((vector_size(16)));
typedef long long mask __attribute__((vector_size(16)));

static uint32_t packed(double x, double dx, double y) {
  pair cr = {x, x + dx}, ci = {y, y}, r = {0, 0}, i = {0, 0}, four = {4, 4};
  mask steps = {0, 0};
  for (int depth = 0; depth < DEPTH; depth++) {
    pair r2 = r * r, i2 = i * i;
    mask inside = r2 + i2 <= four;
    if (__builtin_ia32_movmskpd((pair)inside) == 0) {
      break;
    }
    steps -= inside;
    i = (r + r) * i + ci;
    r = r2 - i2 + cr;
  }
  return (uint32_t)steps[0] << 16 | (uint32_t)steps[1];
}

static uint32_t scalar(double cr, double ci) {
  double r = 0, i = 0;
  uint32_t depth = 0;
  while (depth < DEPTH && r * r + i * i <= 4) {
    double next = r * r - i * i + cr;
    i = 2 * r * i + ci;
    r = next;
    depth++;
  }
  return depth;
}

uint32_t run(uint32_t times, const struct boot *boot) {
  (void)boot;
  uint32_t sum = 0;
  while (times-- > 0) {
    double dx = 3.0 / WIDTH, dy = 2.0 / HEIGHT, shift = (int)(times % 8) / 64.0;
    for (int y = 0; y < HEIGHT; y++) {
      for (int x = 0; x < WIDTH; x += 2) {
        sum = mix(sum, packed(x * dx - 2 + shift, dx, y * dy - 1));
      }
      for (int x = 0; x < WIDTH; x += 4) {
        sum = mix(sum, scalar(x * dx - 2 + shift, y * dy - 1));
      }
    }
  }
  return sum;
}
