// SPDX-License-Identifier: GPL-2.0-or-later
// Writes a flattened device tree, with libfdt's sequential interface.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace hvk {

// A node is written in this order: begin, properties, children, end. An error of libfdt throws
// std::runtime_error, which names the node or property. Set-up only.
class Fdt {
 public:
  Fdt();

  // Open and close a node; `Node` below does so by scope.
  void begin(std::string_view name);
  void end();

  // Write one property of the open node. Cells and u64 are numbers of this machine, which are
  // written as big-endian ones.
  void property(std::string_view name);  // without a value, as `dma-coherent`
  void property(std::string_view name, std::string_view text);
  void strings(std::string_view name, std::initializer_list<std::string_view> list);
  void strings(std::string_view name, const std::vector<std::string>& list);
  void cells(std::string_view name, std::initializer_list<uint32_t> cells);
  void u64(std::string_view name, uint64_t value);
  void bytes(std::string_view name, const void* data, size_t size);

  // Writes reg = <base size>, two cells each.
  void reg(uint64_t base, uint64_t size);
  // Writes `reg` for several ranges, given as base, size, base, size...
  void regs(const std::vector<uint64_t>& ranges);
  // Writes `interrupts` with one SPI of the GIC, level-sensitive or, with `edge`, rising-edge. SPIs
  // are counted from 0.
  void spi(uint32_t number, bool edge = false);
  // The phandles that every tree of hvk-run has.
  static constexpr uint32_t kPhandleGic = 1;
  static constexpr uint32_t kPhandleClock = 2;  // fixed 24 MHz "apb_pclk"

  // Opens a node and closes it at the end of the scope. If the closing fails, `finish` throws.
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
  // Calls `step`, which calls libfdt with the buffer. If that has no space, repeats it with a
  // larger buffer, up to 2 MiB. Throws std::runtime_error, which names `what`, on any other error.
  template <typename Step>
  void write(std::string_view what, Step step);

  std::vector<std::byte> blob_;
  int depth_ = 0;            // the number of open nodes, which libfdt does not count
  bool end_failed_ = false;  // `end_noexcept` failed, so that `finish` has to throw
};

}  // namespace hvk
