// SPDX-License-Identifier: GPL-2.0-or-later
#include "partition/system_clock.h"

#ifndef __aarch64__
#include <ctime>
#endif

namespace hvk {
namespace {

constexpr uint64_t kSecond = 1'000'000'000;

#ifdef __aarch64__
// A Linux that was started at EL2 sets its own CNTVOFF_EL2 to 0, so CNTVCT_EL0 is the physical
// count, to which the VMs' offsets apply. Linux lets EL0 read it.
uint64_t host_ticks() {
  uint64_t ticks;
  // The ISB keeps the counter from being read speculatively, before earlier instructions have
  // completed (DDI 0487 D11.2.1).
  asm volatile("isb\n\tmrs %0, cntvct_el0" : "=r"(ticks)::"memory");
  return ticks;
}

uint64_t host_frequency() {
  uint64_t frequency;
  asm("mrs %0, cntfrq_el0" : "=r"(frequency));
  return frequency;
}
#else
// For the unit tests on x86-64, which has no such counter and runs no guests.
uint64_t host_ticks() {
  timespec now;
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<uint64_t>(now.tv_sec) * kSecond + static_cast<uint64_t>(now.tv_nsec);
}

uint64_t host_frequency() { return kSecond; }
#endif

}  // namespace

SystemClock::SystemClock() : start_ticks_(host_ticks()) {}

uint64_t SystemClock::now_ns() const {
  return ticks_to_ns(host_ticks() - start_ticks_, host_frequency());
}

uint64_t ticks_to_ns(uint64_t ticks, uint64_t frequency) {
  // Convert whole seconds and the remainder separately: ticks * kSecond would overflow 64 bits.
  return ticks / frequency * kSecond + ticks % frequency * kSecond / frequency;
}

}  // namespace hvk
