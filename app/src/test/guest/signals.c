/*
 * Signals: every processor exception that Linux turns into one, with its code, vector, error code and address; faults
 * that are repaired and go on; nested signals, masks, an alternate stack, a return to elsewhere; alarms that interrupt a
 * computation in integers and in the x87 and change nothing in it.
 */
#include "guest.h"

/* an attempt: a function that is left, at its first signal, as if by longjmp */

static volatile word seen[7];
static word saved_stack;
static word base_address; /* what fault addresses are counted from */
static word code_address; /* what instruction addresses are counted from, if not from the function */

int attempt_raw(void (*what)(void), word *stack);
extern char attempt_ended[];
#ifdef __i386__
__asm__(
    "attempt_raw:\n\t"
    "pushl %ebx\n\tpushl %esi\n\tpushl %edi\n\tpushl %ebp\n\t"
    "movl 24(%esp), %eax\n\tmovl %esp, (%eax)\n\t"
    "call *20(%esp)\n\t"
    "xorl %eax, %eax\n"
    "attempt_ended:\n\t"
    "popl %ebp\n\tpopl %edi\n\tpopl %esi\n\tpopl %ebx\n\tret\n");
#else
__asm__(
    "attempt_raw:\n\t"
    "pushq %rbx\n\tpushq %rbp\n\tpushq %r12\n\tpushq %r13\n\tpushq %r14\n\tpushq %r15\n\tsubq $8, %rsp\n\t"
    "movq %rsp, (%rsi)\n\t"
    "call *%rdi\n\t"
    "xorl %eax, %eax\n"
    "attempt_ended:\n\t"
    "addq $8, %rsp\n\tpopq %r15\n\tpopq %r14\n\tpopq %r13\n\tpopq %r12\n\tpopq %rbp\n\tpopq %rbx\n\tret\n");
#endif

static void leave(int signal, void *info, word *context) {
  /* the flag for alignment checks, which one attempt sets, is still on */
  __asm__ volatile("pushf\n\tandl $~0x40000, (%%" SP ")\n\tpopf" : : : "cc", "memory");
  seen[0] = (word)signal;
  seen[1] = (word)INFO_CODE(info);
  seen[2] = context[CONTEXT_TRAP];
  seen[3] = context[CONTEXT_ERROR];
  seen[4] = INFO_ADDRESS(info);
  seen[5] = context[CONTEXT_INSTRUCTION];
  context[CONTEXT_STACK] = saved_stack;
  context[CONTEXT_INSTRUCTION] = (word)attempt_ended;
  context[CONTEXT_ACCUMULATOR] = 1;
  context[CONTEXT_FLAGS] &= ~(word)0x40500; /* AC, TF, DF */
}

/* That it was a fetch is told only with NX or SMEP, which a 32-bit kernel need not use. */
#define FAULT_BITS PER_ARCHITECTURE(0xFFEFu, 0xFFFFu)

static void attempt(const char *name, void (*what)(void), int has_address) {
  text(name);
  if (attempt_raw(what, &saved_stack) == 0) {
    text(": nothing happened\n");
    return;
  }
  text(": signal ");
  decimal((i64)seen[0]);
  text(", code ");
  decimal((i32)seen[1]);
  text(", vector ");
  decimal((i64)seen[2]);
  text(", error ");
  hex(seen[2] == 14 ? seen[3] & FAULT_BITS : seen[3], 4);
  text(", at ");
  hex(seen[5] - (code_address ? code_address : (word)what), 4);
  if (has_address) {
    text(", address ");
    hex(seen[4] - base_address, 8);
  }
  text("\n");
}

