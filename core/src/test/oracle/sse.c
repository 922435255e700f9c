/*
 * Oracle for the floating point of SSE: runs instructions on this host's own unit, on random and
 * special operands, with random MXCSR, and prints operands and results.
 *
 *   gcc -O2 -o sse sse.c
 *   ./sse binary SEED COUNT [NAME...]   records of 104 bytes for a comparison by the million
 *   ./sse text SEED COUNT [NAME...]     lines for the corpus, SseCorpusTest reads them
 *
 * COUNT is for each instruction; without names, all run in turn. An instruction works on XMM0 and
 * XMM1, or EAX (RAX), or MM0 and MM1, which holds the low half of XMM1. An unmasked exception is
 * caught as SIGFPE; what it left in MXCSR is printed like any other result.
 */
#define _GNU_SOURCE
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>

typedef uint8_t u8;
typedef uint32_t u32;
typedef uint64_t u64;

struct record {
  u8 length, code[15];
  u64 a[2], b[2], raxIn;
  u64 out[2], raxOut, mmOut;
  u32 mxcsrIn, mxcsrOut, flags, fault;
};

/* kinds of operands */
enum { F32, F64, I32, I64 };
enum { IMM = 1, WIDE = 2 };

struct instruction { const char *name, *code; int a, b, options; };

#define ARITHMETIC(n, op) \
  {n "ps", "0f" op "c1", F32, F32, 0}, {n "pd", "660f" op "c1", F64, F64, 0}, \
  {n "ss", "f30f" op "c1", F32, F32, 0}, {n "sd", "f20f" op "c1", F64, F64, 0}

