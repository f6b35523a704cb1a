// SPDX-License-Identifier: GPL-2.0-or-later
#include "image/zboot.h"

#include "image/gzip.h"
#include "image/target.h"
#include "image/zstd.h"

namespace hvk::image {

namespace {

constexpr uint64_t kMagic = 4;
constexpr uint64_t kPayloadOffset = 8;
constexpr uint64_t kPayloadSize = 12;
constexpr uint64_t kMethod = 24;
constexpr uint64_t kMethodEnd = 56;

// The names are Linux's (drivers/firmware/efi/libstub/Makefile.zboot).
struct Method {
  std::string_view name;
  std::vector<std::byte> (*unpack)(Bytes, uint64_t limit);  // null: not unpacked here, and
  const char* tool;                                         // this is the command that does it
};

constexpr Method kMethods[] = {
    {"gzip", gunzip, nullptr},   {"zstd", unzstd, nullptr},     {"zstd22", unzstd, nullptr},
    {"lzma", nullptr, "xz -dc"}, {"xzkern", nullptr, "xz -dc"}, {"xz", nullptr, "xz -dc"},
    {"lz4", nullptr, "lz4 -dc"}, {"lzo", nullptr, "lzop -dc"},  {"bzip2", nullptr, "bzip2 -dc"},
};

// Returns the name of the packing method, up to the terminating zero. Bytes that cannot be printed
// become '?', as the name goes into messages.
std::string method_of(Bytes file) {
  std::string name;
  for (uint64_t at = kMethod; at < kMethodEnd; ++at) {
    const auto c = static_cast<char>(le<uint8_t>(file, at));
    if (c == 0) break;
    name += c >= ' ' && c <= '~' ? c : '?';
  }
  return name;
}

}  // namespace

bool is_zboot(Bytes file) { return has_magic(file, 0, "MZ") && has_magic(file, kMagic, "zimg"); }

Unpacked unpack_zboot(Bytes file, uint64_t limit) {
  const uint64_t offset = le<uint32_t>(file, kPayloadOffset);
  const uint64_t size = le<uint32_t>(file, kPayloadSize);
  if (!fits(offset, size, file.size())) {
    throw ImageError("its packed kernel is said to be " + std::to_string(size) + " bytes at " +
                     hex(offset) + ", but the file has " + std::to_string(file.size()) +
                     " bytes: it is cut off");
  }
  const Bytes payload = file.subspan(offset, size);
  const std::string method = method_of(file);
  for (const Method& known : kMethods) {
    if (method != known.name) continue;
    if (known.unpack) return {method, known.unpack(payload, limit)};
    throw ImageError("its kernel is packed with \"" + method +
                     "\", which is not unpacked here; take it out with 'tail -c +" +
                     std::to_string(offset + 1) + " FILE | head -c " + std::to_string(size) +
                     " | " + known.tool + " >Image'");
  }
  throw ImageError("its kernel is packed with \"" + method +
                   "\"; only gzip and zstd can be unpacked here");
}

}  // namespace hvk::image
