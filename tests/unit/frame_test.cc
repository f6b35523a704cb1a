// SPDX-License-Identifier: GPL-2.0-only
// The cyclic schedule on two CPUs whose timers the test fires: who is let into
// the guest when, and that a window which another CPU ends at any moment is used
// to the end or not at all.
#include <cerrno>
#include <deque>
#include <functional>
#include <utility>
#include <vector>

#include "frame_bench.h"
#include "uapi/hvk.h"

namespace hvk::test {
namespace {

constexpr uint64_t kUs = 1000, kMs = 1000 * kUs;
constexpr uint64_t kStart = 100 * kMs, kMajor = 10 * kMs;

const std::vector<frame_bench_window> kWindows = {
    {0, 0, 0, 2 * kMs},
    {0, 1, 3 * kMs, 2 * kMs},
    {1, 0, 1 * kMs, 4 * kMs},
};

class Schedule {
 public:
  Schedule() {
    schedule = this;
    frame_bench_open(kWindows.data(), kWindows.size(), kMajor);
    EXPECT_EQ(frame_bench_start(kStart), 0);
  }
  ~Schedule() {
    frame_bench_stop();
    frame_bench_close();
    schedule = nullptr;
  }
  Schedule(const Schedule&) = delete;
  Schedule& operator=(const Schedule&) = delete;

  // The timers of both CPUs up to this moment after the start, each on its own.
  void go_to(uint64_t ns) {
    now = kStart + ns;
    for (unsigned cpu = 0; cpu < FRAME_BENCH_CPUS; ++cpu)
      if (const uint64_t due = frame_bench_due(cpu); due && due <= now) frame_bench_fire(cpu, cpu);
  }
  // What the trace of a CPU has of this event: the windows' numbers.
  static std::vector<uint32_t> traced(unsigned cpu, uint32_t event) {
    std::vector<uint32_t> windows;
    for (frame_bench_record r{}; frame_bench_trace(cpu, &r);) {
      EXPECT_EQ(r.cpu, cpu);
      EXPECT_LT(r.window, kWindows.size()) << "event " << r.event;
      if (r.event == event) windows.push_back(r.window);
    }
    return windows;
  }

