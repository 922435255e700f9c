/* The common part of all guest programs: see guest.h. */
#include "guest.h"

#ifdef __i386__
__asm__(
    ".globl _start\n"
    "_start:\n\t"
    "xorl %ebp, %ebp\n\t"
    "movl %esp, %eax\n\t"
    "andl $-16, %esp\n\t"
    "subl $12, %esp\n\t"
    "pushl %eax\n\t"
    "call start\n"
    ".globl return_from_signal\n"
    "return_from_signal:\n\t"
    "movl $173, %eax\n\t"
    "int $0x80\n");
#else
__asm__(
    ".globl _start\n"
    "_start:\n\t"
    "xorl %ebp, %ebp\n\t"
    "movq %rsp, %rdi\n\t"
    "andq $-16, %rsp\n\t"
    "call start\n"
    ".globl return_from_signal\n"
    "return_from_signal:\n\t"
    "movl $15, %eax\n\t"
    "syscall\n");
#endif

extern char return_from_signal[];

static char output[8192];
static word filled;

void start(word *stack) {
  char **arguments = (char **)(stack + 1);
  quit(main((int)stack[0], arguments, arguments + stack[0] + 1));
}

void quit(int code) {
  flush();
  syscall(SYS_exit_group, code);
  __builtin_unreachable();
}

void *memset(void *to, int value, word length) {
  u8 *at = to;
  while (length-- > 0) {
    *at++ = (u8)value;
  }
  return to;
}

void *memcpy(void *to, const void *from, word length) {
  u8 *at = to;
  const u8 *source = from;
  while (length-- > 0) {
    *at++ = *source++;
  }
  return to;
}

int memcmp(const void *one, const void *other, word length) {
  const u8 *a = one;
  const u8 *b = other;
  for (word i = 0; i < length; i++) {
    if (a[i] != b[i]) {
      return a[i] < b[i] ? -1 : 1;
    }
  }
  return 0;
}

word length_of(const char *text) {
  word length = 0;
  while (text[length] != 0) {
    length++;
  }
  return length;
}

void *map(word length, int protection) {
  long address = syscall(SYS_mmap, 0, length, protection, 0x22, -1, 0);
  if ((word)address >= (word)-4095) {
    text("no memory\n");
    quit(2);
  }
  return (void *)address;
}

void flush(void) {
  word written = 0;
  while (written < filled) {
    long step = syscall(SYS_write, 1, output + written, filled - written);
    if (step <= 0 && step != -EINTR) {
      syscall(SYS_exit_group, 3);
    }
    written += step > 0 ? (word)step : 0;
  }
  filled = 0;
}

static void character(char c) {
  if (filled == sizeof output) {
    flush();
  }
  output[filled++] = c;
}

void text(const char *text) {
  while (*text != 0) {
    character(*text++);
  }
}

void decimal(i64 value) {
  u64 rest = value < 0 ? -(u64)value : (u64)value;
  char digits[20];
  int count = 0;
  do {
    digits[count++] = (char)('0' + rest % 10);
    rest /= 10;
  } while (rest != 0);
  if (value < 0) {
    character('-');
  }
  while (count > 0) {
    character(digits[--count]);
  }
}

void hex(u64 value, int digits) {
  while (digits-- > 0) {
    character("0123456789abcdef"[value >> (4 * digits) & 15]);
  }
}

void line(const char *name, u64 value, int digits) {
  text(name);
  text(": ");
  hex(value, digits);
  text("\n");
}

void check(const char *name, int holds) {
  text(name);
  text(holds ? ": yes\n" : ": NO\n");
}

void line80(const char *name, const void *number) {
  u16 exponent;
  u64 mantissa;
  memcpy(&mantissa, number, 8);
  memcpy(&exponent, (const u8 *)number + 8, 2);
  text(name);
  text(": ");
  hex(exponent, 4);
  text(".");
  hex(mantissa, 16);
  text("\n");
}

u64 mix(u64 sum, u64 value) {
  for (int i = 0; i < 8; i++) {
    sum = (sum ^ (value >> 8 * i & 255)) * 0x100000001B3ull;
  }
  return sum;
}

u64 next_random(u64 *state) {
  u64 x = *state;
  x ^= x >> 12;
  x ^= x << 25;
  x ^= x >> 27;
  *state = x;
  return x * 0x2545F4914F6CDD1Dull;
}

struct action {
  handler *with;
  word flags;
  void *restorer;
  u64 mask;
};

void catch_signal(int signal, handler *with, unsigned flags) {
  struct action action = {with, flags | SA_SIGINFO | 0x04000000u, return_from_signal, 0};
  syscall(SYS_rt_sigaction, signal, &action, 0, 8);
}

void alarm_every(int which, long microseconds) {
  long value[4] = {0, microseconds, 0, microseconds};
  syscall(SYS_setitimer, which, value, 0);
}

u64 cpu_features(void) {
  u32 a = 1;
  u32 b;
  u32 c = 0;
  u32 d;
  __asm__("cpuid" : "+a"(a), "=b"(b), "+c"(c), "=d"(d));
  return (u64)c << 32 | d;
}

#ifdef __i386__
/*
 * 64-bit division, which the compiler calls on i386: shift and subtract, or two of the processor's 32-bit divisions
 * where the divisor is short.
 */
static NOINLINE u64 divide(u64 dividend, u64 divisor, u64 *remainder) {
  if (divisor >> 32 == 0) {
    u32 by = (u32)divisor;
    u32 high = (u32)(dividend >> 32) / by;
    u32 rest = (u32)(dividend >> 32) % by;
    u32 low;
    __asm__("divl %[by]" : "=a"(low), "+d"(rest) : "0"((u32)dividend), [by] "rm"(by) : "cc");
    *remainder = rest;
    return (u64)high << 32 | low;
  }
  u64 quotient = 0;
  u64 rest = dividend >> 32;
  u32 low = (u32)dividend;
  for (int i = 0; i < 32; i++) {
    int carry = rest >> 63 != 0;
    rest = rest << 1 | low >> 31;
    low <<= 1;
    quotient <<= 1;
    if (carry || rest >= divisor) {
      rest -= divisor;
      quotient |= 1;
    }
  }
  *remainder = rest;
  return quotient;
}

u64 __udivmoddi4(u64 dividend, u64 divisor, u64 *remainder) {
  return divide(dividend, divisor, remainder);
}

i64 __divmoddi4(i64 dividend, i64 divisor, i64 *remainder) {
  u64 rest;
  u64 quotient = divide(dividend < 0 ? -(u64)dividend : (u64)dividend,
                        divisor < 0 ? -(u64)divisor : (u64)divisor, &rest);
  *remainder = dividend < 0 ? -(i64)rest : (i64)rest;
  return (dividend < 0) == (divisor < 0) ? (i64)quotient : -(i64)quotient;
}

u64 __udivdi3(u64 dividend, u64 divisor) {
  u64 rest;
  return divide(dividend, divisor, &rest);
}

u64 __umoddi3(u64 dividend, u64 divisor) {
  u64 rest;
  divide(dividend, divisor, &rest);
  return rest;
}
#endif
