/*
 * Oracle for MMX and the integer instructions on XMM registers: runs them on this host, on random
 * and special operands, and prints operands and all that changed.
 *
 *   gcc -O1 -o packed packed.c
 *   ./packed SEED CASES > packed.txt
 *   ./packed access > packed-access.txt
 *
 * CASES is for each instruction; forms in memory get a third, immediates one or more each. The second
 * form prints how many bytes of memory each form touches, and whether they must be aligned.
 * The form of a line is in README.md. The code is for 32 and 64 bits alike, but for lines of
 * instructions with REX.W, which have 48 as their first or second byte.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;

static u64 seed;

static u64 next(void) {
  seed += 0x9e3779b97f4a7c15ull;
  u64 z = seed;
  z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ull;
  z = (z ^ z >> 27) * 0x94d049bb133111ebull;
  return z ^ z >> 31;
}

static u32 below(u32 n) { return (u32)(next() >> 33) % n; }

/* ---- state ---- */

struct fx {
  u16 control, status; u8 tags, zero; u16 opcode; u64 ip, dp; u32 mxcsr, mask;
  struct { u64 sig; u16 se; u16 pad[3]; } st[8];
  u64 xmm[16][2]; u64 rest[12];
} __attribute__((aligned(16)));

struct state { struct fx fx; u64 ax, cx, dx, flags; u64 mem[4]; } __attribute__((aligned(16)));

enum { TOP = 5 };

static u8 *slot;
static struct state before, after;
static struct state *at = &after;
static u8 *operand;

static void step(void) {
  asm volatile(
      "sub $128, %%rsp\n"
      "push %%rbx; push %%rbp; push %%r12\n"
      "mov %0, %%rbx\n"
      "mov %1, %%r12\n"
      "fxrstor64 (%%rbx)\n"
      "mov 512(%%rbx), %%rax; mov 520(%%rbx), %%rcx; mov 528(%%rbx), %%rdx\n"
      "mov %2, %%rdi\n"
      "pushq 536(%%rbx); popfq\n"
      "call *%%r12\n"
      "pushfq; popq 536(%%rbx)\n"
      "cld\n"
      "mov %%rax, 512(%%rbx); mov %%rcx, 520(%%rbx); mov %%rdx, 528(%%rbx)\n"
      "fxsave64 (%%rbx)\n"
      "emms\n"
      "pop %%r12; pop %%rbp; pop %%rbx\n"
      "add $128, %%rsp\n"
      :: "r"(at), "r"(slot), "r"(operand) : "rax", "rcx", "rdx", "rdi", "rsi", "memory", "cc",
         "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7");
}

/* FXSAVE stores by place in the stack; MMX registers are the physical ones. */
static int place(int mm, int top) { return mm - top & 7; }

/* ---- operands ---- */

struct operands { u64 a[2], b[2], c[2], ax, cx, dx; };

static void special(u64 *v) {
  static const u8 bytes[] = {0, 1, 0x7f, 0x80, 0x81, 0xff, 0xfe, 0x40};
  static const u16 words[] = {0, 1, 0x7fff, 0x8000, 0x8001, 0xffff, 0xff, 0x100, 0xff80, 0x80};
  static const u32 dwords[] = {0, 1, 0x7fffffff, 0x80000000, 0x80000001, 0xffffffff, 0xffff,
      0x10000, 0xffff8000, 0x8000};
  int kind = below(5);
  for (int i = 0; i < 16; i++) {
    u8 *p = (u8 *)v + i;
    if (kind == 0 || below(8) == 0) *p = next();
    else if (kind == 1) *p = bytes[below(8)];
    else if (kind == 2 && i % 2 == 0) *(u16 *)p = words[below(10)];
    else if (kind == 3 && i % 4 == 0) *(u32 *)p = dwords[below(10)];
    else if (kind == 4) *p = below(2) ? 0 : 0xff;
  }
}

static void alike(u64 *a, const u64 *b) {
  for (int i = 0; i < 8; i++) {
    if (below(3)) ((u16 *)a)[i] = ((const u16 *)b)[i];
  }
}

