// SPDX-License-Identifier: GPL-2.0-only
// What Linux cannot do and would not tell.
#include "machine/linux_limits.h"

#include <gtest/gtest.h>

#include "base/error.h"
#include "board/fdt.h"

namespace hvk {
namespace {

std::string line_refusal(const std::optional<std::string>& line) {
  Fdt fdt;
  {
    Fdt::Node root(fdt, "");
    Fdt::Node chosen(fdt, "chosen");
    if (line) fdt.property("bootargs", *line);
  }
  try {
    check_command_line(fdt.finish(), "--append");
  } catch (const SetupError& error) {
    return error.what();
  }
  return "";
}

TEST(LinuxLimits, CommandLine) {
  EXPECT_EQ(line_refusal(std::nullopt), "");
  EXPECT_EQ(line_refusal(""), "");
  EXPECT_EQ(line_refusal(std::string(2047, 'x')), "");
  EXPECT_TRUE(line_refusal(std::string(2048, 'x'))
                  .starts_with("--append: the kernel's command line has 2048 bytes: arm64 Linux "
                               "keeps 2047, and loses the rest; "));
  EXPECT_NE(line_refusal(std::string(100000, 'x')).find("100000 bytes"), std::string::npos);
  Fdt empty;
  { Fdt::Node root(empty, ""); }
  check_command_line(empty.finish(), "--append");
}

TEST(LinuxLimits, PageSize) {
  constexpr uint64_t k4 = 4 << 10, k16 = 16 << 10, k64 = 64 << 10;
  constexpr uint64_t kCortexA72 = 0x1124;    // 4 and 64 KiB
  constexpr uint64_t kCortexA76 = 0x101122;  // all
  constexpr uint64_t kOnly4 = 0x0f000000, kOnly16 = 0xff100000, kOnly64 = 0xf0000000;
  const struct {
    uint64_t page_size;
    std::optional<uint64_t> id;
    const char* says;  // nothing: taken
  } kTable[] = {
      {0, kOnly4, ""},
      {k4, kCortexA72, ""},
      {k16, kCortexA72,
       "16 KiB: this machine's CPU does not have them; take a kernel with pages "
       "of 4 or 64 KiB"},
      {k64, kCortexA72, ""},
      {k16, kCortexA76, ""},
      {k64, kOnly4, "64 KiB: this machine's CPU does not have them; take a kernel with pages of 4"},
      {k4, kOnly16, "4 KiB: this machine's CPU does not have them; take a kernel with pages of 16"},
      {k16, kOnly16, ""},
      {k64, kOnly64, ""},
      {k4, kOnly64, "pages of 64 KiB"},
      {k16, std::nullopt, ""},
  };
  for (const auto& row : kTable) {
    std::string message;
    try {
      check_page_size(row.page_size, row.id, "Image");
    } catch (const SetupError& error) {
      message = error.what();
    }
    EXPECT_EQ(message.empty(), !*row.says) << row.page_size << ": " << message;
    EXPECT_NE(message.find(row.says), std::string::npos) << message;
  }
}

}  // namespace
}  // namespace hvk