/* functions that fail, in assembly, so that the address is of their own making */
#define FAILS(name, code) \
  void name(void);        \
  __asm__(#name ":\n\t" code "\n\tret\n")

#ifdef __i386__
#define AREA "movl area, %ecx\n\t"
#define AT "(%ecx)"
#else
#define AREA "movq area, %rcx\n\t"
#define AT "(%rcx)"
#endif

u8 *area; /* pages: readable, not there, unreadable, read-only, usual */
u32 short_bounds[2] = {1, 2};

FAILS(divides_by_zero, "xorl %ecx, %ecx\n\tmovl $1, %eax\n\tcltd\n\tidivl %ecx");
FAILS(divides_too_much, "movl $-1, %ecx\n\tmovl $0x80000000, %eax\n\tcltd\n\tidivl %ecx");
FAILS(divides_bytes, "movl $0x1000, %eax\n\tmovb $2, %cl\n\tdivb %cl");
FAILS(undefined, "nop\n\tud2");
FAILS(breakpoint, "nop\n\tint3\n\tnop");
FAILS(reads_nothing, AREA "addl $4097, %ecx\n\tmovl " AT ", %eax");
FAILS(writes_nothing, AREA "movb $1, 4099" AT);
FAILS(updates_nothing, AREA "lock incl 4100" AT);
FAILS(reads_unreadable, AREA "movb 8192" AT ", %al");
FAILS(writes_read_only, AREA "addl $1, 12290" AT);
FAILS(across_pages, AREA "movl $7, 4094" AT);
FAILS(executes_nothing, AREA "addl $4096, %ecx\n\tjmp *%" PER_ARCHITECTURE("ecx", "rcx"));
FAILS(privileged, "hlt");
FAILS(port, "movl $0x80, %edx\n\tinb %dx, %al");
FAILS(interrupts_off, "cli");
FAILS(control_register, "mov %cr0, %" PER_ARCHITECTURE("eax", "rax"));
FAILS(bad_selector, "movl $0x1234, %eax\n\tmovw %ax, %es");
FAILS(null_stack_selector, "xorl %eax, %eax\n\tmovw %ax, %ss");
FAILS(software_interrupt, "int $0x41");
FAILS(unaligned, AREA
      "pushf\n\torl $0x40000, (%" SP ")\n\tpopf\n\tmovl 1" AT ", %eax");
FAILS(lock_prefix, ".byte 0xF0\n\tnop");
FAILS(too_long, ".fill 15, 1, 0x66\n\tnop");
#ifdef __i386__
FAILS(overflow, "movb $0x7F, %al\n\taddb $1, %al\n\tinto");
FAILS(bounds, "movl $3, %eax\n\tbound %eax, short_bounds");
#else
FAILS(not_canonical, "movabsq $0x1234567800000000, %rcx\n\tmovb (%rcx), %al");
FAILS(not_canonical_stack, "movq %rsp, %rdx\n\tmovabsq $0x1234567800000000, %rsp\n\tpushq %rax");
FAILS(not_executable, AREA "addq $0x4000, %rcx\n\tjmp *%rcx");
FAILS(no_longer_there, ".byte 0x06");
#endif

static u8 other_stack[32768] __attribute__((aligned(16)));

static void exceptions(void) {
  struct {
    void *base;
    i32 flags;
    word size;
  } stack = {other_stack, 0, sizeof other_stack};
  syscall(SYS_sigaltstack, &stack, 0);
  area = map(5 * PAGE, READ | WRITE);
  memset(area, 1, 5 * PAGE);
  syscall(SYS_munmap, area + PAGE, PAGE);
  syscall(SYS_mprotect, area + 2 * PAGE, PAGE, 0);
  syscall(SYS_mprotect, area + 3 * PAGE, PAGE, READ);
  static const int caught[] = {SIGILL, SIGTRAP, SIGBUS, SIGFPE, SIGSEGV};
  for (word i = 0; i < COUNT(caught); i++) {
    catch_signal(caught[i], leave, SA_NODEFER | SA_ONSTACK);
  }
  base_address = (word)divides_by_zero;
  attempt("division by zero", divides_by_zero, 1);
  base_address = (word)divides_too_much;
  attempt("quotient too large", divides_too_much, 1);
  base_address = (word)divides_bytes;
  attempt("quotient of bytes too large", divides_bytes, 1);
  base_address = (word)undefined;
  attempt("undefined instruction", undefined, 1);
  attempt("breakpoint", breakpoint, 0);
  base_address = (word)area;
  attempt("read of no page", reads_nothing, 1);
  attempt("write to no page", writes_nothing, 1);
  attempt("update of no page", updates_nothing, 1);
  attempt("read of a protected page", reads_unreadable, 1);
  attempt("write to a read-only page", writes_read_only, 1);
  attempt("write across pages", across_pages, 1);
  code_address = (word)area;
  attempt("execution of no page", executes_nothing, 1);
  code_address = 0;
  attempt("HLT", privileged, 0);
  attempt("IN", port, 0);
  attempt("CLI", interrupts_off, 0);
  attempt("CR0", control_register, 0);
  attempt("selector of no segment", bad_selector, 0);
  attempt("null selector of the stack", null_stack_selector, 0);
  attempt("INT 41", software_interrupt, 0);
  attempt("unaligned read", unaligned, 0);
  attempt("LOCK NOP", lock_prefix, 0);
  attempt("sixteen bytes", too_long, 0);
#ifdef __i386__
  attempt("INTO", overflow, 0);
  attempt("BOUND", bounds, 0);
#else
  attempt("no address", not_canonical, 0);
  attempt("no address of a stack", not_canonical_stack, 0);
  base_address = (word)area;
  code_address = (word)area;
  attempt("execution of data", not_executable, 1);
  code_address = 0;
  attempt("PUSH ES", no_longer_there, 0);
#endif
}

#define DROP_TWO PER_ARCHITECTURE("addl $8, %esp", "addq $16, %rsp")

/* x87 exceptions that are let through come at the next waiting instruction */

FAILS(float_division, "fninit\n\tpushf\n\tpushf\n\tfnstcw (%" SP ")\n\tandb $~4, (%" SP ")\n\tfldcw (%" SP ")\n\tfld1\n\tfldz\n\tfdivrp\n\t"
      "nop\n\tfwait\n\tnop\n\t" DROP_TWO);
FAILS(float_invalid, "fninit\n\tpushf\n\tpushf\n\tfnstcw (%" SP ")\n\tandb $~1, (%" SP ")\n\tfldcw (%" SP ")\n\tfld1\n\tfchs\n\tfsqrt\n\t"
      "nop\n\tfld1\n\tnop\n\t" DROP_TWO);
FAILS(float_inexact, "fninit\n\tpushf\n\tpushf\n\tfnstcw (%" SP ")\n\tandb $~0x20, (%" SP ")\n\tfldcw (%" SP ")\n\tfldpi\n\tfmuls half\n\t"
      "fsqrt\n\tfld1\n\tnop\n\t" DROP_TWO);
float half = 0.5f;

/* SSE exceptions are precise */

FAILS(sse_division, "movl $0x1D80, %eax\n\tpushf\n\tpushf\n\tmovl %eax, (%" SP ")\n\tldmxcsr (%" SP ")\n\txorps %xmm0, %xmm0\n\tmovss half, %xmm1\n\tdivss %xmm0, %xmm1\n\t" DROP_TWO);
FAILS(sse_invalid, "movl $0x1F00, %eax\n\tpushf\n\tpushf\n\tmovl %eax, (%" SP ")\n\tldmxcsr (%" SP ")\n\txorps %xmm0, %xmm0\n\tdivps %xmm0, %xmm0\n\t" DROP_TWO);

static u32 usual_mxcsr = 0x1F80;

static void float_exceptions(int sse) {
  base_address = (word)float_division;
  attempt("x87 division by zero", float_division, 1);
  __asm__ volatile("fninit");
  base_address = (word)float_invalid;
  attempt("x87 root of minus one", float_invalid, 1);
  __asm__ volatile("fninit");
  base_address = (word)float_inexact;
  attempt("x87 inexact", float_inexact, 1);
  __asm__ volatile("fninit");
  if (sse) {
    base_address = (word)sse_division;
    attempt("SSE division by zero", sse_division, 1);
    __asm__ volatile("ldmxcsr %0" : : "m"(usual_mxcsr));
    base_address = (word)sse_invalid;
    attempt("SSE zero by zero", sse_invalid, 1);
    __asm__ volatile("ldmxcsr %0" : : "m"(usual_mxcsr));
  }
}

/* faults that a handler repairs: pages that come when they are touched */

static u8 *lazy;
static u32 repaired;

static void bring_page(int signal, void *info, word *context) {
  (void)signal, (void)context;
  word page = INFO_ADDRESS(info) & ~(word)(PAGE - 1);
  syscall(SYS_mprotect, page, PAGE, READ | WRITE);
  *(u32 *)page = (u32)((page - (word)lazy) / PAGE) * 3;
  repaired++;
}

static void repairs(void) {
  catch_signal(SIGSEGV, bring_page, 0);
  lazy = map(64 * PAGE, 0);
  u64 sum = MIX_START;
  for (int i = 0; i < 200; i++) {
    u32 *at = (u32 *)(lazy + i * 37 % 64 * PAGE);
    __asm__ volatile("addl $1, %0" : "+m"(*at) : : "cc");
    sum = mix(sum, *at);
  }
  line("repaired", repaired, 4);
  line("their content", sum, 16);
  /* in the middle of a string instruction, forwards, and backwards across a border */
  u8 *more = map(16 * PAGE, 0);
  word from = (word)lazy + 5;
  word to = (word)more + 3;
  word count = 10 * PAGE;
  lazy = more;
  __asm__ volatile("rep movsb" : "+S"(from), "+D"(to), "+c"(count) : : "memory");
  from = (word)more + 15 * PAGE + 40;
  to = (word)more + 15 * PAGE + 100;
  count = 4 * PAGE / 4;
  __asm__ volatile("std\n\trep movsl\n\tcld" : "+S"(from), "+D"(to), "+c"(count) : : "memory");
  line("with strings", repaired, 4);
  sum = MIX_START;
  for (int i = 0; i < 10 * PAGE; i += 509) {
    sum = mix(sum, more[i]);
  }
  line("what they copied", sum, 16);
}

/* single steps: one trap after each instruction, none inside a repeated one but between its iterations */

static volatile u32 steps;
static u64 step_sum;
static word step_base;

static void step(int signal, void *info, word *context) {
  (void)signal, (void)info;
  steps++;
  step_sum = mix(step_sum, context[CONTEXT_INSTRUCTION] - step_base);
}

void stepped(void);
__asm__("stepped:\n\t"
        "pushf\n\torl $0x100, (%" SP ")\n\tpopf\n\t"
        "movl $10, %ecx\n"
        "1:\tdecl %ecx\n\t"
        "jnz 1b\n\t"
        "movl $6, %ecx\n\t"
        "rep lodsb\n\t"
        "call 2f\n\t"
        "pushf\n\tandl $~0x100, (%" SP ")\n\tpopf\n\t"
        "nop\n"
        "2:\tret\n");

static void single_steps(void) {
  catch_signal(SIGTRAP, step, 0);
  step_base = (word)stepped;
  word at = (word)&usual_mxcsr;
  __asm__ volatile("call stepped" : "+S"(at) : : "eax", "ecx", "cc", "memory");
  line("single steps", steps, 4);
  line("where they were", step_sum, 16);
}

/* order, masks and nesting */

static char trace[64];
static int traced;

static void note(char what) { trace[traced++ & 63] = what; }

static void nested(int signal, void *info, word *context) {
  (void)info, (void)context;
  if (signal == SIGUSR1) {
    note('a');
    syscall(SYS_kill, syscall(SYS_getpid), SIGUSR2);
    note('c');
    if (traced < 20) {
      syscall(SYS_kill, syscall(SYS_getpid), SIGUSR1); /* waits until this one is through */
    }
    note('d');
  } else {
    note('b');
  }
}

static void order(void) {
  catch_signal(SIGUSR1, nested, 0);
  catch_signal(SIGUSR2, nested, 0);
  long self = syscall(SYS_getpid);
  syscall(SYS_kill, self, SIGUSR1);
  u64 both = SIGNAL_BIT(SIGUSR1) | SIGNAL_BIT(SIGUSR2);
  u64 before;
  u64 pending;
  syscall(SYS_rt_sigprocmask, SIG_BLOCK, &both, &before, 8);
  note('-');
  syscall(SYS_kill, self, SIGUSR2);
  syscall(SYS_kill, self, SIGUSR2);
  syscall(SYS_rt_sigpending, &pending, 8);
  note('-');
  syscall(SYS_rt_sigprocmask, SIG_SETMASK, &before, 0, 8);
  note('.');
  text("order: ");
  text(trace);
  text("\n");
  line("pending", pending, 16);
}

/* the stack runs out; the handler has another */

static volatile int caught_on_other_stack;
u8 *small_stack;

static void overflown(int signal, void *info, word *context) {
  word here;
  __asm__("mov %%" SP ", %0" : "=r"(here));
  caught_on_other_stack = here - (word)other_stack < sizeof other_stack &&
                          INFO_ADDRESS(info) - (word)small_stack < PAGE;
  leave(signal, info, context);
}

FAILS(recurses, "mov small_stack, %" PER_ARCHITECTURE("eax", "rax") "\n\tlea 0x8000(%" PER_ARCHITECTURE("eax", "rax")
      "), %" SP "\n1:\tcall 1b");

static void alternate_stack(void) {
  catch_signal(SIGSEGV, overflown, SA_ONSTACK | SA_NODEFER);
  small_stack = map(9 * PAGE, READ | WRITE);
  syscall(SYS_mprotect, small_stack, PAGE, 0);
  base_address = (word)small_stack;
  attempt("a stack that is full", recurses, 1);
  check("caught on the other stack", caught_on_other_stack);
}

/* alarms during a computation in integers and in the x87, with other such values in the handler */

static volatile u32 alarms;

static void disturb(int signal, void *info, word *context) {
  (void)signal, (void)info, (void)context;
  alarms++;
  u16 control = 0x0C3F; /* single precision, towards zero */
  __asm__ volatile("fninit\n\tfldcw %0\n\tfldpi\n\tfldpi\n\tfmulp\n\tfstps -4(%%" SP ")"
                   : : "m"(control) : "memory");
  __asm__ volatile("fld1\n\tfldl2t\n\tfldpi\n\tstd\n\tcld");
}

static u64 computation(int sse) {
  u16 control = 0x077F; /* extended, downwards */
  u64 sum = MIX_START;
  double x;
  static const double start = 0.3;
  static const double factor = 3.99;
  __asm__ volatile("fninit\n\tfldcw %0\n\tfld1\n\tfldl %1\n\tfldl %2" : : "m"(control), "m"(factor), "m"(start));
  static const u32 down = 0x3F80;
  static const float singles[4] __attribute__((aligned(16))) = {1.5f, 0.7f, 3.0f, 1e-3f};
  static const float factors[4] __attribute__((aligned(16))) = {0.99f, 1.01f, 0.97f, 1.003f};
  if (sse) {
    __asm__ volatile("ldmxcsr %0\n\tmovaps %1, %%xmm6\n\tmovaps %2, %%xmm7" : : "m"(down), "m"(singles), "m"(factors));
  }
  for (u32 i = 0; i < 20000; i++) {
    /* x = factor * x * (1 - x), with x in st(0) all the time */
    __asm__ volatile("fld %st(0)\n\tfsubr %st(3), %st\n\tfmulp\n\tfmul %st(1), %st");
    if (sse) {
      __asm__ volatile("mulps %xmm7, %xmm6");
    }
    sum = sum * 6364136223846793005ull + i;
  }
  __asm__ volatile("fstpl %0\n\tfninit" : "=m"(x));
  u64 bits;
  memcpy(&bits, &x, 8);
  sum = mix(sum, bits);
  if (sse) {
    u64 lanes[2] __attribute__((aligned(16)));
    __asm__ volatile("movaps %%xmm6, %0\n\tldmxcsr %1" : "=m"(lanes) : "m"(usual_mxcsr));
    sum = mix(mix(sum, lanes[0]), lanes[1]);
  }
  return sum;
}

static void interruptions(int sse) {
  u64 undisturbed = computation(0);
  line("a computation", undisturbed, 16);
  u64 with_sse = computation(sse);
  catch_signal(SIGALRM, disturb, 0);
  catch_signal(SIGVTALRM, disturb, 0);
  alarm_every(0, 700);
  int same = 1;
  while (alarms < 40) {
    same &= computation(0) == undisturbed && computation(sse) == with_sse;
  }
  alarm_every(0, 0);
  check("the same under alarms", same);
  alarms = 0;
  alarm_every(1, 1000);
  while (alarms < 5) {
    same &= computation(0) == undisturbed && computation(sse) == with_sse;
  }
  alarm_every(1, 0);
  check("the same under alarms by time used", same);
}

int main(int count, char **arguments, char **environment) {
  (void)count, (void)arguments, (void)environment;
  int sse = (cpu_features() & FEATURE_SSE) != 0;
  exceptions();
  float_exceptions(sse);
  repairs();
  single_steps();
  order();
  alternate_stack();
  interruptions(sse);
  return 0;
}
