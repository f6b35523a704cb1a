// SPDX-License-Identifier: GPL-2.0-only
// Writes a small file of each kernel format into the folder that is named, for
// the fuzzer to start from.
#include <cstdio>
#include <fstream>
#include <string>

#include "tests/unit/image_files.h"

using namespace hvk::test;

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: image_seeds FOLDER\n");
    return 2;
  }
  constexpr uint64_t kHigh = 0xffff800008000000, kRam = 0x40000000;
  const Blob kernel = arm64_image({.text_offset = 0x1000, .image_size = 0x3000, .file_size = 96});
  const Blob legacy = arm64_image({.text_offset = 0, .image_size = 0, .file_size = 80});
  const struct {
    const char* name;
    Blob file;
  } seeds[] = {
      {"arm64", kernel},
      {"gzip", gzip(legacy)},
      {"zstd", zstd(legacy)},
      {"zboot-gzip", zboot("gzip", gzip(legacy))},
      {"zboot-zstd", zboot("zstd", zstd(legacy))},
      {"elf", elf_file({{.vaddr = kRam, .paddr = kRam, .data = Blob(16, 1)},
                        {.vaddr = kHigh, .paddr = kRam + 0x1000, .data = Blob(4, 1), .bss = 64}},
                       kRam)},
      {"vmlinux", elf_file({{.vaddr = kHigh, .paddr = kHigh, .data = kernel}}, kHigh)},
  };
  for (const auto& seed : seeds) {
    std::ofstream out(std::string(argv[1]) + "/" + seed.name, std::ios::binary);
    out.write(reinterpret_cast<const char*>(seed.file.data()),
              static_cast<std::streamsize>(seed.file.size()));
    if (!out.flush()) {
      std::perror(seed.name);
      return 1;
    }
  }
  return 0;
}
