// SPDX-License-Identifier: GPL-2.0-or-later
// Opens the hypervisor's device file, /dev/hvk or /dev/kvm, and finds out what it supports.
#pragma once

#include <string>

#include "base/fd.h"

namespace hvk {

// The open device file. It outlives the VMs that are created there.
class Hypervisor {
 public:
  // Opens `device`, a file. Throws SetupError with a remedy if it is missing, inaccessible to this
  // user or no hypervisor.
  explicit Hypervisor(const std::string& device);

  const std::string& name() const { return name_; }
  int fd() const { return fd_.get(); }
  // Whether it has hvk's own ioctls, and with them hypercalls.
  bool hvk() const { return hvk_; }

 private:
  const std::string name_;
  const Fd fd_;
  const bool hvk_;
};

// Opens `device`. If that fails, throws SetupError with a remedy.
Fd open_hypervisor(const std::string& device);

// Throws SetupError if the file opened as `device` does not speak the KVM ABI.
void check_kvm_abi(const Fd& hypervisor, const std::string& device);

// Whether `hypervisor` has hvk's own ioctls, and with them hypercalls, event channels and windows
// of time.
bool has_hvk_calls(const Fd& hypervisor);

// As has_hvk_calls(), but `device` may be missing or inaccessible to this user: then every name
// but "kvm" is taken to have hvk's ioctls. Throws SetupError if `device` can be opened and does not
// speak the KVM ABI.
bool would_have_hvk_calls(const std::string& device);

// Returns the remedy for the user after opening `device` failed with the errno value `error`.
std::string open_remedy(const std::string& device, int error);

}  // namespace hvk
