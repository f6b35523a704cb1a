// SPDX-License-Identifier: GPL-2.0-or-later
// The recogniser: removes at most one layer of packing, then loads what is left by its format.
#include "image/image.h"

#include <utility>
#include <vector>

#include "image/arm64_image.h"
#include "image/bytes.h"
#include "image/elf.h"
#include "image/foreign.h"
#include "image/gzip.h"
#include "image/raw.h"
#include "image/target.h"
#include "image/text.h"
#include "image/zboot.h"
#include "image/zstd.h"

namespace hvk {

namespace image {
namespace {

struct Format {
  const char* name;
  bool (*matches)(Bytes);
  LoadedImage (*load)(Bytes, const Target&);
};

constexpr Format kFormats[] = {
    {"an arm64 Image", is_arm64_image, load_arm64_image},
    {"an ELF file", is_elf, load_elf},
};

const Format* find_format(Bytes file) {
  for (const Format& format : kFormats) {
    if (format.matches(file)) return &format;
  }
  return nullptr;
}

LoadedImage load_unpacked(Bytes file, const Target& ram, const LoadOptions& options) {
  const Format* format = find_format(file);
  if (!format) return load_raw(file, ram, options);
  if (options.address) {
    throw ImageError(std::string(format->name) +
                     ", which says itself where it goes; leave load= away, or give format=raw too "
                     "if it is to be taken as it is");
  }
  return format->load(file, ram);
}

struct Packing {
  bool (*matches)(Bytes);
  const char* name;
};

constexpr Packing kPackings[] = {
    {is_gzip, "packed with gzip"}, {is_zstd, "packed with zstd"}, {is_zboot, "an EFI zboot image"}};

const Packing* find_packing(Bytes file) {
  for (const Packing& packing : kPackings) {
    if (packing.matches(file)) return &packing;
  }
  return nullptr;
}

LoadedImage load_packed(Bytes file, std::string_view packing, const Target& ram,
                        const LoadOptions& options) {
  if (find_packing(file)) throw ImageError("packed twice; unpack it once by hand");
  if (file.empty()) throw ImageError("it unpacks to nothing");
  LoadedImage loaded = load_unpacked(file, ram, options);
  loaded.format += ", ";
  loaded.format += packing;
  return loaded;
}

}  // namespace
}  // namespace image

LoadedImage load_image(std::span<const std::byte> file, std::span<std::byte> ram, uint64_t ram_base,
                       const Digester& digester, const LoadOptions& options) {
  using namespace image;
  const Target target(ram, ram_base, digester);
  if (file.empty()) throw ImageError("the file is empty");
  if (options.raw) return load_raw(file, target, options);
  // A packed file that unpacks to more than the RAM could not be loaded.
  if (is_gzip(file)) return load_packed(gunzip(file, target.size()), "gzip", target, options);
  if (is_zstd(file)) return load_packed(unzstd(file, target.size()), "zstd", target, options);
  if (is_zboot(file)) {
    const Unpacked kernel = unpack_zboot(file, target.size());
    return load_packed(kernel.bytes, "EFI zboot (" + kernel.method + ")", target, options);
  }
  return load_unpacked(file, target, options);
}

std::optional<uint64_t> place_as_it_is(std::span<const std::byte> head, uint64_t size,
                                       uint64_t ram_size, uint64_t ram_base,
                                       const LoadOptions& options) {
  using namespace image;
  if (options.raw || options.address || find_packing(head) || !is_arm64_image(head)) return {};
  const uint64_t offset = arm64_header(head).text_offset;
  if (!fits(offset, size, ram_size)) return {};
  return ram_base + offset;
}

void check_firmware(std::span<const std::byte> file) {
  using namespace image;
  if (file.empty()) throw ImageError("the file is empty");
  if (const Packing* packing = find_packing(file)) {
    throw ImageError(std::string(packing->name) +
                     ", not firmware; unpack firmware first, give a kernel with --kernel");
  }
  if (is_elf(file)) {
    throw ImageError(
        "an ELF file, and firmware is a raw binary for address 0; give the .bin beside it, or an "
        "ELF file for the RAM with --kernel");
  }
  // U-Boot may have an Image's header, but begins with a branch. Only Linux has the EFI stub there.
  if (is_arm64_image(file) && begins_as_efi_stub(file)) {
    throw ImageError("an arm64 Image, a kernel and not firmware; give it with --kernel");
  }
  check_code(file);
}

std::string better_use(std::span<const std::byte> file, const std::string& name) {
  using namespace image;
  const auto given = [&](const char* option) {
    return std::string("; did you mean ") + option + " " + name + "?";
  };
  if (const Packing* packing = find_packing(file)) {
    return packing->name + given("--kernel") +
           (is_zboot(file) ? "" : " An initrd is given with --initrd");
  }
  if (const Format* format = find_format(file)) return format->name + given("--kernel");
  if (const Foreign* foreign = find_foreign(file)) return describe(*foreign);
  if (!is_text(file)) return {};
  return is_toml(file) ? "text that looks like TOML" + given("--system") : "text";
}

}  // namespace hvk
