// SPDX-License-Identifier: GPL-2.0-only
// Sizes and times, read and written.
#include "base/units.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>

namespace hvk {
namespace {

TEST(Units, Sizes) {
  struct {
    const char* text;
    std::optional<uint64_t> bytes;
  } const kTable[] = {
      {"256", uint64_t{256} << 20},
      {"64K", 64 << 10},
      {"64k", 64 << 10},
      {"3M", 3 << 20},
      {"3m", 3 << 20},
      {"2G", uint64_t{2} << 30},
      {"2g", uint64_t{2} << 30},
      {"17179869183G", uint64_t{17179869183} << 30},
      {"17179869184G", std::nullopt},  // 2^64
      {"18446744073709551616", std::nullopt},
      {"0", std::nullopt},
      {"0K", std::nullopt},
      {"", std::nullopt},
      {"K", std::nullopt},
      {"-1", std::nullopt},
      {"+1", std::nullopt},
      {" 1", std::nullopt},
      {"1 M", std::nullopt},
      {"1MB", std::nullopt},
      {"1.5G", std::nullopt},
      {"0x10", std::nullopt},
      {"1T", std::nullopt},
  };
  for (const auto& row : kTable) EXPECT_EQ(parse_size(row.text), row.bytes) << row.text;
}

TEST(Units, SizesForPeople) {
  struct {
    uint64_t bytes;
    const char* text;
  } const kTable[] = {
      {0, "0 bytes"},
      {1023, "1023 bytes"},
      {1024, "1 KiB"},
      {1536, "1.5 KiB"},
      {256 << 20, "256 MiB"},
      {uint64_t{1} << 40, "1 TiB"},
      {uint64_t{1} << 60, "1048576 TiB"},
  };
  for (const auto& row : kTable) EXPECT_EQ(format_size(row.bytes), row.text);
}

TEST(Units, SizesWrittenAreReadAgain) {
  struct {
    uint64_t bytes;
    const char* text;
  } const kTable[] = {
      {4096, "4K"},          {64 << 10, "64K"},         {1 << 20, "1M"},
      {1536 << 10, "1536K"}, {uint64_t{3} << 30, "3G"}, {uint64_t{1} << 40, "1024G"},
  };
  for (const auto& row : kTable) {
    EXPECT_EQ(write_size(row.bytes), row.text);
    EXPECT_EQ(parse_size(row.text), row.bytes);
  }
}

TEST(Units, Times) {
  struct {
    const char* text;
    std::optional<uint64_t> ns;
  } const kTable[] = {
      {"10ms", 10000000},
      {"0ms", 0},
      {"0.0s", 0},
      {"1s", 1000000000},
      {"2.5us", 2500},
      {"0.000000001s", 1},
      {"1.0000000000000000000000s", 1000000000},
      {"7ns", 7},
      {"18446744073709551615ns", UINT64_MAX},
      {"18446744073709551616ns", std::nullopt},
      {"18446744073709551.616us", std::nullopt},
      {"18446744074s", std::nullopt},
      {"0.0000000001s", std::nullopt},
      {"1.5ns", std::nullopt},
      {"10", std::nullopt},
      {"", std::nullopt},
      {"ms", std::nullopt},
      {"-1ms", std::nullopt},
      {"+1ms", std::nullopt},
      {"1 ms", std::nullopt},
      {" 1ms", std::nullopt},
      {"1ms ", std::nullopt},
      {"1MS", std::nullopt},
      {"1m", std::nullopt},
      {"1.ms", std::nullopt},
      {".5ms", std::nullopt},
      {"1.5.5ms", std::nullopt},
      {"1e3ns", std::nullopt},
      {"0x10ns", std::nullopt},
  };
  for (const auto& row : kTable) EXPECT_EQ(parse_time(row.text), row.ns) << row.text;
}

TEST(Units, TimesWrittenAreReadAgain) {
  struct {
    uint64_t ns;
    const char* text;
  } const kTable[] = {
      {0, "0ns"},
      {1, "1ns"},
      {2500, "2500ns"},
      {4500000, "4500us"},
      {10000000, "10ms"},
      {1000000000, "1s"},
      {UINT64_MAX, "18446744073709551615ns"},
  };
  for (const auto& row : kTable) {
    EXPECT_EQ(write_time(row.ns), row.text);
    EXPECT_EQ(parse_time(row.text), row.ns);
  }
}

TEST(Units, BareSizes) {
  struct {
    const char* text;
    const char* note;
  } const kTable[] = {{"5000", " ('5000': a number without K, M or G is MiB)"},
                      {"5000K", ""},
                      {"5g", ""},
                      {"", ""}};
  for (const auto& row : kTable) EXPECT_EQ(bare_size_note(row.text), row.note) << row.text;
}

}  // namespace
}  // namespace hvk
