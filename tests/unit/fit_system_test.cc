// SPDX-License-Identifier: GPL-2.0-only
// From a system's file to the source of its image, through mkimage, and back.
#include "sysfile/fit_system.h"

#include <fmt/format.h>

#include "base/error.h"
#include "machine/load_check.h"
#include "sysfile/system_file.h"
#include "tests/unit/fit_tampered.h"
#include "tests/unit/fit_workshop.h"
#include "tests/unit/image_fixture.h"

namespace hvk {
namespace {

using namespace test;

constexpr std::string_view kTwo = R"(name = "two"
[[partition]]
name = "control"
kernel = "control.bin"
[[partition]]
name = "linux"
kernel = "control.bin"
initrd = "images/initrd.gz"
dtb = "board.dtb"
)";

Blob text_blob(std::string_view text) { return Blob(text.begin(), text.end()); }

std::string source_of(std::string_view text) {
  workshop().file("images/initrd.gz", Workshop::initrd());
  const std::string name = workshop().file("two.toml", text_blob(text));
  return its_source(text, name);
}

// The message with which reading ends; empty if it does not.
template <typename Step>
std::string complaint(const Step& step) {
  try {
    step();
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  return "";
}

void expect_said(const std::string& said, std::string_view part, const std::string& row) {
  EXPECT_NE(said.find(part), std::string::npos) << row << ": " << said;
}

TEST(FitSystem, ThereAndBack) {
  const std::string source = source_of(kTwo);
  const std::string file = workshop().file("two.itb", workshop().image(source, "-E"));
  const FitSystem read = read_fit_system(file, "", HostFacts{});
  EXPECT_EQ(read.checked, "4 parts with good SHA-256, no signature was asked for (--key)")
      << "the kernel is there once";
  EXPECT_EQ(read.system.name, "two");
  EXPECT_EQ(read.system.file, file);
  ASSERT_EQ(read.system.guests.size(), 2u);
  const Config& config = read.system.guests[1].config;
  EXPECT_EQ(config.initrd, "images/initrd.gz");
  const struct {
    std::string name;
    const Blob& content;
  } table[] = {{config.kernel, Workshop::kernel()},
               {config.initrd, Workshop::initrd()},
               {config.dtb, Workshop::tree()}};
  for (const auto& row : table) {
    const FileContent content = config.files.read("--kernel", row.name, 1 << 20);
    EXPECT_EQ(blob_of(content.bytes()), row.content) << row.name;
  }
}

TEST(FitSystem, FilesOfTheImageAlone) {
  const std::string file = workshop().file("two.itb", workshop().image(source_of(kTwo)));
  const FileSource files = read_fit_system(file, "", HostFacts{}).system.guests[0].config.files;
  expect_said(complaint([&] { files.read("--kernel", "/etc/passwd", 1 << 20); }),
              "/etc/passwd: the FIT image has no such part", "");
  expect_said(complaint([&] { files.read("--kernel", "control.bin", 5000); }),
              "--kernel control.bin: has more than the", "");
  EXPECT_EQ(complaint([&] { files.read("--kernel", "control.bin", 5001); }), "");
}

TEST(FitSystem, Signatures) {
  const std::string source = replaced(source_of(kTwo), "\"dev\"", "\"dev2048\"");
  const std::string good = workshop().file("two.itb", workshop().image(source));
  const std::string bare = workshop().file("bare.itb", workshop().image(source_of(kTwo)));
  const std::string key = workshop().public_key_file("dev2048");
  const FitSystem read = read_fit_system(good, key, HostFacts{});
  EXPECT_EQ(read.checked, "4 parts with good SHA-256, signed by " + key);
  const struct {
    const char* name;
    std::string image, key, message;
  } table[] = {
      {"another key", good, workshop().public_key_file("other2048"), "is not the key's"},
      {"never signed", bare, key, "was never made"},
      {"no key file", good, "no-such-key", "--key no-such-key: No such file"},
      {"no key in it", good, good, "--key " + good},
      {"no image", "no-such-image", "", "the image no-such-image: No such file"},
      {"no FIT image", key, "", "not a FIT image"},
  };
  for (const auto& row : table) {
    expect_said(complaint([&] { read_fit_system(row.image, row.key, HostFacts{}); }), row.message,
                row.name);
  }
}

TEST(FitSystem, DamageIsNamed) {
  Blob image = workshop().image(source_of(kTwo));
  const auto at =
      std::search(image.begin(), image.end(), Workshop::initrd().begin(), Workshop::initrd().end());
  ASSERT_NE(at, image.end());
  *at ^= 1;
  const std::string file = workshop().file("two.itb", image);
  const std::string said = complaint([&] { read_fit_system(file, "", HostFacts{}); });
  expect_said(said, file + ": its part \"images/initrd.gz\" is damaged or was changed", "");
  expect_said(said, "nothing is started", "");
}

// The file in the image is checked as any other, and names parts only.
TEST(FitSystem, MistakesInTheImage) {
  const std::string source = source_of(kTwo);
  workshop().file("two.toml", text_blob(replaced(std::string(kTwo), "board.dtb", "other.dtb")));
  const std::string file = workshop().file("two.itb", workshop().image(source));
  expect_said(complaint([&] { read_fit_system(file, "", HostFacts{}); }), file + ":9: dtb",
              "no such part");
}

TEST(FitSystem, AnyName) {
  const std::string name = R"(a "b" \c, (d).bin)";
  workshop().file(name, Workshop::kernel());
  const std::string text = "[[partition]]\nname = \"a\"\nkernel = '" + name + "'\n";
  const std::string file = workshop().file("two.itb", workshop().image(source_of(text)));
  const FitSystem read = read_fit_system(file, "", HostFacts{});
  const Config& config = read.system.guests[0].config;
  EXPECT_EQ(config.kernel, name);
  EXPECT_EQ(blob_of(config.files.read("", name, 1 << 20).bytes()), Workshop::kernel());
}

TEST(FitSystem, NoSource) {
  workshop().file("na\xc3\xafve.bin", Workshop::kernel());
  const auto partition = [](std::string_view kernel) {
    return "[[partition]]\nname = \"a\"\nkernel = \"" + std::string(kernel) + "\"\n";
  };
  expect_said(complaint([&] { source_of(partition("na\xc3\xafve.bin")); }), "ASCII", "");
  expect_said(complaint([&] { source_of(partition("no-such.bin")); }), "two.toml:3: ", "");
  expect_said(complaint([&] { source_of("[[partition]]\n"); }), "two.toml:1: ", "");
}

// More than mkimage signs: a source without a signature, which it makes.
TEST(FitSystem, ManyParts) {
  for (const size_t count : {48, 49}) {
    std::string text;
    for (size_t i = 0; i < count; ++i) {
      text += fmt::format("[[partition]]\nname = \"p{0}\"\nkernel = \"p{0}.bin\"\n", i);
      workshop().file(fmt::format("p{}.bin", i), Blob(i + 1, 0x1f));
    }
    std::string source = source_of(text);
    const bool signs = source.find("key-name-hint") != std::string::npos;
    EXPECT_EQ(signs, count == 48);
    if (signs) source = replaced(source, "\"dev\"", "\"dev2048\"");
    workshop().forget_keys();
    const Blob image = workshop().image(source);
    const std::string file = workshop().file("many.itb", image);
    const std::string key = signs ? workshop().public_key_file("dev2048") : "";
    const FitSystem read = read_fit_system(file, key, HostFacts{});
    EXPECT_EQ(read.system.guests.size(), count);
    EXPECT_NE(workshop().oracle(image), false);
  }
}

// The way of a machine: a part, into memory, and memory changed before the
// start. What lies there as in the image is held against the image's digest.
class FitMemory : public LoaderTest {};

TEST_F(FitMemory, ChangedBeforeTheStart) {
  const std::string file = workshop().file("two.itb", workshop().image(source_of(kTwo)));
  const Config config = read_fit_system(file, "", HostFacts{}).system.guests[0].config;
  const FileContent kernel = config.files.read("--kernel", config.kernel, 1 << 20);
  const LoadedImage loaded = load_image(kernel.bytes(), ram, kBase, config.files.digester());
  ASSERT_EQ(loaded.parts.size(), 1u);
  EXPECT_EQ(loaded.parts[0].digest, sha256(std::as_bytes(std::span(Workshop::kernel()))));
  LoadCheck check;
  check.expect("kernel of " + config.kernel, std::span(ram).first(loaded.parts[0].size),
               loaded.parts[0].content_size, *loaded.parts[0].digest);
  EXPECT_EQ(complaint([&] { check.verify(); }), "");
  ram[4321] ^= std::byte{1};
  expect_said(complaint([&] { check.verify(); }), "kernel of control.bin in the guest's memory",
              "");
}

}  // namespace
}  // namespace hvk
