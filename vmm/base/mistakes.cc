// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/mistakes.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

namespace hvk {
namespace {

constexpr size_t kMaxQuoted = 80;

std::string joined(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += (text.empty() ? "" : "\n") + line;
  return text;
}

// The edit distance: how many characters to insert, remove or replace to turn `a` into `b`.
size_t distance(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), size_t{0});
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t replaced = diagonal + (a[i - 1] != b[j - 1]);
      diagonal = row[j];
      row[j] = std::min({replaced, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row[b.size()];
}

}  // namespace

SystemFileError::SystemFileError(std::vector<std::string> mistakes)
    : std::runtime_error(joined(mistakes)), mistakes_(std::move(mistakes)) {}

void Mistakes::add(uint32_t line, std::string_view text) {
  mistakes_.push_back({line, printable(text)});
}

void Mistakes::throw_if_any() const {
  if (mistakes_.empty()) return;
  std::vector<Mistake> sorted = mistakes_;
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const Mistake& a, const Mistake& b) { return a.line < b.line; });
  std::vector<std::string> lines;
  for (const Mistake& mistake : sorted) {
    lines.push_back(fmt::format("{}:{}: {}", file_, mistake.line, mistake.text));
  }
  throw SystemFileError(std::move(lines));
}

std::string in_quotes(std::string_view text) {
  return fmt::format("'{}{}'", printable(text.substr(0, kMaxQuoted)),
                     text.size() > kMaxQuoted ? "..." : "");
}

std::string of_partition(std::string_view name, std::string_view what) {
  if (what.starts_with("--")) what.remove_prefix(2);
  return fmt::format("partition {}: {}", in_quotes(name), what);
}

std::string did_you_mean(std::string_view name, const std::vector<std::string_view>& known) {
  // The distance takes time that grows with the name's length, and no known name is that long.
  if (name.size() > kMaxQuoted) return {};
  std::string_view best;
  size_t best_distance = 1 + std::max<size_t>(1, name.size() / 3);
  for (const std::string_view candidate : known) {
    // The distance cannot be smaller than the difference in length.
    const size_t least =
        std::max(name.size(), candidate.size()) - std::min(name.size(), candidate.size());
    if (least >= best_distance) continue;
    const size_t d = distance(name, candidate);
    if (d < best_distance) {
      best = candidate;
      best_distance = d;
    }
  }
  return best.empty() ? std::string() : fmt::format("; did you mean '{}'?", best);
}

}  // namespace hvk
