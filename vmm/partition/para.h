// SPDX-License-Identifier: GPL-2.0-or-later
// Answers the hypercalls that the module leaves to the VMM: uapi/hvk_para.h, docs/hypercalls.md.
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
  // Answers the calls of the guest at `place`, which has this RAM and this
  // console. All three must outlive this object.
  Para(const Place& place, GuestMemory& ram, ByteSink& console);

  // Answers a call; `args` are x1 to x3. Called from vCPU threads, possibly from several at once;
  // never throws.
  ParaAnswer call(uint64_t function, const ParaArgs& args);

  // The code that the guest gave with HALT; 0 if it has not called HALT.
  uint64_t halt_code() const { return halt_code_; }

 private:
  int64_t write_console(uint64_t ipa, uint64_t size);
  int64_t report_health(uint64_t code, uint64_t ipa, uint64_t size);
  int64_t info(uint64_t ipa, uint64_t size);
  int64_t channel_info(uint64_t index, uint64_t ipa, uint64_t size);
  int64_t shared_info(uint64_t index, uint64_t ipa, uint64_t size);
  // Copies a structure of `length` bytes to the guest's buffer, or its first `size` bytes if the
  // buffer is smaller. Returns the number of bytes copied, or HVK_PARA_E*.
  int64_t fill(uint64_t ipa, uint64_t size, const void* from, size_t length);

  const Place& place_;
  GuestMemory& ram_;
  ByteSink& console_;
  LogLimit health_;
  std::atomic<uint64_t> halt_code_{0};
};

}  // namespace hvk
