// SPDX-License-Identifier: GPL-2.0-or-later
// Composes a guest of its parts: this is the one place that names all of them.
#pragma once

#include <memory>

#include "board/device.h"
#include "config/config.h"
#include "devices/pl011.h"
#include "devices/pl061.h"
#include "devices/virtio_balloon.h"
#include "machine/machine.h"
#include "partition/hypercalls.h"
#include "partition/links.h"
#include "run/backends.h"

namespace hvk {

// A guest's machine, and those of its parts that vmm/run uses directly. The machine owns the parts.
struct ComposedGuest {
  std::unique_ptr<Machine> machine;
  Pl011* console = nullptr;                // takes the guest's input
  Pl061* gpio = nullptr;                   // has the power key
  const GuestMemory* ram = nullptr;        // its RAM
  VirtioBalloon* balloon = nullptr;        // null if the guest has none
  const Hypercalls* hypercalls = nullptr;  // null if `place` was null
};

// Makes the guest of `config` and does not start it. Its console output goes to `console_out`.
// `place` is the guest's place in its system, and `backends` are those of its devices; both may be
// null if the guest is only to be checked or its device tree dumped, and never started. All must
// outlive the result. Throws SetupError or ImageError.
ComposedGuest compose(const Config& config, ByteSink& console_out, const Place* place = nullptr,
                      Backends* backends = nullptr);

}  // namespace hvk
