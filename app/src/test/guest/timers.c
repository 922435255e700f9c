/*
 * Time: clocks that do not go back, sleeps that are not too short, interval timers, timer descriptors in the order in
 * which they are due. What is printed does not say how long anything took.
 */
#include "guest.h"

#define CLOCK_REALTIME 0
#define CLOCK_MONOTONIC 1
#define CLOCK_PROCESS 2
#define TIMER_ABSOLUTE 1

static i64 nanoseconds(int clock) {
  struct timespec time;
  syscall(SYS_clock_gettime, clock, &time);
  return time.seconds * 1000000000 + time.nanoseconds;
}

static struct timespec of(i64 nanoseconds) {
  return (struct timespec){nanoseconds / 1000000000, nanoseconds % 1000000000};
}

static void clocks(void) {
  static const int kinds[] = {CLOCK_MONOTONIC, CLOCK_PROCESS, 4, 7}; /* also raw and boot time */
  int forwards = 1;
  for (word kind = 0; kind < COUNT(kinds); kind++) {
    i64 last = nanoseconds(kinds[kind]);
    for (int i = 0; i < 3000; i++) {
      i64 now = nanoseconds(kinds[kind]);
      forwards &= now >= last;
      last = now;
    }
  }
  check("clocks go forwards", forwards);
  u32 low;
  u32 high;
  u64 last = 0;
  for (int i = 0; i < 3000; i++) {
    __asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
    forwards &= ((u64)high << 32 | low) >= last;
    last = (u64)high << 32 | low;
  }
  check("so does the time-stamp counter", forwards);
  i64 busy = nanoseconds(CLOCK_PROCESS);
  while (nanoseconds(CLOCK_PROCESS) - busy < 20000000) {
  }
  check("busy time passes", 1);
}

static void sleeps(void) {
  int enough = 1;
  for (i64 length = 1000; length < 100000000; length *= 7) {
    i64 begun = nanoseconds(CLOCK_MONOTONIC);
    struct timespec time = of(length);
    enough &= syscall(SYS_clock_nanosleep, CLOCK_MONOTONIC, 0, &time, 0) == 0;
    enough &= nanoseconds(CLOCK_MONOTONIC) - begun >= length;
  }
  check("sleeps are long enough", enough);
  i64 end = nanoseconds(CLOCK_MONOTONIC) + 30000000;
  struct timespec time = of(end);
  enough = syscall(SYS_clock_nanosleep, CLOCK_MONOTONIC, TIMER_ABSOLUTE, &time, 0) == 0;
  enough &= nanoseconds(CLOCK_MONOTONIC) >= end;
  check("until a time", enough);
  time = of(nanoseconds(CLOCK_REALTIME) + 10000000);
  check("until a date", syscall(SYS_clock_nanosleep, CLOCK_REALTIME, TIMER_ABSOLUTE, &time, 0) == 0);
}

static volatile u32 alarms;

static void count_alarm(int signal, void *info, word *context) {
  (void)signal, (void)info, (void)context;
  alarms++;
}

static void interval_timers(void) {
  static const int signals[] = {SIGALRM, SIGVTALRM, SIGPROF};
  for (int which = 0; which < 3; which++) {
    catch_signal(signals[which], count_alarm, 0);
    alarms = 0;
    i64 begun = nanoseconds(CLOCK_MONOTONIC);
    alarm_every(which, 3000);
    while (alarms < 5) {
    }
    alarm_every(which, 0);
    check("five alarms while busy", nanoseconds(CLOCK_MONOTONIC) - begun >= (which == 0 ? 15000000 : 5000000));
  }
  /* a sleep that an alarm cuts short tells how much is left */
  alarms = 0;
  u64 blocked = SIGNAL_BIT(SIGALRM);
  u64 before;
  syscall(SYS_rt_sigprocmask, SIG_BLOCK, &blocked, &before, 8);
  alarm_every(0, 20000);
  while (alarms < 5) {
    syscall(SYS_rt_sigsuspend, &before, 8);
  }
  alarm_every(0, 0);
  check("five alarms while asleep", 1);
  syscall(SYS_rt_sigprocmask, SIG_SETMASK, &before, 0, 8);
  struct timespec time = of(3600000000000);
  struct timespec rest = of(0);
  alarm_every(0, 20000);
  long result = syscall(SYS_clock_nanosleep, CLOCK_MONOTONIC, 0, &time, &rest);
  alarm_every(0, 0);
  check("an alarm ends a sleep", result == -EINTR && rest.seconds >= 3000 && rest.seconds < 3600);
}

struct when {
  struct timespec interval;
  struct timespec first;
};

static void stay_on_one_processor(void) {
  u64 processors[16] = {0};
  syscall(SYS_sched_getaffinity, 0, sizeof processors, processors);
  u64 one[16] = {0};
  for (int i = 0; i < 16; i++) {
    if (processors[i] != 0) {
      one[i] = processors[i] & -processors[i];
      break;
    }
  }
  syscall(SYS_sched_setaffinity, 0, sizeof one, one);
}