/* A count for shifts: mostly a small one. */
static void count(u64 *b) {
  b[0] = below(6) ? below(72) : below(2) ? next() : 1ull << 32;
}

/* Letters of a small alphabet, and ends: so that strings are found in one another. */
static void string(u64 *v, int words) {
  u8 *p = (u8 *)v;
  int n = words ? 8 : 16;
  int end = below(3) ? below(n + 1) : n;
  int alphabet = 1 + below(4);
  int high = below(3) == 0;
  for (int i = 0; i < n; i++) {
    u16 letter = i == end ? 0 : 'a' + below(alphabet);
    if (high && below(3) == 0) letter = words ? 0x8000 + below(3) : 0x80 + below(3);
    if (words) ((u16 *)p)[i] = letter; else p[i] = letter;
  }
}

static u64 length(void) {
  switch (below(8)) {
    case 0: return 0x80000000;
    case 1: return (u32)next();
    case 2: return (u32)-(int)below(20);
    default: return below(20);
  }
}

/* ---- one case ---- */

static void hex(const u8 *p, int n) {
  for (int i = n; i-- > 0;) printf("%02x", p[i]);
}

static void hexadecimal(const u8 *p, int n) {
  for (int i = 0; i < n; i++) printf("%02x", p[i]);
}

/* ---- what is touched ---- */

static int access_only;
static u8 *page;
static sigjmp_buf stopped;

static void stop(int signal) { siglongjmp(stopped, signal); }

static int faults(u8 *address) {
  after = before;
  operand = address;
  if (sigsetjmp(stopped, 1)) return 1;
  step();
  return 0;
}

/* The operand is put before the end of a page, ever further, until nothing faults. */
static void touch(const char *name, const u8 *code, int n) {
  static u8 last[16];
  int modrm = 1;
  while (code[modrm - 1] != 0x0f) modrm++;
  modrm += code[modrm] == 0x38 || code[modrm] == 0x3a ? 2 : 1;
  if (!memcmp(last, code, modrm) || code[modrm] != 0x0f) return;
  memcpy(last, code, modrm);
  int bytes = 1;
  while (faults(page + 4096 - bytes)) bytes++;
  printf("%s ", name);
  hexadecimal(code, n);
  printf(" %d %s\n", bytes, faults(page + 1) ? "aligned" : "-");
}

enum { MMX = 1, XMM = 2, THIRD = 4, GENERAL = 8 };

static void run(const char *name, const u8 *code, int n, struct operands *o, int what) {
  if (!(what & XMM)) o->a[1] = o->b[1] = 0;
  memset(&before, 0, sizeof before);
  before.fx.control = 0x37f;
  before.fx.mxcsr = 0x1f80;
  before.fx.status = TOP << 11;
  before.fx.st[place(1, TOP)].sig = o->a[0];
  before.fx.st[place(2, TOP)].sig = o->b[0];
  memcpy(before.fx.xmm[0], o->c, 16);
  memcpy(before.fx.xmm[1], o->a, 16);
  memcpy(before.fx.xmm[2], o->b, 16);
  before.ax = o->ax; before.cx = o->cx; before.dx = o->dx;
  before.flags = 0x8d7;
  memcpy(before.mem, o->b, 16);
  after = before;
  memcpy(slot, code, n);
  slot[n] = 0xc3;
  if (access_only) {
    touch(name, code, n);
    return;
  }
  operand = (u8 *)at->mem;
  step();

  printf("%s ", name);
  hexadecimal(code, n);
  int width = what & XMM ? 16 : 8;
  printf(" "); hex((const u8 *)o->a, width);
  printf(" "); hex((const u8 *)o->b, width);
  if (what & THIRD) { printf(" x"); hex((const u8 *)o->c, 16); }
  if (what & GENERAL) printf(" a%lx c%lx d%lx", o->ax, o->cx, o->dx);
  printf(" =");
  int top = after.fx.status >> 11 & 7;
  for (int i = 0; i < 8; i++) {
    int p = place(i, TOP), q = place(i, top);
    if (before.fx.st[p].sig != after.fx.st[q].sig || before.fx.st[p].se != after.fx.st[q].se) {
      if (after.fx.st[q].se != 0xffff) { fprintf(stderr, "%s: exponent\n", name); exit(1); }
      printf(" m%d:", i); hex((const u8 *)&after.fx.st[q].sig, 8);
    }
    if (memcmp(before.fx.xmm[i], after.fx.xmm[i], 16)) {
      printf(" x%d:", i); hex((const u8 *)after.fx.xmm[i], 16);
    }
  }
  if (memcmp(before.mem, after.mem, sizeof after.mem)) {
    printf(" s:"); hex((const u8 *)after.mem, 16);
    if (memcmp(before.mem + 2, after.mem + 2, 16)) { fprintf(stderr, "%s: memory\n", name); exit(1); }
  }
  if (before.ax != after.ax) printf(" a:%lx", after.ax);
  if (before.cx != after.cx) printf(" c:%lx", after.cx);
  if (before.dx != after.dx) printf(" d:%lx", after.dx);
  if ((before.flags ^ after.flags) & 0x8d5) printf(" f:%lx", after.flags & 0x8d5);
  if (before.fx.status != after.fx.status || before.fx.tags != after.fx.tags)
    printf(" t:%x%02x", top, after.fx.tags);
  printf("\n");
}

