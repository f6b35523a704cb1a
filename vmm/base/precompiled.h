// SPDX-License-Identifier: GPL-2.0-or-later
// The headers that most of hvk-run includes, precompiled once for the lab's build and for the unit
// tests. Each file still includes what it needs: builds on an Arm machine, of the fuzzers and with
// ccache do not use this header.
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
