/*
 * What our guest programs stand on: raw Linux system calls for i386 and x86-64, and printing. There is no C library,
 * so that a program is a few KB, and what it executes is what its source says.
 *
 * A program prints only what follows from its own computing: the same bytes on every correct processor.
 *
 * Sources: man pages syscall(2), clone(2), sigreturn(2), futex(2); the numbers are those of Linux's uapi headers.
 */
#ifndef GUEST_H
#define GUEST_H

typedef signed char i8;
typedef unsigned char u8;
typedef short i16;
typedef unsigned short u16;
typedef int i32;
typedef unsigned int u32;
typedef long long i64;
typedef unsigned long long u64;
typedef unsigned long word; /* as wide as a pointer */

#ifdef __i386__
#define PER_ARCHITECTURE(i386, amd64) i386
#else
#define PER_ARCHITECTURE(i386, amd64) amd64
#endif

/* The stack pointer, in assembly. */
#define SP PER_ARCHITECTURE("esp", "rsp")

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define NOINLINE __attribute__((noinline, noclone))

/* system calls */

#define SYS_exit PER_ARCHITECTURE(1, 60)
#define SYS_fork PER_ARCHITECTURE(2, 57)
#define SYS_read PER_ARCHITECTURE(3, 0)
#define SYS_write PER_ARCHITECTURE(4, 1)
#define SYS_open PER_ARCHITECTURE(5, 2)
#define SYS_close PER_ARCHITECTURE(6, 3)
#define SYS_execve PER_ARCHITECTURE(11, 59)
#define SYS_getpid PER_ARCHITECTURE(20, 39)
#define SYS_kill PER_ARCHITECTURE(37, 62)
#define SYS_pipe PER_ARCHITECTURE(42, 22)
#define SYS_munmap PER_ARCHITECTURE(91, 11)
#define SYS_setitimer PER_ARCHITECTURE(104, 38)
#define SYS_wait4 PER_ARCHITECTURE(114, 61)
#define SYS_clone PER_ARCHITECTURE(120, 56)
#define SYS_mprotect PER_ARCHITECTURE(125, 10)
#define SYS_sched_yield PER_ARCHITECTURE(158, 24)
#define SYS_mremap PER_ARCHITECTURE(163, 25)
#define SYS_rt_sigreturn PER_ARCHITECTURE(173, 15)
#define SYS_rt_sigaction PER_ARCHITECTURE(174, 13)
#define SYS_rt_sigprocmask PER_ARCHITECTURE(175, 14)
#define SYS_rt_sigpending PER_ARCHITECTURE(176, 127)
#define SYS_rt_sigsuspend PER_ARCHITECTURE(179, 130)
#define SYS_sigaltstack PER_ARCHITECTURE(186, 131)
#define SYS_mmap PER_ARCHITECTURE(192, 9) /* i386: mmap2, which counts in pages */
#define SYS_madvise PER_ARCHITECTURE(219, 28)
#define SYS_gettid PER_ARCHITECTURE(224, 186)
#define SYS_futex PER_ARCHITECTURE(240, 202)
#define SYS_sched_setaffinity PER_ARCHITECTURE(241, 203)
#define SYS_sched_getaffinity PER_ARCHITECTURE(242, 204)
#define SYS_set_thread_area 243 /* i386 */
#define SYS_arch_prctl 158      /* amd64 */
#define SYS_exit_group PER_ARCHITECTURE(252, 231)
#define SYS_epoll_ctl PER_ARCHITECTURE(255, 233)
#define SYS_epoll_wait PER_ARCHITECTURE(256, 232)
#define SYS_timer_create PER_ARCHITECTURE(259, 222)
#define SYS_timer_delete PER_ARCHITECTURE(263, 226)
#define SYS_timerfd_create PER_ARCHITECTURE(322, 283)
#define SYS_epoll_create1 PER_ARCHITECTURE(329, 291)
/* those with times: the i386 ones that take 64-bit seconds, so that one struct serves */
#define SYS_clock_gettime PER_ARCHITECTURE(403, 228)
#define SYS_clock_nanosleep PER_ARCHITECTURE(407, 230)
#define SYS_timer_settime PER_ARCHITECTURE(409, 223)
#define SYS_timerfd_settime PER_ARCHITECTURE(411, 286)
#define SYS_rt_sigtimedwait PER_ARCHITECTURE(421, 128)

#define EINTR 4
#define EAGAIN 11

