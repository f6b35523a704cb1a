// SPDX-License-Identifier: GPL-2.0-or-later
#include "hv/vcpu_state.h"

#include <fmt/format.h>
#include <sys/ioctl.h>

#include <cerrno>

#include "base/error.h"
#include "hv/kvm_calls.h"

namespace hvk {
namespace {

// The two counters keep counting while registers are read. They are not state of
// a vCPU: setting one changes the counter offset of the whole VM.
bool is_counter(uint64_t id) { return id == KVM_REG_ARM_TIMER_CNT || id == KVM_REG_ARM_PTIMER_CNT; }

size_t size_of(uint64_t id) {
  return size_t{1} << ((id & KVM_REG_SIZE_MASK) >> KVM_REG_SIZE_SHIFT);
}

std::vector<uint64_t> register_ids(int fd) {
  uint64_t count = 0;
  if (::ioctl(fd, kvm_get_reg_list, &count) == 0 || errno != E2BIG) {
    throw_errno("number of a vCPU's registers");
  }
  // struct kvm_reg_list: the number of identifiers, then the identifiers.
  std::vector<uint64_t> list(count + 1);
  list[0] = count;
  if (::ioctl(fd, kvm_get_reg_list, list.data()) != 0) throw_errno("list of a vCPU's registers");
  list.erase(list.begin());
  return list;
}

void get(int fd, uint64_t id, void* value) {
  const kvm_one_reg reg = {id, reinterpret_cast<uintptr_t>(value)};
  if (::ioctl(fd, KVM_GET_ONE_REG, &reg) != 0)
    throw_errno(fmt::format("reading register {:#x}", id));
}

void set(int fd, uint64_t id, const void* value) {
  const kvm_one_reg reg = {id, reinterpret_cast<uintptr_t>(value)};
  if (::ioctl(fd, KVM_SET_ONE_REG, &reg) != 0)
    throw_errno(fmt::format("setting register {:#x}", id));
}

}  // namespace

VcpuState::VcpuState(int fd) {
  for (const uint64_t id : register_ids(fd)) {
    if (is_counter(id)) continue;
    Register& entry = registers_.emplace_back(Register{id, std::vector<std::byte>(size_of(id))});
    get(fd, id, entry.value.data());
  }
  if (::ioctl(fd, KVM_GET_MP_STATE, &mp_state_) != 0) throw_errno("reading a vCPU's power state");
  if (::ioctl(fd, KVM_GET_VCPU_EVENTS, &events_) != 0) throw_errno("reading a vCPU's events");
  get(fd, KVM_REG_ARM_TIMER_CNT, &counter_);
}

void VcpuState::restore(int fd) const {
  for (const Register& entry : registers_) set(fd, entry.id, entry.value.data());
  if (::ioctl(fd, KVM_SET_VCPU_EVENTS, &events_) != 0) throw_errno("setting a vCPU's events");
  if (::ioctl(fd, KVM_SET_MP_STATE, &mp_state_) != 0) throw_errno("setting a vCPU's power state");
}

void VcpuState::set_counter(int fd, uint64_t counter) { set(fd, KVM_REG_ARM_TIMER_CNT, &counter); }

}  // namespace hvk
