/* A linked list of 65536 nodes scattered over memory: walked, reversed, sorted by merging. */
#include "kernel.h"

#define NODES 65536u

struct node {
  struct node *next;
  uint32_t key, value;
};

static struct node *build(struct node *nodes, uint32_t *order, uint32_t seed) {
  for (uint32_t i = 0; i < NODES; i++) {
    order[i] = i;
  }
  for (uint32_t i = NODES - 1; i > 0; i--) {
    uint32_t k = random_next(&seed) % (i + 1), kept = order[i];
    order[i] = order[k];
    order[k] = kept;
  }
  for (uint32_t i = 0; i < NODES; i++) {
    struct node *node = &nodes[order[i]];
    node->next = i + 1 < NODES ? &nodes[order[i + 1]] : NULL;
    node->key = random_next(&seed);
    node->value = i;
  }
  return &nodes[order[0]];
}

static struct node *reverse(struct node *list) {
  struct node *reversed = NULL;
  while (list) {
    struct node *next = list->next;
    list->next = reversed;
    reversed = list;
    list = next;
  }
  return reversed;
}

static struct node *merge(struct node *a, struct node *b) {
  struct node *first = NULL, **last = &first;
  while (a && b) {
    struct node **smaller = a->key <= b->key ? &a : &b;
    *last = *smaller;
    last = &(*smaller)->next;
    *smaller = *last;
  }
  *last = a ? a : b;
  return first;
}

/* Lists of 1, 2, 4 ... sorted nodes wait until there is another of their length. */
static struct node *sort(struct node *list) {
  struct node *waiting[32] = {NULL};
  while (list) {
    struct node *carried = list;
    list = list->next;
    carried->next = NULL;
    int i = 0;
    for (; waiting[i]; i++) {
      carried = merge(waiting[i], carried);
      waiting[i] = NULL;
    }
    waiting[i] = carried;
  }
  struct node *sorted = NULL;
  for (int i = 0; i < 32; i++) {
    sorted = merge(waiting[i], sorted);
  }
  return sorted;
}

uint32_t run(uint32_t times, const struct boot *boot) {
  (void)boot;
  struct node *list = build((struct node *)HEAP, (uint32_t *)(HEAP + 0x400000), 7);
  uint32_t sum = 0;
  while (times-- > 0) {
    for (int i = 0; i < 8; i++) {
      for (struct node *node = list; node; node = node->next) {
        sum = mix(sum, node->value);
      }
      list = reverse(list);
    }
    list = sort(list);
    for (struct node *node = list; node; node = node->next) {
      sum = mix(sum, node->key);
      node->key = node->key * 1103515245u + node->value;
    }
  }
  return sum;
}