  static inline Schedule* schedule = nullptr;
  uint64_t now = kMs;
  // What another CPU does while the module looks at the clock; once.
  std::function<void()> meanwhile;
  // What happens while a thread sleeps, one after the other.
  std::deque<std::function<void()>> asleep;
};

TEST(Frame, InItsOwnWindowsAlone) {
  Schedule s;
  ASSERT_EQ(frame_bench_begin(0, 0), 0);
  ASSERT_EQ(frame_bench_begin(1, 0), 0);
  struct {
    uint64_t at;
    bool first, second;  // whether vCPU 0, vCPU 1 may enter
  } const moments[] = {
      {0, true, false},       {1 * kMs, true, false},  {2 * kMs, false, false},
      {3 * kMs, false, true}, {5 * kMs, false, false}, {kMajor, true, false},
  };
  for (const auto& m : moments) {
    s.go_to(m.at);
    for (unsigned vcpu = 0; vcpu < 2; ++vcpu) {
      const bool entered = frame_bench_enter(vcpu, 0);
      EXPECT_EQ(entered, vcpu ? m.second : m.first) << "vCPU " << vcpu << " at " << m.at;
      if (entered) frame_bench_left(vcpu, 0);
    }
  }
  EXPECT_EQ(frame_bench_stats_of(0).runs, 2u);
  EXPECT_EQ(frame_bench_stats_of(1).runs, 1u);
  EXPECT_EQ(frame_bench_stats_of(0).startup_cuts, 1u) << "cut at the end of the first frame's";
  EXPECT_EQ(Schedule::traced(0, HVK_TRACE_ENTER), (std::vector<uint32_t>{0, 1, 0}));
}

// What is cut before the guest first waits is its start-up.
TEST(Frame, CountsStartUpApart) {
  Schedule s;
  ASSERT_EQ(frame_bench_begin(0, 0), 0);
  const auto spend = [&](uint64_t frame, bool yields) {
    s.go_to(frame * kMajor);
    ASSERT_TRUE(frame_bench_enter(0, 0));
    frame_bench_left(0, 0);
    if (yields) frame_bench_idle(0, 0, true);
    s.go_to(frame * kMajor + 2 * kMs);
  };
  const auto cuts = [] {
    const frame_bench_stats stats = frame_bench_stats_of(0);
    return std::pair(stats.startup_cuts, stats.cuts);
  };
  using Pair = std::pair<uint64_t, uint64_t>;
  spend(0, false);
  EXPECT_EQ(cuts(), Pair(1, 0));
  // A PE that is off until another one turns it on has not begun.
  frame_bench_idle(0, 0, false);
  spend(1, false);
  EXPECT_EQ(cuts(), Pair(2, 0));
  frame_bench_started(0);
  spend(2, true);
  EXPECT_EQ(cuts(), Pair(2, 0));
  spend(3, false);
  EXPECT_EQ(cuts(), Pair(2, 1));
  EXPECT_EQ(frame_bench_stats_of(0).runs, 4u);
  EXPECT_EQ(frame_bench_stats_of(0).lost, 0u);
}

TEST(Frame, MarksStartUpInTheTrace) {
  Schedule s;
  ASSERT_EQ(frame_bench_begin(0, 0), 0);
  for (uint64_t frame = 0; frame < 3; ++frame) {
    s.go_to(frame * kMajor);
    ASSERT_TRUE(frame_bench_enter(0, 0));
    frame_bench_left(0, 0);
    s.go_to(frame * kMajor + 2 * kMs);
    if (frame == 0) {
      EXPECT_EQ(Schedule::traced(0, HVK_TRACE_STARTUP), std::vector<uint32_t>{0});
    }
    frame_bench_started(0);
  }
  EXPECT_EQ(Schedule::traced(0, HVK_TRACE_OVERRUN), (std::vector<uint32_t>{0, 0}));
}

// A guest that is ready and not let in: the timer or the thread comes when all is over.
TEST(Frame, CountsWindowsThatWereLost) {
  Schedule s;
  ASSERT_EQ(frame_bench_begin(0, 0), 0);
  s.asleep.push_back([&s] { s.go_to(2 * kMs); });
  s.asleep.push_back([&s] { s.go_to(kMajor); });
  frame_bench_wait(0, 0);
  EXPECT_EQ(frame_bench_stats_of(0).lost, 1u) << "the timer was served late";
  s.now = kStart + kMajor + 2 * kMs;
  EXPECT_FALSE(frame_bench_enter(0, 0));
  s.go_to(kMajor + 2 * kMs);
  EXPECT_EQ(frame_bench_stats_of(0).lost, 2u) << "the thread was late";
  EXPECT_EQ(frame_bench_stats_of(0).runs, 0u);
  EXPECT_EQ(Schedule::traced(0, HVK_TRACE_LOST), (std::vector<uint32_t>{0, 0}));
}

TEST(Frame, LosesNothingThatNobodyWants) {
  struct {
    const char* name;
    void (*act)();  // in the window before
  } const kTable[] = {
      {"it waits", [] { frame_bench_idle(0, 0, false); }},
      {"its VMM has it", [] { frame_bench_end(0, 0); }},
  };
  for (const auto& row : kTable) {
    Schedule s;
    ASSERT_EQ(frame_bench_begin(0, 0), 0);
    s.asleep.push_back([&s] { s.go_to(0); });
    frame_bench_wait(0, 0);
    row.act();
    s.go_to(2 * kMs);
    EXPECT_EQ(frame_bench_stats_of(0).lost, 0u) << row.name;
  }
  // It gave back what it has had some of.
  Schedule s;
  ASSERT_EQ(frame_bench_begin(0, 0), 0);
  s.go_to(0);
  ASSERT_TRUE(frame_bench_enter(0, 0));
  frame_bench_left(0, 0);
  frame_bench_idle(0, 0, true);
  s.asleep.push_back([&s] { s.go_to(2 * kMs); });
  s.asleep.push_back([&s] { s.go_to(kMajor); });
  frame_bench_wait(0, 0);
  EXPECT_EQ(frame_bench_stats_of(0).lost, 0u);
}

// The end that the timer has not been served for yet.
TEST(Frame, NotBehindTheEnd) {
  Schedule s;
  ASSERT_EQ(frame_bench_begin(0, 0), 0);
  s.go_to(0);
  s.now = kStart + 2 * kMs;
  EXPECT_FALSE(frame_bench_enter(0, 0));
}

TEST(Frame, OneVcpuForAnOwnersWindows) {
  Schedule s;
  ASSERT_EQ(frame_bench_begin(0, 0), 0);
  EXPECT_EQ(frame_bench_begin(0, 0), 0) << "again, as the same";
  EXPECT_EQ(frame_bench_begin(1, 1), -EINVAL) << "no windows of its own there";
  EXPECT_EQ(frame_bench_begin(0, 1), 0) << "it has moved";
  s.go_to(0);
  EXPECT_FALSE(frame_bench_enter(0, 0));
  s.go_to(1 * kMs);
  EXPECT_TRUE(frame_bench_enter(0, 1));
  frame_bench_left(0, 1);
}

// CPU 1 went offline in its window and is back, and so is the vCPU's thread: the
// timer, which moved to CPU 0, ends the window between any two looks at it.
TEST(Frame, EndedByAnotherCpuDuringTheEntry) {
  Schedule s;
  ASSERT_EQ(frame_bench_begin(0, 1), 0);
  s.go_to(1 * kMs);
  s.meanwhile = [] { frame_bench_fire(1, 0); };
  if (frame_bench_enter(0, 1)) {
    EXPECT_EQ(frame_bench_window_of(0), 2);
    frame_bench_left(0, 1);
  }
  EXPECT_FALSE(s.meanwhile);
  EXPECT_FALSE(frame_bench_enter(0, 1)) << "it is over";
  EXPECT_EQ(frame_bench_begin(0, 1), -ENODEV) << "and so is the schedule";
  Schedule::traced(1, HVK_TRACE_ENTER);
}

TEST(Frame, EndedByAnotherCpuDuringTheYield) {
  Schedule s;
  ASSERT_EQ(frame_bench_begin(0, 1), 0);
  s.go_to(1 * kMs);
  ASSERT_TRUE(frame_bench_enter(0, 1));
  frame_bench_left(0, 1);
  s.meanwhile = [] { frame_bench_fire(1, 0); };
  frame_bench_idle(0, 1, true);
  EXPECT_FALSE(s.meanwhile);
  EXPECT_EQ(Schedule::traced(1, HVK_TRACE_YIELD), (std::vector<uint32_t>{2}));
}

// CPU 1 goes offline in its window: until it is back and the schedule was started again,
// nothing runs.
TEST(Frame, StartsAnewAfterACpuWasOffline) {
  constexpr uint64_t kAgain = kStart + 10 * kMajor;
  Schedule s;
  ASSERT_EQ(frame_bench_begin(0, 1), 0);
  s.go_to(1 * kMs);
  EXPECT_EQ(frame_bench_start(kAgain), -EBUSY);
  frame_bench_set_online(1, false);
  frame_bench_fire(1, 0);
  EXPECT_EQ(frame_bench_begin(0, 1), -ENODEV);
  EXPECT_EQ(frame_bench_start(kAgain), -ENODEV) << "it is not back";
  EXPECT_EQ(frame_bench_begin(0, 1), -ENODEV);
  EXPECT_EQ(frame_bench_due(0), 0u) << "the other CPU's windows do not open either";
  frame_bench_set_online(1, true);
  EXPECT_EQ(frame_bench_start(kAgain), 0);
  EXPECT_EQ(frame_bench_start(kAgain), -EBUSY);
  EXPECT_EQ(frame_bench_begin(0, 1), 0);
  EXPECT_FALSE(frame_bench_enter(0, 1)) << "the old window is closed";
  s.go_to(10 * kMajor + 1 * kMs);
  EXPECT_TRUE(frame_bench_enter(0, 1));
  frame_bench_left(0, 1);
}

// Outside of KVM_RUN a thread is SCHED_FIFO as long as its window is open.
TEST(Frame, ItsThreadIsFifoUntilItsWindowEnds) {
  Schedule s;
  ASSERT_EQ(frame_bench_begin(0, 0), 0);
  ASSERT_EQ(frame_bench_begin(1, 0), 0);
  EXPECT_TRUE(frame_bench_is_fifo(0)) << "it waits for its window in KVM_RUN";
  frame_bench_end(1, 0);
  EXPECT_FALSE(frame_bench_is_fifo(1)) << "its window is not open";
  s.go_to(0);
  for (int exits = 0; exits < 2; ++exits) {
    frame_bench_end(0, 0);
    EXPECT_TRUE(frame_bench_is_fifo(0)) << "exit " << exits;
    ASSERT_EQ(frame_bench_begin(0, 0), 0);
    EXPECT_TRUE(frame_bench_is_fifo(0)) << "exit " << exits;
  }
  s.go_to(2 * kMs);
  EXPECT_TRUE(frame_bench_is_fifo(0)) << "it is in KVM_RUN when its window ends";
  s.go_to(kMajor);
  frame_bench_end(0, 0);
  s.go_to(kMajor + 2 * kMs);
  EXPECT_FALSE(frame_bench_is_fifo(0)) << "it is outside when its window ends";
  ASSERT_EQ(frame_bench_begin(0, 0), 0);
  EXPECT_TRUE(frame_bench_is_fifo(0)) << "it waits for the next one";
}

// Everything else that ends a stay outside of KVM_RUN at SCHED_FIFO, or does not begin one.
TEST(Frame, NoThreadIsFifoForLonger) {
  static Schedule* s;
  const struct {
    const char* name;
    bool begins;
    void (*end)();
  } rows[] = {
      {"the rest of the window is given up", false,
       [] {
         frame_bench_idle(0, 0, true);
         frame_bench_end(0, 0);
       }},
      {"the schedule stops", true, [] { frame_bench_stop(); }},
      {"another thread stopped it before", false,
       [] {
         frame_bench_stop();
         frame_bench_end(0, 0);
       }},
      {"its CPU goes offline, and the timer moves", true,
       [] {
         s->now = kStart + 2 * kMs;
         frame_bench_fire(0, 1);
       }},
      {"the same while it leaves KVM_RUN", false,
       [] {
         frame_bench_when_kept([] {
           s->now = kStart + 2 * kMs;
           frame_bench_fire(0, 1);
         });
         frame_bench_end(0, 0);
       }},
      {"it is on another CPU by then, where its owner has an open window", false,
       [] { frame_bench_end(0, 1); }},
      {"another thread of its VMM is outside already", false,
       [] {
         frame_bench_end_as(1, 0, 0);
         frame_bench_end(0, 0);
       }},
      {"it may not make itself SCHED_FIFO", false,
       [] {
         frame_bench_end(0, 0);
         s->go_to(2 * kMs);
         frame_bench_privileged(false);
         ASSERT_EQ(frame_bench_begin(0, 0), 0);
         s->go_to(kMajor);
         frame_bench_end(0, 0);
       }},
  };
  for (const auto& row : rows) {
    Schedule schedule;
    s = &schedule;
    ASSERT_EQ(frame_bench_begin(0, 0), 0);
    s->go_to(1500 * kUs);
    ASSERT_TRUE(frame_bench_enter(0, 0));
    frame_bench_left(0, 0);
    if (row.begins) frame_bench_end(0, 0);
    EXPECT_TRUE(frame_bench_is_fifo(0)) << row.name;
    row.end();
    EXPECT_FALSE(frame_bench_is_fifo(0)) << row.name;
  }
}

// What a thread and its VMM may do between two calls of KVM_RUN.
TEST(Frame, ComesBackAsFifo) {
  Schedule s;
  ASSERT_EQ(frame_bench_begin(0, 0), 0);
  s.go_to(0);
  const struct {
    const char* name;
    bool fifo;
    unsigned priority;
  } rows[] = {{"SCHED_OTHER", false, 0}, {"less urgent", true, 10}, {"more urgent", true, 60}};
  for (const auto& row : rows) {
    frame_bench_end(0, 0);
    frame_bench_set_policy(0, row.fifo, row.priority);
    ASSERT_EQ(frame_bench_begin(0, 0), 0);
    EXPECT_TRUE(frame_bench_is_fifo(0)) << "its VMM made it " << row.name;
  }
  frame_bench_end(0, 0);
  ASSERT_EQ(frame_bench_begin(0, 1), 0);
  s.go_to(2 * kMs);
  EXPECT_TRUE(frame_bench_is_fifo(0)) << "its old CPU's window ended while it was in KVM_RUN";
}

// A thread that comes back while its SCHED_FIFO is ended waits for that.
TEST(Frame, ComesBackWhileItsFifoIsEnded) {
  Schedule s;
  static bool had_to_wait;
  had_to_wait = false;
  ASSERT_EQ(frame_bench_begin(0, 0), 0);
  s.go_to(0);
  frame_bench_end(0, 0);
  frame_bench_when_ended([] { had_to_wait = frame_bench_has_to_wait(0); });
  s.go_to(2 * kMs);
  EXPECT_TRUE(had_to_wait);
  EXPECT_FALSE(frame_bench_has_to_wait(0));
}

}  // namespace
}  // namespace hvk::test

extern "C" uint64_t frame_bench_now(void) {
  auto* s = hvk::test::Schedule::schedule;
  if (!s) return 0;
  if (auto act = std::exchange(s->meanwhile, nullptr)) act();
  return s->now;
}

extern "C" bool frame_bench_sleep(void) {
  auto* s = hvk::test::Schedule::schedule;
  if (s->asleep.empty()) return false;
  const auto act = std::move(s->asleep.front());
  s->asleep.pop_front();
  act();
  return true;
}
