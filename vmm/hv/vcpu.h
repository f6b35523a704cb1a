// SPDX-License-Identifier: GPL-2.0-or-later
// One vCPU: its file descriptor, its run page and the thread that runs it.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "base/fd.h"
#include "base/log.h"
#include "board/bus.h"
#include "hv/guest_end.h"
#include "hv/para_call.h"
#include "hv/usage.h"
#include "hv/vm.h"

struct kvm_run;

namespace hvk {

class Vcpu {
 public:
  // vCPU 0 starts when run; the others wait for PSCI CPU_ON. `calls` answers hypercalls. It,
  // `vm` and `bus` must outlive the vCPU. Messages name `guest`, unless that is empty. Throws
  // SetupError.
  Vcpu(const Vm& vm, unsigned id, const Bus& bus, const std::string& guest, ParaCalls& calls);
  ~Vcpu();
  Vcpu(const Vcpu&) = delete;
  Vcpu& operator=(const Vcpu&) = delete;

  void set_entry(uint64_t pc, uint64_t x0);

  // For VcpuState, before `start` and after the thread's end.
  int fd() const { return fd_.get(); }

  // Gives it the windows of `owner` in the schedule `frame`. Before `start`;
  // throws SetupError.
  void join_frame(int frame, uint32_t owner);

  // What it did since it started. Any thread, also after its end.
  Usage usage() const;

  // Runs the vCPU in a thread of its own, on `host_cpu` and nowhere else if
  // there is one; `ended` is called in that thread, last.
  void start(std::function<void(GuestEnd)> ended, std::optional<unsigned> host_cpu);

  // Asks the thread to end, to stand still outside of the guest, or to go on,
  // wherever it is; does not wait. What was asked last counts, but an end is
  // the end. Any thread, also this vCPU's, once `start` has returned.
  void stop() { ask(Wish::kEnd); }
  void pause() { ask(Wish::kPause); }
  void resume() { ask(Wish::kRun); }

 private:
  enum class Wish { kRun, kPause, kEnd };

  void ask(Wish wish);
  bool obey();
  GuestEnd run();
  void mmio();
  std::optional<GuestEnd> hypercall();
  GuestEnd system_event();
  bool abort_unknown();
  bool inject_external_abort();
  GuestEnd run_failed(int error);
  GuestEnd crash(const std::string& what);

  unsigned id_;
  std::string name_;  // for messages
  const Bus& bus_;
  Fd fd_;
  kvm_run* run_ = nullptr;
  size_t run_size_;
  bool can_inject_abort_;
  ParaCalls& calls_;
  LogLimit nobody_;  // aborted accesses
  std::atomic<uint64_t> aborts_{0};
  std::atomic<uint64_t> cpu_ns_{0};  // of the thread, when it has ended
  std::thread thread_;

  std::mutex mutex_;  // guards what follows, and writes to the run page's immediate_exit
  std::condition_variable wished_;
  Wish wish_ = Wish::kRun;
};

}  // namespace hvk
