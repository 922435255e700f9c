/*
 * Oracle for the x87 arithmetic: runs x87 instructions on this host's own unit, on random and
 * special operands in random states, and prints state before and after.
 *
 *   gcc -O2 -o x87 x87.c
 *   ./x87 binary SEED COUNT [GROUP...]   records of 260 bytes for a comparison by the million
 *   ./x87 text SEED COUNT [GROUP...]     lines for the corpus, X87CorpusTest reads them
 *
 * A group is a name from the table below; without any, all run in turn. COUNT is for each group.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;

#pragma pack(push, 1)
struct image { u32 control, status, tags, ip, cs, dp, ds; struct { u64 sig; u16 se; } st[8]; };
struct record {
  u8 opcode, modrm; u16 unused; u32 flagsIn; struct image in; u8 memIn[16];
  u32 flagsOut; struct image out; u8 memOut[16];
};
#pragma pack(pop)

enum { ANY, FLOAT32, FLOAT64, INT16, INT32, INT64, EXT, BCD, NONE };
enum { WIDE, ANGLE, UNIT, NEAR_ZERO, SCALE };

struct group { const char *name; int opcode, modrm, registers, memory, domain; };

/* modrm below C0: reg field with [rdx]; registers: how many ST(i) encodings follow */
static const struct group groups[] = {
  {"fadd", 0xd8, 0xc0, 8, NONE, 0}, {"fmul", 0xd8, 0xc8, 8, NONE, 0},
  {"fcom", 0xd8, 0xd0, 8, NONE, 0}, {"fcomp", 0xd8, 0xd8, 8, NONE, 0},
  {"fsub", 0xd8, 0xe0, 8, NONE, 0}, {"fsubr", 0xd8, 0xe8, 8, NONE, 0},
  {"fdiv", 0xd8, 0xf0, 8, NONE, 0}, {"fdivr", 0xd8, 0xf8, 8, NONE, 0},
  {"fadd_to", 0xdc, 0xc0, 8, NONE, 0}, {"fmul_to", 0xdc, 0xc8, 8, NONE, 0},
  {"fsubr_to", 0xdc, 0xe0, 8, NONE, 0}, {"fsub_to", 0xdc, 0xe8, 8, NONE, 0},
  {"fdivr_to", 0xdc, 0xf0, 8, NONE, 0}, {"fdiv_to", 0xdc, 0xf8, 8, NONE, 0},
  {"faddp", 0xde, 0xc0, 8, NONE, 0}, {"fmulp", 0xde, 0xc8, 8, NONE, 0},
  {"fsubrp", 0xde, 0xe0, 8, NONE, 0}, {"fsubp", 0xde, 0xe8, 8, NONE, 0},
  {"fdivrp", 0xde, 0xf0, 8, NONE, 0}, {"fdivp", 0xde, 0xf8, 8, NONE, 0},
  {"fadd32", 0xd8, 0x02, 1, FLOAT32, 0}, {"fmul32", 0xd8, 0x0a, 1, FLOAT32, 0},
  {"fcom32", 0xd8, 0x12, 1, FLOAT32, 0}, {"fcomp32", 0xd8, 0x1a, 1, FLOAT32, 0},
  {"fsub32", 0xd8, 0x22, 1, FLOAT32, 0}, {"fsubr32", 0xd8, 0x2a, 1, FLOAT32, 0},
  {"fdiv32", 0xd8, 0x32, 1, FLOAT32, 0}, {"fdivr32", 0xd8, 0x3a, 1, FLOAT32, 0},
  {"fadd64", 0xdc, 0x02, 1, FLOAT64, 0}, {"fmul64", 0xdc, 0x0a, 1, FLOAT64, 0},
  {"fcom64", 0xdc, 0x12, 1, FLOAT64, 0}, {"fcomp64", 0xdc, 0x1a, 1, FLOAT64, 0},
  {"fsub64", 0xdc, 0x22, 1, FLOAT64, 0}, {"fsubr64", 0xdc, 0x2a, 1, FLOAT64, 0},
  {"fdiv64", 0xdc, 0x32, 1, FLOAT64, 0}, {"fdivr64", 0xdc, 0x3a, 1, FLOAT64, 0},
  {"fiadd32", 0xda, 0x02, 1, INT32, 0}, {"fimul32", 0xda, 0x0a, 1, INT32, 0},
  {"ficom32", 0xda, 0x12, 1, INT32, 0}, {"ficomp32", 0xda, 0x1a, 1, INT32, 0},
  {"fisub32", 0xda, 0x22, 1, INT32, 0}, {"fisubr32", 0xda, 0x2a, 1, INT32, 0},
  {"fidiv32", 0xda, 0x32, 1, INT32, 0}, {"fidivr32", 0xda, 0x3a, 1, INT32, 0},
  {"fiadd16", 0xde, 0x02, 1, INT16, 0}, {"fimul16", 0xde, 0x0a, 1, INT16, 0},
  {"ficom16", 0xde, 0x12, 1, INT16, 0}, {"ficomp16", 0xde, 0x1a, 1, INT16, 0},
  {"fisub16", 0xde, 0x22, 1, INT16, 0}, {"fisubr16", 0xde, 0x2a, 1, INT16, 0},
  {"fidiv16", 0xde, 0x32, 1, INT16, 0}, {"fidivr16", 0xde, 0x3a, 1, INT16, 0},
  {"fcompp", 0xde, 0xd9, 1, NONE, 0}, {"fucom", 0xdd, 0xe0, 8, NONE, 0},
  {"fucomp", 0xdd, 0xe8, 8, NONE, 0}, {"fucompp", 0xda, 0xe9, 1, NONE, 0},
  {"fcomi", 0xdb, 0xf0, 8, NONE, 0}, {"fcomip", 0xdf, 0xf0, 8, NONE, 0},
  {"fucomi", 0xdb, 0xe8, 8, NONE, 0}, {"fucomip", 0xdf, 0xe8, 8, NONE, 0},
  {"ftst", 0xd9, 0xe4, 1, NONE, 0}, {"fxam", 0xd9, 0xe5, 1, NONE, 0},
  {"fld32", 0xd9, 0x02, 1, FLOAT32, 0}, {"fld64", 0xdd, 0x02, 1, FLOAT64, 0},
  {"fld80", 0xdb, 0x2a, 1, EXT, 0}, {"fild16", 0xdf, 0x02, 1, INT16, 0},
  {"fild32", 0xdb, 0x02, 1, INT32, 0}, {"fild64", 0xdf, 0x2a, 1, INT64, 0},
  {"fbld", 0xdf, 0x22, 1, BCD, 0}, {"fbstp", 0xdf, 0x32, 1, ANY, 0},
  {"fst32", 0xd9, 0x12, 1, ANY, 0}, {"fstp32", 0xd9, 0x1a, 1, ANY, 0},
  {"fst64", 0xdd, 0x12, 1, ANY, 0}, {"fstp64", 0xdd, 0x1a, 1, ANY, 0},
  {"fstp80", 0xdb, 0x3a, 1, ANY, 0}, {"fist16", 0xdf, 0x12, 1, ANY, 0},
  {"fistp16", 0xdf, 0x1a, 1, ANY, 0}, {"fist32", 0xdb, 0x12, 1, ANY, 0},
  {"fistp32", 0xdb, 0x1a, 1, ANY, 0}, {"fistp64", 0xdf, 0x3a, 1, ANY, 0},
  {"fisttp16", 0xdf, 0x0a, 1, ANY, 0}, {"fisttp32", 0xdb, 0x0a, 1, ANY, 0},
  {"fisttp64", 0xdd, 0x0a, 1, ANY, 0}, {"fld", 0xd9, 0xc0, 8, NONE, 0},
  {"fst", 0xdd, 0xd0, 8, NONE, 0}, {"fstp", 0xdd, 0xd8, 8, NONE, 0},
  {"fxch", 0xd9, 0xc8, 8, NONE, 0}, {"fcmovb", 0xda, 0xc0, 8, NONE, 0},
  {"fcmove", 0xda, 0xc8, 8, NONE, 0}, {"fcmovbe", 0xda, 0xd0, 8, NONE, 0},
  {"fcmovu", 0xda, 0xd8, 8, NONE, 0}, {"fcmovnb", 0xdb, 0xc0, 8, NONE, 0},
  {"fcmovne", 0xdb, 0xc8, 8, NONE, 0}, {"fcmovnbe", 0xdb, 0xd0, 8, NONE, 0},
  {"fcmovnu", 0xdb, 0xd8, 8, NONE, 0}, {"ffree", 0xdd, 0xc0, 8, NONE, 0},
  {"ffreep", 0xdf, 0xc0, 8, NONE, 0}, {"fchs", 0xd9, 0xe0, 1, NONE, 0},
  {"fabs", 0xd9, 0xe1, 1, NONE, 0}, {"fld_constant", 0xd9, 0xe8, 7, NONE, 0},
  {"fincstp", 0xd9, 0xf7, 1, NONE, 0}, {"fdecstp", 0xd9, 0xf6, 1, NONE, 0},
  {"fnop", 0xd9, 0xd0, 1, NONE, 0}, {"fnclex", 0xdb, 0xe2, 1, NONE, 0},
  {"fninit", 0xdb, 0xe3, 1, NONE, 0}, {"fsqrt", 0xd9, 0xfa, 1, NONE, 0},
  {"frndint", 0xd9, 0xfc, 1, NONE, 0}, {"fprem", 0xd9, 0xf8, 1, NONE, 0},
  {"fprem1", 0xd9, 0xf5, 1, NONE, 0}, {"fscale", 0xd9, 0xfd, 1, NONE, SCALE},
  {"fxtract", 0xd9, 0xf4, 1, NONE, 0}, {"f2xm1", 0xd9, 0xf0, 1, NONE, UNIT},
  {"fyl2x", 0xd9, 0xf1, 1, NONE, ANGLE}, {"fptan", 0xd9, 0xf2, 1, NONE, ANGLE},
  {"fpatan", 0xd9, 0xf3, 1, NONE, ANGLE}, {"fyl2xp1", 0xd9, 0xf9, 1, NONE, NEAR_ZERO},
  {"fsincos", 0xd9, 0xfb, 1, NONE, ANGLE}, {"fsin", 0xd9, 0xfe, 1, NONE, ANGLE},
  {"fcos", 0xd9, 0xff, 1, NONE, ANGLE}, {"fcom2", 0xdc, 0xd0, 8, NONE, 0},
  {"fcomp3", 0xdc, 0xd8, 8, NONE, 0}, {"fxch4", 0xdd, 0xc8, 8, NONE, 0},
  {"fcomp5", 0xde, 0xd0, 8, NONE, 0}, {"fxch7", 0xdf, 0xc8, 8, NONE, 0},
  {"fstp8", 0xdf, 0xd0, 8, NONE, 0}, {"fstp9", 0xdf, 0xd8, 8, NONE, 0},
  {"fstp1", 0xd9, 0xd8, 8, NONE, 0}, {"fneni", 0xdb, 0xe0, 2, NONE, 0},
  {"fnsetpm", 0xdb, 0xe4, 1, NONE, 0},
};

