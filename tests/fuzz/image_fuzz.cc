// SPDX-License-Identifier: GPL-2.0-only
// Any file at all, given as a kernel: it is refused or loaded, and what is
// said to be loaded lies in the guest's RAM.
#include <cstdint>
#include <cstdlib>
#include <span>
#include <vector>

#include "image/image.h"

namespace {

constexpr uint64_t kBase = 0x40000000;
constexpr size_t kRamSize = 1 << 20;

bool inside(uint64_t ipa, uint64_t size) {
  return ipa >= kBase && ipa - kBase <= kRamSize && size <= kRamSize - (ipa - kBase);
}

// `call` throws nothing but an ImageError, the only way to refuse.
template <typename Call>
void may_refuse(Call call) {
  try {
    call();
  } catch (const hvk::ImageError&) {
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static std::vector<std::byte> ram(kRamSize);
  const auto file = std::as_bytes(std::span(data, size));
  // By its content; at a place of the person's; as a raw binary.
  const hvk::LoadOptions kOptions[] = {
      {}, {.raw = false, .address = kBase + 0x80000}, {.raw = true, .address = kBase + 4}};
  for (const hvk::LoadOptions& options : kOptions) {
    may_refuse([&] {
      const hvk::LoadedImage loaded = hvk::load_image(file, ram, kBase, {}, options);
      if (loaded.parts.empty() || !inside(loaded.entry, 4)) abort();
      if (options.address && loaded.entry != options.address) abort();
      for (const hvk::LoadedPart& part : loaded.parts) {
        if (!inside(part.ipa, part.size)) abort();
      }
    });
  }
  may_refuse([&] { hvk::check_firmware(file); });
  hvk::better_use(file, "FILE");
  return 0;
}
