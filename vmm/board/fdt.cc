// SPDX-License-Identifier: GPL-2.0-or-later
#include "board/fdt.h"

#include <fmt/format.h>
#include <libfdt.h>

#include <stdexcept>

namespace hvk {
namespace {

constexpr size_t kFirstSize = 16 << 10;
// Linux maps no more of a device tree than this (Documentation/arm64/booting.rst, section 2).
constexpr size_t kMaxSize = 2 << 20;

// The GIC's interrupt specifier (devicetree binding arm,gic).
constexpr uint32_t kGicSpi = 0;
constexpr uint32_t kEdgeRising = 1;
constexpr uint32_t kLevelHigh = 4;

}  // namespace

template <typename Step>
void Fdt::write(std::string_view what, Step step) {
  for (;;) {
    int err = step(blob_.data());
    if (err == 0) return;
    if (err == -FDT_ERR_NOSPACE && blob_.size() < kMaxSize) {
      std::vector<std::byte> larger(blob_.size() * 2);
      err = fdt_resize(blob_.data(), larger.data(), static_cast<int>(larger.size()));
      if (err == 0) {
        blob_ = std::move(larger);
        continue;
      }
    }
    throw std::runtime_error(fmt::format("device tree: {}: {}", what, fdt_strerror(err)));
  }
}

Fdt::Fdt() : blob_(kFirstSize) {
  write("header", [&](void* fdt) { return fdt_create(fdt, static_cast<int>(blob_.size())); });
  write("memory reservations", [](void* fdt) { return fdt_finish_reservemap(fdt); });
}

void Fdt::begin(std::string_view name) {
  const std::string text(name);
  write(name, [&](void* fdt) { return fdt_begin_node(fdt, text.c_str()); });
  ++depth_;
}

void Fdt::end() {
  if (depth_ == 0) throw std::runtime_error("device tree: end of a node that was not begun");
  write("end of node", [](void* fdt) { return fdt_end_node(fdt); });
  --depth_;
}

void Fdt::end_noexcept() noexcept {
  try {
    end();
  } catch (...) {
    end_failed_ = true;
  }
}

void Fdt::bytes(std::string_view name, const void* data, size_t size) {
  const std::string text(name);
  if (size > kMaxSize) {
    throw std::runtime_error(fmt::format("device tree: {}: {} bytes are too many", name, size));
  }
  write(name,
        [&](void* fdt) { return fdt_property(fdt, text.c_str(), data, static_cast<int>(size)); });
}

void Fdt::property(std::string_view name) { bytes(name, nullptr, 0); }

void Fdt::property(std::string_view name, std::string_view text) { strings(name, {text}); }

void Fdt::strings(std::string_view name, std::initializer_list<std::string_view> list) {
  std::string joined;
  for (std::string_view text : list) joined.append(text).push_back('\0');
  bytes(name, joined.data(), joined.size());
}

void Fdt::strings(std::string_view name, const std::vector<std::string>& list) {
  std::string joined;
  for (const std::string& text : list) joined.append(text).push_back('\0');
  bytes(name, joined.data(), joined.size());
}

void Fdt::cells(std::string_view name, std::initializer_list<uint32_t> cells) {
  std::vector<fdt32_t> big_endian;
  for (uint32_t cell : cells) big_endian.push_back(cpu_to_fdt32(cell));
  bytes(name, big_endian.data(), big_endian.size() * sizeof(fdt32_t));
}

void Fdt::u64(std::string_view name, uint64_t value) {
  const fdt64_t big_endian = cpu_to_fdt64(value);
  bytes(name, &big_endian, sizeof(big_endian));
}

void Fdt::reg(uint64_t base, uint64_t size) { regs({base, size}); }

void Fdt::regs(const std::vector<uint64_t>& ranges) {
  std::vector<fdt64_t> big_endian;
  for (const uint64_t value : ranges) big_endian.push_back(cpu_to_fdt64(value));
  bytes("reg", big_endian.data(), big_endian.size() * sizeof(fdt64_t));
}

void Fdt::spi(uint32_t number, bool edge) {
  cells("interrupts", {kGicSpi, number, edge ? kEdgeRising : kLevelHigh});
}

std::vector<std::byte> Fdt::finish() {
  if (end_failed_ || depth_ != 0) {
    throw std::runtime_error("device tree: a node was not closed");
  }
  write("end", [](void* fdt) { return fdt_finish(fdt); });
  blob_.resize(fdt_totalsize(blob_.data()));
  return std::move(blob_);
}

}  // namespace hvk
