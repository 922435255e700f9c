/*
 * Processes: fork, execve, wait and exit codes, pipes between many, deaths by signals; system calls by every way there
 * is; and processes with different contents of the x87 and SSE registers that take turns on one processor.
 */
#include "guest.h"

static const char *own_path;
static char **own_environment;

static long fork_flushed(void) {
  flush();
  return syscall(SYS_fork);
}

/* How a child ended: its exit code, or 0x100 and the signal. Whether there is a core is not ours to tell. */
static u32 wait_for(long child) {
  u32 status = 0;
  while (syscall(SYS_wait4, child, &status, 0, 0) == -EINTR) {
  }
  return (status & 0x7F) == 0 ? status >> 8 & 0xFF : 0x100 | (status & 0x7F);
}

static int read_fully(int from, void *to, word length) {
  word got = 0;
  while (got < length) {
    long step = syscall(SYS_read, from, (u8 *)to + got, length - got);
    if (step <= 0) {
      return 0;
    }
    got += (word)step;
  }
  return 1;
}

/* children that count their own children */

static u32 tree(int depth, u32 path) {
  u32 sum = path;
  if (depth > 0) {
    for (u32 i = 0; i < 2; i++) {
      long child = fork_flushed();
      if (child == 0) {
        quit((int)(tree(depth - 1, path * 2 + i + 1) & 0xFF));
      }
      sum += wait_for(child);
    }
  }
  return sum;
}

static void ends(void) {
  text("exit codes:");
  for (int i = 0; i < 256; i += 51) {
    long child = fork_flushed();
    if (child == 0) {
      quit(i);
    }
    text(" ");
    hex(wait_for(child), 3);
  }
  text("\nsignals:");
  static const int deadly[] = {SIGABRT, SIGKILL, SIGSEGV, SIGUSR1, SIGALRM};
  u64 no_core[2] = {0, 0};
  syscall(PER_ARCHITECTURE(75, 160), 4, no_core);
  for (word i = 0; i < COUNT(deadly); i++) {
    long child = fork_flushed();
    if (child == 0) {
      syscall(SYS_kill, syscall(SYS_getpid), deadly[i]);
      quit(0);
    }
    text(" ");
    hex(wait_for(child), 3);
  }
  static const char *names[] = {"UD2", "division", "HLT"};
  for (int i = 0; i < 3; i++) {
    long child = fork_flushed();
    if (child == 0) {
      switch (i) {
        case 0:
          __asm__ volatile("ud2");
          break;
        case 1:
          __asm__ volatile("xorl %%ecx, %%ecx\n\tdivl %%ecx" : : : "eax", "ecx", "edx", "cc");
          break;
        default:
          __asm__ volatile("hlt");
      }
      quit(0);
    }
    text(" ");
    text(names[i]);
    text(" ");
    hex(wait_for(child), 3);
  }
  text("\n");
  line("tree", tree(4, 1), 8);
}

/* a sieve: each process takes one prime's multiples out of what the one before it passes on */

static void sieve(void) {
  int first[2];
  syscall(SYS_pipe, first);
  long source = fork_flushed();
  if (source == 0) {
    syscall(SYS_close, first[0]);
    for (u32 i = 2; i < 120; i++) {
      syscall(SYS_write, first[1], &i, 4);
    }
    quit(0);
  }
  syscall(SYS_close, first[1]);
  int in = first[0];
  long children[64];
  int count = 0;
  text("primes:");
  u32 prime;
  while (read_fully(in, &prime, 4)) {
    text(" ");
    decimal(prime);
    int next[2];
    syscall(SYS_pipe, next);
    long child = fork_flushed();
    if (child == 0) {
      syscall(SYS_close, next[0]);
      u32 number;
      while (read_fully(in, &number, 4)) {
        if (number % prime != 0) {
          syscall(SYS_write, next[1], &number, 4);
        }
      }
      quit(0);
    }
    children[count++] = child;
    syscall(SYS_close, in);
    syscall(SYS_close, next[1]);
    in = next[0];
  }
  text("\n");
  u32 failed = wait_for(source);
  while (count > 0) {
    failed |= wait_for(children[--count]);
  }
  line("filters that failed", failed, 3);
}

