// SPDX-License-Identifier: GPL-2.0-only
// What most of hvk-run includes, parsed once for the lab's build. Each file includes what it
// needs all the same: the unit tests and an Arm machine compile them without this.
#ifndef HVK_VMM_PCH_H
#define HVK_VMM_PCH_H

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
