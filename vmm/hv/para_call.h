// SPDX-License-Identifier: GPL-2.0-or-later
// The interface by which a vCPU gets the answer to a hypercall that the module leaves to the VMM
// (uapi/hvk_para.h).
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "hv/guest_end.h"

namespace hvk {

// The arguments of a hypercall, x1 to x3.
using ParaArgs = std::array<uint64_t, 3>;

// The answer to a hypercall: `result` goes to x0 and `values` to x1 to x3. If `end` is set, the
// call ends the guest, which gets no answer.
struct ParaAnswer {
  int64_t result = 0;
  std::array<uint64_t, 3> values{};
  std::optional<GuestEnd> end;
};

class ParaCalls {
 public:
  virtual ~ParaCalls() = default;
  // Answers a hypercall. Called from vCPU threads, possibly from several at once; never throws.
  virtual ParaAnswer call(uint64_t function, const ParaArgs& args) = 0;
};

}  // namespace hvk
