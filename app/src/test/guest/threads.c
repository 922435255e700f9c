/*
 * Threads that share memory: a mutex, a condition variable and a barrier over futexes, atomic instructions, memory of
 * each thread's own through FS or GS, threads that end and are waited for.
 *
 * Whatever order they run in, what is printed is the same, if and only if locking works and no register is lost.
 *
 * The mutex has three states, as in Ulrich Drepper's "Futexes are tricky".
 */
#include "guest.h"

#define THREADS 4
#define STACK (16 * PAGE)
#define FUTEX_WAIT 128         /* private */
#define FUTEX_WAKE 129

typedef struct {
  u8 *stack;
  volatile u32 id; /* the kernel clears it, and wakes us, once the thread is gone */
  word own[16];    /* what its segment register points to */
} thread;

static u32 compare_exchange(volatile u32 *at, u32 expected, u32 fresh) {
  __asm__ volatile("lock cmpxchgl %[n], %[m]" : [m] "+m"(*at), "+a"(expected) : [n] "r"(fresh) : "cc", "memory");
  return expected;
}

static u32 exchange(volatile u32 *at, u32 fresh) {
  __asm__ volatile("xchgl %[n], %[m]" : [m] "+m"(*at), [n] "+r"(fresh) : : "memory");
  return fresh;
}

static u32 add(volatile u32 *at, u32 by) {
  __asm__ volatile("lock xaddl %[n], %[m]" : [m] "+m"(*at), [n] "+r"(by) : : "cc", "memory");
  return by;
}

static void wait_while(volatile u32 *at, u32 value) { syscall(SYS_futex, at, FUTEX_WAIT, value, 0); }

static void wake(volatile u32 *at, int count) { syscall(SYS_futex, at, FUTEX_WAKE, count); }

static void lock(volatile u32 *mutex) {
  u32 was = compare_exchange(mutex, 0, 1);
  if (was != 0) {
    while (was == 2 || exchange(mutex, 2) != 0) {
      wait_while(mutex, 2);
      was = 0;
    }
  }
}

static void unlock(volatile u32 *mutex) {
  if (exchange(mutex, 0) == 2) {
    wake(mutex, 1);
  }
}

/* Releases the mutex until the condition was signalled, or for nothing. */
static void wait_for(volatile u32 *condition, volatile u32 *mutex) {
  u32 was = *condition;
  unlock(mutex);
  wait_while(condition, was);
  lock(mutex);
}

static void signal_all(volatile u32 *condition) {
  add(condition, 1);
  wake(condition, 1 << 30);
}

/* The thread's own words: by FS on amd64, by GS on i386. */
static word own(int index) {
  word value;
#ifdef __i386__
  __asm__ volatile("movl %%gs:(,%1,4), %0" : "=r"(value) : "r"(index));
#else
  __asm__ volatile("movq %%fs:(,%1,8), %0" : "=r"(value) : "r"((word)index));
#endif
  return value;
}

static void set_own(int index, word value) {
#ifdef __i386__
  __asm__ volatile("movl %0, %%gs:(,%1,4)" : : "r"(value), "r"(index) : "memory");
#else
  __asm__ volatile("movq %0, %%fs:(,%1,8)" : : "r"(value), "r"((word)index) : "memory");
#endif
}

#ifdef __i386__
struct segment {
  int entry;
  void *base;
  u32 limit;
  u32 flags;
};

static int entry = -1; /* in the GDT, found at the first call and then the same for every thread */

static void own_segment(void *base) {
  struct segment segment = {entry, base, 0xFFFFF, 0x51};
  syscall(SYS_set_thread_area, &segment);
  entry = segment.entry;
  __asm__ volatile("movw %w0, %%gs" : : "r"(entry * 8 + 3));
}
#else
static void own_segment(void *base) { syscall(SYS_arch_prctl, 0x1002, base); }
#endif

typedef void work(int index);

/*
 * By clone, with the flags VM, FS, FILES, SIGHAND, THREAD, SYSVSEM, SETTLS, PARENT_SETTID and CHILD_CLEARTID. The new
 * thread finds on its stack the function and its argument.
 */