/* ---- instructions ---- */

enum operand { PLAIN, COUNT, STRING };

static int cases;

/* prefix 0 for none; map 1, 0x38 or 0x3a; the immediate is left out where negative */
static int encode(u8 *code, int prefix, int wide, int map, int opcode, int modrm, int immediate) {
  int n = 0;
  if (prefix) code[n++] = prefix;
  if (wide) code[n++] = 0x48;
  code[n++] = 0x0f;
  if (map != 1) code[n++] = map;
  code[n++] = opcode;
  code[n++] = modrm;
  if (immediate >= 0) code[n++] = immediate;
  return n;
}

static struct operands pick(enum operand kind, int immediate) {
  struct operands o = {{0}};
  special(o.a); special(o.b); special(o.c);
  if (below(3) == 0) alike(o.a, o.b);
  if (kind == COUNT) count(o.b);
  if (kind == STRING) {
    string(o.a, immediate & 1); string(o.b, immediate & 1);
    o.ax = length(); o.cx = (u32)next(); o.dx = length();
  } else {
    o.ax = (u32)next(); o.cx = (u32)next(); o.dx = (u32)next();
  }
  return o;
}

/* ModRM: CA is registers 1 and 2; 0F is register 1 and memory. */
static void form(const char *name, int prefix, int map, int opcode, int modrm, int immediate,
    enum operand kind, int what, int times) {
  u8 code[16];
  for (int i = 0; i < times; i++) {
    struct operands o = pick(kind, immediate);
    int n = encode(code, prefix, 0, map, opcode, modrm, immediate);
    run(name, code, n, &o, what);
  }
}

static int third(void) { return (cases + 2) / 3; }

/* Vx,Wx or the like */
static void xmm(const char *name, int prefix, int map, int opcode, enum operand kind, int what) {
  form(name, prefix, map, opcode, 0xca, -1, kind, XMM | what, cases);
  form(name, prefix, map, opcode, 0x0f, -1, kind, XMM | what, third());
}

static void mmx(const char *name, int map, int opcode, enum operand kind) {
  form(name, 0, map, opcode, 0xca, -1, kind, MMX, cases);
  form(name, 0, map, opcode, 0x0f, -1, kind, MMX, third());
}

static void both(const char *name, int map, int opcode, enum operand kind) {
  mmx(name, map, opcode, kind);
  xmm(name, 0x66, map, opcode, kind, 0);
}

static const int COUNTS[] = {0, 1, 7, 8, 15, 16, 17, 31, 32, 33, 63, 64, 200, 255};

