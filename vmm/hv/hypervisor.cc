// SPDX-License-Identifier: GPL-2.0-or-later
#include "hv/hypervisor.h"

#include <fcntl.h>
#include <linux/kvm.h>
#include <sys/ioctl.h>

#include <cerrno>
#include <filesystem>

#include "host/memlock.h"
#include "uapi/hvk.h"

namespace hvk {
namespace {

constexpr const char* kWhich = "give /dev/hvk or /dev/kvm with --dev";

bool is_named(const std::string& device, const char* name) {
  return std::filesystem::path(device).filename() == name;
}

Fd open_file(const std::string& device) { return Fd(::open(device.c_str(), O_RDWR | O_CLOEXEC)); }

}  // namespace

std::string open_remedy(const std::string& device, int error) {
  constexpr const char* kDoctor = "hvk-run --doctor tells more";
  switch (error) {
    case ENOENT:
    case ENXIO:
    case ENODEV:
      if (is_named(device, "kvm")) {
        return std::string("this kernel has no KVM, or was not started at EL2; ") + kDoctor;
      }
      if (is_named(device, "hvk")) {
        return std::string("load the module: sudo insmod hvk.ko; ") + kDoctor;
      }
      return kWhich;
    case EACCES:
    case EPERM:
      return "run as root, or as a member of the group that ls -l " + device + " shows";
    default:
      return kDoctor;
  }
}

Fd open_hypervisor(const std::string& device) {
  Fd hypervisor = open_file(device);
  if (!hypervisor) throw_errno(device, open_remedy(device, errno));
  return hypervisor;
}

Hypervisor::Hypervisor(const std::string& device)
    : name_(device), fd_(open_hypervisor(device)), hvk_(has_hvk_calls(fd_)) {
  check_kvm_abi(fd_, device);
  // Where guest memory is pinned this is asked again when no file can be opened any more (Vm::map).
  if (::ioctl(fd_.get(), KVM_CHECK_EXTENSION, KVM_CAP_SYNC_MMU) == 0) pinned_bytes();
}

void check_kvm_abi(const Fd& hypervisor, const std::string& device) {
  if (::ioctl(hypervisor.get(), KVM_GET_API_VERSION, 0) == KVM_API_VERSION) return;
  throw SetupError(device, "does not speak the KVM ABI", kWhich);
}

bool has_hvk_calls(const Fd& hypervisor) {
  hvk_host_info info = {};
  info.size = sizeof(info);
  return ::ioctl(hypervisor.get(), HVK_HOST_INFO, &info) == 0;
}

bool would_have_hvk_calls(const std::string& device) {
  const Fd hypervisor = open_file(device);
  if (!hypervisor) return !is_named(device, "kvm");
  check_kvm_abi(hypervisor, device);
  return has_hvk_calls(hypervisor);
}

}  // namespace hvk
