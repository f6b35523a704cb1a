// SPDX-License-Identifier: GPL-2.0-or-later
// The hypercalls that the VMM answers: uapi/hvk_para.h, docs/hypercalls.md.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/log.h"
#include "board/device.h"
#include "board/memory.h"
#include "hv/para_call.h"
#include "partition/links.h"

namespace hvk {

class Para {
 public:
  // Answers for the guest at `place`, whose RAM and console these are; all
  // must outlive it.
  Para(const Place& place, GuestMemory& ram, ByteSink& console);

  // A call with x1 to x3. From any vCPU thread, several at once; never throws.
  ParaAnswer call(uint64_t function, const ParaArgs& args);

  // The code of HALT; 0 before.
  uint64_t halt_code() const { return halt_code_; }

 private:
  int64_t write_console(uint64_t ipa, uint64_t size);
  int64_t report_health(uint64_t code, uint64_t ipa, uint64_t size);
  int64_t info(uint64_t ipa, uint64_t size);
  int64_t channel_info(uint64_t index, uint64_t ipa, uint64_t size);
  int64_t shared_info(uint64_t index, uint64_t ipa, uint64_t size);
  // Copies the structure, or as much of it as the guest has room for.
  int64_t fill(uint64_t ipa, uint64_t size, const void* from, size_t length);

  const Place& place_;
  GuestMemory& ram_;
  ByteSink& console_;
  LogLimit health_;
  std::atomic<uint64_t> halt_code_{0};
};

}  // namespace hvk
