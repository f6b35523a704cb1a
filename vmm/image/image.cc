// SPDX-License-Identifier: GPL-2.0-only
// The recogniser: one layer of packing is taken off, then what is left is
// loaded by its format.
#include "vmm/image/image.h"

#include <utility>
#include <vector>

#include "vmm/image/arm64_image.h"
#include "vmm/image/bytes.h"
#include "vmm/image/elf.h"
#include "vmm/image/gzip.h"
#include "vmm/image/raw.h"
#include "vmm/image/target.h"
#include "vmm/image/zboot.h"
#include "vmm/image/zstd.h"

namespace hvk {

namespace image {
namespace {

struct Format {
  bool (*matches)(Bytes);
  LoadedImage (*load)(Bytes, const Target&);
};

constexpr Format kFormats[] = {
    {is_arm64_image, load_arm64_image},
    {is_elf, load_elf},
};

LoadedImage load_unpacked(Bytes file, const Target& ram) {
  for (const Format& format : kFormats) {
    if (format.matches(file)) return format.load(file, ram);
  }
  return load_raw(file, ram);
}

LoadedImage load_packed(Bytes file, std::string_view packing, const Target& ram) {
  if (is_gzip(file) || is_zstd(file) || is_zboot(file)) {
    throw ImageError("packed twice; unpack it once by hand");
  }
  if (file.empty()) throw ImageError("it unpacks to nothing");
  LoadedImage loaded = load_unpacked(file, ram);
  loaded.format += ", ";
  loaded.format += packing;
  return loaded;
}

}  // namespace
}  // namespace image

LoadedImage load_image(std::span<const std::byte> file, std::span<std::byte> ram, uint64_t ram_base,
                       const Digester& digester) {
  using namespace image;
  const Target target(ram, ram_base, digester);
  if (file.empty()) throw ImageError("the file is empty");
  // A packed file that unpacks to more than the RAM could not be loaded.
  if (is_gzip(file)) return load_packed(gunzip(file, target.size()), "gzip", target);
  if (is_zstd(file)) return load_packed(unzstd(file, target.size()), "zstd", target);
  if (is_zboot(file)) {
    const Unpacked kernel = unpack_zboot(file, target.size());
    return load_packed(kernel.bytes, "EFI zboot (" + kernel.method + ")", target);
  }
  return load_unpacked(file, target);
}

}  // namespace hvk