/* the same program again, with arguments and environment */

static void execute(void) {
  long child = fork_flushed();
  if (child == 0) {
    char *arguments[] = {(char *)own_path, "again", "with \"blanks\"", "", "5", 0};
    char *environment[] = {"A=1", "B=two", 0};
    syscall(SYS_execve, own_path, arguments, environment);
    quit(99);
  }
  line("executed", wait_for(child), 3);
  child = fork_flushed();
  if (child == 0) {
    char *arguments[] = {"nothing", 0};
    quit((int)-syscall(SYS_execve, "/no/such/file", arguments, own_environment));
  }
  line("executed nothing", wait_for(child), 3);
}

static int executed(int count, char **arguments, char **environment) {
  for (int i = 1; i < count; i++) {
    text("[");
    text(arguments[i]);
    text("]");
  }
  for (int i = 0; environment[i] != 0; i++) {
    text(" ");
    text(environment[i]);
  }
  text("\n");
  if (arguments[4][0] > '1') {
    flush();
    arguments[4][0]--;
    syscall(SYS_execve, arguments[0], arguments, environment);
    quit(98);
  }
  return 42;
}

/* system calls by other ways than the usual one */

#ifdef __i386__
static void other_ways(void) {
  /* the kernel's own entry, which uses SYSENTER where there is one: AT_SYSINFO in the auxiliary vector */
  char **at = own_environment;
  while (*at++ != 0) {
  }
  word entry = 0;
  for (word *auxiliary = (word *)at; auxiliary[0] != 0; auxiliary += 2) {
    if (auxiliary[0] == 32) {
      entry = auxiliary[1];
    }
  }
  int same = entry != 0;
  long usual = syscall(SYS_getpid);
  for (int i = 0; same && i < 1000; i++) {
    long result;
    __asm__ volatile("call *%[entry]" : "=a"(result) : "0"(SYS_getpid), [entry] "r"(entry) : "memory", "cc");
    same &= result == usual;
  }
  check("by the kernel's own entry", same);
}
#else
/* 32-bit code in a 64-bit process: a far return into its segment, INT 80 there, and a far return back. */
static void other_ways(void) {
  u8 *low = (u8 *)syscall(SYS_mmap, 0, 2 * PAGE, READ | WRITE | EXECUTE, 0x62, -1, 0);
  static const u8 code[] = {
      0x8D, 0x46, 0x01,                         /* lea 1(%esi), %eax */
      0x40,                                     /* inc %eax: a prefix in 64-bit code */
      0x68, 0x78, 0x56, 0x34, 0x12,             /* push $0x12345678: four bytes */
      0x58 + 2,                                 /* pop %edx */
      0xB8, 0x14, 0x00, 0x00, 0x00, 0xCD, 0x80, /* getpid */
      0xCB,                                     /* lret: popped by what the caller pushed as two words of 4 bytes */
  };
  memcpy(low, code, sizeof code);
  word stack = (word)low + 2 * PAGE - 64;
  int same = 1;
  for (int i = 0; i < 300; i++) {
    word result = ~0ull;
    word popped = ~0ull;
    __asm__ volatile(
        "movq %%rsp, %%r12\n\t"
        "movq %[stack], %%rsp\n\t"
        "leaq 1f(%%rip), %%rcx\n\t"
        "movl %%ecx, (%%rsp)\n\t"
        "movl $0x33, 4(%%rsp)\n\t"
        "subq $8, %%rsp\n\t"
        "movl %[code], (%%rsp)\n\t"
        "movl $0x23, 4(%%rsp)\n\t"
        "lretl\n"
        "1:\tmovq %%r12, %%rsp"
        : "+a"(result), "+d"(popped)
        : [stack] "r"(stack), [code] "r"((u32)(word)low)
        : "rcx", "rsi", "rbx", "r8", "r9", "r10", "r11", "r12", "memory", "cc");
    same &= (i32)result == syscall(SYS_getpid) && popped == 0x12345678;
  }
  check("by 32-bit code", same);
  long result;
  __asm__ volatile("int $0x80" : "=a"(result) : "0"(20) : "memory", "cc", "r8", "r9", "r10", "r11");
  check("by INT 80", result == syscall(SYS_getpid));
}
#endif

