// SPDX-License-Identifier: GPL-2.0-or-later
// The hypercalls that the module leaves to the VMM (uapi/hvk_para.h): how one is answered, and
// by whom.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "hv/guest_end.h"

namespace hvk {

// x1 to x3 of a call.
using ParaArgs = std::array<uint64_t, 3>;

// x0 to x3 as the guest gets them, or the guest's end.
struct ParaAnswer {
  int64_t result = 0;
  std::array<uint64_t, 3> values{};
  std::optional<GuestEnd> end;
};

class ParaCalls {
 public:
  virtual ~ParaCalls() = default;
  // From any vCPU thread, several at once; never throws.
  virtual ParaAnswer call(uint64_t function, const ParaArgs& args) = 0;
};

}  // namespace hvk
