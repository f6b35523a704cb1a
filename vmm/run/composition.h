// SPDX-License-Identifier: GPL-2.0-or-later
// Of what a guest is made: the one place that names all its parts.
#pragma once

#include <memory>

#include "board/device.h"
#include "config/config.h"
#include "devices/pl011.h"
#include "devices/pl061.h"
#include "machine/machine.h"
#include "partition/hypercalls.h"
#include "partition/links.h"

namespace hvk {

// A guest's machine, and those of its parts that the run talks to.
struct ComposedGuest {
  std::unique_ptr<Machine> machine;
  Pl011* console = nullptr;
  Pl061* gpio = nullptr;
  const Hypercalls* hypercalls = nullptr;  // null: it has no place, and cannot be started
};

// Makes the guest of `config`, not started, whose output goes to `console_out`. Its `place` is
// null for one that is only looked at. All three must outlive it. Throws SetupError or
// ImageError.
ComposedGuest compose(const Config& config, ByteSink& console_out, const Place* place = nullptr);

}  // namespace hvk
