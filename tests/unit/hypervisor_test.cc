// SPDX-License-Identifier: GPL-2.0-only
// The device file: what is said of one that is not there, or is another's.
#include "hv/hypervisor.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <string>

namespace hvk {
namespace {

TEST(Hypervisor, Remedies) {
  constexpr const char* kLoad = "load the module: sudo insmod hvk.ko";
  constexpr const char* kOther = "give /dev/hvk or /dev/kvm with --dev";
  struct {
    const char* device;
    int error;
    const char* starts;
  } const kTable[] = {
      {"/dev/hvk", ENOENT, kLoad},
      {"/dev/hvk", ENODEV, kLoad},
      {"/tmp/chroot/dev/hvk", ENOENT, kLoad},
      {"/dev/kvm", ENOENT, "this kernel has no KVM"},
      {"/dev/nothing", ENOENT, kOther},
      {"/dev/hvk0", ENXIO, kOther},
      {"hvk/", ENOENT, kOther},
      {"/dev/hvk", EACCES, "run as root, or as a member of the group that ls -l /dev/hvk shows"},
      {"/dev/hvk", EMFILE, "hvk-run --doctor"},
  };
  for (const auto& row : kTable) {
    EXPECT_TRUE(open_remedy(row.device, row.error).starts_with(row.starts))
        << row.device << ": " << open_remedy(row.device, row.error);
  }
}

std::string why_not(const std::string& device) {
  try {
    check_kvm_abi(open_hypervisor(device), device);
  } catch (const SetupError& error) {
    return error.what();
  }
  return {};
}

TEST(Hypervisor, SaysWhyItCannotBeUsed) {
  EXPECT_EQ(why_not("/nowhere/at-all"),
            "/nowhere/at-all: No such file or directory; give /dev/hvk or /dev/kvm with --dev");
  EXPECT_EQ(why_not("/dev/null"),
            "/dev/null: does not speak the KVM ABI; give /dev/hvk or /dev/kvm with --dev");
}

// A system is checked on machines that have no hypervisor, too.
TEST(Hypervisor, TellsByNameWhatIsNotThere) {
  EXPECT_TRUE(would_have_hvk_calls("/nowhere/hvk"));
  EXPECT_FALSE(would_have_hvk_calls("/nowhere/kvm"));
  EXPECT_THROW(would_have_hvk_calls("/dev/null"), SetupError);
}

}  // namespace
}  // namespace hvk
