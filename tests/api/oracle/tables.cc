// SPDX-License-Identifier: GPL-2.0-only
#include "tests/api/oracle/tables.h"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>
#include <array>
#include <sstream>
#include <stdexcept>

namespace hvk::oracle {
namespace {

toml::table parse(const std::string& path) {
  try {
    return toml::parse_file(path);
  } catch (const toml::parse_error& error) {
    throw std::runtime_error(fmt::format("{}:{}: {}", path, error.source().begin.line,
                                         std::string(error.description())));
  }
}

[[noreturn]] void bad(const std::string& path, const toml::node& node, const std::string& why) {
  throw std::runtime_error(fmt::format("{}:{}: {}", path, node.source().begin.line, why));
}

const toml::table& section(const toml::table& file, const std::string& path, const char* name) {
  const toml::table* table = file[name].as_table();
  if (table == nullptr) throw std::runtime_error(fmt::format("{}: no [{}]", path, name));
  return *table;
}

uint64_t number(const std::string& path, const toml::node& node) {
  const auto value = node.value<int64_t>();
  if (!value) bad(path, node, "not a number");
  return static_cast<uint64_t>(*value);
}

// A whole identifier, or [op0, op1, CRn, CRm, op2], as Arm writes system registers.
uint64_t register_id(const std::string& path, const toml::node& node) {
  constexpr uint64_t kSystem64 = 0x6030000000130000;
  constexpr std::array<unsigned, 5> kShift = {14, 11, 7, 3, 0};
  if (node.is_integer()) return number(path, node);
  const toml::array* fields = node.as_array();
  if (fields == nullptr || fields->size() != kShift.size()) bad(path, node, "five numbers");
  uint64_t id = kSystem64;
  for (size_t i = 0; i < kShift.size(); i++) id |= number(path, *fields->get(i)) << kShift[i];
  return id;
}

bool matches_one(std::string_view pattern, std::string_view text) {
  const size_t star = pattern.find('*');
  if (star == pattern.npos) return pattern == text;
  if (!text.starts_with(pattern.substr(0, star))) return false;
  pattern.remove_prefix(star + 1);
  text.remove_prefix(star);
  for (size_t skip = 0; skip <= text.size(); skip++) {
    if (matches_one(pattern, text.substr(skip))) return true;
  }
  return false;
}

std::string field(const std::string& path, const toml::table& row, const char* name,
                  const char* otherwise) {
  const auto value = row[name].value<std::string>();
  if (!value && otherwise == nullptr) bad(path, row, fmt::format("no '{}' here", name));
  return value ? *value : otherwise;
}

template <size_t N>
void one_of(const std::string& path, const toml::table& row, const std::string& value,
            const std::array<const char*, N>& words) {
  if (std::find(words.begin(), words.end(), value) == words.end()) {
    bad(path, row, fmt::format("'{}' is none of {}", value, fmt::join(words, ", ")));
  }
}

}  // namespace

bool matches(std::string_view patterns, std::string_view text) {
  for (;;) {
    const size_t bar = patterns.find('|');
    if (matches_one(patterns.substr(0, bar), text)) return true;
    if (bar == patterns.npos) return false;
    patterns.remove_prefix(bar + 1);
  }
}

Inventory Inventory::load(const std::string& path) {
  const toml::table file = parse(path);
  Inventory result;
  for (const char* where : {"capability", "capability-elsewhere"}) {
    for (const auto& [name, node] : section(file, path, where)) {
      result.capabilities.emplace_back(name.str(), number(path, node));
    }
  }
  for (const auto& [name, node] : section(file, path, "ioctl")) {
    const toml::table* row = node.as_table();
    if (row == nullptr || !row->contains("number")) bad(path, node, "no number here");
    Inventory::Ioctl ioctl = {number(path, *row->get("number")), {}};
    if (const toml::array* on = (*row)["on"].as_array()) {
      for (const toml::node& file : *on) ioctl.on.push_back(file.value_or(std::string()));
    }
    result.ioctls.emplace(name.str(), ioctl);
  }
  for (const auto& [name, node] : section(file, path, "register")) {
    result.registers.emplace(register_id(path, node), name.str());
  }
  return result;
}

Differences::Differences(const std::string& path, const std::string& host) {
  const toml::table file = parse(path);
  const toml::array* rows = file["difference"].as_array();
  if (rows == nullptr) throw std::runtime_error(path + ": no [[difference]]");
  for (const toml::node& node : *rows) {
    const toml::table* row = node.as_table();
    if (row == nullptr) bad(path, node, "not a table");
    const std::string on = field(path, *row, "host", "any");
    one_of(path, *row, on, std::array{"any", "6.1", "6.12"});
    one_of(path, *row, field(path, *row, "kind", nullptr),
           std::array{"absent", "different", "older"});
    if (field(path, *row, "reason", nullptr).empty()) bad(path, *row, "a reason, please");
    if (on != "any" && on != host) continue;
    // Each pattern is to be of use.
    std::istringstream patterns(field(path, *row, "what", nullptr));
    for (std::string what; std::getline(patterns, what, '|');) {
      rows_.push_back({what, field(path, *row, "kvm", "*"), field(path, *row, "hvk", "*"),
                       fmt::format("{}:{}: {}", path, row->source().begin.line, what)});
    }
  }
}

bool Differences::allow(const Divergence& divergence) {
  bool allowed = false;
  for (Row& row : rows_) {
    if (!matches(row.what, divergence.question) || !matches(row.oracle, divergence.oracle) ||
        !matches(row.subject, divergence.subject)) {
      continue;
    }
    row.used = allowed = true;
  }
  return allowed;
}

std::vector<std::string> Differences::unused() const {
  std::vector<std::string> result;
  for (const Row& row : rows_) {
    if (!row.used) result.push_back(row.name);
  }
  return result;
}

}  // namespace hvk::oracle
