// SPDX-License-Identifier: GPL-2.0-only
// Where initrd and device tree go, and what is said when they do not fit.
#include "machine/placement.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/error.h"

namespace hvk {
namespace {

constexpr uint64_t kBase = layout::kRamBase;
constexpr uint64_t kMiB = 1 << 20;
constexpr uint64_t kGiB = 1 << 30;

// Parts as offset from the RAM's base and size.
std::vector<LoadedPart> parts(std::vector<std::pair<uint64_t, uint64_t>> list) {
  std::vector<LoadedPart> result;
  for (const auto& [offset, size] : list) result.push_back({"kernel", kBase + offset, size});
  return result;
}

TEST(Placement, IsHighAndClearOfTheRest) {
  struct {
    const char* name;
    uint64_t ram;
    std::vector<LoadedPart> parts;
    uint64_t size;
    uint64_t offset;  // expected
  } const kTable[] = {
      {"empty RAM", 64 * kMiB, {}, kMiB, 63 * kMiB},
      {"page aligned", 64 * kMiB, {}, 1, 64 * kMiB - 4096},
      {"nothing", 64 * kMiB, {}, 0, 64 * kMiB},
      {"all of it", kMiB, {}, kMiB, 0},
      {"kernel below", 64 * kMiB, parts({{0, 32 * kMiB}}), 32 * kMiB, 32 * kMiB},
      {"part at the top", 64 * kMiB, parts({{63 * kMiB, kMiB}}), kMiB, 62 * kMiB},
      {"gap too small", 64 * kMiB, parts({{32 * kMiB, 16 * kMiB}}), 17 * kMiB, 15 * kMiB},
      {"between two", 64 * kMiB, parts({{0, kMiB}, {32 * kMiB, 32 * kMiB}}), kMiB, 31 * kMiB},
      {"unordered", 64 * kMiB, parts({{32 * kMiB, 32 * kMiB}, {30 * kMiB, kMiB}}), 2 * kMiB,
       28 * kMiB},
      {"Linux's window", 64 * kGiB, {}, kMiB, 32 * kGiB - kMiB},
  };
  for (const auto& row : kTable) {
    EXPECT_EQ(place_high({kBase, row.ram}, row.parts, "initrd", row.size), kBase + row.offset)
        << row.name;
  }
}

TEST(Placement, TellsWhatIsFree) {
  struct {
    const char* name;
    std::vector<LoadedPart> parts;
    bool free;
  } const kTable[] = {
      {"nothing there", {}, true},
      {"a part that begins where it ends", parts({{2 * kMiB, kMiB}}), true},
      {"a part that begins in its last byte", parts({{2 * kMiB - 1, 1}}), false},
      {"a part that ends where it begins", parts({{0, kMiB}}), true},
      {"a part that ends in its first byte", parts({{0, kMiB + 1}}), false},
      {"a part within it", parts({{kMiB + 8, 8}}), false},
      {"a part around it", parts({{0, 8 * kMiB}}), false},
      {"the second of two", parts({{8 * kMiB, kMiB}, {kMiB, 1}}), false},
  };
  for (const auto& row : kTable) {
    EXPECT_EQ(is_free({kBase + kMiB, kMiB}, row.parts), row.free) << row.name;
  }
}

std::string refusal(uint64_t ram, const std::vector<LoadedPart>& parts, uint64_t size) {
  try {
    place_high({kBase, ram}, parts, "initrd", size);
  } catch (const SetupError& error) {
    return error.what();
  }
  return "(placed)";
}

TEST(Placement, SaysWhatDoesNotFitAndWhatWould) {
  struct {
    const char* name;
    uint64_t ram;
    std::vector<LoadedPart> parts;
    uint64_t size;
    const char* says;
  } const kTable[] = {
      {"too large", kMiB, {}, 2 * kMiB, "initrd of 2 MiB: does not fit into 1 MiB of RAM"},
      {"overflow", kMiB, {}, UINT64_MAX, "does not fit"},
      {"names the others", 64 * kMiB, parts({{0, 40 * kMiB}}), 30 * kMiB,
       "beside kernel (40 MiB at 0x40000000)"},
      {"names the remedy", 64 * kMiB, parts({{0, 40 * kMiB}}), 30 * kMiB,
       "memory in a system's file, for example 128M"},
      {"a remedy that is enough", 64 * kMiB, parts({{0, 40 * kMiB}}), 100 * kMiB,
       "for example 256M"},
      {"one page too much", kMiB, parts({{0, kMiB - 4096}}), 4097, "does not fit"},
  };
  for (const auto& row : kTable) {
    const std::string text = refusal(row.ram, row.parts, row.size);
    EXPECT_NE(text.find(row.says), std::string::npos) << row.name << ": " << text;
  }
}

}  // namespace
}  // namespace hvk
