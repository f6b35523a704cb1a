// SPDX-License-Identifier: GPL-2.0-or-later
// Loads what has to be in a guest's memory before its first instruction (kernel or firmware,
// initrd, device tree), and knows the address of that instruction.
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
  // Without `flash`, loads the kernel into `ram`. With it, the guest starts from the firmware,
  // which Flash::build has put in place before. All three arguments must outlive this object.
  // Throws SetupError or ImageError.
  Boot(const Config& config, GuestMemory& ram, const Flash* flash);

  // Loads the initrd and the device tree into RAM. `generate` makes the tree, unless the
  // configuration names one, which is patched. To be called once. Throws SetupError.
  void load_tree(const std::function<std::vector<std::byte>(const Chosen&)>& generate);

  // IPAs of the first instruction and of the device tree.
  uint64_t entry() const { return entry_; }
  uint64_t tree_ipa() const { return tree_ipa_; }
  std::span<const std::byte> tree() const { return tree_; }

  // The page size that the kernel was built for, in bytes; 0 if its image does not say.
  uint64_t page_size() const { return page_size_; }

  // Compares guest memory with the digests of what was loaded from a FIT image; files from the
  // file system have none and are not checked. Throws SetupError on a difference.
  void check() const { load_check_.verify(); }

  // A message for the user about what was assumed of the kernel's format; empty if nothing was.
  const std::string& notice() const { return notice_; }

  // The load map: a line for each part, with its IPA range and its size.
  std::string map() const;

 private:
  void load_kernel();
  // Copies a part to RAM at `ipa`, unless it was read there. `name` is its name in the load map;
  // `file` is the file that it came from, for messages, and may be empty.
  void place(const std::string& name, const std::string& file, uint64_t ipa,
             std::span<const std::byte> content);

  const Config& config_;
  GuestMemory& ram_;
  const Flash* flash_;
  std::string format_;  // the kernel's image format, for the load map
  std::string notice_;
  bool linux_ = false;               // the kernel is Linux, or follows its boot protocol
  bool finds_tree_at_base_ = false;  // a copy of the tree is wanted at the base of RAM
  uint64_t page_size_ = 0;
  std::vector<LoadedPart> parts_;  // the parts that were loaded into RAM
  uint64_t entry_ = 0;
  uint64_t tree_ipa_ = 0;
  std::vector<std::byte> tree_;
  LoadCheck load_check_;
};

}  // namespace hvk