static u64 seed;

static u64 next(void) {
  u64 z = seed += 0x9e3779b97f4a7c15u;
  z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
  z = (z ^ z >> 27) * 0x94d049bb133111ebu;
  return z ^ z >> 31;
}

static unsigned below(unsigned n) { return (unsigned) (next() >> 32) % n; }

/* bits of a kind that rounding and carries care for */
static u64 bits(void) {
  switch (below(8)) {
    case 0: return 0;
    case 1: return ~(u64) 0;
    case 2: return next() << below(64);
    case 3: return ~(next() << below(64));
    case 4: return next() & next() & next();
    case 5: return (next() << (40 + below(24))) | (u64) below(4) << below(60);
    default: return next();
  }
}

static void extended(u64 *sig, u16 *se, int domain, int second) {
  u16 sign = below(2) << 15;
  u64 s = bits() | 1ull << 63;
  int e = 0x3fff + (int) below(160) - 80;
  if (domain == UNIT) e = 0x3fff - (int) below(70);
  if (domain == NEAR_ZERO && !second) e = 0x3ffd - (int) below(below(2) ? 6 : 70);
  if (domain == ANGLE) e = 0x3fff - 20 + (int) below(below(4) ? 30 : 90);
  if (domain == SCALE && second) e = 0x3fff + (int) below(16);
  switch (below(24)) {
    case 0: e = below(0x8000); break;
    case 1: e = 1 + below(70); break;
    case 2: e = 0x7ffe - below(70); break;
    case 3: e = 0; s = bits(); break;
    case 4: e = 0x7fff; s = 1ull << 63; break;
    case 5: e = 0x7fff; s = bits() | 3ull << 62; break;
    case 6: e = 0x7fff; s = (bits() & ~(3ull << 62)) | 1ull << 63; break;
    case 7: e = 0; s = 0; break;
    case 8: if (below(3) == 0) s = bits() & ~(1ull << 63); break;
    case 9: e = 0x3fff; s = 1ull << 63; break;
    case 10: e = 0x3fff - 1074 + (int) below(80); break;
    case 11: e = 0x3fff - 149 + (int) below(50); break;
    case 12: e = 0x3fff + 1020 + (int) below(6); break;
    case 13: e = 0x3fff + 125 + (int) below(5); break;
    case 14: { int n = below(64); e = 0x3fff + n; s &= ~0ull << (63 - n); break; }
    case 15: e = 0x3fff + 14 + (int) below(50); break;
    default: break;
  }
  *sig = s;
  *se = sign | e;
}

