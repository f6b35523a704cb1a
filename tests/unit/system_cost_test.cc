// SPDX-License-Identifier: GPL-2.0-only
// What hostile system files cost, a quarter as large as a file may be: work that grows
// with the square of that would take minutes to hours, what there is takes a second.
#include <gtest/gtest.h>

#include <cstddef>
#include <optional>
#include <string>

#include "tests/unit/cpu_budget.h"
#include "tests/unit/system_files.h"

namespace hvk {
namespace {

constexpr size_t kSize = 256 << 10;

// `piece` with its number in the place of '#', as often as there is room.
std::string many(const std::string& start, const std::string& piece, const std::string& end = "") {
  std::string text = start;
  for (size_t n = 0; text.size() + piece.size() + end.size() + 16 < kSize; ++n) {
    for (const char c : piece) text += c == '#' ? std::to_string(n) : std::string(1, c);
  }
  return text + end;
}

TEST(SystemCostTest, GrowsWithTheFile) {
  const std::string shared = "[[shared]]\nname = \"s#\"\nsize = \"4K\"\nrights = { a = \"rw\" }\n";
  const struct {
    const char* name;
    std::string text;
  } table[] = {
      {"unknown keys", many(test::guest(""), "unknown#key = 1\n")},
      {"long unknown keys", many(test::guest(""), std::string(60, 'k') + "# = 1\n")},
      {"unknown tables", many("", "[t#]\n")},
      {"partitions", many("", "[[partition]]\n")},
      {"named partitions", many("", "[[partition]]\nname = \"p#\"\nkernel = \"a.elf\"\n")},
      {"regions", many(test::kTwo, shared)},
      {"windows", many(test::kFrame, "{ cpu = #, partition = \"a\" },\n", "]\n")},
      {"processors", many(test::guest("host-cpus = ["), "#,", "]\n")},
      {"one processor", many(test::guest("host-cpus = ["), "1,", "]\n")},
      {"a long string", many(test::guest("append = \""), "x", "\"\nbad = 1\n")},
      {"escapes", many(test::guest("append = \""), "\\u00e9", "\"\nbad = 1\n")},
      {"dotted keys", many("", "a.", "a = 1\n")},
      {"dotted keys under one", many("", "a.b#.c = 1\n")},
      {"nested arrays", many("a = ", "[")},
      {"nested tables", many("a = ", "{ a = ")},
      {"empty lines", many("", "\n")},
  };
  for (const auto& row : table) {
    const std::optional<size_t> mistakes =
        test::within_cpu_budget([text = row.text] { return test::mistakes(text).size(); });
    ASSERT_TRUE(mistakes) << row.name;
    EXPECT_GT(*mistakes, 0u) << row.name;
  }
}

}  // namespace
}  // namespace hvk
