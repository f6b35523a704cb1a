// SPDX-License-Identifier: GPL-2.0-or-later
// A TOML table, read key by key. What is missing, of another type or not known
// becomes a mistake with its line; what is returned can be used.
#pragma once

// Nothing is written by it, and its writers are a fifth of its compile time.
#define TOML_ENABLE_FORMATTERS 0
// toml++ asserts of some texts what they only should be, "[[!" for one, and
// reports a syntax error two lines below: that is what the text's author needs.
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
  // `what` is what the table is called in messages: "[schedule]".
  TableReader(const toml::table& table, std::string what, Mistakes& mistakes);

  // Each returns the value of a key, or nothing if it is not there or was a
  // mistake. `expected` says in words what stands there in a good file.
  std::optional<std::string> string(std::string_view key, const char* expected);
  std::optional<uint64_t> integer(std::string_view key, uint64_t min, uint64_t max);
  std::optional<bool> boolean(std::string_view key);
  const toml::table* table(std::string_view key, const char* expected);
  const toml::array* array(std::string_view key, const char* expected);
  // "[[KEY]]", at most `max` of them; of more, the first `max`.
  std::vector<const toml::table*> tables(std::string_view key, size_t max);
  // The tables of an array that is a value.
  std::vector<const toml::table*> tables_in(const toml::array& array, std::string_view key,
                                            size_t max);

  // Reports that `key`, which was asked for before, is not there.
  void require(std::string_view key, const char* expected);
  // Reports keys that nobody asked for.
  void finish();

  bool has(std::string_view key) const { return table_.contains(key); }
  bool is_string(std::string_view key) const { return table_.get_as<std::string>(key); }
  // Where the key stands, or else the table.
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

// "an integer", "a table": for messages.
const char* type_name(const toml::node& node);

}  // namespace hvk
