// SPDX-License-Identifier: GPL-2.0-or-later
#include "partition/hypercalls.h"

#include "config/grants.h"
#include "hv/vm.h"
#include "uapi/hvk.h"
#include "uapi/hvk_para.h"

namespace hvk {

void Hypercalls::map(Vm& vm) {
  if (!vm.hvk()) return;
  const bool windows = has_windows(place_.system, place_.guest);
  vm.enable_hypercalls(HVK_PARA_TO_VMM | (windows ? HVK_PARA_LOCKED : 0));
}

}  // namespace hvk