static const struct instruction all[] = {
  ARITHMETIC("add", "58"), ARITHMETIC("mul", "59"), ARITHMETIC("sub", "5c"),
  ARITHMETIC("div", "5e"), ARITHMETIC("min", "5d"), ARITHMETIC("max", "5f"),
  ARITHMETIC("sqrt", "51"),
  {"cmpps", "0fc2c1", F32, F32, IMM}, {"cmppd", "660fc2c1", F64, F64, IMM},
  {"cmpss", "f30fc2c1", F32, F32, IMM}, {"cmpsd", "f20fc2c1", F64, F64, IMM},
  {"ucomiss", "0f2ec1", F32, F32, 0}, {"ucomisd", "660f2ec1", F64, F64, 0},
  {"comiss", "0f2fc1", F32, F32, 0}, {"comisd", "660f2fc1", F64, F64, 0},
  {"addsubpd", "660fd0c1", F64, F64, 0}, {"addsubps", "f20fd0c1", F32, F32, 0},
  {"haddpd", "660f7cc1", F64, F64, 0}, {"haddps", "f20f7cc1", F32, F32, 0},
  {"hsubpd", "660f7dc1", F64, F64, 0}, {"hsubps", "f20f7dc1", F32, F32, 0},
  {"roundps", "660f3a08c1", F32, F32, IMM}, {"roundpd", "660f3a09c1", F64, F64, IMM},
  {"roundss", "660f3a0ac1", F32, F32, IMM}, {"roundsd", "660f3a0bc1", F64, F64, IMM},
  {"dpps", "660f3a40c1", F32, F32, IMM}, {"dppd", "660f3a41c1", F64, F64, IMM},
  {"cvtpi2ps", "0f2ac1", F32, I32, 0}, {"cvtpi2pd", "660f2ac1", F64, I32, 0},
  {"cvtsi2ss", "f30f2ac0", F32, I32, 0}, {"cvtsi2sd", "f20f2ac0", F64, I32, 0},
  {"cvtsi2ss64", "f3480f2ac0", F32, I64, WIDE}, {"cvtsi2sd64", "f2480f2ac0", F64, I64, WIDE},
  {"cvttps2pi", "0f2cc1", F32, F32, 0}, {"cvttpd2pi", "660f2cc1", F64, F64, 0},
  {"cvttss2si", "f30f2cc1", F32, F32, 0}, {"cvttsd2si", "f20f2cc1", F64, F64, 0},
  {"cvttss2si64", "f3480f2cc1", F32, F32, WIDE}, {"cvttsd2si64", "f2480f2cc1", F64, F64, WIDE},
  {"cvtps2pi", "0f2dc1", F32, F32, 0}, {"cvtpd2pi", "660f2dc1", F64, F64, 0},
  {"cvtss2si", "f30f2dc1", F32, F32, 0}, {"cvtsd2si", "f20f2dc1", F64, F64, 0},
  {"cvtss2si64", "f3480f2dc1", F32, F32, WIDE}, {"cvtsd2si64", "f2480f2dc1", F64, F64, WIDE},
  {"cvtps2pd", "0f5ac1", F64, F32, 0}, {"cvtpd2ps", "660f5ac1", F32, F64, 0},
  {"cvtss2sd", "f30f5ac1", F64, F32, 0}, {"cvtsd2ss", "f20f5ac1", F32, F64, 0},
  {"cvtdq2ps", "0f5bc1", F32, I32, 0}, {"cvtps2dq", "660f5bc1", I32, F32, 0},
  {"cvttps2dq", "f30f5bc1", I32, F32, 0}, {"cvttpd2dq", "660fe6c1", I32, F64, 0},
  {"cvtdq2pd", "f30fe6c1", F64, I32, 0}, {"cvtpd2dq", "f20fe6c1", I32, F64, 0},
  {"unpcklps", "0f14c1", F32, F32, 0}, {"unpcklpd", "660f14c1", F64, F64, 0},
  {"unpckhps", "0f15c1", F32, F32, 0}, {"unpckhpd", "660f15c1", F64, F64, 0},
  {"andps", "0f54c1", F32, F32, 0}, {"andpd", "660f54c1", F64, F64, 0},
  {"andnps", "0f55c1", F32, F32, 0}, {"andnpd", "660f55c1", F64, F64, 0},
  {"orps", "0f56c1", F32, F32, 0}, {"orpd", "660f56c1", F64, F64, 0},
  {"xorps", "0f57c1", F32, F32, 0}, {"xorpd", "660f57c1", F64, F64, 0},
  {"shufps", "0fc6c1", F32, F32, IMM}, {"shufpd", "660fc6c1", F64, F64, IMM},
  {"movups", "0f10c1", F32, F32, 0}, {"movups_to", "0f11c8", F32, F32, 0},
  {"movupd", "660f10c1", F64, F64, 0}, {"movupd_to", "660f11c8", F64, F64, 0},
  {"movss", "f30f10c1", F32, F32, 0}, {"movss_to", "f30f11c8", F32, F32, 0},
  {"movsd", "f20f10c1", F64, F64, 0}, {"movsd_to", "f20f11c8", F64, F64, 0},
  {"movhlps", "0f12c1", F32, F32, 0}, {"movlhps", "0f16c1", F32, F32, 0},
  {"movsldup", "f30f12c1", F32, F32, 0}, {"movshdup", "f30f16c1", F32, F32, 0},
  {"movddup", "f20f12c1", F64, F64, 0}, {"movaps", "0f28c1", F32, F32, 0},
  {"movaps_to", "0f29c8", F32, F32, 0}, {"movapd", "660f28c1", F64, F64, 0},
  {"movapd_to", "660f29c8", F64, F64, 0}, {"movmskps", "0f50c1", F32, F32, 0},
  {"movmskpd", "660f50c1", F64, F64, 0},
};
#define COUNT_ALL (int) (sizeof all / sizeof all[0])

/* ---- random operands ---- */

static u64 seed;

static u64 next(void) { /* splitmix64 */
  u64 z = seed += 0x9e3779b97f4a7c15;
  z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
  z = (z ^ z >> 27) * 0x94d049bb133111eb;
  return z ^ z >> 31;
}

