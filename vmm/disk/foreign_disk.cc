// SPDX-License-Identifier: GPL-2.0-or-later
#include "disk/foreign_disk.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <span>
#include <string_view>

namespace hvk {
namespace {

using std::string_view_literals::operator""sv;

constexpr size_t kHead = 512;    // what is looked at of a file's start
constexpr size_t kFooter = 512;  // the size of the footers that VHD and UDIF have

struct Row {
  bool footer;  // looked for in the last 512 bytes, not in the first
  size_t offset;
  std::string_view magic;
  ForeignDisk is;
  size_t more_offset = 0;  // of `more`, which has to match as well
  std::string_view more = {};
};

constexpr Row kRows[] = {
    {false, 0, "QFI\xfb\0\0\0\1"sv, {"a qcow image"}},
    {false, 0, "QFI\xfb"sv, {"a qcow2 image"}},
    {false, 0, "QED\0"sv, {"a QED image"}},
    {false, 0, "KDMV"sv, {"a VMDK image"}},
    {false, 0, "COWD"sv, {"a VMDK image"}},
    {false, 0, "# Disk DescriptorFile"sv, {"a VMDK image's description"}},
    {false, 0, "vhdxfile"sv, {"a VHDX image"}},
    {false, 0, "conectix"sv, {"a VHD image"}},
    {true, 0, "conectix"sv, {"a VHD image of fixed size"}},
    {false, 0x40, "\x7f\x10\xda\xbe"sv, {"a VDI image"}},
    {false, 0, "WithoutFreeSpace"sv, {"a Parallels image"}},
    {false, 0, "WithouFreSpacExt"sv, {"a Parallels image"}},
    {false, 0, "Bochs Virtual HD Image"sv, {"a Bochs image"}},
    {true, 0, "koly\0\0\0\4"sv, {"an Apple disk image (dmg)"}},
    {false, 0, "\x3a\xff\x26\xed"sv, {"an Android sparse image, which simg2img unpacks", true}},
    {false, 0, "\x1f\x8b\x08"sv, {"packed with gzip", true}},
    {false, 0, "\xfd\x37zXZ\0"sv, {"packed with xz", true}},
    {false, 0, "\x28\xb5\x2f\xfd"sv, {"packed with zstd", true}},
    {false, 0, "\x04\x22\x4d\x18"sv, {"packed with lz4", true}},
    // Behind "BZh" come the size of the blocks, 1 to 9, and the first block's mark.
    {false, 0, "BZh"sv, {"packed with bzip2", true}, 4, "1AY&SY"sv},
    {false, 0, "PK\3\4"sv, {"a zip archive", true}},
    {false, 0, "7z\xbc\xaf\x27\x1c"sv, {"a 7-Zip archive", true}},
};
// Reads up to `to.size()` bytes at `offset`; returns those that there are.
std::string_view read(int fd, uint64_t offset, std::span<char> to) {
  ssize_t n;
  do {
    n = ::pread(fd, to.data(), to.size(), static_cast<off_t>(offset));
  } while (n < 0 && errno == EINTR);
  return {to.data(), static_cast<size_t>(std::max<ssize_t>(n, 0))};
}

bool has(std::string_view bytes, size_t offset, std::string_view magic) {
  return bytes.size() >= offset && bytes.substr(offset).starts_with(magic);
}

}  // namespace

const ForeignDisk* find_foreign_disk(int fd, uint64_t size) {
  std::array<char, kHead> head_bytes;
  std::array<char, kFooter> footer_bytes;
  const std::string_view head = read(fd, 0, head_bytes);
  const std::string_view footer =
      size < kFooter ? std::string_view() : read(fd, size - kFooter, footer_bytes);
  const auto row = std::find_if(std::begin(kRows), std::end(kRows), [&](const Row& one) {
    const std::string_view part = one.footer ? footer : head;
    return has(part, one.offset, one.magic) && has(part, one.more_offset, one.more);
  });
  return row == std::end(kRows) ? nullptr : &row->is;
}

}  // namespace hvk