/*
 * Several processes compute, each with its own rounding, precision and register contents; all on one processor, longer
 * than one turn. What is right they know from the parent, which computed it before it had children.
 */

static const u16 controls[] = {0x037F, 0x0C3F, 0x067F, 0x0A3F};
static const u32 mxcsrs[] = {0x1F80, 0x7F80, 0x3F80, 0x9F80};

static u64 compute(int which, int sse, u32 iterations) {
  static const double starts[] = {0.3, 0.41, 0.52, 0.63};
  static const double factor = 3.99;
  static const float singles[4] __attribute__((aligned(16))) = {1.5f, 0.7f, 3.0f, 1e-3f};
  static const float factors[4][4] __attribute__((aligned(16))) = {{0.9999f, 1.0001f, 0.9997f, 1.003f},
                                                                  {1.0002f, 0.9998f, 1.0001f, 0.999f},
                                                                  {0.9996f, 1.0002f, 1.0003f, 1.001f},
                                                                  {1.0004f, 0.9997f, 0.9999f, 0.998f}};
  static const u32 usual = 0x1F80;
  u64 sum = MIX_START;
  __asm__ volatile("fninit\n\tfldcw %0\n\tfld1\n\tfldl %1\n\tfldl %2"
                   : : "m"(controls[which]), "m"(factor), "m"(starts[which]));
  if (sse) {
    __asm__ volatile("ldmxcsr %0\n\tmovaps %1, %%xmm6\n\tmovaps %2, %%xmm7"
                     : : "m"(mxcsrs[which]), "m"(singles), "m"(*factors[which]));
  }
  for (u32 i = 0; i < iterations; i++) {
    __asm__ volatile("fld %st(0)\n\tfsubr %st(3), %st\n\tfmulp\n\tfmul %st(1), %st");
    if (sse) {
      __asm__ volatile("mulps %xmm7, %xmm6");
    }
    sum = sum * 6364136223846793005ull + i;
  }
  u64 bits[3] __attribute__((aligned(16))) = {0, 0, 0};
  __asm__ volatile("fstpl %0\n\tfninit" : "=m"(bits[2]));
  if (sse) {
    __asm__ volatile("movaps %%xmm6, %0\n\tldmxcsr %1" : "=m"(bits) : "m"(usual) : "memory");
  }
  return mix(mix(mix(sum, bits[0]), bits[1]), bits[2]);
}

static void turns(void) {
  int sse = (cpu_features() & FEATURE_SSE) != 0;
  u64 wanted[4];
  u64 with_sse[4];
  for (int i = 0; i < 4; i++) {
    wanted[i] = compute(i, 0, 3000);
    with_sse[i] = compute(i, sse, 3000);
    line("computed alone", wanted[i], 16);
  }
  u64 processors[16] = {0};
  syscall(SYS_sched_getaffinity, 0, sizeof processors, processors);
  u64 one[16] = {0};
  for (int i = 0; i < 16 && one[i] == 0; i++) {
    one[i] = processors[i] & -processors[i];
    if (one[i] != 0) {
      break;
    }
  }
  syscall(SYS_sched_setaffinity, 0, sizeof one, one);
  long children[4];
  for (int i = 0; i < 4; i++) {
    children[i] = fork_flushed();
    if (children[i] == 0) {
      u32 wrong = 0;
      for (int run = 0; run < 150; run++) {
        wrong |= compute(i, 0, 3000) != wanted[i];
        wrong |= (u32)(compute(i, sse, 3000) != with_sse[i]) << 1;
        if (run % 16 == 0) {
          syscall(SYS_sched_yield);
        }
      }
      quit((int)wrong);
    }
  }
  for (int i = 0; i < 4; i++) {
    line("wrong in turns", wait_for(children[i]), 3);
  }
}

int main(int count, char **arguments, char **environment) {
  own_path = arguments[0];
  own_environment = environment;
  if (count == 5) {
    return executed(count, arguments, environment);
  }
  ends();
  sieve();
  execute();
  other_ways();
  turns();
  return 0;
}