static void shift(const char *name, int opcode, int digit) {
  for (int i = 0; i < 14; i++) {
    int modrm = 0xc1 | digit << 3;
    if (opcode != 0x73 || digit == 2 || digit == 6)
      form(name, 0, 1, opcode, modrm, COUNTS[i], PLAIN, MMX, third() / 3 + 1);
    form(name, 0x66, 1, opcode, modrm, COUNTS[i], PLAIN, XMM, third() / 3 + 1);
  }
}

/* with an immediate: those of a list, and random ones */
static void immediates(const char *name, int prefix, int map, int opcode, const int *list, int what) {
  for (int i = 0; list && list[i] >= 0; i++)
    form(name, prefix, map, opcode, 0xca, list[i], PLAIN, what, third() / 3 + 1);
  for (int i = 0; i < cases; i++)
    form(name, prefix, map, opcode, 0xca, below(256), PLAIN, what, 1);
  for (int i = 0; i < third(); i++)
    form(name, prefix, map, opcode, 0x0f, below(256), PLAIN, what, 1);
}

struct plain { const char *name; int map, opcode; };

static const struct plain BOTH[] = {
  {"punpcklbw", 1, 0x60}, {"punpcklwd", 1, 0x61}, {"punpckldq", 1, 0x62}, {"packsswb", 1, 0x63},
  {"pcmpgtb", 1, 0x64}, {"pcmpgtw", 1, 0x65}, {"pcmpgtd", 1, 0x66}, {"packuswb", 1, 0x67},
  {"punpckhbw", 1, 0x68}, {"punpckhwd", 1, 0x69}, {"punpckhdq", 1, 0x6a}, {"packssdw", 1, 0x6b},
  {"pcmpeqb", 1, 0x74}, {"pcmpeqw", 1, 0x75}, {"pcmpeqd", 1, 0x76}, {"pmullw", 1, 0xd5},
  {"psubusb", 1, 0xd8}, {"psubusw", 1, 0xd9}, {"pand", 1, 0xdb}, {"paddusb", 1, 0xdc},
  {"paddusw", 1, 0xdd}, {"pandn", 1, 0xdf}, {"pmulhw", 1, 0xe5}, {"psubsb", 1, 0xe8},
  {"psubsw", 1, 0xe9}, {"por", 1, 0xeb}, {"paddsb", 1, 0xec}, {"paddsw", 1, 0xed},
  {"pxor", 1, 0xef}, {"pmaddwd", 1, 0xf5}, {"psubb", 1, 0xf8}, {"psubw", 1, 0xf9},
  {"psubd", 1, 0xfa}, {"paddb", 1, 0xfc}, {"paddw", 1, 0xfd}, {"paddd", 1, 0xfe},
  {"pminub", 1, 0xda}, {"pmaxub", 1, 0xde}, {"pavgb", 1, 0xe0}, {"pavgw", 1, 0xe3},
  {"pmulhuw", 1, 0xe4}, {"pminsw", 1, 0xea}, {"pmaxsw", 1, 0xee}, {"psadbw", 1, 0xf6},
  {"paddq", 1, 0xd4}, {"pmuludq", 1, 0xf4}, {"psubq", 1, 0xfb},
  {"pshufb", 0x38, 0x00}, {"phaddw", 0x38, 0x01}, {"phaddd", 0x38, 0x02}, {"phaddsw", 0x38, 0x03},
  {"pmaddubsw", 0x38, 0x04}, {"phsubw", 0x38, 0x05}, {"phsubd", 0x38, 0x06},
  {"phsubsw", 0x38, 0x07}, {"psignb", 0x38, 0x08}, {"psignw", 0x38, 0x09}, {"psignd", 0x38, 0x0a},
  {"pmulhrsw", 0x38, 0x0b}, {"pabsb", 0x38, 0x1c}, {"pabsw", 0x38, 0x1d}, {"pabsd", 0x38, 0x1e},
};

