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
  // Creates and initialises vCPU `id`. vCPU 0 executes as soon as it is run; the others wait for
  // PSCI CPU_ON. `calls` answers hypercalls. `vm`, `bus` and `calls` must outlive the vCPU. Log
  // messages begin with the name `guest`, unless it is empty. Throws SetupError.
  Vcpu(const Vm& vm, unsigned id, const Bus& bus, const std::string& guest, ParaCalls& calls);
  // Waits for the thread to end; the caller has to ask it to by `stop` before.
  ~Vcpu();
  Vcpu(const Vcpu&) = delete;
  Vcpu& operator=(const Vcpu&) = delete;

  // Sets the boot protocols' registers (hv/registers.h). Before `start`; throws SetupError.
  void set_entry(uint64_t pc, uint64_t x0);

  // The vCPU's descriptor, for access to its registers and for VcpuState. To be used before
  // `start` and after the thread has ended.
  int fd() const { return fd_.get(); }

  // Makes the vCPU run in the windows of partition `owner` in the schedule with
  // descriptor `frame`, and only there (HVK_VCPU_FRAME). Before `start`; throws
  // SetupError.
  void join_frame(int frame, uint32_t owner);

  // What the vCPU used since it was created. Any thread, also after its thread has ended.
  Usage usage() const;

  // Runs the vCPU in a thread of its own, which is bound to `host_cpu` if that is
  // given. The thread's last action is to call `ended`.
  void start(std::function<void(GuestEnd)> ended, std::optional<unsigned> host_cpu);

  // Ask the vCPU's thread to end, to pause outside of guest mode, or to resume,
  // wherever it is, and do not wait until it has done so. The last request
  // counts, except that `stop` cannot be taken back. Each request interrupts a system
  // call that the thread waits in. Any thread, the vCPU's own
  // included, once `start` has returned.
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
  const Vm& vm_;
  const Bus& bus_;
  Fd fd_;
  kvm_run* run_ = nullptr;
  size_t run_size_;
  bool can_inject_abort_;
  ParaCalls& calls_;
  LogLimit nobody_;  // limits messages about accesses that are aborted
  std::atomic<uint64_t> aborts_{0};
  std::atomic<uint64_t> cpu_ns_{0};  // CPU time of the thread, set when it ends
  std::thread thread_;

  std::mutex mutex_;  // guards wish_, and writes to the run page's immediate_exit
  std::condition_variable wished_;
  Wish wish_ = Wish::kRun;
};

}  // namespace hvk
