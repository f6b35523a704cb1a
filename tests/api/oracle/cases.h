// SPDX-License-Identifier: GPL-2.0-only
// Cases with a verdict of their own, on each device: kinds of bugs that KVM once had. Each uses
// GoogleTest's assertions; the host's log, which the lab looks at, is a part of the verdict.
#pragma once

#include <span>

#include "tests/api/oracle/bench.h"

namespace hvk::oracle {

struct Case {
  const char* name;
  void (*run)(Bench& bench);
};

// cases.cc, races.cc
std::span<const Case> cases();
std::span<const Case> races();

}  // namespace hvk::oracle