static const struct plain XMM_ONLY[] = {
  {"punpcklqdq", 1, 0x6c}, {"punpckhqdq", 1, 0x6d}, {"movdqa", 1, 0x6f}, {"pmuldq", 0x38, 0x28},
  {"pcmpeqq", 0x38, 0x29}, {"packusdw", 0x38, 0x2b}, {"pminsb", 0x38, 0x38},
  {"pminsd", 0x38, 0x39}, {"pminuw", 0x38, 0x3a}, {"pminud", 0x38, 0x3b}, {"pmaxsb", 0x38, 0x3c},
  {"pmaxsd", 0x38, 0x3d}, {"pmaxuw", 0x38, 0x3e}, {"pmaxud", 0x38, 0x3f}, {"pmulld", 0x38, 0x40},
  {"phminposuw", 0x38, 0x41}, {"pmovsxbw", 0x38, 0x20}, {"pmovzxbw", 0x38, 0x30},
  {"pmovsxbd", 0x38, 0x21}, {"pmovzxbd", 0x38, 0x31}, {"pmovsxbq", 0x38, 0x22},
  {"pmovzxbq", 0x38, 0x32}, {"pmovsxwd", 0x38, 0x23}, {"pmovzxwd", 0x38, 0x33},
  {"pmovsxwq", 0x38, 0x24}, {"pmovzxwq", 0x38, 0x34}, {"pmovsxdq", 0x38, 0x25},
  {"pmovzxdq", 0x38, 0x35}, {"pcmpgtq", 0x38, 0x37}, {"aesimc", 0x38, 0xdb},
  {"aesenc", 0x38, 0xdc}, {"aesenclast", 0x38, 0xdd}, {"aesdec", 0x38, 0xde},
  {"aesdeclast", 0x38, 0xdf}, {"ptest", 0x38, 0x17},
};

static const struct plain COUNTED[] = {
  {"psrlw", 1, 0xd1}, {"psrld", 1, 0xd2}, {"psrlq", 1, 0xd3}, {"psraw", 1, 0xe1},
  {"psrad", 1, 0xe2}, {"psllw", 1, 0xf1}, {"pslld", 1, 0xf2}, {"psllq", 1, 0xf3},
};

static void moves(void) {
  int t = third();
  form("movd", 0, 1, 0x6e, 0xc8, -1, PLAIN, MMX | GENERAL, t);
  form("movd", 0, 1, 0x6e, 0x0f, -1, PLAIN, MMX, t);
  form("movd", 0, 1, 0x7e, 0xc8, -1, PLAIN, MMX | GENERAL, t);
  form("movd", 0, 1, 0x7e, 0x0f, -1, PLAIN, MMX, t);
  form("movd", 0x66, 1, 0x6e, 0xc8, -1, PLAIN, XMM | GENERAL, t);
  form("movd", 0x66, 1, 0x6e, 0x0f, -1, PLAIN, XMM, t);
  form("movd", 0x66, 1, 0x7e, 0xc8, -1, PLAIN, XMM | GENERAL, t);
  form("movd", 0x66, 1, 0x7e, 0x0f, -1, PLAIN, XMM, t);
  for (int modrm = 0x0f; modrm <= 0xca; modrm += 0xca - 0x0f) {
    form("movq", 0, 1, 0x6f, modrm, -1, PLAIN, MMX, t);
    form("movq", 0, 1, 0x7f, modrm, -1, PLAIN, MMX, t);
    form("movq", 0xf3, 1, 0x7e, modrm, -1, PLAIN, XMM, t);
    form("movq", 0x66, 1, 0xd6, modrm, -1, PLAIN, XMM, t);
    form("movdqa", 0x66, 1, 0x7f, modrm, -1, PLAIN, XMM, t);
    form("movdqu", 0xf3, 1, 0x6f, modrm, -1, PLAIN, XMM, t);
    form("movdqu", 0xf3, 1, 0x7f, modrm, -1, PLAIN, XMM, t);
  }
  form("movntq", 0, 1, 0xe7, 0x0f, -1, PLAIN, MMX, t);
  form("movntdq", 0x66, 1, 0xe7, 0x0f, -1, PLAIN, XMM, t);
  form("movntdqa", 0x66, 0x38, 0x2a, 0x0f, -1, PLAIN, XMM, t);
  form("movdq2q", 0xf2, 1, 0xd6, 0xca, -1, PLAIN, XMM, t);
  form("movq2dq", 0xf3, 1, 0xd6, 0xca, -1, PLAIN, XMM, t);
  form("pmovmskb", 0, 1, 0xd7, 0xca, -1, PLAIN, MMX | GENERAL, cases);
  form("pmovmskb", 0x66, 1, 0xd7, 0xca, -1, PLAIN, XMM | GENERAL, cases);
  form("maskmovq", 0, 1, 0xf7, 0xca, -1, PLAIN, MMX, cases);
  form("maskmovdqu", 0x66, 1, 0xf7, 0xca, -1, PLAIN, XMM, cases);
  u8 emms[] = {0x0f, 0x77};
  struct operands o = pick(PLAIN, 0);
  run("emms", emms, 2, &o, MMX);
}

