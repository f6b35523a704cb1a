// SPDX-License-Identifier: GPL-2.0-only
// What the person is told once, and of whom.
#include "base/log.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "board/bus.h"
#include "devices/pl061.h"
#include "tests/unit/support.h"

namespace hvk {
namespace {

// Whatever names and words a message has: it has lines of text, and nothing that a terminal obeys.
TEST(Log, IsText) {
  const struct {
    std::string line, shown;
  } kTable[] = {
      {"report\n  a  b", "report\n  a  b"},
      {"\x1b[2J\rx\ty\x7f", "?[2J?x?y?"},
      {std::string("\0", 1), "?"},
      {"\u00e4 \u20ac \U0001f600", "\u00e4 \u20ac \U0001f600"},
      {"\u009b1G", "?1G"},
      {"\x9b 1G \xe2\x82", "? 1G ??"},
  };
  for (const auto& row : kTable) {
    testing::internal::CaptureStderr();
    log(row.line);
    EXPECT_EQ(testing::internal::GetCapturedStderr(), "hvk-run: " + row.shown + "\n");
  }
}

TEST(OnceLog, SaysEachThingOnce) {
  testing::internal::CaptureStderr();
  OnceLog one("one: "), nobody("");
  for (const char* line : {"a", "b", "a", "a"}) one.say(line);
  nobody.say("a");
  EXPECT_EQ(testing::internal::GetCapturedStderr(),
            "hvk-run: one: a\nhvk-run: one: b\nhvk-run: a\n");
}

TEST(OnceLog, CannotBeFlooded) {
  testing::internal::CaptureStderr();
  OnceLog log("");
  for (int i = 0; i < 1000; ++i) log.say(std::to_string(i));
  const std::string said = testing::internal::GetCapturedStderr();
  EXPECT_EQ(std::count(said.begin(), said.end(), '\n'), 16);
  testing::internal::CaptureStderr();
  for (int i = 0; i < 1000; ++i) log.say(fmt::format("features {:#x} are refused", i));
  log.say("the disk is full");
  log.say("the disk is full");
  const std::string more = testing::internal::GetCapturedStderr();
  EXPECT_EQ(std::count(more.begin(), more.end(), '\n'), 17);
  EXPECT_TRUE(more.ends_with("the disk is full\n"));
}

// A guest that starts again makes the same mistake again.
TEST(OnceLog, DevicesOfAGuestAndOfTheNextOne) {
  testing::internal::CaptureStderr();
  OnceLog first("first: "), second("second: ");
  for (OnceLog* log : {&first, &first, &second}) {
    test::FakeIrqLine wire;
    Pl061 device(wire);
    Bus bus(log);
    bus.add({0x1000, 0x1000}, device);
    uint64_t value;
    EXPECT_TRUE(bus.read(0x1500, 4, value));
    EXPECT_TRUE(bus.read(0x1500, 4, value));
  }
  EXPECT_EQ(testing::internal::GetCapturedStderr(),
            "hvk-run: first: pl061: read of offset 0x500 gives zero; said once for this device\n"
            "hvk-run: second: pl061: read of offset 0x500 gives zero; said once for this device\n");
}

}  // namespace
}  // namespace hvk
