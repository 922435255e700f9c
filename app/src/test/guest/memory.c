/*
 * Memory: mapping, protecting, moving and dropping pages, copy on write after fork, code that is written while it runs,
 * and accesses across pages.
 */
#include "guest.h"

static u64 sum_of(const void *from, word length) {
  u64 sum = MIX_START;
  for (word i = 0; i + 8 <= length; i += 8) {
    sum = mix(sum, *(const u64 *)((const u8 *)from + i));
  }
  return sum;
}

static void fill(void *to, word length, u64 seed) {
  for (word i = 0; i + 8 <= length; i += 8) {
    *(u64 *)((u8 *)to + i) = next_random(&seed);
  }
}

static void mappings(void) {
  u8 *area = map(64 * PAGE, READ | WRITE);
  check("new memory is zero", sum_of(area, 64 * PAGE) == sum_of(map(64 * PAGE, READ), 64 * PAGE));
  fill(area, 64 * PAGE, 21);
  line("filled", sum_of(area, 64 * PAGE), 16);
  /* grown, so that it has to move, with its content */
  u8 *blocker = (u8 *)syscall(SYS_mmap, area + 64 * PAGE, PAGE, READ, 0x22, -1, 0);
  u8 *grown = (u8 *)syscall(SYS_mremap, area, 64 * PAGE, 1024 * PAGE, 1);
  check("moved", grown != area && blocker != 0);
  line("moved content", sum_of(grown, 64 * PAGE), 16);
  u8 *fixed = map(16 * PAGE, READ);
  check("moved to where it was wanted",
        (u8 *)syscall(SYS_mremap, grown + 8 * PAGE, 16 * PAGE, 16 * PAGE, 3, fixed) == fixed);
  line("content there", sum_of(fixed, 16 * PAGE), 16);
  check("dropped", syscall(SYS_madvise, fixed + 4 * PAGE, 2 * PAGE, 4) == 0);
  line("content with a hole", sum_of(fixed, 16 * PAGE), 16);
  /* what is unmapped and mapped again is zero again, without a stale translation */
  int fresh = 1;
  for (int i = 0; i < 200; i++) {
    u8 *page = (u8 *)syscall(SYS_mmap, fixed, PAGE, READ | WRITE, 0x32, -1, 0);
    fresh &= page == fixed && *(volatile u64 *)page == 0 && *(volatile u64 *)(page + PAGE - 8) == 0;
    *(volatile u64 *)page = ~0ull;
    *(volatile u64 *)(page + PAGE - 8) = ~0ull;
  }
  check("mapped again and again", fresh);
  /* two views of the same pages, through a file that is none */
  u8 *shared = (u8 *)syscall(SYS_mmap, 0, 2 * PAGE, READ | WRITE, 0x21, -1, 0);
  u8 *view = (u8 *)syscall(SYS_mremap, shared, 0, 2 * PAGE, 1);
  int same = view != shared;
  for (int i = 0; i < 2 * PAGE; i += 61) {
    *(volatile u8 *)(i & 64 ? shared + i : view + i) = (u8)i;
    same &= *(volatile u8 *)(i & 64 ? view + i : shared + i) == (u8)i;
  }
  check("two views of a page", same);
}

static void crossings(void) {
  u8 *area = map(4 * PAGE, READ | WRITE);
  u64 state = 22;
  u64 sum = MIX_START;
  for (int i = -16; i <= 16; i++) {
    u8 *at = area + PAGE + i;
    *(volatile u64 *)at = next_random(&state);
    *(volatile u32 *)(at + PAGE) += (u32) * (volatile u64 *)(at - 3);
    __asm__ volatile("lock addl %1, %0" : "+m"(*(u32 *)at) : "r"((u32)next_random(&state)) : "cc");
    word from = (word)at - 5;
    word to = (word)at + 2 * PAGE - 9;
    word count = 31;
    __asm__ volatile("rep movsb" : "+S"(from), "+D"(to), "+c"(count) : : "memory");
    sum = mix(mix(sum, *(volatile u64 *)(at - 3)), *(volatile u16 *)(area + PAGE - 1));
  }
  line("across pages", mix(sum, sum_of(area, 4 * PAGE)), 16);
}

