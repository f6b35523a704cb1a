// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/units.h"

#include <fmt/format.h>

#include <charconv>

namespace hvk {
namespace {

struct TimeUnit {
  const char* name;
  uint64_t ns;
};
constexpr TimeUnit kTimeUnits[] = {{"s", 1000000000}, {"ms", 1000000}, {"us", 1000}, {"ns", 1}};

struct SizeUnit {
  char name;
  unsigned shift;
};
constexpr SizeUnit kSizeUnits[] = {{'G', 30}, {'M', 20}, {'K', 10}};

}  // namespace

std::optional<uint64_t> parse_size(std::string_view text) {
  uint64_t value = 0;
  const char* end = text.data() + text.size();
  auto [rest, err] = std::from_chars(text.data(), end, value);
  if (err != std::errc{} || value == 0 || end - rest > 1) return std::nullopt;
  const char suffix = rest == end ? 'M' : *rest;
  for (const SizeUnit& unit : kSizeUnits) {
    if (suffix != unit.name && suffix != unit.name + ('a' - 'A')) continue;
    if (value > (UINT64_MAX >> unit.shift)) return std::nullopt;
    return value << unit.shift;
  }
  return std::nullopt;
}

std::string bare_size_note(std::string_view text) {
  if (text.empty() || text.back() < '0' || text.back() > '9') return {};
  return fmt::format(" ('{}': a number without K, M or G is MiB)", text);
}

std::optional<uint64_t> parse_address(std::string_view text) {
  const bool hex = text.starts_with("0x") || text.starts_with("0X");
  if (hex) text.remove_prefix(2);
  uint64_t value = 0;
  const char* end = text.data() + text.size();
  const auto [rest, err] = std::from_chars(text.data(), end, value, hex ? 16 : 10);
  if (err != std::errc{} || rest != end) return std::nullopt;
  return value;
}

std::string format_size(uint64_t bytes) {
  if (bytes < 1024) return fmt::format("{} bytes", bytes);
  constexpr const char* kUnits[] = {"KiB", "MiB", "GiB", "TiB"};
  double value = static_cast<double>(bytes) / 1024;
  size_t unit = 0;
  while (value >= 1024 && unit + 1 < std::size(kUnits)) {
    value /= 1024;
    ++unit;
  }
  if (value == static_cast<double>(static_cast<uint64_t>(value))) {
    return fmt::format("{:.0f} {}", value, kUnits[unit]);
  }
  return fmt::format("{:.1f} {}", value, kUnits[unit]);
}

std::string write_size(uint64_t bytes) {
  for (const SizeUnit& unit : kSizeUnits) {
    const uint64_t whole = bytes >> unit.shift;
    if (whole << unit.shift == bytes) return fmt::format("{}{}", whole, unit.name);
  }
  return fmt::format("{}K", bytes >> 10);
}

std::optional<uint64_t> parse_time(std::string_view text) {
  uint64_t whole = 0;
  const char* end = text.data() + text.size();
  auto [rest, err] = std::from_chars(text.data(), end, whole);
  if (err != std::errc{}) return std::nullopt;
  std::string_view fraction;
  if (rest != end && *rest == '.') {
    const char* first = ++rest;
    while (rest != end && *rest >= '0' && *rest <= '9') ++rest;
    fraction = {first, static_cast<size_t>(rest - first)};
    if (fraction.empty()) return std::nullopt;
  }
  const std::string_view name(rest, static_cast<size_t>(end - rest));
  for (const TimeUnit& unit : kTimeUnits) {
    if (name != unit.name) continue;
    if (whole > UINT64_MAX / unit.ns) return std::nullopt;
    uint64_t ns = whole * unit.ns;
    uint64_t place = unit.ns;
    for (const char digit : fraction) {
      // Digits below 1 ns must be zeros, of which there may be any number.
      if (place == 1 && digit != '0') return std::nullopt;
      if (place > 1) place /= 10;
      const uint64_t part = static_cast<uint64_t>(digit - '0') * place;
      if (ns > UINT64_MAX - part) return std::nullopt;
      ns += part;
    }
    return ns;
  }
  return std::nullopt;
}

std::string write_time(uint64_t ns) {
  for (const TimeUnit& unit : kTimeUnits) {
    if (ns != 0 && ns % unit.ns == 0) return fmt::format("{}{}", ns / unit.ns, unit.name);
  }
  return "0ns";
}

}  // namespace hvk
