// SPDX-License-Identifier: GPL-2.0-or-later
// Reads a TOML table key by key. A missing key, a value of the wrong type and an
// unknown key are added to the mistakes, with their lines. Returned values have
// been checked.
#pragma once

// hvk-run does not write TOML by toml++, and the formatters are a fifth of the
// header's compile time.
#define TOML_ENABLE_FORMATTERS 0
// toml++ has assertions that fail on some malformed texts, such as "[[!", right
// before the code that reports the syntax error. Without the assertion the author
// of the text gets that report.
#define TOML_ASSERT(condition) static_cast<void>(condition)
#include <toml++/toml.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/mistakes.h"

namespace hvk {

class TableReader {
 public:
  // `what` is the name of the table in messages: "[schedule]".
  TableReader(const toml::table& table, std::string what, Mistakes& mistakes);

  // Each returns the value of `key`, or nothing if the key is missing or its value
  // is a mistake. `expected` describes a correct value for messages.
  std::optional<std::string> string(std::string_view key, const char* expected);
  std::optional<uint64_t> integer(std::string_view key, uint64_t min, uint64_t max);
  std::optional<bool> boolean(std::string_view key);
  // The value of `key`, of whatever type, or null.
  const toml::node* any(std::string_view key) { return find(key); }
  const toml::table* table(std::string_view key, const char* expected);
  const toml::array* array(std::string_view key, const char* expected);
  // Returns the tables with the header [[KEY]]. More than `max` are a mistake, and
  // the first `max` are returned.
  std::vector<const toml::table*> tables(std::string_view key, size_t max);
  // The same for the tables in the array that is the value of `key`.
  std::vector<const toml::table*> tables_in(const toml::array& array, std::string_view key,
                                            size_t max);

  // Adds a mistake if `key` is missing.
  void require(std::string_view key, const char* expected);
  // Adds a mistake for each key that none of the calls above has read.
  void finish();

  bool has(std::string_view key) const { return table_.contains(key); }
  bool is_string(std::string_view key) const { return table_.get_as<std::string>(key); }
  // The line of the key, or that of the table if the key is missing.
  uint32_t line(std::string_view key) const;
  uint32_t line() const { return table_.source().begin.line; }
  void mistake(std::string_view key, std::string text) {
    mistakes_.add(line(key), std::move(text));
  }

 private:
  const toml::node* find(std::string_view key);
  void wrong_type(std::string_view key, const toml::node& node, std::string_view expected);

  const toml::table& table_;
  std::string what_;
  Mistakes& mistakes_;
  std::vector<std::string_view> known_;
};

// The type of `node` for messages: "an integer", "a table".
const char* type_name(const toml::node& node);

}  // namespace hvk
