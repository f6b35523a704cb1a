// SPDX-License-Identifier: GPL-2.0-only
// What device tests stand a device on: a wire that remembers, a sink that
// keeps, and an alarm clock that is wound by hand.
#pragma once

#include <gtest/gtest.h>
#include <libfdt.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "board/device.h"
#include "board/fdt.h"
#include "board/irq.h"
#include "devices/rtc_clock.h"

namespace hvk::test {

class FakeIrqLine final : public IrqLine {
 public:
  void set(bool asserted) override {
    level = asserted;
    raised = raised || asserted;
    ++changes;
  }
  bool level = false;
  bool raised = false;  // at any time
  int changes = 0;      // calls of `set`
};

class StringSink final : public ByteSink {
 public:
  void put(uint8_t byte) override { text.push_back(static_cast<char>(byte)); }
  std::string text;
};

class FakeRtcClock final : public RtcClock {
 public:
  explicit FakeRtcClock(uint64_t start) : now(start) {}

  uint64_t seconds() override { return now; }
  void call_at(uint64_t seconds, std::function<void()> call) override {
    alarm = {seconds, std::move(call)};
  }
  // Lets time pass; calls the alarm if it is due.
  void advance(uint64_t seconds) {
    now += seconds;
    if (!alarm || now < alarm->first) return;
    const auto call = std::exchange(alarm, std::nullopt)->second;
    call();
  }

  uint64_t now;
  std::optional<std::pair<uint64_t, std::function<void()>>> alarm;
};

// The device tree with only `device` in it, checked by libfdt, for look-ups.
class DescribedTree {
 public:
  DescribedTree(const Device& device, uint64_t base) {
    Fdt fdt;
    {
      Fdt::Node root(fdt, "");
      device.describe(fdt, base);
    }
    blob_ = fdt.finish();
    EXPECT_EQ(fdt_check_full(blob_.data(), blob_.size()), 0);
  }

  // The property's bytes; a missing node or property fails the test.
  std::string property(const char* path, const char* name) const {
    const int node = fdt_path_offset(blob_.data(), path);
    int size = 0;
    const void* data = node < 0 ? nullptr : fdt_getprop(blob_.data(), node, name, &size);
    EXPECT_TRUE(data) << path << " has no " << name;
    return data ? std::string(static_cast<const char*>(data), static_cast<size_t>(size)) : "";
  }

 private:
  std::vector<std::byte> blob_;
};

// Big-endian cells, as a property holds them.
inline std::string cells(std::initializer_list<uint32_t> values) {
  std::string bytes;
  for (uint32_t value : values) {
    for (int shift = 24; shift >= 0; shift -= 8) bytes.push_back(static_cast<char>(value >> shift));
  }
  return bytes;
}

}  // namespace hvk::test