static void memory(u8 *m, int kind) {
  u64 x = bits();
  u16 se = 0;
  memset(m, 0xa5, 16);
  switch (kind) {
    case FLOAT32: {
      u32 e = below(3) ? 120 + below(16) : below(2) ? below(256) : below(2) * 255;
      u32 v = (u32) below(2) << 31 | e << 23 | ((u32) (x >> below(41)) & 0x7fffff);
      memcpy(m, &v, 4);
      break;
    }
    case FLOAT64: {
      u64 e = below(3) ? 1000 + below(48) : below(2) ? below(2048) : below(2) * 2047;
      u64 v = (u64) below(2) << 63 | e << 52 | (x >> below(12) & 0xfffffffffffffull);
      memcpy(m, &v, 8);
      break;
    }
    case BCD:
      for (int i = 0; i < 10; i++) m[i] = below(10) << 4 | below(10);
      m[9] = below(4) ? below(2) << 7 : below(256);
      break;
    case EXT:
      extended(&x, &se, WIDE, 0);
      memcpy(m, &x, 8);
      memcpy(m + 8, &se, 2);
      break;
    case INT16: case INT32: case INT64:
      x = (u64) ((int64_t) x >> below(64));
      memcpy(m, &x, 8);
      break;
    default: break;
  }
}

