// SPDX-License-Identifier: GPL-2.0-only
// Writes a small file of each kernel format into the folder that is named, for
// the fuzzer to start from.
#include <string>

#include "tests/fuzz/seeds.h"
#include "tests/unit/image_files.h"

using namespace hvk::test;

int main(int argc, char** argv) {
  constexpr uint64_t kHigh = 0xffff800008000000, kRam = 0x40000000;
  const Blob kernel = arm64_image({.text_offset = 0x1000, .image_size = 0x3000, .file_size = 96});
  const Blob legacy = arm64_image({.text_offset = 0, .image_size = 0, .file_size = 80});
  return hvk::test::write_seeds(
      argc, argv,
      {
          {"arm64", kernel},
          {"gzip", gzip(legacy)},
          {"zstd", zstd(legacy)},
          {"zboot-gzip", zboot("gzip", gzip(legacy))},
          {"zboot-zstd", zboot("zstd", zstd(legacy))},
          {"elf",
           elf_file({{.vaddr = kRam, .paddr = kRam, .data = Blob(16, 1)},
                     {.vaddr = kHigh, .paddr = kRam + 0x1000, .data = Blob(4, 1), .bss = 64}},
                    kRam)},
          {"vmlinux", elf_file({{.vaddr = kHigh, .paddr = kHigh, .data = kernel}}, kHigh)},
      });
}
