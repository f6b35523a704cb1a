// SPDX-License-Identifier: GPL-2.0-only
// Which device answers where, and where none does; the flash without firmware.
#include "board/bus.h"

#include <gtest/gtest.h>

#include <vector>

#include "base/error.h"
#include "devices/erased_flash.h"

namespace hvk {
namespace {

// Remembers the last access; reads give the offset plus a constant.
class Recorder final : public Device {
 public:
  explicit Recorder(uint64_t salt) : salt_(salt) {}
  std::string_view name() const override { return "recorder"; }
  uint64_t read(uint64_t offset, unsigned size) override {
    size_ = size;
    return salt_ + offset;
  }
  void write(uint64_t offset, unsigned size, uint64_t value) override {
    offset_ = offset;
    size_ = size;
    value_ = value;
  }
  void describe(Fdt&, uint64_t) const override {}

  uint64_t salt_, offset_ = 0, value_ = 0;
  unsigned size_ = 0;
};

class BusTest : public testing::Test {
 protected:
  BusTest() {
    // Not in the order of their addresses.
    bus_.add({0x3000, 0x1000}, b_);
    bus_.add({0x1000, 0x1000}, a_);
    bus_.add({UINT64_MAX - 0xfff, 0x1000}, top_);
  }
  Bus bus_;
  Recorder a_{0xa0000}, b_{0xb0000}, top_{0};
};

TEST_F(BusTest, FindsTheDeviceAndTheOffset) {
  struct {
    uint64_t ipa;
    unsigned size;
    bool answered;
    uint64_t value;
  } const kTable[] = {
      {0x0fff, 1, false, 0},      {0x0ffc, 8, false, 0},
      {0x1000, 1, true, 0xa0000}, {0x1ffc, 4, true, 0xa0ffc},
      {0x1fff, 1, true, 0xa0fff}, {0x1ffc, 8, false, 0},  // runs out of the device
      {0x2000, 4, false, 0},      {0x2ffc, 8, false, 0},
      {0x3000, 8, true, 0xb0000}, {0x3ff8, 8, true, 0xb0ff8},
      {0x4000, 1, false, 0},      {UINT64_MAX, 1, true, 0xfff},
      {UINT64_MAX, 2, false, 0},  {0, 1, false, 0},
  };
  for (const auto& row : kTable) {
    uint64_t value = 0;
    EXPECT_EQ(bus_.read(row.ipa, row.size, value), row.answered) << std::hex << row.ipa;
    EXPECT_EQ(value, row.value) << std::hex << row.ipa;
    EXPECT_EQ(bus_.write(row.ipa, row.size, 1), row.answered) << std::hex << row.ipa;
  }
}

TEST_F(BusTest, PassesWritesOn) {
  EXPECT_TRUE(bus_.write(0x3010, 2, 0xbeef));
  EXPECT_EQ(b_.offset_, 0x10u);
  EXPECT_EQ(b_.size_, 2u);
  EXPECT_EQ(b_.value_, 0xbeefu);
  EXPECT_EQ(a_.size_, 0u);
}

TEST_F(BusTest, ListsTheDevicesInOrder) {
  std::vector<uint64_t> bases;
  for (const Bus::Entry& entry : bus_.entries()) bases.push_back(entry.range.base);
  EXPECT_EQ(bases, (std::vector<uint64_t>{0x1000, 0x3000, UINT64_MAX - 0xfff}));
  EXPECT_EQ(bus_.find(0x2fff), nullptr);
  EXPECT_EQ(bus_.find(0x3fff)->device, &b_);
}

TEST_F(BusTest, RefusesRangesThatCannotBe) {
  const layout::Range kTable[] = {
      {0x1000, 0x1000},      // the same
      {0x1fff, 1},           // its last byte
      {0x0fff, 2},           // its first byte
      {0x0000, 0x10000},     // all around
      {0x1800, 8},           // inside
      {0x2000, 0x1001},      // from below into the next
      {0x8000, 0},           // empty
      {UINT64_MAX - 1, 3},   // wraps around
      {0x8000, UINT64_MAX},  // wraps around
  };
  Recorder device(0);
  for (const layout::Range& range : kTable) {
    EXPECT_THROW(bus_.add(range, device), SetupError) << std::hex << range.base;
  }
  EXPECT_EQ(bus_.entries().size(), 3u);
  EXPECT_NO_THROW(bus_.add({0x2000, 0x1000}, device)) << "fits between two";
}

TEST(ErasedFlash, ReadsAsErasedAndIgnoresWrites) {
  ErasedFlash flash;
  flash.write(0, 4, 0);
  struct {
    unsigned size;
    uint64_t value;
  } const kTable[] = {{1, 0xff}, {2, 0xffff}, {4, 0xffffffff}, {8, UINT64_MAX}};
  for (const auto& row : kTable) EXPECT_EQ(flash.read(0x1000, row.size), row.value);
}

}  // namespace
}  // namespace hvk
