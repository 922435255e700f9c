/* Packs 128 KiB of made-up text with a small dictionary coder, unpacks it, compares, and checks
 * both with CRC-32: bytes, tables, copies of a few bytes, jumps that are hard to foresee. */
#include "kernel.h"

#define LENGTH 131072u
#define HASHES 4096u
#define LONGEST 18u

static uint32_t crc_table[256];

static void fill_table(void) {
  for (uint32_t i = 0; i < 256; i++) {
    uint32_t c = i;
    for (int bit = 0; bit < 8; bit++) {
      c = c & 1 ? c >> 1 ^ 0xEDB88320u : c >> 1;
    }
    crc_table[i] = c;
  }
}

static uint32_t crc(uint32_t sum, const uint8_t *bytes, uint32_t length) {
  sum = ~sum;
  for (uint32_t i = 0; i < length; i++) {
    sum = sum >> 8 ^ crc_table[(sum ^ bytes[i]) & 0xFF];
  }
  return ~sum;
}

static void write_text(uint8_t *text, uint32_t seed) {
  static const char words[] =
      "the \0machine \0of \0record \0instruction \0and \0page \0is \0a \0device \0to \0clock \0replay \0in \0byte \0not \0";
  uint32_t at = 0;
  while (at < LENGTH) {
    const char *word = words;
    for (uint32_t skip = random_next(&seed) % 16; skip > 0; skip--) {
      while (*word++) {
      }
    }
    while (*word && at < LENGTH) {
      text[at++] = (uint8_t)*word++;
    }
  }
}

/* A byte of flags goes before eight items: a byte as it is, or twelve bits of distance and four of length. */
static uint32_t pack(const uint8_t *text, uint8_t *packed, uint32_t *heads) {
  for (uint32_t i = 0; i < HASHES; i++) {
    heads[i] = 0;
  }
  uint32_t out = 0, flags_at = 0, item = 0, at = 0;
  while (at < LENGTH) {
    if (item % 8 == 0) {
      flags_at = out;
      packed[out++] = 0;
    }
    uint32_t length = 0, distance = 0;
    if (at + 3 <= LENGTH) {
      uint32_t key = text[at] | (uint32_t)text[at + 1] << 8 | (uint32_t)text[at + 2] << 16;
      uint32_t *head = &heads[key * 2654435761u >> 20];
      uint32_t before = *head;
      *head = at + 1;
      if (before && at + 1 - before < 4096) {
        distance = at + 1 - before;
        while (length < LONGEST && at + length < LENGTH && text[before - 1 + length] == text[at + length]) {
          length++;
        }
      }
    }
    if (length >= 3) {
      packed[flags_at] |= (uint8_t)(1u << item % 8);
      packed[out++] = (uint8_t)distance;
      packed[out++] = (uint8_t)(distance >> 8 << 4 | (length - 3));
      at += length;
    } else {
      packed[out++] = text[at++];
    }
    item++;
  }
  return out;
}

static uint32_t unpack(const uint8_t *packed, uint32_t length, uint8_t *text) {
  uint32_t in = 0, at = 0;
  while (in < length) {
    uint32_t flags = packed[in++];
    for (int item = 0; item < 8 && in < length; item++, flags >>= 1) {
      if (flags & 1) {
        uint32_t distance = packed[in] | (uint32_t)(packed[in + 1] >> 4) << 8;
        for (uint32_t left = (packed[in + 1] & 15u) + 3; left > 0; left--, at++) {
          text[at] = text[at - distance];
        }
        in += 2;
      } else {
        text[at++] = packed[in++];
      }
    }
  }
  return at;
}

uint32_t run(uint32_t times, const struct boot *boot) {
  (void)boot;
  uint8_t *text = HEAP, *packed = HEAP + 0x100000, *again = HEAP + 0x200000;
  uint32_t *heads = (uint32_t *)(HEAP + 0x300000);
  fill_table();
  write_text(text, 1);
  uint32_t sum = 0;
  while (times-- > 0) {
    uint32_t length = pack(text, packed, heads);
    uint32_t unpacked = unpack(packed, length, again);
    sum = mix(sum, length);
    sum = mix(sum, crc(0, again, unpacked));
    for (uint32_t i = 0; i < LENGTH; i++) {
      sum += text[i] != again[i];
    }
    text[times * 977 % LENGTH] ^= 1;
  }
  return sum;
}
