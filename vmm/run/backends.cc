// SPDX-License-Identifier: GPL-2.0-or-later
#include "run/backends.h"

namespace hvk {

Backends::Backends(const Config&) {}

}  // namespace hvk
