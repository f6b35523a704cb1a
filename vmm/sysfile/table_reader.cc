// SPDX-License-Identifier: GPL-2.0-or-later
#include "sysfile/table_reader.h"

#include <fmt/format.h>

#include <algorithm>

namespace hvk {

const char* type_name(const toml::node& node) {
  switch (node.type()) {
    case toml::node_type::table:
      return "a table";
    case toml::node_type::array:
      return "an array";
    case toml::node_type::string:
      return "a string";
    case toml::node_type::integer:
      return "an integer";
    case toml::node_type::floating_point:
      return "a number with a fraction";
    case toml::node_type::boolean:
      return "a boolean";
    default:
      return "a date or time of day";
  }
}

TableReader::TableReader(const toml::table& table, std::string what, Mistakes& mistakes)
    : table_(table), what_(std::move(what)), mistakes_(mistakes) {}

std::optional<std::string> TableReader::string(std::string_view key, const char* expected) {
  const toml::node* node = find(key);
  if (!node) return std::nullopt;
  if (const auto* value = node->as_string()) return value->get();
  wrong_type(key, *node, expected);
  return std::nullopt;
}

std::optional<uint64_t> TableReader::integer(std::string_view key, uint64_t min, uint64_t max) {
  const toml::node* node = find(key);
  if (!node) return std::nullopt;
  const auto* value = node->as_integer();
  if (!value) {
    wrong_type(key, *node, fmt::format("an integer, {} to {}", min, max));
    return std::nullopt;
  }
  const int64_t number = value->get();
  if (number < 0 || static_cast<uint64_t>(number) < min || static_cast<uint64_t>(number) > max) {
    mistake(key, fmt::format("{} is {}, expected {} to {}", key, number, min, max));
    return std::nullopt;
  }
  return static_cast<uint64_t>(number);
}

std::optional<bool> TableReader::boolean(std::string_view key) {
  const toml::node* node = find(key);
  if (!node) return std::nullopt;
  if (const auto* value = node->as_boolean()) return value->get();
  wrong_type(key, *node, "true or false");
  return std::nullopt;
}

const toml::table* TableReader::table(std::string_view key, const char* expected) {
  const toml::node* node = find(key);
  if (!node) return nullptr;
  if (!node->is_table()) wrong_type(key, *node, expected);
  return node->as_table();
}

const toml::array* TableReader::array(std::string_view key, const char* expected) {
  const toml::node* node = find(key);
  if (!node) return nullptr;
  if (!node->is_array()) wrong_type(key, *node, expected);
  return node->as_array();
}

std::vector<const toml::table*> TableReader::tables(std::string_view key, size_t max) {
  const std::string header = fmt::format("[[{}]]", key);
  const toml::array* list = array(key, fmt::format("tables; begin each with {}", header).c_str());
  if (!list) return {};
  return tables_in(*list, header, max);
}

std::vector<const toml::table*> TableReader::tables_in(const toml::array& list,
                                                       std::string_view key, size_t max) {
  std::vector<const toml::table*> found;
  for (const toml::node& node : list) {
    const uint32_t at = node.source().begin.line;
    if (found.size() == max) {
      mistakes_.add(at, fmt::format("{} of {}, expected at most {}", list.size(), key, max));
      break;
    }
    if (const toml::table* one = node.as_table()) {
      found.push_back(one);
    } else {
      mistakes_.add(at, fmt::format("{} in {}, expected a table", type_name(node), key));
    }
  }
  return found;
}

void TableReader::require(std::string_view key, const char* expected) {
  if (has(key)) return;
  mistakes_.add(line(), fmt::format("{} has no {}, expected {}", what_, key, expected));
}

void TableReader::finish() {
  for (const auto& [key, node] : table_) {
    if (std::find(known_.begin(), known_.end(), key.str()) != known_.end()) continue;
    mistake(key.str(), fmt::format("unknown key {} in {}{}", in_quotes(key.str()), what_,
                                   did_you_mean(key.str(), known_)));
  }
}

uint32_t TableReader::line(std::string_view key) const {
  const auto found = table_.find(key);
  return found == table_.end() ? line() : found->first.source().begin.line;
}

const toml::node* TableReader::find(std::string_view key) {
  known_.push_back(key);
  return table_.get(key);
}

void TableReader::wrong_type(std::string_view key, const toml::node& node,
                             std::string_view expected) {
  mistake(key, fmt::format("{} is {}, expected {}", key, type_name(node), expected));
}

}  // namespace hvk