static u8 *code;

static void run(struct record *r) {
  u8 stub[] = {0xdd, 0x27, 0x56, 0x9d, r->opcode, r->modrm, 0x9c, 0x58, 0xdd, 0x37, 0xc3};
  memcpy(code, stub, sizeof stub);
  r->out = r->in;
  memcpy(r->memOut, r->memIn, 16);
  u64 (*f)(void *, u64, void *) = (u64 (*)(void *, u64, void *)) code;
  r->flagsOut = f(&r->out, r->flagsIn, r->memOut) & 0x8d5;
}

static void prepare(struct record *r, const struct group *g, int compact) {
  memset(r, 0, sizeof *r);
  int i = g->registers == 8 ? compact ? below(2) : below(8) : below(g->registers);
  r->opcode = g->opcode;
  r->modrm = g->modrm + i;
  r->flagsIn = 0x202 | (next() & 0x8d5);
  int top = below(8);
  int masks = below(3) ? 0x3f : below(64);
  r->in.control = 0xffff0040 | masks | (below(2) ? 3 : below(4)) << 8 | below(4) << 10;
  int flags = below(2) ? 0 : next() & masks;
  r->in.status = 0xffff0000 | flags | top << 11 | (next() & 0x4740);
  int empty = 0;
  int kind = below(10);
  if (kind < 7) empty = 1 << ((top + 7) & 7);
  if (kind == 8) empty = next() & 0xff;
  if (kind == 9) empty = 1 << below(8);
  r->in.tags = 0xffff0000;
  for (int p = 0; p < 8; p++) {
    if (empty >> p & 1) r->in.tags |= 3 << 2 * p;
  }
  for (int s = 0; s < 8; s++) {
    u64 sig; u16 se;
    extended(&sig, &se, g->domain, s);
    if (s == 1 && below(3) == 0) { /* close to the other: cancellation, quotients near a power */
      u16 near = r->in.st[0].se + (int) below(5) - 2;
      se = (se & 0x8000) | (near & 0x7fff);
      if (below(2)) sig = r->in.st[0].sig + (int) below(5) - 2;
    }
    if (s > 1 && compact) { sig = 0; se = 0; }
    r->in.st[s].sig = sig;
    r->in.st[s].se = se;
  }
  memory(r->memIn, g->memory);
  run(r);
}

