// SPDX-License-Identifier: GPL-2.0-only
#include "vmm/image/raw.h"

#include <string>
#include <string_view>

#include "vmm/image/arm64_image.h"

namespace hvk::image {

namespace {

using std::string_view_literals::operator""sv;

struct Foreign {
  uint64_t offset;
  std::string_view magic;
  const char* message;
};

constexpr Foreign kForeign[] = {
    {0, "070701"sv, "a cpio archive, not a kernel; give it with --initrd"},
    {0, "070702"sv, "a cpio archive, not a kernel; give it with --initrd"},
    {0, "\xd0\x0d\xfe\xed"sv, "a device tree or FIT image, not a kernel"},
    {0, "\x27\x05\x19\x56"sv, "a legacy U-Boot image; take the kernel out with dumpimage"},
    {0, "\xfd\x37zXZ\0"sv, "packed with xz; unpack it first (xz -dc)"},
    {4, "1AY&SY"sv, "packed with bzip2; unpack it first (bzip2 -dc)"},
    {0, "\x02\x21\x4c\x18"sv, "packed with lz4; unpack it first (lz4 -dc)"},
    {0, "\x04\x22\x4d\x18"sv, "packed with lz4; unpack it first (lz4 -dc)"},
    {0, "\x89LZO\0\r\n\x1a\n"sv, "packed with lzop; unpack it first (lzop -dc)"},
    {0, "#!/"sv, "a script, not a kernel"},
    {0x202, "HdrS"sv, "a Linux kernel for x86; one for arm64 is needed"},
    {0x24, "\x18\x28\x6f\x01"sv, "a Linux kernel for 32-bit Arm; one for arm64 is needed"},
};

constexpr uint64_t kPeOffset = 0x3c;
constexpr size_t kInstruction = 4;

bool is_pe(Bytes file) {
  return has_magic(file, 0, "MZ") && fits(kPeOffset, sizeof(uint32_t), file.size()) &&
         has_magic(file, le<uint32_t>(file, kPeOffset), "PE\0\0"sv);
}

}  // namespace

LoadedImage load_raw(Bytes file, const Target& ram) {
  for (const Foreign& foreign : kForeign) {
    if (has_magic(file, foreign.offset, foreign.magic)) throw ImageError(foreign.message);
  }
  if (is_pe(file)) throw ImageError("an EFI program, not a kernel with an arm64 header");
  if (is_cut_off_in_arm64_header(file)) {
    throw ImageError("the kernel is cut off: the file has the first " +
                     std::to_string(file.size()) + " bytes of an arm64 Image");
  }
  if (file.size() < kInstruction) {
    throw ImageError("a file of " + std::to_string(file.size()) +
                     " bytes, in which there is no instruction");
  }
  return {"raw", ram.base(), false, {ram.place("image", ram.base(), file, file.size())}};
}

}  // namespace hvk::image
