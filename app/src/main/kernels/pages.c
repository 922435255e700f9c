/* Writes page tables and uses what they map: pages are moved with INVLPG and with a new CR3, mapped on
 * demand by the handler of their page fault, protected and made writable again by it, and looked at for
 * their accessed and dirty bits. Every change is followed by what the architecture asks for. */
#include "kernel.h"

#define WINDOW 0x10000000u /* behind all that start.S maps: the 65th table */
#define PAGES 256u
#define FRAMES 512u
#define PRESENT 1u
#define WRITABLE 2u
#define ACCESSED 0x20u
#define DIRTY 0x40u

extern uint32_t page_directory[1024];

static uint32_t table[1024] __attribute__((aligned(4096)));
static uint64_t idt[15];
static uint32_t faults;

struct frame;

static uint32_t frame(uint32_t number) {
  return (uint32_t)HEAP + (number % FRAMES) * 4096;
}

static volatile uint32_t *page(uint32_t number) {
  return (volatile uint32_t *)(WINDOW + number * 4096);
}

static void flush(uint32_t number) {
  __asm__ volatile("invlpg (%0)" : : "r"(page(number)) : "memory");
}

static void flush_all(void) {
  __asm__ volatile("mov %0, %%cr3" : : "r"(page_directory) : "memory");
}

/* Maps a page that is missing, and lets a protected one be written. */
__attribute__((interrupt)) static void page_fault(struct frame *interrupted, unsigned error) {
  (void)interrupted;
  uint32_t address;
  __asm__ volatile("mov %%cr2, %0" : "=r"(address));
  uint32_t number = (address - WINDOW) / 4096;
  table[number] = error & PRESENT ? table[number] | WRITABLE : frame(number * 7 + faults) | WRITABLE | PRESENT;
  flush(number);
  faults++;
}

static void take_faults(void) {
  uint32_t handler = (uint32_t)page_fault;
  idt[14] = (uint64_t)(handler >> 16) << 48 | 0x8E00ull << 32 | 8u << 16 | (handler & 0xFFFF);
  struct __attribute__((packed)) {
    uint16_t limit;
    uint32_t base;
  } pointer = {sizeof idt - 1, (uint32_t)idt};
  __asm__ volatile("lidt %0" : : "m"(pointer));
}

static uint32_t moved(uint32_t round, uint32_t sum) {
  for (uint32_t i = 0; i < PAGES; i++) {
    table[i] = frame(i * 3 + round) | WRITABLE | PRESENT;
    flush(i);
    *page(i) += i + round;
    sum = mix(sum, page(i)[1]);
  }
  return sum;
}

static uint32_t moved_together(uint32_t round, uint32_t sum) {
  for (uint32_t i = 0; i < PAGES; i++) {
    table[i] = frame(i * 5 + round) | WRITABLE | PRESENT;
  }
  flush_all();
  for (uint32_t i = 0; i < PAGES; i++) {
    sum = mix(sum, page(i)[0]);
    page(i)[1] = sum;
  }
  return sum;
}

static uint32_t demanded(uint32_t sum) {
  for (uint32_t i = 0; i < PAGES; i += 2) {
    table[i] = 0;
    flush(i);
  }
  for (uint32_t i = 0; i < PAGES; i++) {
    sum = mix(sum, page(i)[1]);
  }
  for (uint32_t i = 1; i < PAGES; i += 2) {
    table[i] &= ~WRITABLE;
    flush(i);
    page(i)[2] = sum;
  }
  return sum;
}

static uint32_t aged(uint32_t round, uint32_t sum) {
  for (uint32_t i = 0; i < PAGES; i++) {
    table[i] &= ~(ACCESSED | DIRTY);
    flush(i);
  }
  for (uint32_t i = round % 3; i < PAGES; i += 3) {
    sum += page(i)[2];
    if (i % 2) {
      page(i)[3] = sum;
    }
  }
  for (uint32_t i = 0; i < PAGES; i++) {
    sum = mix(sum, table[i] & (ACCESSED | DIRTY));
  }
  return sum;
}

uint32_t run(uint32_t times, const struct boot *boot) {
  (void)boot;
  take_faults();
  for (uint32_t i = 0; i < FRAMES * 1024; i++) {
    ((uint32_t *)HEAP)[i] = i;
  }
  page_directory[WINDOW >> 22] = (uint32_t)table | WRITABLE | PRESENT;
  uint32_t sum = 0;
  for (uint32_t round = 0; round < times; round++) {
    sum = moved(round, sum);
    sum = moved_together(round, sum);
    sum = demanded(sum);
    sum = aged(round, sum);
    sum = mix(sum, faults);
  }
  return sum;
}