static void text(const struct record *r, const char *name, int kind) {
  printf("%s %02x%02x %x %x %x %x", name, r->opcode, r->modrm, r->flagsIn & 0x8d5,
      r->in.control & 0xffff, r->in.status & 0xffff, r->in.tags & 0xffff);
  for (int s = 0; s < 2; s++) printf(" %x:%llx", r->in.st[s].se, (long long) r->in.st[s].sig);
  if (kind != NONE) {
    printf(" m:");
    for (int i = 9; i >= 0; i--) printf("%02x", r->memIn[i]);
  }
  printf(" = %x %x %x", r->flagsOut, r->out.status & 0xffff, r->out.tags & 0xffff);
  int topIn = r->in.status >> 11 & 7, topOut = r->out.status >> 11 & 7;
  for (int s = 0; s < 8; s++) {
    int before = (topOut + s - topIn) & 7;
    if (memcmp(&r->in.st[before], &r->out.st[s], 10) != 0) {
      printf(" %d:%x:%llx", s, r->out.st[s].se, (long long) r->out.st[s].sig);
    }
  }
  if (memcmp(r->memIn, r->memOut, 16) != 0) {
    printf(" m:");
    for (int i = 9; i >= 0; i--) printf("%02x", r->memOut[i]);
  }
  printf("\n");
}

int main(int argc, char **argv) {
  if (argc < 4) return 2;
  int binary = strcmp(argv[1], "binary") == 0;
  long count = atol(argv[3]);
  code = mmap(0, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  for (unsigned i = 0; i < sizeof groups / sizeof groups[0]; i++) {
    int wanted = argc == 4;
    for (int a = 4; a < argc; a++) wanted |= strcmp(argv[a], groups[i].name) == 0;
    seed = strtoull(argv[2], 0, 0) * 1000003 + i;
    for (long n = 0; wanted && n < count; n++) {
      struct record r;
      prepare(&r, &groups[i], !binary);
      if (binary) fwrite(&r, sizeof r, 1, stdout);
      else text(&r, groups[i].name, groups[i].memory);
    }
  }
  return 0;
}
