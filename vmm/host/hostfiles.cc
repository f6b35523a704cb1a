// SPDX-License-Identifier: GPL-2.0-or-later
#include "host/hostfiles.h"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <span>

namespace hvk {
namespace {

namespace fs = std::filesystem;

constexpr size_t kMaxFile = 1 << 20;
// How many levels of the device tree are searched: the GIC and the timer are children of the root,
// or of a bus below it.
constexpr int kMaxDepth = 3;

// The cells of a property, which are big-endian in the file; empty if it cannot be read.
std::vector<uint32_t> cells_of(const fs::path& property) {
  std::vector<uint32_t> cells;
  const std::optional<std::string> raw = slurp(property);
  if (!raw) return cells;
  for (size_t i = 0; i + 4 <= raw->size(); i += 4) {
    uint32_t cell = 0;
    for (size_t j = 0; j < 4; ++j) cell = cell << 8 | static_cast<uint8_t>((*raw)[i + j]);
    cells.push_back(cell);
  }
  return cells;
}

uint32_t cell_or(const fs::path& property, uint32_t otherwise) {
  const std::vector<uint32_t> cells = cells_of(property);
  return cells.empty() ? otherwise : cells[0];
}

bool compatible_with(const fs::path& node, std::initializer_list<std::string_view> names) {
  const std::optional<std::string> list = slurp(node / "compatible");
  if (!list) return false;
  for (size_t begin = 0; begin < list->size();) {
    const size_t end = std::min(list->find('\0', begin), list->size());
    const std::string_view one(list->data() + begin, end - begin);
    if (std::find(names.begin(), names.end(), one) != names.end()) return true;
    begin = end + 1;
  }
  return false;
}

// The INTID of interrupt `n`, counted from 0, of an `interrupts` property; nothing if it is no PPI.
// Each interrupt has the GIC's three cells: type (1 is PPI), number, flags.
std::optional<uint32_t> ppi_intid(const std::vector<uint32_t>& cells, size_t n) {
  if (cells.size() < 3 * n + 3 || cells[3 * n] != 1) return std::nullopt;
  return cells[3 * n + 1] + 16;
}

void examine_node(const fs::path& node, const fs::path& parent, HostTree& found) {
  const bool v2 = compatible_with(node, {"arm,gic-400", "arm,cortex-a15-gic", "arm,cortex-a7-gic"});
  const bool v3 = compatible_with(node, {"arm,gic-v3"});
  if (v2 || v3) {
    found.gic_version = v2 ? 2 : 3;
    const uint32_t each =
        cell_or(parent / "#address-cells", 2) + cell_or(parent / "#size-cells", 1);
    if (each > 0 && each <= 4) {
      found.gic_regions = static_cast<unsigned>(cells_of(node / "reg").size() / each);
    }
    found.maintenance_intid = ppi_intid(cells_of(node / "interrupts"), 0);
  }
  // The timer's interrupts are the secure, the non-secure, the virtual and the hypervisor one, in
  // this order (binding arm,arch_timer): the virtual one is number 2.
  if (compatible_with(node, {"arm,armv8-timer", "arm,armv7-timer"})) {
    found.vtimer_intid = ppi_intid(cells_of(node / "interrupts"), 2);
  }
}

void walk(const fs::path& parent, int depth, HostTree& found) {
  std::error_code error;
  for (fs::directory_iterator it(parent, error), end; !error && it != end; it.increment(error)) {
    if (!it->is_directory(error) || it->is_symlink(error)) continue;
    examine_node(it->path(), parent, found);
    if (depth < kMaxDepth) walk(it->path(), depth + 1, found);
  }
}

}  // namespace

std::optional<std::string> slurp(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return std::nullopt;
  std::string content(kMaxFile, '\0');
  file.read(content.data(), static_cast<std::streamsize>(content.size()));
  if (file.bad()) return std::nullopt;
  content.resize(static_cast<size_t>(file.gcount()));
  return content;
}

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const size_t end = text.find('\n');
    lines.push_back(text.substr(0, end));
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  return lines;
}

std::vector<std::string_view> words_of(std::string_view line) {
  std::vector<std::string_view> words;
  for (;;) {
    const size_t begin = line.find_first_not_of(" \t");
    if (begin == std::string_view::npos) return words;
    line.remove_prefix(begin);
    const size_t end = line.find_first_of(" \t");
    words.push_back(line.substr(0, end));
    if (end == std::string_view::npos) return words;
    line.remove_prefix(end);
  }
}

std::optional<uint64_t> bytes_of(std::string_view text, std::string_view key) {
  for (const std::string_view line : lines_of(text)) {
    const std::vector<std::string_view> words = words_of(line);
    if (words.size() != 3 || words[0] != key || words[2] != "kB") continue;
    uint64_t kib = 0;
    const char* last = words[1].data() + words[1].size();
    const auto [end, error] = std::from_chars(words[1].data(), last, kib);
    if (error == std::errc{} && end == last && kib <= UINT64_MAX >> 10) return kib << 10;
  }
  return std::nullopt;
}

std::vector<uint32_t> gic_intids(std::string_view interrupts, std::string_view action) {
  std::vector<uint32_t> intids;
  for (std::string_view line : lines_of(interrupts)) {
    while (line.ends_with(' ')) line.remove_suffix(1);
    if (!line.ends_with(action)) continue;
    // A line is " 11:  683  713  GICv2  30 Level  arch_timer"; the INTID follows the chip's name.
    const std::vector<std::string_view> words = words_of(line);
    const auto chip = std::find_if(words.begin(), words.end(),
                                   [](std::string_view word) { return word.starts_with("GIC"); });
    if (chip == words.end() || chip + 1 == words.end()) continue;
    uint32_t intid = 0;
    const std::string_view number = *(chip + 1);
    const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), intid);
    if (error == std::errc{} && end == number.data() + number.size()) intids.push_back(intid);
  }
  return intids;
}

std::optional<HostTree> read_host_tree(const fs::path& tree) {
  std::error_code error;
  if (!fs::exists(tree / "compatible", error)) return std::nullopt;
  HostTree found;
  walk(tree, 1, found);
  return found;
}

}  // namespace hvk
