// SPDX-License-Identifier: GPL-2.0-only
// What was loaded from a FIT image is found again in guest memory, or not.
#include "machine/load_check.h"

#include "base/error.h"
#include "tests/unit/fit_tampered.h"
#include "tests/unit/image_fixture.h"

namespace hvk {
namespace {

using namespace test;

class LoadCheckTest : public LoaderTest {
 protected:
  // Loads `file` as a machine does, and expects all of it.
  LoadedImage load_checked(const Blob& file, LoadCheck& check) {
    LoadedImage loaded = load_image(std::as_bytes(std::span(file)), ram, kBase, sha256);
    for (const LoadedPart& part : loaded.parts) {
      check.expect(part.name, std::span(ram).subspan(part.ipa - kBase, part.size),
                   part.content_size, part.digest.value());
    }
    return loaded;
  }

  static std::string complaint(const LoadCheck& check) {
    try {
      check.verify();
    } catch (const SetupError& error) {
      return error.what();
    }
    return "";
  }
};

TEST_F(LoadCheckTest, EachFormatAndEachByte) {
  const Blob kernel =
      arm64_image({.text_offset = 0x1000, .image_size = 0x3000, .file_size = 0x1800});
  const struct {
    const char* name;
    Blob file;
  } table[] = {
      {"raw", Blob(1000, 0x14)},
      {"arm64", kernel},
      {"gzip", gzip(kernel)},
      {"zboot", zboot("zstd", zstd(kernel))},
      {"elf",
       elf_file({{.vaddr = kBase, .paddr = kBase, .data = Blob(160, 1)},
                 {.vaddr = kBase + 0x1000, .paddr = kBase + 0x1000, .data = Blob(4, 1), .bss = 64}},
                kBase)},
  };
  for (const auto& row : table) {
    LoadCheck check;
    const LoadedImage loaded = load_checked(row.file, check);
    EXPECT_EQ(complaint(check), "") << row.name;
    for (const LoadedPart& part : loaded.parts) {
      const auto memory = std::span(ram).subspan(part.ipa - kBase, part.size);
      for (const size_t at : {size_t{0}, part.content_size - 1, part.size / 2, part.size - 1}) {
        memory[at] ^= std::byte{0x10};
        const std::string why = complaint(check);
        EXPECT_NE(why.find(part.name + " in the guest's memory"), std::string::npos)
            << row.name << " byte " << at << ": " << why;
        memory[at] ^= std::byte{0x10};
      }
    }
    EXPECT_EQ(complaint(check), "") << row.name;
  }
}

TEST_F(LoadCheckTest, DigestsOfWhatWasInTheFile) {
  // What lies in memory as in the file has the file's digest.
  const Blob raw(1000, 0x14);
  LoadCheck check;
  EXPECT_EQ(load_checked(raw, check).parts[0].digest, sha256(std::as_bytes(std::span(raw))));
  // Without a digester nothing is hashed.
  EXPECT_FALSE(load(raw).parts[0].digest);
}

TEST_F(LoadCheckTest, NamesTheFirstThatDiffers) {
  LoadCheck check;
  const auto memory = std::span(ram);
  check.expect("one", memory.first(10), 10, sha256(memory.first(10)));
  check.expect("two", memory.subspan(10, 10), 10, sha256(memory.first(9)));
  check.expect("three", memory.subspan(20, 10), 10, sha256(memory.first(9)));
  EXPECT_EQ(complaint(check).find("two in the guest's memory"), 0u) << complaint(check);
}

}  // namespace
}  // namespace hvk