static u32 below(u32 n) { return (u32) ((next() >> 32) % n); }

/* fraction bits with runs of equal ones, so that halves and carries happen */
static u64 fraction(int bits) {
  u64 f = next();
  switch (below(5)) {
    case 0: f = 0; break;
    case 1: f = -1; break;
    case 2: f = next() << below(64); break;
    case 3: f = ~(next() << below(64)); break;
  }
  if (below(3) == 0) f ^= 1ull << below(bits);
  return f & ((1ull << bits) - 1);
}

static u64 number(int fb, int eb) {
  int max = (1 << eb) - 1, bias = max >> 1;
  u64 sign = next() & 1, exponent, f = fraction(fb);
  switch (below(16)) {
    case 0: exponent = 0; f = 0; break;
    case 1: case 2: exponent = 0; break;
    case 3: exponent = max; f = 0; break;
    case 4: exponent = max; break;
    case 5: exponent = 1 + below(4); break;
    case 6: exponent = max - 1 - below(4); break;
    case 7: exponent = bias - 2 + below(5); break;
    case 8: exponent = bias + 29 + below(4); break;
    case 9: exponent = bias + 61 + below(4); break;
    case 10: exponent = bias + below(fb + 2); break;
    case 11: exponent = bias / 2 + below(fb); break;
    case 12: exponent = bias + bias / 2 - below(fb); break;
    case 13: exponent = bias - below(fb + 4); break;
    default: exponent = next() & max;
  }
  return sign << (fb + eb) | exponent << fb | f;
}

/* close to another in exponent, or equal, or opposite, or its inverse */
static u64 akin(u64 a, int fb, int eb) {
  int max = (1 << eb) - 1, exponent = a >> fb & max, other;
  u64 sign = next() & 1, f = below(2) ? fraction(fb) : a & ((1ull << fb) - 1);
  switch (below(5)) {
    case 0: other = exponent; break;
    case 1: other = exponent + (int) below(2 * fb + 6) - fb - 3; break;
    case 2: other = max - 1 - exponent + (int) below(5) - 2; break;       /* product near 1 */
    case 3: other = (max >> 1) - exponent + (int) below(2 * fb) - fb; break; /* product tiny */
    default: other = exponent + (max >> 1) - (int) below(2 * fb) + fb;      /* quotient tiny */
  }
  if (other < 0) other = 0;
  if (other > max) other = max;
  return sign << (fb + eb) | (u64) other << fb | f;
}

static u64 integer(int bits) {
  u64 v = next() >> below(64);
  switch (below(5)) {
    case 0: v = ~v; break;
    case 1: v = 1ull << below(64); v += below(3) - 1; break;
    case 2: v = (u64) (fraction(52) << 11) >> below(40); break;
  }
  return bits == 32 ? v & 0xffffffff : v;
}

static u64 lane(int kind) {
  switch (kind) {
    case F32: return number(23, 8) | number(23, 8) << 32;
    case F64: return number(52, 11);
    case I32: return integer(32) | integer(32) << 32;
    default: return integer(64);
  }
}

static u64 lane_akin(int kind, u64 a) {
  if (below(2)) return lane(kind);
  if (kind == F32) return akin(a & 0xffffffff, 23, 8) | akin(a >> 32, 23, 8) << 32;
  return akin(a, 52, 11);
}

/* ---- running an instruction ---- */

