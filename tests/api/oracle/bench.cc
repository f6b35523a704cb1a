// SPDX-License-Identifier: GPL-2.0-only
#include "tests/api/oracle/bench.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <system_error>

namespace hvk::oracle {
namespace {

int require(Outcome outcome, const char* what) {
  if (outcome < 0)
    throw std::system_error(static_cast<int>(-outcome), std::system_category(), what);
  return static_cast<int>(outcome);
}

void* map(size_t size, int flags, int fd) {
  void* page = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, flags, fd, 0);
  if (page == MAP_FAILED) throw std::system_error(errno, std::system_category(), "mmap");
  return page;
}

}  // namespace

std::string text(Outcome outcome) {
  if (outcome >= 0) return std::to_string(outcome);
  const char* name = ::strerrorname_np(static_cast<int>(-outcome));
  return name != nullptr ? name : std::to_string(outcome);
}

std::string hex(uint64_t value) { return fmt::format("{:#x}", value); }

std::string bytes(std::span<const std::byte> data) {
  std::string result;
  for (std::byte byte : data) result += fmt::format("{:02x}", static_cast<unsigned>(byte));
  return result;
}

void Fd::reset() {
  if (fd_ >= 0) ::close(fd_);
  fd_ = -1;
}

Outcome call(int fd, unsigned long request, unsigned long argument) {
  const int value = ::ioctl(fd, request, argument);
  return value < 0 ? -errno : value;
}

Outcome call_for_fd(int fd, unsigned long request, unsigned long argument, Fd& made) {
  const Outcome outcome = call(fd, request, argument);
  if (outcome < 0) return outcome;
  made = Fd(static_cast<int>(outcome));
  return 0;
}

Fd event_fd() { return Fd(require(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK), "eventfd")); }

Pages::Pages(size_t size)
    : data_(static_cast<std::byte*>(map(size, MAP_PRIVATE | MAP_ANONYMOUS, -1))), size_(size) {}

Pages::~Pages() { ::munmap(data_, size_); }

uint64_t vdso_data() {
  std::ifstream maps("/proc/self/maps");
  for (std::string line; std::getline(maps, line);) {
    if (line.ends_with("[vvar]")) return std::stoull(line, nullptr, 16);
  }
  return 0;
}

Bench::Bench(const std::string& device, const Inventory& inventory)
    : system_(::open(device.c_str(), O_RDWR | O_CLOEXEC)), inventory_(inventory) {
  if (system_.get() < 0) throw std::system_error(errno, std::system_category(), device);
}

Vm::Vm(Bench& bench, unsigned long type)
    : bench_(bench), fd_(require(call(bench.system(), KVM_CREATE_VM, type), "KVM_CREATE_VM")) {}

Outcome Vm::slot(unsigned id, unsigned flags, uint64_t ipa, uint64_t size, uint64_t address) const {
  kvm_userspace_memory_region region = {id, flags, ipa, size, address};
  return call(fd(), KVM_SET_USER_MEMORY_REGION, &region);
}

Vcpu::Vcpu(const Vm& vm, unsigned id)
    : fd_(require(call(vm.fd(), KVM_CREATE_VCPU, id), "KVM_CREATE_VCPU")),
      run_size_(static_cast<size_t>(
          require(call(vm.bench().system(), KVM_GET_VCPU_MMAP_SIZE), "KVM_GET_VCPU_MMAP_SIZE"))) {
  run_ = static_cast<kvm_run*>(map(run_size_, MAP_SHARED, fd_.get()));
}

Vcpu::~Vcpu() { ::munmap(run_, run_size_); }

Outcome Vcpu::init(uint32_t features) const {
  kvm_vcpu_init init = {.target = KVM_ARM_TARGET_GENERIC_V8, .features = {features}};
  return call(fd(), KVM_ARM_VCPU_INIT, &init);
}

Outcome Vcpu::get(uint64_t id, void* value) const {
  kvm_one_reg reg = {id, reinterpret_cast<uint64_t>(value)};
  return call(fd(), KVM_GET_ONE_REG, &reg);
}

Outcome Vcpu::set(uint64_t id, const void* value) const {
  kvm_one_reg reg = {id, reinterpret_cast<uint64_t>(value)};
  return call(fd(), KVM_SET_ONE_REG, &reg);
}

uint64_t Vcpu::value(uint64_t id) const {
  uint64_t value = 0;
  require(get(id, &value), "KVM_GET_ONE_REG");
  return value;
}

Outcome Vcpu::enter() const {
  constexpr unsigned kSeconds = 5;
  struct sigaction action = {};
  action.sa_handler = [](int) {};
  ::sigaction(SIGALRM, &action, nullptr);
  ::alarm(kSeconds);
  const Outcome outcome = call(fd(), KVM_RUN);
  ::alarm(0);
  return outcome;
}

Outcome Vcpu::finish() const {
  run_->immediate_exit = 1;
  Outcome outcome = enter();
  // A pair is two accesses.
  while (outcome == 0 && run_->exit_reason == KVM_EXIT_MMIO) outcome = enter();
  run_->immediate_exit = 0;
  return outcome;
}

Gic::Gic(const Vm& vm, bool addresses) {
  kvm_create_device device = {.type = KVM_DEV_TYPE_ARM_VGIC_V2};
  require(call(vm.fd(), KVM_CREATE_DEVICE, &device), "KVM_CREATE_DEVICE");
  fd_ = Fd(static_cast<int>(device.fd));
  if (!addresses) return;
  uint64_t distributor = kDistributor, interface = kCpuInterface;
  require(attribute(KVM_SET_DEVICE_ATTR, KVM_DEV_ARM_VGIC_GRP_ADDR, KVM_VGIC_V2_ADDR_TYPE_DIST,
                    &distributor),
          "the distributor's address");
  require(attribute(KVM_SET_DEVICE_ATTR, KVM_DEV_ARM_VGIC_GRP_ADDR, KVM_VGIC_V2_ADDR_TYPE_CPU,
                    &interface),
          "the CPU interface's address");
}

Outcome Gic::attribute(unsigned long request, uint32_t group, uint64_t attr, void* value) const {
  kvm_device_attr args = {0, group, attr, reinterpret_cast<uint64_t>(value)};
  return call(fd(), request, &args);
}

Outcome Gic::init() const {
  return attribute(KVM_SET_DEVICE_ATTR, KVM_DEV_ARM_VGIC_GRP_CTRL, KVM_DEV_ARM_VGIC_CTRL_INIT,
                   nullptr);
}

}  // namespace hvk::oracle