/* timers by signals, with a value of their own: they come in the order in which they are due */
static void timers_by_signal(void) {
  static const int delays[] = {50, 10, 70, 30, 90};
  u64 wanted = SIGNAL_BIT(34);
  syscall(SYS_rt_sigprocmask, SIG_BLOCK, &wanted, 0, 8);
  i32 timers[COUNT(delays)];
  i64 begin = nanoseconds(CLOCK_MONOTONIC) + 5000000;
  for (word i = 0; i < COUNT(delays); i++) {
    word event[16] = {(word)delays[i]};
    i32 *after_value = (i32 *)(event + 1);
    after_value[0] = 34;
    after_value[1] = 0;
    syscall(SYS_timer_create, CLOCK_MONOTONIC, event, &timers[i]);
    struct when when = {of(0), of(begin + delays[i] * 1000000ll)};
    syscall(SYS_timer_settime, timers[i], TIMER_ABSOLUTE, &when, 0);
  }
  text("timers by signal:");
  for (word i = 0; i < COUNT(delays); i++) {
    u64 info[16];
    long signal;
    while ((signal = syscall(SYS_rt_sigtimedwait, &wanted, info, 0, 8)) == -EINTR) {
    }
    text(" ");
    decimal(signal == 34 ? INFO_VALUE(info) : signal);
  }
  text("\n");
  for (word i = 0; i < COUNT(delays); i++) {
    syscall(SYS_timer_delete, timers[i]);
  }
}

/* and as descriptors that one waits for together */
static void timers_by_descriptor(void) {
  static const int delays[] = {60, 20, 100, 40, 80};
  struct {
    u32 events;
    u64 data;
  } __attribute__((packed)) event;
  long epoll = syscall(SYS_epoll_create1, 0);
  i64 begin = nanoseconds(CLOCK_MONOTONIC) + 5000000;
  for (word i = 0; i < COUNT(delays); i++) {
    long timer = syscall(SYS_timerfd_create, CLOCK_MONOTONIC, 0);
    event.events = 1;
    event.data = (u64)timer << 32 | (u32)delays[i];
    syscall(SYS_epoll_ctl, epoll, 1, timer, &event);
    struct when when = {of(0), of(begin + delays[i] * 1000000ll)};
    syscall(SYS_timerfd_settime, timer, TIMER_ABSOLUTE, &when, 0);
  }
  text("timers by descriptor:");
  for (word i = 0; i < COUNT(delays); i++) {
    while (syscall(SYS_epoll_wait, epoll, &event, 1, -1) != 1) {
    }
    u64 expirations = 0;
    syscall(SYS_read, (long)(event.data >> 32), &expirations, 8);
    text(" ");
    decimal((i32)event.data);
    text(expirations == 1 ? "" : "?");
    syscall(SYS_close, (long)(event.data >> 32));
  }
  text("\n");
  check("nothing is left", syscall(SYS_epoll_wait, epoll, &event, 1, 0) == 0);
  /* a periodic one says how often it came, and never less than what has passed */
  long timer = syscall(SYS_timerfd_create, CLOCK_MONOTONIC, 0);
  struct when every = {of(2000000), of(2000000)};
  i64 begun = nanoseconds(CLOCK_MONOTONIC);
  syscall(SYS_timerfd_settime, timer, 0, &every, 0);
  u64 total = 0;
  while (total < 10) {
    u64 expirations = 0;
    syscall(SYS_read, timer, &expirations, 8);
    total += expirations;
  }
  check("ten periods", nanoseconds(CLOCK_MONOTONIC) - begun >= 20000000);
}

/* children that sleep for different times end in that order */
static void sleeping_children(void) {
  static const int delays[] = {90, 30, 150};
  int ends[2];
  syscall(SYS_pipe, ends);
  i64 begin = nanoseconds(CLOCK_MONOTONIC) + 10000000;
  flush();
  for (word i = 0; i < COUNT(delays); i++) {
    if (syscall(SYS_fork) == 0) {
      struct timespec time = of(begin + delays[i] * 1000000ll);
      syscall(SYS_clock_nanosleep, CLOCK_MONOTONIC, TIMER_ABSOLUTE, &time, 0);
      syscall(SYS_write, ends[1], &delays[i], 4);
      quit(0);
    }
  }
  text("children:");
  for (word i = 0; i < COUNT(delays); i++) {
    i32 delay = 0;
    syscall(SYS_read, ends[0], &delay, 4);
    text(" ");
    decimal(delay);
  }
  text("\n");
  for (word i = 0; i < COUNT(delays); i++) {
    syscall(SYS_wait4, -1, 0, 0, 0);
  }
}

int main(int count, char **arguments, char **environment) {
  (void)count, (void)arguments, (void)environment;
  clocks();
  sleeps();
  interval_timers();
  stay_on_one_processor();
  timers_by_signal();
  timers_by_descriptor();
  sleeping_children();
  return 0;
}
