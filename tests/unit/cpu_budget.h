// SPDX-License-Identifier: GPL-2.0-only
// A limit to what something may cost, in the processor's time of its own thread: how
// busy or how slow to wake the machine is does not count.
#ifndef HVK_TESTS_UNIT_CPU_BUDGET_H
#define HVK_TESTS_UNIT_CPU_BUDGET_H

#include <pthread.h>
#include <time.h>

#include <chrono>
#include <future>
#include <optional>
#include <thread>
#include <utility>

namespace hvk::test {

// Tests whose inputs take a second of it, or else minutes to days, have this much.
constexpr std::chrono::seconds kCpuBudget(60);

// What work() returns, on a thread of its own; nothing if that used up kCpuBudget. The
// thread is then left behind, as none can be ended: work must own what it uses, and
// must not throw.
template <typename Work>
auto within_cpu_budget(Work work) -> std::optional<decltype(work())> {
  std::packaged_task<decltype(work())()> task(std::move(work));
  std::future<decltype(work())> result = task.get_future();
  std::thread worker(std::move(task));
  clockid_t clock;
  const bool has_clock = pthread_getcpuclockid(worker.native_handle(), &clock) == 0;
  while (result.wait_for(std::chrono::milliseconds(100)) != std::future_status::ready) {
    timespec used;
    if (!has_clock || clock_gettime(clock, &used) || used.tv_sec < kCpuBudget.count()) continue;
    worker.detach();
    return std::nullopt;
  }
  worker.join();
  return result.get();
}

}  // namespace hvk::test

#endif  // HVK_TESTS_UNIT_CPU_BUDGET_H