extern u8 hole[], after[];
extern void trampoline(struct record *);
__asm__(
  ".text\n.globl trampoline\ntrampoline:\n"
  "  push %rbx\n  mov %rdi, %rbx\n"
  "  mov 48(%rbx), %rax\n  movq %rax, %mm0\n  movq 32(%rbx), %mm1\n"
  "  movups 16(%rbx), %xmm0\n  movups 32(%rbx), %xmm1\n"
  "  pushq $2\n  popfq\n  ldmxcsr 88(%rbx)\n"
  ".globl hole\nhole:\n  .fill 16, 1, 0x90\n"
  ".globl after\nafter:\n"
  "  stmxcsr 92(%rbx)\n  mov %rax, 72(%rbx)\n  pushfq\n  pop %rax\n  mov %eax, 96(%rbx)\n"
  "  movq %mm0, 80(%rbx)\n  movups %xmm0, 56(%rbx)\n"
  "  movl $0x1f80, -8(%rsp)\n  ldmxcsr -8(%rsp)\n  emms\n  pop %rbx\n  ret\n");

static volatile int faulted;

static void caught(int number, siginfo_t *info, void *context) {
  ucontext_t *u = context;
  (void) number, (void) info;
  faulted = 1;
  u->uc_mcontext.gregs[REG_RIP] = (greg_t) after;
}

static void run(struct record *r) {
  memset(hole, 0x90, 16);
  memcpy(hole, r->code, r->length);
  faulted = 0;
  trampoline(r);
  r->fault = faulted;
  r->flags &= 0x8d5;
}

static void fill(struct record *r, const struct instruction *in) {
  memset(r, 0, sizeof *r);
  for (const char *c = in->code; *c; c += 2) sscanf(c, "%2hhx", &r->code[r->length++]);
  if (in->options & IMM) r->code[r->length++] = below(2) ? below(16) : next();
  for (int i = 0; i < 2; i++) {
    r->a[i] = lane(in->a);
    r->b[i] = in->a == in->b ? lane_akin(in->b, r->a[i]) : lane(in->b);
    if (strncmp(in->name, "sqrt", 4) == 0 && below(3)) {
      r->b[i] &= in->b == F32 ? 0x7fffffff7fffffff : 0x7fffffffffffffff;
    }
  }
  r->raxIn = in->options & WIDE || in->b != I32 ? integer(64) : integer(32);
  switch (below(4)) {
    case 0: r->mxcsrIn = next() & 0xffff; break;
    case 1: r->mxcsrIn = next() & 0xffc0; break;
    case 2: r->mxcsrIn = (next() & 0xe040) | 0x1f80; break;
    default: r->mxcsrIn = (next() & 0xe07f) | 0x1f80;
  }
}

static void print(const struct instruction *in, const struct record *r) {
  printf("%s ", in->name);
  for (int i = 0; i < r->length; i++) printf("%02x", r->code[i]);
  printf(" %x %016lx%016lx %016lx%016lx %lx", r->mxcsrIn, r->a[1], r->a[0], r->b[1], r->b[0],
    r->raxIn);
  printf(" = %d %x %016lx%016lx %lx %lx %x\n", r->fault, r->mxcsrOut, r->out[1], r->out[0],
    r->raxOut, r->mmOut, r->flags);
}

int main(int count, char **arguments) {
  if (count < 4) return 1;
  int text = strcmp(arguments[1], "text") == 0;
  long each = atol(arguments[3]);
  struct sigaction action = {.sa_sigaction = caught, .sa_flags = SA_SIGINFO};
  sigaction(SIGFPE, &action, NULL);
  u8 *page = (u8 *) ((u64) hole & ~4095ull);
  mprotect(page, 8192, PROT_READ | PROT_WRITE | PROT_EXEC);
  for (int i = 0; i < COUNT_ALL; i++) {
    int wanted = count == 4;
    for (int j = 4; j < count; j++) wanted |= strcmp(arguments[j], all[i].name) == 0;
    if (!wanted) continue;
    seed = strtoull(arguments[2], NULL, 10) * 1000003 + i;
    for (long n = 0; n < each; n++) {
      struct record r;
      fill(&r, &all[i]);
      run(&r);
      if (text) print(&all[i], &r);
      else fwrite(&r, sizeof r, 1, stdout);
    }
  }
  return 0;
}
