// SPDX-License-Identifier: GPL-2.0-only
// Any file at all, given as a kernel: it is refused or loaded, and what is
// said to be loaded lies in the guest's RAM.
#include <cstdint>
#include <cstdlib>
#include <span>
#include <vector>

#include "vmm/image/image.h"

namespace {

constexpr uint64_t kBase = 0x40000000;
constexpr size_t kRamSize = 1 << 20;

bool inside(uint64_t ipa, uint64_t size) {
  return ipa >= kBase && ipa - kBase <= kRamSize && size <= kRamSize - (ipa - kBase);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static std::vector<std::byte> ram(kRamSize);
  try {
    const hvk::LoadedImage loaded =
        hvk::load_image(std::as_bytes(std::span(data, size)), ram, kBase);
    if (loaded.parts.empty() || !inside(loaded.entry, 4)) abort();
    for (const hvk::LoadedPart& part : loaded.parts) {
      if (!inside(part.ipa, part.size)) abort();
    }
  } catch (const hvk::ImageError&) {
    // The only way to refuse.
  }
  return 0;
}
