// SPDX-License-Identifier: GPL-2.0-or-later
#include "machine/boot.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.h"
#include "base/units.h"
#include "board/layout.h"
#include "image/image.h"
#include "machine/flash.h"
#include "machine/linux_limits.h"
#include "machine/placement.h"

namespace hvk {
namespace {

// Larger than any kernel's file. The size of its unpacked content is bounded by the RAM.
constexpr uint64_t kMaxKernelFile = uint64_t{1} << 30;
// Linux's limit (Documentation/arm64/booting.rst, section 2).
constexpr uint64_t kMaxTree = 2 << 20;
// The address at which QEMU's -M virt places and starts a -kernel file without a known header.
constexpr uint64_t kQemuRawEntry = layout::kRamBase + 0x80000;

}  // namespace

Boot::Boot(const Config& config, GuestMemory& ram, const Flash* flash)
    : config_(config), ram_(ram), flash_(flash) {
  if (!flash_) {
    load_kernel();
    return;
  }
  entry_ = layout::kFlashBanks[0].base;
  if (flash_->digest()) {
    const std::span<const std::byte> firmware = flash_->firmware();
    load_check_.expect("firmware of " + config_.firmware, firmware, firmware.size(),
                       *flash_->digest());
  }
}

void Boot::load_kernel() {
  const auto place = [&](std::span<const std::byte> head, uint64_t size) {
    const auto ipa = place_as_it_is(head, size, ram_.size(), ram_.base(), config_.load);
    return ipa ? *ram_.at(*ipa, size) : std::span<std::byte>();
  };
  const FileContent file =
      config_.files.read("--kernel", config_.kernel, kMaxKernelFile, {}, place);
  LoadedImage image;
  try {
    image =
        load_image(file.bytes(), ram_.bytes(), ram_.base(), config_.files.digester(), config_.load);
  } catch (const ImageError& error) {
    throw SetupError("--kernel " + config_.kernel, error.what());
  }
  format_ = image.format;
  entry_ = image.entry;
  linux_ = image.linux_protocol;
  finds_tree_at_base_ = !linux_;
  page_size_ = image.page_size;
  parts_ = std::move(image.parts);
  if (image.guessed) {
    notice_ = fmt::format(
        "--kernel {}: no format that is known, so taken for a raw binary and started at {:#x}; "
        "format=raw says that it is one, load=ADDR where it goes (QEMU's place: {:#x})",
        config_.kernel, entry_, kQemuRawEntry);
  }
  for (const LoadedPart& part : parts_) {
    if (!part.digest) continue;
    load_check_.expect(fmt::format("{} of {}", part.name, config_.kernel),
                       *ram_.at(part.ipa, part.size), part.content_size, *part.digest);
  }
}

void Boot::load_tree(const std::function<std::vector<std::byte>(const Chosen&)>& generate) {
  const layout::Range ram{ram_.base(), ram_.size()};
  Chosen chosen;
  chosen.bootargs = config_.append;
  fill_seeds(chosen);
  if (!config_.initrd.empty()) {
    const auto find = [&](uint64_t size) { return place_high(ram, parts_, "initrd", size); };
    const FileContent file =
        config_.files.read("--initrd", config_.initrd, ram_.size(), kGiveMore,
                           [&](std::span<const std::byte> /*head*/, uint64_t size) {
                             return *ram_.at(find(size), size);
                           });
    const uint64_t ipa = find(file.bytes().size());
    place("initrd", config_.initrd, ipa, file.bytes());
    chosen.initrd = {ipa, file.bytes().size()};
  }

  if (config_.dtb.empty()) {
    tree_ = generate(chosen);
  } else {
    tree_ = patch_tree(config_.files.read("--dtb", config_.dtb, kMaxTree).bytes(), chosen, ram);
  }
  if (linux_) {
    check_command_line(tree_, config_.append.empty() ? "--dtb " + config_.dtb : "--append");
  }
  // Firmware gets the tree at the base of RAM, where QEMU places it and U-Boot for qemu_arm64 looks
  // for it.
  tree_ipa_ = flash_ ? ram_.base() : place_high(ram, parts_, "device tree", tree_.size());
  place("device tree", config_.dtb, tree_ipa_, tree_);
  // For programs that are no Linux kernel, QEMU's `virt` also has the tree at the base of
  // RAM, and some programs look for it only there. x0 still points to the other copy, which
  // is safe from what such a program does with the memory below itself.
  if (finds_tree_at_base_ && is_free({ram_.base(), tree_.size()}, parts_)) {
    place("tree at base", config_.dtb, ram_.base(), tree_);
  }
}

void Boot::place(const std::string& name, const std::string& file, uint64_t ipa,
                 std::span<const std::byte> content) {
  const auto target = ram_.at(ipa, content.size());
  if (!target) {
    throw SetupError(name + " of " + format_size(content.size()),
                     "does not fit into " + format_size(ram_.size()) + " of RAM", kGiveMore);
  }
  if (content.data() != target->data()) std::copy(content.begin(), content.end(), target->begin());
  parts_.push_back({name, ipa, content.size()});
  if (const Digester digester = config_.files.digester()) {
    load_check_.expect(file.empty() ? name : name + " of " + file, *target, content.size(),
                       digester(content));
  }
}

std::string Boot::map() const {
  std::string map;
  const auto line = [&](const std::string& name, uint64_t base, uint64_t size) {
    map += fmt::format("  {:<14} {:#012x} - {:#012x}  {}\n", name, base,
                       base + (size ? size - 1 : 0), format_size(size));
  };
  if (flash_) {
    const auto& [code, vars] = layout::kFlashBanks;
    line("flash", code.base, code.size);
    line("variables", vars.base, vars.size);
  }
  line("RAM", ram_.base(), ram_.size());
  std::vector<LoadedPart> sorted = parts_;
  std::sort(sorted.begin(), sorted.end(),
            [](const LoadedPart& a, const LoadedPart& b) { return a.ipa < b.ipa; });
  for (const LoadedPart& part : sorted) line(part.name, part.ipa, part.size);
  map += fmt::format("  {:<14} {:#012x}", "entry", entry_);
  if (!format_.empty()) map += fmt::format("  ({})", format_);
  return map;
}

}  // namespace hvk