int start_thread(word *stack, volatile u32 *id, void *tls);
#ifdef __i386__
__asm__(
    "start_thread:\n\t"
    "pushl %ebx\n\tpushl %esi\n\tpushl %edi\n\t"
    "movl $120, %eax\n\t"
    "movl $0x003D0F00, %ebx\n\t"
    "movl 16(%esp), %ecx\n\t"
    "movl 20(%esp), %edx\n\t"
    "movl 24(%esp), %esi\n\t"
    "movl 20(%esp), %edi\n\t"
    "int $0x80\n\t"
    "testl %eax, %eax\n\t"
    "jz 1f\n\t"
    "popl %edi\n\tpopl %esi\n\tpopl %ebx\n\tret\n"
    "1:\tpopl %eax\n\t"
    "call *%eax\n\t"
    "movl $1, %eax\n\t"
    "xorl %ebx, %ebx\n\t"
    "int $0x80\n");
#else
__asm__(
    "start_thread:\n\t"
    "movl $56, %eax\n\t"
    "movq %rdx, %r8\n\t"
    "movq %rsi, %rdx\n\t"
    "movq %rdi, %rsi\n\t"
    "movq %rdx, %r10\n\t"
    "movl $0x003D0F00, %edi\n\t"
    "syscall\n\t"
    "testq %rax, %rax\n\t"
    "jz 1f\n\t"
    "ret\n"
    "1:\tpopq %rax\n\t"
    "movq (%rsp), %rdi\n\t"
    "call *%rax\n\t"
    "movl $60, %eax\n\t"
    "xorl %edi, %edi\n\t"
    "syscall\n");
#endif

static thread threads[THREADS];

static void start_work(int index, work *what) {
  thread *started = &threads[index];
  if (started->stack == 0) {
    started->stack = map(STACK, READ | WRITE);
  }
  word *top = (word *)(started->stack + STACK) - 8;
  top[0] = (word)what;
  top[1] = (word)index;
  memset(started->own, 0, sizeof started->own);
#ifdef __i386__
  struct segment segment = {entry, started->own, 0xFFFFF, 0x51};
  void *tls = &segment;
#else
  void *tls = started->own;
#endif
  started->id = 1;
  if (start_thread(top, &started->id, tls) < 0) {
    text("no thread\n");
    quit(2);
  }
}

static void join(int index) {
  u32 id;
  while ((id = threads[index].id) != 0) {
    /* not a private futex: the kernel's wake-up is for all */
    syscall(SYS_futex, &threads[index].id, 0, id, 0);
  }
}

static void all(work *what) {
  for (int i = 0; i < THREADS; i++) {
    start_work(i, what);
  }
  for (int i = 0; i < THREADS; i++) {
    join(i);
  }
}

/* counters */

static volatile u32 mutex;
static volatile u32 guarded;
static volatile u32 guarded_twice;
static volatile u32 atomic;
static volatile u32 exchanged;
static volatile u64 wide __attribute__((aligned(16)));
static word own_counts[THREADS];

static void count_up(int index) {
  for (int i = 0; i < 20000; i++) {
    lock(&mutex);
    u32 value = guarded;
    guarded = value + 1;
    guarded_twice = guarded_twice * 5 + 1;
    unlock(&mutex);
    add(&atomic, 3);
    u32 seen = exchanged;
    while (compare_exchange(&exchanged, seen, seen * 7 + 1) != seen) {
      seen = exchanged;
    }
    u32 low = 0;
    u32 high = 0;
    u8 done;
    do {
      u64 sum = ((u64)high << 32 | low) + 0x100000003ull;
      __asm__ volatile("lock cmpxchg8b %[m]\n\tsetz %[d]"
                       : [m] "+m"(wide), "+a"(low), "+d"(high), [d] "=q"(done)
                       : "b"((u32)sum), "c"((u32)(sum >> 32)) : "cc", "memory");
    } while (!done);
    set_own(3, own(3) + (word)index + 1);
    if (i % 1000 == 0) {
      syscall(SYS_sched_yield);
    }
  }
  own_counts[index] = own(3);
}

/* messages from two threads to two others, through a queue of eight */

#define MESSAGES 3000
static volatile u32 queue_mutex;
static volatile u32 queue_changed;
static u32 queue[8];
static u32 queue_in;
static u32 queue_out;
static u32 taken_count;
static u64 taken_sum;
static u32 last_of[2];
static u32 in_order = 1;

