// SPDX-License-Identifier: GPL-2.0-or-later
// Writes a flattened device tree with libfdt's sequential interface.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace hvk {

// Nodes are written in order: begin, properties, children, end. Errors of
// libfdt throw std::runtime_error naming the property: set-up only.
class Fdt {
 public:
  Fdt();

  // Opens and closes a node; `Node` below does so by scope.
  void begin(std::string_view name);
  void end();

  void property(std::string_view name);  // empty, as `dma-coherent`
  void property(std::string_view name, std::string_view text);
  void strings(std::string_view name, std::initializer_list<std::string_view> list);
  void strings(std::string_view name, const std::vector<std::string>& list);
  void cells(std::string_view name, std::initializer_list<uint32_t> cells);
  void u64(std::string_view name, uint64_t value);
  void bytes(std::string_view name, const void* data, size_t size);

  // reg = <base size>, two cells each.
  void reg(uint64_t base, uint64_t size);
  // The same of several: base, size, base, size...
  void regs(const std::vector<uint64_t>& ranges);
  // One level-sensitive (or, with `edge`, rising-edge) SPI of the GIC,
  // counted from 0.
  void spi(uint32_t number, bool edge = false);
  // The phandles that every tree of ours has.
  static constexpr uint32_t kPhandleGic = 1;
  static constexpr uint32_t kPhandleClock = 2;  // fixed 24 MHz "apb_pclk"

  // A scope that closes its node.
  class Node {
   public:
    Node(Fdt& fdt, std::string_view name) : fdt_(fdt) { fdt_.begin(name); }
    ~Node() { fdt_.end_noexcept(); }
    Node(const Node&) = delete;
    Node& operator=(const Node&) = delete;

   private:
    Fdt& fdt_;
  };

  // Closes the tree and returns the blob; nothing may be written after it.
  std::vector<std::byte> finish();

 private:
  void end_noexcept() noexcept;
  // Does `step`, a call of libfdt, again with a larger buffer as long as it
  // finds no space; throws on any other error.
  template <typename Step>
  void write(std::string_view what, Step step);

  std::vector<std::byte> blob_;
  int depth_ = 0;            // of open nodes: libfdt does not count them
  bool end_failed_ = false;  // `end_noexcept` failed; told by `finish`
};

}  // namespace hvk
