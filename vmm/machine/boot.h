// SPDX-License-Identifier: GPL-2.0-or-later
// What lies in a guest's memory before its first instruction, and where that instruction is: the
// kernel or the firmware, the initrd, the device tree.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "board/memory.h"
#include "config/config.h"
#include "image/loaded.h"
#include "machine/load_check.h"
#include "machine/tree.h"

namespace hvk {

class Flash;

class Boot {
 public:
  // Loads the kernel into RAM; with `flash`, which was built, the firmware is there already. All
  // of them must outlive it. Throws SetupError or ImageError.
  Boot(const Config& config, GuestMemory& ram, const Flash* flash);

  // Loads what the kernel or the firmware is handed: the initrd and the device tree, which
  // `generate` makes unless the person gave one. Throws SetupError.
  void load_tree(const std::function<std::vector<std::byte>(const Chosen&)>& generate);

  // IPAs of the first instruction and of the device tree.
  uint64_t entry() const { return entry_; }
  uint64_t tree_ipa() const { return tree_ipa_; }
  std::span<const std::byte> tree() const { return tree_; }

  // Bytes of the pages that the kernel was built for; 0: it does not say.
  uint64_t page_size() const { return page_size_; }

  // Of what came out of a FIT image, reads again what lies in guest memory. Throws SetupError if
  // it is not what was loaded.
  void check() const { load_check_.verify(); }

  // What was assumed of the kernel's file, for the person to hear of; or empty.
  const std::string& notice() const { return notice_; }

  // The load map: part, IPA range, size; a line each.
  std::string map() const;

 private:
  void load_kernel();
  // Copies a part to RAM; `name` is for the load map, `file` where it is from.
  void place(const std::string& name, const std::string& file, uint64_t ipa,
             std::span<const std::byte> content);

  const Config& config_;
  GuestMemory& ram_;
  const Flash* flash_;
  std::string format_;  // of the kernel
  std::string notice_;
  bool linux_ = false;  // it is Linux, or boots as that does
  bool finds_tree_at_base_ = false;
  uint64_t page_size_ = 0;
  std::vector<LoadedPart> parts_;  // in RAM
  uint64_t entry_ = 0;
  uint64_t tree_ipa_ = 0;
  std::vector<std::byte> tree_;
  LoadCheck load_check_;
};

}  // namespace hvk
