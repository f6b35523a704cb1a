// SPDX-License-Identifier: GPL-2.0-or-later
#include "hv/vcpu.h"

#include <fmt/format.h>
#include <linux/kvm.h>
#include <pthread.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <time.h>

#include <algorithm>
#include <atomic>

#include "base/kick.h"
#include "base/thread.h"
#include "hv/registers.h"
#include "uapi/hvk.h"

namespace hvk {
namespace {

// Binds the calling thread to one CPU of the host. Returns false if that is not possible.
bool bind_to(unsigned cpu) {
  if (cpu >= CPU_SETSIZE) return false;
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(cpu, &set);
  return ::pthread_setaffinity_np(::pthread_self(), sizeof(set), &set) == 0;
}

uint64_t clock_ns(clockid_t clock) {
  timespec time = {};
  ::clock_gettime(clock, &time);
  return static_cast<uint64_t>(time.tv_sec) * 1'000'000'000 + static_cast<uint64_t>(time.tv_nsec);
}

}  // namespace

Vcpu::Vcpu(const Vm& vm, unsigned id, const Bus& bus, const std::string& guest, ParaCalls& calls)
    : id_(id),
      name_(fmt::format("{}vCPU {}", guest.empty() ? guest : guest + ": ", id)),
      vm_(vm),
      bus_(bus),
      fd_(vm.create_vcpu(id)),
      run_size_(vm.run_page_size()),
      can_inject_abort_(vm.capability(KVM_CAP_ARM_INJECT_EXT_DABT) > 0),
      calls_(calls) {
  kvm_vcpu_init init = {};
  if (::ioctl(vm.fd(), KVM_ARM_PREFERRED_TARGET, &init) != 0) throw_errno("preferred vCPU target");
  init.features[0] = 1u << KVM_ARM_VCPU_PSCI_0_2;
  if (id != 0) init.features[0] |= 1u << KVM_ARM_VCPU_POWER_OFF;
  if (::ioctl(fd_.get(), KVM_ARM_VCPU_INIT, &init) != 0) {
    throw_errno(fmt::format("initialising vCPU {}", id));
  }
  void* page = ::mmap(nullptr, run_size_, PROT_READ | PROT_WRITE, MAP_SHARED, fd_.get(), 0);
  if (page == MAP_FAILED) throw_errno(fmt::format("run page of vCPU {}", id));
  run_ = static_cast<kvm_run*>(page);
}

Vcpu::~Vcpu() {
  if (thread_.joinable()) thread_.join();
  ::munmap(run_, run_size_);
}

void Vcpu::set_entry(uint64_t pc, uint64_t x0) { hvk::set_entry(fd_.get(), pc, x0); }

void Vcpu::join_frame(int frame, uint32_t owner) {
  const hvk_vcpu_frame place = {frame, owner};
  if (::ioctl(fd_.get(), HVK_VCPU_FRAME, &place) != 0) throw_errno(name_ + ": its windows");
}

Usage Vcpu::usage() const {
  Usage usage;
  usage.aborts = aborts_;
  usage.cpu_ns = cpu_ns_;
  clockid_t clock;
  if (usage.cpu_ns == 0 && thread_.joinable() &&
      ::pthread_getcpuclockid(const_cast<std::thread&>(thread_).native_handle(), &clock) == 0) {
    usage.cpu_ns = clock_ns(clock);
  }
  hvk_vcpu_stats stats = {};
  stats.size = sizeof(stats);
  if (::ioctl(fd_.get(), HVK_VCPU_STATS, &stats) == 0) {
    usage.guest_ns = stats.guest_ns;
    std::copy(std::begin(stats.exits), std::end(stats.exits), usage.exits.begin());
  }
  return usage;
}

void Vcpu::start(std::function<void(GuestEnd)> ended, std::optional<unsigned> host_cpu) {
  install_kick();
  thread_ = start_thread(
      ThreadKind::kVcpu, fmt::format("vcpu{}", id_), [this, ended = std::move(ended), host_cpu] {
        unblock_kick();
        if (host_cpu && !bind_to(*host_cpu)) {
          log(fmt::format("{}: cannot run on host CPU {}; see /sys/devices/system/cpu/online",
                          name_, *host_cpu));
          return ended(GuestEnd::kHostFailure);
        }
        const GuestEnd end = run();
        cpu_ns_ = clock_ns(CLOCK_THREAD_CPUTIME_ID);
        ended(end);
      });
}

void Vcpu::ask(Wish wish) {
  const std::lock_guard lock(mutex_);
  if (wish_ == Wish::kEnd && wish != Wish::kEnd) return;
  wish_ = wish;
  // KVM_RUN checks immediate_exit before it enters the guest. If it has already
  // passed that check, the signal that kick() sends interrupts it.
  std::atomic_ref<__u8>(run_->immediate_exit).store(wish != Wish::kRun);
  wished_.notify_all();
  if (wish != Wish::kRun) kick(thread_);
}

// Obeys the last request: waits while the vCPU is to pause. Returns false if the thread is to end.
bool Vcpu::obey() {
  std::unique_lock lock(mutex_);
  wished_.wait(lock, [this] { return wish_ != Wish::kPause; });
  return wish_ == Wish::kRun;
}

GuestEnd Vcpu::run() {
  for (;;) {
    if (::ioctl(fd_.get(), KVM_RUN, 0) != 0) {
      if (errno != EINTR) return run_failed(errno);
      if (!obey()) return GuestEnd::kStopped;
      continue;
    }
    switch (run_->exit_reason) {
      case KVM_EXIT_MMIO:
        mmio();
        if (vm_.given_up()) return GuestEnd::kHostFailure;
        break;
      case KVM_EXIT_INTR:
        break;
      case KVM_EXIT_HYPERCALL:
        if (const std::optional<GuestEnd> end = hypercall()) return *end;
        break;
      case KVM_EXIT_SYSTEM_EVENT:
        return system_event();
      case KVM_EXIT_FAIL_ENTRY:
        return crash(fmt::format("the host could not enter the guest: reason {:#x}, CPU {}",
                                 run_->fail_entry.hardware_entry_failure_reason,
                                 run_->fail_entry.cpu));
      case KVM_EXIT_INTERNAL_ERROR:
        return crash(fmt::format("internal error {} of the hypervisor", run_->internal.suberror));
      case KVM_EXIT_ARM_NISV:
        if (abort_unknown()) break;
        return crash("access to device memory by an instruction that cannot be emulated");
      default:
        return crash(fmt::format("exit {} that hvk-run does not know", run_->exit_reason));
    }
  }
}

void Vcpu::mmio() {
  auto& access = run_->mmio;
  uint64_t value = 0;
  bool answered = false;
  // The length is 1, 2, 4 or 8. `data` has the value's least significant byte
  // first, which is this process's own byte order, so memcpy converts it.
  const unsigned size = access.len <= sizeof(value) ? access.len : sizeof(value);
  if (access.is_write) {
    __builtin_memcpy(&value, access.data, size);
    answered = bus_.write(access.phys_addr, size, value);
  } else {
    answered = bus_.read(access.phys_addr, size, value);
    __builtin_memcpy(access.data, &value, sizeof(value));
  }
  if (answered) return;

  aborts_.fetch_add(1, std::memory_order_relaxed);
  uint64_t suppressed = 0;
  if (nobody_.allow(suppressed)) {
    log(fmt::format("{}: {} of {} bytes at IPA {:#x}, where there is nothing{}", name_,
                    access.is_write ? "write" : "read", size, access.phys_addr,
                    suppressed ? fmt::format(" ({} more not shown)", suppressed) : ""));
  }
  // If the hypervisor cannot inject an abort, the guest goes on: a read returns zero and a write
  // has no effect.
  inject_external_abort();
}

std::optional<GuestEnd> Vcpu::hypercall() {
  auto& call = run_->hypercall;
  const ParaAnswer answer = calls_.call(call.nr, {call.args[0], call.args[1], call.args[2]});
  if (answer.end) return answer.end;
  call.ret = static_cast<uint64_t>(answer.result);
  std::copy(answer.values.begin(), answer.values.end(), std::begin(call.args));
  return std::nullopt;
}

// Handles an access without a valid syndrome (ISV is 0: an exclusive, an atomic,
// a SIMD access) that the hypervisor did not decode either. It is aborted, as by
// hardware whose devices do not support such an access. Returns false if no abort
// can be injected.
bool Vcpu::abort_unknown() {
  aborts_.fetch_add(1, std::memory_order_relaxed);
  uint64_t suppressed = 0;
  if (bus_.find(run_->arm_nisv.fault_ipa) && nobody_.allow(suppressed)) {
    log(
        fmt::format("{}: an instruction that cannot be emulated (ISS {:#x}) at device IPA "
                    "{:#x}: aborted{}",
                    name_, run_->arm_nisv.esr_iss, run_->arm_nisv.fault_ipa,
                    suppressed ? fmt::format(" ({} more not shown)", suppressed) : ""));
  }
  return inject_external_abort();
}

bool Vcpu::inject_external_abort() {
  if (!can_inject_abort_) return false;
  kvm_vcpu_events events = {};
  events.exception.ext_dabt_pending = 1;
  return ::ioctl(fd_.get(), KVM_SET_VCPU_EVENTS, &events) == 0;
}

GuestEnd Vcpu::system_event() {
  switch (run_->system_event.type) {
    case KVM_SYSTEM_EVENT_SHUTDOWN:
      return GuestEnd::kPowerOff;
    case KVM_SYSTEM_EVENT_RESET:
      return GuestEnd::kReset;
    case KVM_SYSTEM_EVENT_CRASH:
      return crash("the guest reported a crash");
    default:
      return crash(
          fmt::format("system event {} that hvk-run does not know", run_->system_event.type));
  }
}

GuestEnd Vcpu::run_failed(int error) {
  if (error == ENOSYS) {
    return crash("access outside memory by an instruction that cannot be emulated");
  }
  log(fmt::format("{}: KVM_RUN: {}; see dmesg and hvk-run --doctor", name_, std::strerror(error)));
  return GuestEnd::kHostFailure;
}

GuestEnd Vcpu::crash(const std::string& what) {
  std::string registers = dump_registers(fd_.get());
  while (registers.ends_with('\n')) registers.pop_back();  // log() adds the line feed
  log(fmt::format("{}: {}\n{}", name_, what, registers));
  return GuestEnd::kCrash;
}

}  // namespace hvk