/* a lane to or from EAX or memory; every lane, and one beyond the last */
static void lanes(const char *name, int prefix, int wide, int map, int opcode, int modrm, int count) {
  u8 code[16];
  for (int lane = 0; lane <= count; lane++) {
    struct operands o = pick(PLAIN, 0);
    if (wide) o.ax = next();
    int immediate = lane < count ? lane : 256 - 1 - below(8);
    int n = encode(code, prefix, wide, map, opcode, modrm, immediate);
    run(name, code, n, &o, (prefix ? XMM : MMX) | GENERAL);
  }
}

/* MOVQ between EAX or memory and a register */
static void wide(int prefix, int opcode, int modrm) {
  u8 code[16];
  struct operands o = pick(PLAIN, 0);
  o.ax = next();
  run("movq", code, encode(code, prefix, 1, 1, opcode, modrm, -1), &o,
      (prefix ? XMM : MMX) | GENERAL);
}

static void single(void) {
  lanes("pinsrw", 0, 0, 1, 0xc4, 0xc8, 4);
  lanes("pinsrw", 0, 0, 1, 0xc4, 0x0f, 4);
  lanes("pinsrw", 0x66, 0, 1, 0xc4, 0xc8, 8);
  lanes("pinsrw", 0x66, 0, 1, 0xc4, 0x0f, 8);
  lanes("pextrw", 0, 0, 1, 0xc5, 0xc1, 4);
  lanes("pextrw", 0x66, 0, 1, 0xc5, 0xc1, 8);
  for (int modrm = 0x0f; modrm <= 0xc8; modrm += 0xc8 - 0x0f) {
    lanes("pextrw", 0x66, 0, 0x3a, 0x15, modrm, 8);
    lanes("pextrb", 0x66, 0, 0x3a, 0x14, modrm, 16);
    lanes("pextrd", 0x66, 0, 0x3a, 0x16, modrm, 4);
    lanes("pextrq", 0x66, 1, 0x3a, 0x16, modrm, 2);
    lanes("extractps", 0x66, 0, 0x3a, 0x17, modrm, 4);
    lanes("pinsrb", 0x66, 0, 0x3a, 0x20, modrm, 16);
    lanes("pinsrd", 0x66, 0, 0x3a, 0x22, modrm, 4);
    lanes("pinsrq", 0x66, 1, 0x3a, 0x22, modrm, 2);
    wide(0, 0x6e, modrm); wide(0, 0x7e, modrm);
    wide(0x66, 0x6e, modrm); wide(0x66, 0x7e, modrm);
  }
}

