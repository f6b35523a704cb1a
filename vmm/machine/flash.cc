// SPDX-License-Identifier: GPL-2.0-or-later
#include "machine/flash.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>

#include "base/error.h"
#include "base/log.h"
#include "board/bus.h"
#include "board/layout.h"
#include "hv/vm.h"
#include "image/image.h"

namespace hvk {

void Flash::build(Bus& bus) {
  const auto& [code, vars] = layout::kFlashBanks;
  const FileContent file = config_.files.read("--firmware", config_.firmware, code.size);
  try {
    if (!config_.load.raw) check_firmware(file.bytes());
  } catch (const ImageError& error) {
    throw SetupError("--firmware " + config_.firmware, error.what());
  }
  // The bank is locked: the guest cannot change the firmware, so that each start executes the
  // user's file.
  banks_.push_back(std::make_unique<CfiFlash>(FlashMemory(code.size), true));
  banks_[0]->load(file.bytes());
  firmware_size_ = file.bytes().size();
  if (const Digester digester = config_.files.digester()) digest_ = digester(file.bytes());
  // Without a file for the variables, they are lost when this machine is destroyed.
  banks_.push_back(std::make_unique<CfiFlash>(
      vars_ ? FlashMemory(vars.size, *vars_) : FlashMemory(vars.size), false));
  bus.add(code, *banks_[0]);
  bus.add(vars, *banks_[1]);
}

void Flash::map(Vm& vm) {
  for (uint32_t bank = 0; bank < banks_.size(); ++bank) {
    const uint32_t slot = slots::kFlash + bank;
    const uint64_t ipa = layout::kFlashBanks[bank].base;
    const std::span<const std::byte> bytes = banks_[bank]->bytes();
    if (banks_[bank]->shown()) vm.map(slot, ipa, bytes, true);
    banks_[bank]->set_show([&vm, slot, ipa, bytes](bool shown) {
      // If the slot stays, the guest reads the array in place of the bank's status. If it does not
      // come back, the guest cannot execute the bank.
      if (vm.remap(slot, ipa, shown ? bytes : bytes.first(0), true)) return;
      log(fmt::format("flash at {:#x}: {}: {}; its guest ends", ipa,
                      shown ? "mapping it" : "unmapping it", std::strerror(errno)));
      vm.give_up();
    });
  }
}

}  // namespace hvk
