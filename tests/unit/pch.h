// SPDX-License-Identifier: GPL-2.0-only
// Included by the build before every *_test.cc; precompiled.
#ifndef HVK_TESTS_UNIT_PCH_H
#define HVK_TESTS_UNIT_PCH_H

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#endif
