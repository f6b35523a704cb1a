// SPDX-License-Identifier: GPL-2.0-only
// What probes are made with: a device, its VMs, vCPUs and interrupt controller, and the
// transcript that their answers go into. Calls return what the kernel did, its value or -errno;
// only what a probe cannot go on without throws.
#pragma once

#include <linux/kvm.h>

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <utility>

#include "tests/api/oracle/tables.h"
#include "tests/api/oracle/transcript.h"

namespace hvk::oracle {

// What a system call returned, or -errno.
using Outcome = long;

std::string text(Outcome outcome);  // "0", "EINVAL"
std::string hex(uint64_t value);    // "0x1f"
std::string bytes(std::span<const std::byte> data);

class Fd {
 public:
  Fd() = default;
  explicit Fd(int fd) : fd_(fd) {}
  Fd(Fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Fd& operator=(Fd&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~Fd() { reset(); }
  void reset();
  int get() const { return fd_; }

 private:
  int fd_ = -1;
};

Fd event_fd();

Outcome call(int fd, unsigned long request, unsigned long argument = 0);
template <typename T>
Outcome call(int fd, unsigned long request, T* argument) {
  return call(fd, request, reinterpret_cast<unsigned long>(argument));
}
// The same for calls that make a file: 0 or -errno, and the file in `made`.
Outcome call_for_fd(int fd, unsigned long request, unsigned long argument, Fd& made);

// Anonymous memory, zero-filled.
class Pages {
 public:
  explicit Pages(size_t size);
  Pages(const Pages&) = delete;
  Pages& operator=(const Pages&) = delete;
  ~Pages();
  std::byte* data() const { return data_; }
  uint64_t address() const { return reinterpret_cast<uint64_t>(data_); }
  size_t size() const { return size_; }

 private:
  std::byte* data_;
  size_t size_;
};

// Where the kernel keeps the vDSO's data in this process: a page of its own, in a PFN mapping
// for reading. 0: nowhere.
uint64_t vdso_data();

class Bench {
 public:
  Bench(const std::string& device, const Inventory& inventory);

  int system() const { return system_.get(); }
  const Inventory& inventory() const { return inventory_; }
  // The number of an ioctl, which may be newer than the headers that this is built with.
  unsigned long ioctl(const char* name) const { return inventory_.ioctls.at(name).number; }
  void note(const std::string& question, const std::string& answer) {
    transcript_.note(question, answer);
  }
  void note(const std::string& question, Outcome outcome) { note(question, text(outcome)); }
  const Transcript& transcript() const { return transcript_; }

 private:
  Fd system_;
  const Inventory& inventory_;
  Transcript transcript_;
};

class Vm {
 public:
  explicit Vm(Bench& bench, unsigned long type = 0);
  int fd() const { return fd_.get(); }
  Bench& bench() const { return bench_; }
  Outcome slot(unsigned id, unsigned flags, uint64_t ipa, uint64_t size, uint64_t address) const;
  void close() { fd_.reset(); }

 private:
  Bench& bench_;
  Fd fd_;
};

class Vcpu {
 public:
  // Made, not initialised.
  explicit Vcpu(const Vm& vm, unsigned id = 0);
  Vcpu(const Vcpu&) = delete;
  Vcpu& operator=(const Vcpu&) = delete;
  ~Vcpu();
  int fd() const { return fd_.get(); }
  kvm_run& run() const { return *run_; }

  Outcome init(uint32_t features = 1u << KVM_ARM_VCPU_PSCI_0_2) const;
  Outcome get(uint64_t id, void* value) const;
  Outcome set(uint64_t id, const void* value) const;
  Outcome set(uint64_t id, uint64_t value) const { return set(id, &value); }
  uint64_t value(uint64_t id) const;
  // RUN; a guest that does not leave by itself is told to after some seconds: EINTR.
  Outcome enter() const;
  // Finishes an access that the VMM answered, and no more.
  Outcome finish() const;

 private:
  Fd fd_;
  kvm_run* run_;
  size_t run_size_;
};

// VGIC_V2 made, with its addresses where QEMU's virt has them; not initialised.
class Gic {
 public:
  static constexpr uint64_t kDistributor = 0x08000000, kCpuInterface = 0x08010000;
  explicit Gic(const Vm& vm, bool addresses = true);
  int fd() const { return fd_.get(); }
  Outcome attribute(unsigned long request, uint32_t group, uint64_t attr, void* value) const;
  Outcome init() const;

 private:
  Fd fd_;
};

inline constexpr uint64_t kRegX0 =
    KVM_REG_ARM64 | KVM_REG_SIZE_U64 | KVM_REG_ARM_CORE | KVM_REG_ARM_CORE_REG(regs.regs[0]);
inline constexpr uint64_t reg_x(unsigned n) { return kRegX0 + 2 * n; }
inline constexpr uint64_t kRegPc =
    KVM_REG_ARM64 | KVM_REG_SIZE_U64 | KVM_REG_ARM_CORE | KVM_REG_ARM_CORE_REG(regs.pc);
inline constexpr uint64_t kRegPstate =
    KVM_REG_ARM64 | KVM_REG_SIZE_U64 | KVM_REG_ARM_CORE | KVM_REG_ARM_CORE_REG(regs.pstate);

// A VM with memory and one initialised vCPU that executes a few instructions, MMU off.
class Guest {
 public:
  static constexpr uint64_t kMemory = 0x40000000, kVectors = kMemory + 0x1000;
  static constexpr uint64_t kNothing = 0x09000000;  // no memory: an access ends RUN
  static constexpr size_t kSize = 0x10000;

  explicit Guest(Bench& bench, uint32_t features = 1u << KVM_ARM_VCPU_PSCI_0_2);
  Vm& vm() { return vm_; }
  Vcpu& vcpu() { return vcpu_; }
  std::byte* memory() const { return memory_.data(); }
  // The vCPU as it was at first, after whatever it did.
  void reset() const;
  // Sets the PC to these instructions and runs. Behind them, and in every vector, the guest
  // leaves by a store of x0 or of ESR_EL1: see ending().
  Outcome run(std::initializer_list<uint32_t> code);
  // How the last RUN ended, in words: "done 0x5", "exception 0x92000010", "mmio read 4 at ...".
  std::string ending(Outcome outcome) const;

 private:
  uint32_t features_;
  Vm vm_;
  Vcpu vcpu_;
  Pages memory_;
};

}  // namespace hvk::oracle
