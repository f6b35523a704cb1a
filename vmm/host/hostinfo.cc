// SPDX-License-Identifier: GPL-2.0-or-later
#include "host/hostinfo.h"

#include <fcntl.h>
#include <sys/ioctl.h>

#include <cstring>

#include "base/fd.h"
#include "uapi/hvk.h"

namespace hvk {
namespace {

const char* owner_name(uint32_t owner) {
  switch (owner) {
    case HVK_EL2_STUB:
      return "free";
    case HVK_EL2_KVM:
      return "KVM's";
    case HVK_EL2_HVK:
      return "hvk's";
    default:
      return "unknown";
  }
}

struct Mitigation {
  uint64_t bit;
  const char* text;
};

constexpr Mitigation kMitigations[] = {
    {HVK_MITIG_V2_FIRMWARE, "spectre-v2: firmware call at each exit"},
    {HVK_MITIG_BHB_FIRMWARE, "branch history: firmware call at each exit"},
    {HVK_MITIG_BHB_LOOP, "branch history: loop at each exit"},
    {HVK_MITIG_V2_MISSING, "spectre-v2 unmitigated: firmware lacks the call"},
    {HVK_MITIG_SPEC_AT, "speculative AT (erratum 1319367 and kin): worked around"},
    {HVK_MITIG_V4_FIRMWARE, "speculative store bypass: off in guests, by firmware"},
    {HVK_MITIG_V4_OPEN, "speculative store bypass: on in guests, unless they have SSBS"},
};

}  // namespace

std::optional<HostInfo> read_host_info(const char* device) {
  const Fd fd(::open(device, O_RDWR | O_CLOEXEC));
  hvk_host_info raw = {};
  raw.size = sizeof(raw);
  if (!fd || ::ioctl(fd.get(), HVK_HOST_INFO, &raw) != 0) return std::nullopt;

  HostInfo info = {};
  info.el2_owner = owner_name(raw.el2_owner);
  info.list_registers = raw.gic_nr_lr;
  info.vmid_bits = raw.vmid_bits;
  info.ipa_bits = raw.ipa_bits;
  for (const Mitigation& known : kMitigations) {
    if (raw.mitigations & known.bit) info.mitigations.emplace_back(known.text);
  }
  info.refusal.assign(raw.refusal, ::strnlen(raw.refusal, sizeof(raw.refusal)));
  return info;
}

}  // namespace hvk
