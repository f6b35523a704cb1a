// SPDX-License-Identifier: GPL-2.0-or-later
// What most of hvk-run includes, parsed once for the lab's build and for the unit tests. Each
// file includes what it needs all the same: an Arm machine, the fuzzers, and who compiles with
// ccache do without this.
#ifndef HVK_VMM_PRECOMPILED_H
#define HVK_VMM_PRECOMPILED_H

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#endif
