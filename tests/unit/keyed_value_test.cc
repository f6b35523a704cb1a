// SPDX-License-Identifier: GPL-2.0-only
// VALUE[,key=value]...: what is read, what is not, and back.
#include "base/keyed_value.h"

#include <gtest/gtest.h>

namespace hvk {
namespace {

// "value|key=value|...", or "error: why".
std::string read(std::string_view text) {
  std::string why;
  const auto parsed = parse_keyed(text, {"format", "load"}, why);
  if (!parsed) return "error: " + why;
  std::string out = parsed->value;
  for (const KeyedValue::Key& key : parsed->keys) out += "|" + key.name + "=" + key.value;
  return out;
}

TEST(KeyedValue, Read) {
  const struct {
    const char* text;
    const char* is;
  } kTable[] = {
      {"", ""},
      {"a b=c", "a b=c"},
      {"a,load=1", "a|load=1"},
      {"a,load=1,format=x=y", "a|load=1|format=x=y"},
      {"a,load=", "a|load="},
      {"a,,b", "a,b"},
      {"a,,,load=1", "a,|load=1"},
      {"a,,,,load=1", "a,,load=1"},
      {",,", ","},
      {"a,format=x,,y,load=1", "a|format=x,y|load=1"},
      {",load=1", "|load=1"},
      {"a,", "error: '' is no key=value; a comma that is part of a name is written twice: ,,"},
      {"a,b", "error: 'b' is no key=value; a comma that is part of a name is written twice: ,,"},
      {"a,,,", "error: '' is no key=value; a comma that is part of a name is written twice: ,,"},
      {"a,=b", "error: '=b' is no key=value; a comma that is part of a name is written twice: ,,"},
      {"a,lad=1", "error: unknown key 'lad', expected format or load; did you mean 'load'?"},
      {"a,Load=1", "error: unknown key 'Load', expected format or load; did you mean 'load'?"},
      {"a,colour=1", "error: unknown key 'colour', expected format or load"},
      {"a,load=1,load=1", "error: load is given twice"},
      {"a,\x1b[2J",
       "error: '?[2J' is no key=value; a comma that is part of a name is written twice: ,,"},
      {"a,\tx\u009b=1", "error: unknown key '?x?', expected format or load"},
  };
  for (const auto& row : kTable) EXPECT_EQ(read(row.text), row.is) << row.text;
}

TEST(KeyedValue, WrittenAndReadAgain) {
  for (const char* value : {"", "a", "a,b", ",", ",,", "a,load=1", "a=b,"}) {
    EXPECT_EQ(read(keyed_text(value)), value);
  }
}

}  // namespace
}  // namespace hvk