static void copies_on_write(void) {
  u8 *area = map(256 * PAGE, READ | WRITE);
  fill(area, 256 * PAGE, 23);
  u64 before = sum_of(area, 256 * PAGE);
  int ends[2];
  syscall(SYS_pipe, ends);
  for (int child = 0; child < 3; child++) {
    flush();
    if (syscall(SYS_fork) == 0) {
      for (int page = child; page < 256; page += 3) {
        area[page * PAGE + child] ^= 0x55;
        __asm__ volatile("lock incl %0" : "+m"(*(u32 *)(area + page * PAGE + 64)) : : "cc");
      }
      u64 sum = sum_of(area, 256 * PAGE);
      syscall(SYS_write, ends[1], &sum, 8);
      quit(0);
    }
    syscall(SYS_wait4, -1, 0, 0, 0);
    u64 sum = 0;
    syscall(SYS_read, ends[0], &sum, 8);
    line("a child's copy", sum, 16);
  }
  check("the parent's copy is as it was", before == sum_of(area, 256 * PAGE));
}

/* Functions int(int), put together from bytes that do the same in both modes: mov $imm, %eax; add, sub or xor; ret. */
static void put_code(u8 *at, u32 constant, u8 operation, u32 operand) {
  at[0] = 0xB8;
  memcpy(at + 1, &constant, 4);
  at[5] = operation;
  memcpy(at + 6, &operand, 4);
  at[10] = 0xC3;
}

static u32 call(void *code) { return ((u32(*)(void))code)(); }

static void written_code(void) {
  static const u8 operations[] = {0x05, 0x2D, 0x35, 0x0D, 0x25};
  u8 *area = map(2 * PAGE, READ | WRITE | EXECUTE);
  u64 state = 24;
  u64 sum = MIX_START;
  int right = 1;
  for (int i = 0; i < 3000; i++) {
    u32 a = (u32)next_random(&state);
    u32 b = (u32)next_random(&state);
    int operation = (int)(next_random(&state) % 5);
    /* some lie across the pages' border */
    u8 *at = area + PAGE - 11 + next_random(&state) % 16;
    put_code(at, a, operations[operation], b);
    u32 result = call(at);
    u32 wanted[] = {a + b, a - b, a ^ b, a | b, a & b};
    right &= result == wanted[operation];
    memcpy(at + 1, &b, 4); /* changed after it ran */
    sum = mix(mix(sum, result), call(at));
  }
  check("written code does what it says", right);
  line("written code", sum, 16);
  /* through another view of the page, written there and executed here */
  u8 *code = (u8 *)syscall(SYS_mmap, 0, PAGE, READ | WRITE | EXECUTE, 0x21, -1, 0);
  u8 *view = (u8 *)syscall(SYS_mremap, code, 0, PAGE, 1);
  sum = MIX_START;
  for (u32 i = 0; i < 500; i++) {
    put_code(view + 32, i, 0x05, i * i);
    sum = mix(sum, call(code + 32));
  }
  line("written through another view", sum, 16);
  /* a loop that changes its own next instruction: inc, dec or nothing, in turn */
  static const u8 loop[] = {
      0x31, 0xC0,                   /* xor %eax, %eax */
      0xB9, 0xE8, 0x03, 0x00, 0x00, /* mov $1000, %ecx */
      0x80, 0x77, 0x0C, 0x28,       /* xorb $0x28, 12(rdi): add <-> sub, the opcode at offset 12 below */
      0x90,                         /* nop */
      0x01, 0xC8,                   /* add %ecx, %eax */
      0x49, 0x75, 0xF6,             /* dec %ecx (i386); jnz to the xorb */
      0xC3,
  };
  u8 *self = area + 100;
  memcpy(self, loop, sizeof loop);
#ifdef __x86_64__
  /* 0x49 is a prefix here: sub $1, %ecx takes its place */
  static const u8 tail[] = {0x83, 0xE9, 0x01, 0x75, 0xF4, 0xC3};
  memcpy(self + 14, tail, sizeof tail);
#endif
  u32 result;
  __asm__ volatile("call *%[code]" : "=a"(result) : [code] "r"(self), "D"(self) : "ecx", "cc", "memory");
  line("a loop that changes itself", result, 8);
}

/* A page becomes writable, executable and neither in turn, each time after it was used otherwise. */
static void protections(void) {
  u8 *page = map(PAGE, READ | WRITE);
  int ends[2];
  syscall(SYS_pipe, ends);
  u64 sum = MIX_START;
  for (u32 i = 0; i < 200; i++) {
    syscall(SYS_mprotect, page, PAGE, READ | WRITE);
    put_code(page, i, 0x35, i << 8);
    syscall(SYS_mprotect, page, PAGE, READ | EXECUTE);
    sum = mix(sum, call(page));
    syscall(SYS_mprotect, page, PAGE, 0);
    long result = syscall(SYS_write, ends[1], page, 1); /* the kernel finds it unreadable */
    sum = mix(sum, (u64)(i64)result);
  }
  line("protections", sum, 16);
}

int main(int count, char **arguments, char **environment) {
  (void)count, (void)arguments, (void)environment;
  mappings();
  crossings();
  copies_on_write();
  written_code();
  protections();
  return 0;
}
