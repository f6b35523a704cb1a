// SPDX-License-Identifier: GPL-2.0-only
#include "vmm/suboptions.h"

#include <gtest/gtest.h>

namespace hvk {
namespace {

TEST(Suboptions, TakesTheValueAndItsKeys) {
  const struct {
    const char* text;
    const char* value;
    std::map<std::string, std::string, std::less<>> keys;
  } table[] = {
      {"", "", {}},
      {"file", "file", {}},
      {"a=b", "a=b", {}},
      {"file,vars=v", "file", {{"vars", "v"}}},
      {"file,load=1,vars=v=w", "file", {{"load", "1"}, {"vars", "v=w"}}},
      {"a,,b", "a,b", {}},
      {"a,,b,,,vars=,,v,,", "a,b,", {{"vars", ",v,"}}},
      {",,", ",", {}},
      {",vars=v", "", {{"vars", "v"}}},
  };
  for (const auto& row : table) {
    const Suboptions options = parse_suboptions(row.text, {"vars", "load"});
    EXPECT_EQ(options.mistake, "") << row.text;
    EXPECT_EQ(options.value, row.value) << row.text;
    EXPECT_EQ(options.keys, row.keys) << row.text;
  }
}

TEST(Suboptions, SaysWhatIsWrong) {
  const struct {
    const char* text;
    const char* says;
  } table[] = {
      {"file,", "ends in a comma"},
      {"file,,,", "ends in a comma"},
      {"file,vars=v,", "ends in a comma"},
      {"file,vars", "'vars': expected vars=, load=; a comma within a name is written twice"},
      {"file,=v", "'=v': expected vars=, load="},
      {"file,size=1", "'size=1': expected vars=, load="},
      {"file,Vars=v", "'Vars=v': expected"},
      {"file,vars=", "vars= is empty"},
      {"file,vars=a,vars=b", "vars= is given twice"},
  };
  for (const auto& row : table) {
    const std::string mistake = parse_suboptions(row.text, {"vars", "load"}).mistake;
    EXPECT_NE(mistake.find(row.says), std::string::npos) << row.text << ": " << mistake;
  }
}

}  // namespace
}  // namespace hvk
