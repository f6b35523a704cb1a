// SPDX-License-Identifier: GPL-2.0-or-later
#include "hv/vm.h"

#include <fmt/format.h>
#include <linux/kvm.h>
#include <sys/ioctl.h>
#include <sys/resource.h>

#include <algorithm>

#include "base/progress.h"
#include "host/memlock.h"
#include "hv/kvm_calls.h"
#include "uapi/hvk.h"

namespace hvk {
namespace {

constexpr const char* kDoctor = "hvk-run --doctor tells more";
// The size of the IPA space of a VM of type 0. The host may support only less
// (Documentation/virt/kvm/api.rst 4.2); the type then has to be that size.
constexpr int kDefaultIpaBits = 40;

// The first SPI is interrupt 0 of the routes that a VM has from the start.
constexpr uint32_t kFirstSpi = 32;

bool set_irqfd(int vm, uint32_t intid, int event, int resampled, uint32_t flags) {
  kvm_irqfd irqfd = {};
  irqfd.fd = static_cast<__u32>(event);
  irqfd.gsi = intid - kFirstSpi;
  irqfd.flags = KVM_IRQFD_FLAG_RESAMPLE | flags;
  irqfd.resamplefd = static_cast<__u32>(resampled);
  return ::ioctl(vm, KVM_IRQFD, &irqfd) == 0;
}

bool set_ioeventfd(int vm, uint64_t ipa, uint32_t value, int event, uint32_t flags) {
  kvm_ioeventfd ioeventfd = {};
  ioeventfd.datamatch = value;
  ioeventfd.addr = ipa;
  ioeventfd.len = sizeof(value);
  ioeventfd.fd = event;
  ioeventfd.flags = KVM_IOEVENTFD_FLAG_DATAMATCH | flags;
  return ::ioctl(vm, KVM_IOEVENTFD, &ioeventfd) == 0;
}

}  // namespace

Vm::Vm(const Hypervisor& hypervisor) : hypervisor_(hypervisor), device_(hypervisor.name()) {
  const int system = hypervisor.fd();
  const int ipa_bits = ::ioctl(system, KVM_CHECK_EXTENSION, KVM_CAP_ARM_VM_IPA_SIZE);
  const int type = ipa_bits > 0 && ipa_bits < kDefaultIpaBits ? ipa_bits : 0;
  do {
    vm_ = Fd(::ioctl(system, KVM_CREATE_VM, type));
  } while (!vm_ && errno == EINTR);
  if (!vm_) {
    const bool busy = errno == EBUSY;
    throw_errno(
        device_ + ": creating a VM",
        busy ? std::string("another hypervisor has EL2: end its VMs first; ") + kDoctor : kDoctor);
  }
  if (capability(KVM_CAP_ARM_NISV_TO_USER) > 0) {
    // With this, an access without a valid syndrome exits as KVM_EXIT_ARM_NISV, with its IPA and
    // ISS; without it, KVM_RUN fails with ENOSYS, which says nothing about the access.
    kvm_enable_cap enable = {};
    enable.cap = KVM_CAP_ARM_NISV_TO_USER;
    ::ioctl(vm_.get(), KVM_ENABLE_CAP, &enable);
  }
  const int size = ::ioctl(system, KVM_GET_VCPU_MMAP_SIZE, 0);
  if (size <= 0) throw_errno(device_ + ": size of the run page");
  run_page_size_ = static_cast<size_t>(size);
}

void Vm::enable_hypercalls(uint32_t flags) const {
  const hvk_vm_para para = {flags, 0};
  if (::ioctl(vm_.get(), HVK_VM_PARA, &para) != 0) throw_errno(device_ + ": hypercalls");
}

void Vm::prefault(uint64_t ipa, uint64_t size) const {
  constexpr uint64_t kStep = 16 << 20;
  Progress progress("making guest memory ready", size);
  for (uint64_t done = 0; done < size; done += kStep) {
    progress.at(done);
    prefault_step(ipa + done, std::min(kStep, size - done));
  }
}

void Vm::prefault_step(uint64_t ipa, uint64_t size) const {
  hvk_prefault range = {ipa, size};
  while (::ioctl(vm_.get(), HVK_PREFAULT, &range) != 0) {
    if (errno != EINTR) throw_errno(device_ + ": making guest memory ready");
  }
}

void Vm::offset_counts(uint64_t ticks) {
  const CounterOffset offset = {ticks, 0};
  if (::ioctl(vm_.get(), kvm_arm_set_counter_offset, &offset) != 0) {
    throw_errno(device_ + ": the guest's counter");
  }
  counts_offset_ = true;
}

int Vm::capability(int cap) const noexcept {
  const int value = ::ioctl(vm_.get(), KVM_CHECK_EXTENSION, cap);
  return value < 0 ? 0 : value;
}

void Vm::map(uint32_t slot, uint64_t ipa, std::span<const std::byte> memory, bool read_only) {
  if (remap(slot, ipa, memory, read_only)) return;
  const int error = errno;
  std::optional<std::string> remedy;
  if (error == ENOMEM && capability(KVM_CAP_SYNC_MMU) == 0) {
    rlimit limit = {};
    ::getrlimit(RLIMIT_MEMLOCK, &limit);
    remedy = memlock_remedy(memory.size(), pinned_bytes().value_or(0), limit.rlim_cur);
  }
  errno = error;
  throw_errno(fmt::format("{}: guest memory of {:#x} bytes at {:#x}", device_, memory.size(), ipa),
              remedy.value_or("the host's IPA size may be less; try less memory"));
}

bool Vm::remap(uint32_t slot, uint64_t ipa, std::span<const std::byte> memory,
               bool read_only) const noexcept {
  kvm_userspace_memory_region region = {};
  region.slot = slot;
  region.flags = read_only ? KVM_MEM_READONLY : 0;
  region.guest_phys_addr = ipa;
  region.memory_size = memory.size();
  region.userspace_addr = reinterpret_cast<uintptr_t>(memory.data());
  return ::ioctl(vm_.get(), KVM_SET_USER_MEMORY_REGION, &region) == 0;
}

void Vm::set_spi(uint32_t intid, bool asserted) const noexcept {
  kvm_irq_level line = {};
  line.irq = (KVM_ARM_IRQ_TYPE_SPI << KVM_ARM_IRQ_TYPE_SHIFT) | (intid << KVM_ARM_IRQ_NUM_SHIFT);
  line.level = asserted;
  // This fails only for an INTID that the GIC does not have; layout.h defines none of these.
  ::ioctl(vm_.get(), KVM_IRQ_LINE, &line);
}

void Vm::bind_irqfd(uint32_t intid, int event, int resampled) const {
  if (set_irqfd(vm_.get(), intid, event, resampled, 0)) return;
  throw_errno(fmt::format("{}: interrupt {} of a device", device_, intid));
}

void Vm::unbind_irqfd(uint32_t intid, int event, int resampled) const noexcept {
  set_irqfd(vm_.get(), intid, event, resampled, KVM_IRQFD_FLAG_DEASSIGN);
}

void Vm::bind_ioeventfd(uint64_t ipa, uint32_t value, int event) const {
  if (set_ioeventfd(vm_.get(), ipa, value, event, 0)) return;
  throw_errno(fmt::format("{}: notifications of a device at {:#x}", device_, ipa));
}

void Vm::unbind_ioeventfd(uint64_t ipa, uint32_t value, int event) const noexcept {
  set_ioeventfd(vm_.get(), ipa, value, event, KVM_IOEVENTFD_FLAG_DEASSIGN);
}

Fd Vm::create_device(uint32_t type) const {
  kvm_create_device request = {};
  request.type = type;
  if (::ioctl(vm_.get(), KVM_CREATE_DEVICE, &request) == 0) {
    return Fd(static_cast<int>(request.fd));
  }
  if (errno == ENODEV) return Fd();
  throw_errno(fmt::format("{}: in-kernel device {}", device_, type));
}

Fd Vm::create_vcpu(unsigned id) const {
  Fd vcpu(::ioctl(vm_.get(), KVM_CREATE_VCPU, id));
  if (!vcpu) throw_errno(fmt::format("{}: creating vCPU {}", device_, id));
  return vcpu;
}

}  // namespace hvk