static void produce_or_consume(int index) {
  if (index < 2) {
    for (u32 i = 1; i <= MESSAGES; i++) {
      lock(&queue_mutex);
      while (queue_in - queue_out == COUNT(queue)) {
        wait_for(&queue_changed, &queue_mutex);
      }
      queue[queue_in++ % COUNT(queue)] = i << 1 | (u32)index;
      unlock(&queue_mutex);
      signal_all(&queue_changed);
    }
    return;
  }
  for (;;) {
    lock(&queue_mutex);
    while (queue_in == queue_out && taken_count < 2 * MESSAGES) {
      wait_for(&queue_changed, &queue_mutex);
    }
    if (taken_count == 2 * MESSAGES) {
      unlock(&queue_mutex);
      signal_all(&queue_changed);
      return;
    }
    u32 message = queue[queue_out++ % COUNT(queue)];
    taken_count++;
    taken_sum += (u64)message * message;
    in_order &= last_of[message & 1] + 1 == message >> 1;
    last_of[message & 1] = message >> 1;
    unlock(&queue_mutex);
    signal_all(&queue_changed);
  }
}

/* rounds: nobody begins one before all have ended the last; what each writes depends on what its neighbour wrote */

#define ROUNDS 400
static volatile u32 arrived;
static volatile u32 round;
static u64 cells[2][THREADS];

static void meet(void) {
  u32 now = round;
  if (add(&arrived, 1) == THREADS - 1) {
    arrived = 0;
    add(&round, 1);
    wake(&round, 1 << 30);
  } else {
    while (round == now) {
      wait_while(&round, now);
    }
  }
}

static void rounds(int index) {
  cells[0][index] = (u64)index + 1;
  meet();
  for (int i = 0; i < ROUNDS; i++) {
    const u64 *from = cells[i & 1];
    cells[~i & 1][index] = mix(from[index], from[(index + 1) % THREADS]);
    meet();
  }
}

/* a ball between two threads that sleep while it is with the other */

static volatile u32 side;
static u64 ball = MIX_START;

static void play(int index) {
  if (index > 1) {
    return;
  }
  for (int i = 0; i < 2000; i++) {
    while (side != (u32)index) {
      wait_while(&side, (u32)!index);
    }
    ball = mix(ball, (u64)(i * 2 + index));
    side = (u32)!index;
    wake(&side, 1);
  }
}

/* threads that come and go */

static volatile u32 generations;

static void live_shortly(int index) { add(&generations, (u32)index * 10 + own(0) + 1); }

#ifdef __x86_64__
/* GS has a base of its own beside that of FS, and both are the thread's. */
static word others_own[THREADS][4];
static volatile u32 both_kept = 1;

static void two_segments(int index) {
  others_own[index][1] = (word)index * 1000;
  syscall(SYS_arch_prctl, 0x1001, others_own[index]);
  set_own(1, (word)index * 2000);
  for (int i = 0; i < 20000; i++) {
    word value;
    __asm__ volatile("incq %%gs:8\n\tmovq %%gs:8, %0" : "=r"(value) : : "cc", "memory");
    set_own(1, own(1) + 2);
    if (own(1) != 2 * value) {
      both_kept = 0;
    }
    if (i % 500 == 0) {
      syscall(SYS_sched_yield);
    }
  }
}
#endif

int main(int count, char **arguments, char **environment) {
  (void)count, (void)arguments, (void)environment;
  static word first[16];
  own_segment(first);
  set_own(5, 4711);

  all(count_up);
  line("guarded", guarded, 8);
  line("guarded twice", guarded_twice, 8);
  line("atomic", atomic, 8);
  line("exchanged", exchanged, 8);
  line("wide", wide, 16);
  for (int i = 0; i < THREADS; i++) {
    line("own", own_counts[i], 8);
  }
  all(produce_or_consume);
  line("messages", taken_count, 8);
  line("their sum", taken_sum, 16);
  check("in order", (int)in_order);
  all(rounds);
  for (int i = 0; i < THREADS; i++) {
    line("cell", cells[ROUNDS & 1][i], 16);
  }
  all(play);
  line("ball", ball, 16);
  for (int i = 0; i < 50; i++) {
    all(live_shortly);
  }
  line("generations", generations, 8);
#ifdef __x86_64__
  all(two_segments);
  check("two segments", (int)both_kept);
#endif
  check("the first thread's own", own(5) == 4711);
  return 0;
}