static void strings(void) {
  static const char *names[] = {"pcmpestrm", "pcmpestri", "pcmpistrm", "pcmpistri"};
  for (int i = 0; i < 4; i++) {
    int what = XMM | (i % 2 ? 0 : THIRD) | (i == 2 ? 0 : GENERAL);
    for (int immediate = 0; immediate < 128; immediate++) {
      form(names[i], 0x66, 0x3a, 0x60 + i, 0xca, immediate, STRING, what, 1 + cases / 12);
    }
    for (int j = 0; j < cases; j++) {
      form(names[i], 0x66, 0x3a, 0x60 + i, 0x0f, below(256), STRING, what, 1);
    }
  }
  u8 code[16];
  for (int j = 0; j < cases; j++) {
    struct operands o = pick(STRING, j);
    o.ax |= below(2) ? next() << 32 : 0;
    o.dx |= below(2) ? next() << 32 : 0;
    if (below(4) == 0) o.ax = -o.ax;
    int n = encode(code, 0x66, 1, 0x3a, 0x60 + j % 2, 0xca, (int)below(64) << 1 | (j & 1));
    run(names[j % 2], code, n, &o, XMM | THIRD | GENERAL);
  }
}

static const int WINDOWS[] = {0, 1, 3, 7, 8, 9, 12, 15, 16, 17, 23, 24, 25, 31, 32, 33, -1};
static const int NIBBLES[] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 255, -1};
static const int PRODUCTS[] = {0, 1, 0x10, 0x11, 0xff, -1};

int main(int argc, char **argv) {
  access_only = argc == 2;
  seed = strtoull(argv[1], 0, 0);
  cases = access_only ? 1 : atoi(argv[2]);
  page = mmap(0, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  mprotect(page + 4096, 4096, PROT_NONE);
  signal(SIGSEGV, stop);
  slot = mmap((void *)0x20000000, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
      MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
  for (unsigned i = 0; i < sizeof BOTH / sizeof *BOTH; i++)
    both(BOTH[i].name, BOTH[i].map, BOTH[i].opcode, PLAIN);
  for (unsigned i = 0; i < sizeof XMM_ONLY / sizeof *XMM_ONLY; i++)
    xmm(XMM_ONLY[i].name, 0x66, XMM_ONLY[i].map, XMM_ONLY[i].opcode, PLAIN, 0);
  for (unsigned i = 0; i < sizeof COUNTED / sizeof *COUNTED; i++)
    both(COUNTED[i].name, COUNTED[i].map, COUNTED[i].opcode, COUNT);
  shift("psrlw", 0x71, 2); shift("psraw", 0x71, 4); shift("psllw", 0x71, 6);
  shift("psrld", 0x72, 2); shift("psrad", 0x72, 4); shift("pslld", 0x72, 6);
  shift("psrlq", 0x73, 2); shift("psllq", 0x73, 6);
  shift("psrldq", 0x73, 3); shift("pslldq", 0x73, 7);
  xmm("pblendvb", 0x66, 0x38, 0x10, PLAIN, THIRD);
  xmm("blendvps", 0x66, 0x38, 0x14, PLAIN, THIRD);
  xmm("blendvpd", 0x66, 0x38, 0x15, PLAIN, THIRD);
  immediates("pshufw", 0, 1, 0x70, 0, MMX);
  immediates("pshufd", 0x66, 1, 0x70, 0, XMM);
  immediates("pshufhw", 0xf3, 1, 0x70, 0, XMM);
  immediates("pshuflw", 0xf2, 1, 0x70, 0, XMM);
  immediates("palignr", 0, 0x3a, 0x0f, WINDOWS, MMX);
  immediates("palignr", 0x66, 0x3a, 0x0f, WINDOWS, XMM);
  immediates("blendps", 0x66, 0x3a, 0x0c, NIBBLES, XMM);
  immediates("blendpd", 0x66, 0x3a, 0x0d, PRODUCTS, XMM);
  immediates("pblendw", 0x66, 0x3a, 0x0e, 0, XMM);
  immediates("insertps", 0x66, 0x3a, 0x21, NIBBLES, XMM);
  immediates("mpsadbw", 0x66, 0x3a, 0x42, NIBBLES, XMM);
  immediates("pclmulqdq", 0x66, 0x3a, 0x44, PRODUCTS, XMM);
  immediates("aeskeygenassist", 0x66, 0x3a, 0xdf, 0, XMM);
  moves();
  single();
  strings();
  return 0;
}