static inline long syscall6(long number, long a, long b, long c, long d, long e, long f) {
  long result;
#ifdef __i386__
  __asm__ volatile(
      "pushl %[f]\n\t"
      "pushl %%ebp\n\t"
      "movl 4(%%esp), %%ebp\n\t"
      "int $0x80\n\t"
      "popl %%ebp\n\t"
      "addl $4, %%esp"
      : "=a"(result)
      : "a"(number), "b"(a), "c"(b), "d"(c), "S"(d), "D"(e), [f] "m"(f)
      : "memory", "cc");
#else
  register long r10 __asm__("r10") = d;
  register long r8 __asm__("r8") = e;
  register long r9 __asm__("r9") = f;
  __asm__ volatile("syscall"
                   : "=a"(result)
                   : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                   : "memory", "cc", "rcx", "r11");
#endif
  return result;
}

#define SYSCALL_FILL(number, a, b, c, d, e, f, ...) \
  syscall6(number, (long)(a), (long)(b), (long)(c), (long)(d), (long)(e), (long)(f))
/* A system call with as many arguments as it has; the others are 0. */
#define syscall(...) SYSCALL_FILL(__VA_ARGS__, 0, 0, 0, 0, 0, 0, 0)

struct timespec {
  i64 seconds;
  i64 nanoseconds;
};

/* memory */

void *memset(void *to, int value, word length);
void *memcpy(void *to, const void *from, word length);
int memcmp(const void *one, const void *other, word length);
word length_of(const char *text);

#define PAGE 4096
#define READ 1
#define WRITE 2
#define EXECUTE 4

/* Anonymous private memory at an address of the kernel's choice. */
void *map(word length, int protection);

/* printing: collected, and written by flush() and at the end */

void flush(void);
void text(const char *text);
void decimal(i64 value);
void hex(u64 value, int digits);
/* A line of a name and a number of so many hexadecimal digits. */
void line(const char *name, u64 value, int digits);
/* A line of a name and yes or no. */
void check(const char *name, int holds);
/* A line of a name and an 80-bit floating-point number, as bits. */
void line80(const char *name, const void *number);

/* Ends the whole program. */
void quit(int code) __attribute__((noreturn));

/* One step of a checksum over 64-bit values (FNV-1a, a byte at a time). */
u64 mix(u64 sum, u64 value);
#define MIX_START 0xCBF29CE484222325ull

/* The next of a sequence that looks random (xorshift64*); the state is never 0. */
u64 next_random(u64 *state);

/* signals */

#define SIGILL 4
#define SIGTRAP 5
#define SIGABRT 6
#define SIGBUS 7
#define SIGFPE 8
#define SIGKILL 9
#define SIGUSR1 10
#define SIGSEGV 11
#define SIGUSR2 12
#define SIGPIPE 13
#define SIGALRM 14
#define SIGCHLD 17
#define SIGVTALRM 26
#define SIGPROF 27

#define SA_SIGINFO 4u
#define SA_ONSTACK 0x08000000u
#define SA_NODEFER 0x40000000u

#define SIG_BLOCK 0
#define SIG_UNBLOCK 1
#define SIG_SETMASK 2

typedef void handler(int signal, void *info, word *context);

void catch_signal(int signal, handler *with, unsigned flags);
/* The bit of a signal in a set of 64. */
#define SIGNAL_BIT(signal) (1ull << ((signal) - 1))

/* Of siginfo_t. */
#define INFO_CODE(info) (((i32 *)(info))[2])
#define INFO_ADDRESS(info) (*(word *)((u8 *)(info) + PER_ARCHITECTURE(12, 16)))
#define INFO_VALUE(info) (*(i32 *)((u8 *)(info) + PER_ARCHITECTURE(20, 24)))

/* Registers in the ucontext that a handler gets, counted in words. */
#define CONTEXT_STACK PER_ARCHITECTURE(12, 20)
#define CONTEXT_ACCUMULATOR PER_ARCHITECTURE(16, 18)
#define CONTEXT_COUNTER PER_ARCHITECTURE(15, 19)
#define CONTEXT_TRAP PER_ARCHITECTURE(17, 25)
#define CONTEXT_ERROR PER_ARCHITECTURE(18, 24)
#define CONTEXT_INSTRUCTION PER_ARCHITECTURE(19, 21)
#define CONTEXT_FLAGS PER_ARCHITECTURE(21, 22)

/* Seconds and microseconds until the first SIGALRM and between the next ones; 0 stops it. */
void alarm_every(int which, long microseconds);

/* processors */

/* CPUID leaf 1: EDX in the low half, ECX in the high half. */
u64 cpu_features(void);
#define FEATURE_SSE (1ull << 25)
#define FEATURE_SSE2 (1ull << 26)
#define FEATURE_CX16 (1ull << (32 + 13))

/* What a program supplies; its result is the exit code. */
int main(int count, char **arguments, char **environment);

#endif
