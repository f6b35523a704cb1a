// SPDX-License-Identifier: GPL-2.0-only
// FIT images: their parts and digests, as mkimage makes them and as nobody
// should.
#include "image/fit.h"

#include <libfdt.h>

#include <functional>

#include "image/image.h"
#include "tests/unit/fit_tampered.h"
#include "tests/unit/fit_workshop.h"

namespace hvk {
namespace {

using namespace test;

// The message with which an image is refused; empty if it is taken.
std::string refusal(const Blob& image) {
  try {
    const Fit fit(bytes_of(image));
    fit.system();
  } catch (const ImageError& error) {
    return error.what();
  }
  return "";
}

void expect_refused(const Blob& image, const std::string& message, const std::string& row) {
  const std::string why = refusal(image);
  EXPECT_NE(why, "") << row;
  EXPECT_NE(why.find(message), std::string::npos) << row << ": " << why;
}

TEST(FitTest, PartsWhereverTheirDataIs) {
  for (const char* options : {"", "-E", "-E -p 8000", "-E -B 1000"}) {
    const Blob image = workshop().image(its(), options);
    const Fit fit(bytes_of(image));
    ASSERT_EQ(fit.parts().size(), 4u) << options;
    EXPECT_EQ(fit.system().name, "system");
    EXPECT_EQ(blob_of(fit.system().content), Workshop::system()) << options;
    const struct {
      const char* name;
      const Blob& content;
    } table[] = {{"control.bin", Workshop::kernel()},
                 {"images/initrd.gz", Workshop::initrd()},
                 {"board.dtb", Workshop::tree()}};
    for (const auto& row : table) {
      const FitPart* part = fit.find(row.name);
      ASSERT_TRUE(part) << row.name << options;
      EXPECT_EQ(blob_of(part->content), row.content) << row.name << options;
      EXPECT_EQ(part->digest, sha256(std::as_bytes(std::span(row.content)))) << row.name;
      EXPECT_EQ(fit.digest_of(part->content), part->digest);
    }
    EXPECT_FALSE(fit.find("kernel-1")) << "its name is the file's";
    EXPECT_FALSE(fit.find("demo"));
  }
}

TEST(FitTest, DigestOfWhatIsNoPart) {
  const Fit fit(bytes_of(workshop().image(its())));
  const auto half = fit.find("control.bin")->content.first(100);
  EXPECT_EQ(fit.digest_of(half), sha256(half));
}

TEST(FitTest, Matches) {
  EXPECT_TRUE(Fit::matches(std::as_bytes(std::span("\xd0\x0d\xfe\xed", 4))));
  EXPECT_FALSE(Fit::matches(std::as_bytes(std::span("\xd0\x0d\xfe", 3))));
  EXPECT_FALSE(Fit::matches(std::as_bytes(std::span("name", 4))));
}

// What mkimage makes without a complaint and hvk-run does not run.
TEST(FitTest, RefusedSources) {
  constexpr const char* kSha = "hash-1 { algo = \"sha256\"; };";
  const struct {
    const char* name;
    const char* from;
    const char* to;
    const char* message;
  } table[] = {
      {"no hash", kSha, "", "part \"system\" has no hash"},
      {"crc32", "sha256", "crc32", "\"crc32\"; only sha256"},
      {"md5", "sha256", "md5", "\"md5\"; only sha256"},
      {"sha1", "sha256", "sha1", "\"sha1\"; only sha256"},
      {"sha512", "sha256", "sha512", "\"sha512\"; only sha256"},
      {"a weak hash too", kSha, "hash-1 { algo = \"sha256\"; }; hash-2 { algo = \"crc32\"; };",
       "\"crc32\"; only sha256"},
      {"something else in a part", kSha, "hash-1 { algo = \"sha256\"; }; other { };", "\"other\""},
      {"no system", "script = \"system\";", "", "without a system"},
      {"two systems", "script = \"system\";", "script = \"system\", \"kernel-1\";",
       "without a system"},
      {"a part that is not there", "\"fdt-1\";", "\"fdt-2\";", "\"fdt-2\", which is not among"},
      {"no default", "default = \"demo\";", "", "without a default"},
      {"default not there", "default = \"demo\";", "default = \"nemo\";",
       "without \"nemo\" in \"/configurations\""},
      {"no configurations", "configurations", "configuration",
       "without \"configurations\" in \"/\""},
      {"one name for two", "board.dtb", "control.bin",
       "two of its parts are named \"control.bin\""},
      {"a name of another part", "board.dtb", "system", "two of its parts are named \"system\""},
      {"no name", "hvk,file = \"board.dtb\"", "hvk,file = \"\"", "no use"},
      {"a name for the terminal", "hvk,file = \"board.dtb\"", "hvk,file = \"\\x1b[2J\"", "no use"},
  };
  for (const auto& row : table) {
    expect_refused(workshop().image(replaced(its(), row.from, row.to)), row.message, row.name);
  }
}

// An image that is not named by the configuration is nobody's part.
TEST(FitTest, OnlyWhatTheConfigurationNames) {
  const Blob image = workshop().image(replaced(its(), ", \"fdt-1\";", ";"));
  const Fit fit(bytes_of(image));
  EXPECT_EQ(fit.parts().size(), 3u);
  EXPECT_FALSE(fit.find("board.dtb"));
}

constexpr const char* kKernel = "/images/kernel-1";
constexpr const char* kHash = "/images/kernel-1/hash-1";

TEST(FitTest, TamperedTrees) {
  const Blob inside = workshop().image(its()), outside = workshop().image(its(), "-E"),
             fixed = workshop().image(its(), "-E -p 8000");
  const struct {
    const char* name;
    const Blob& image;
    std::function<void(Tampered&)> change;
    const char* message;  // empty: taken
  } table[] = {
      {"nothing, data inside", inside, [](Tampered&) {}, ""},
      {"nothing, data outside", outside, [](Tampered&) {}, ""},
      {"hash value short", inside, [](Tampered& t) { t.set(kHash, "value", Blob(31)); },
       "32 bytes"},
      {"hash value long", inside, [](Tampered& t) { t.set(kHash, "value", Blob(33)); }, "32 bytes"},
      {"no hash value", inside, [](Tampered& t) { t.remove(kHash, "value"); }, "32 bytes"},
      {"another hash value", inside, [](Tampered& t) { t.set(kHash, "value", Blob(32)); },
       "part \"control.bin\" is damaged or was changed"},
      {"no algorithm", inside, [](Tampered& t) { t.remove(kHash, "algo"); },
       "without its algorithm"},
      {"two algorithms", inside,
       [](Tampered& t) {
         t.set(kHash, "algo", {'a', 0, 'b', 0});
       },
       "without its algorithm"},
      {"algorithm without an end", inside,
       [](Tampered& t) {
         t.set(kHash, "algo", {'a', 'b'});
       },
       "without its algorithm"},
      {"no data", inside, [](Tampered& t) { t.remove(kKernel, "data"); }, "has no data"},
      {"other data", inside, [](Tampered& t) { t.set(kKernel, "data", Blob(1, 1)); }, "changed"},
      {"data in two places", inside, [](Tampered& t) { t.cell(kKernel, "data-offset", 0); },
       "more than one place"},
      {"two offsets", outside, [](Tampered& t) { t.cell(kKernel, "data-position", 0); },
       "more than one place"},
      {"no size", outside, [](Tampered& t) { t.remove(kKernel, "data-size"); }, "how much"},
      {"size of two cells", outside, [](Tampered& t) { t.set(kKernel, "data-size", Blob(8)); },
       "how much"},
      {"offset of two cells", outside, [](Tampered& t) { t.set(kKernel, "data-offset", Blob(8)); },
       "how much"},
      {"size beyond the end", outside, [](Tampered& t) { t.cell(kKernel, "data-size", 100000); },
       "cut off"},
      {"size of 4 GiB", outside, [](Tampered& t) { t.cell(kKernel, "data-size", ~0u); }, "cut off"},
      {"offset of 4 GiB", outside, [](Tampered& t) { t.cell(kKernel, "data-offset", ~0u); },
       "cut off"},
      {"offset of 2 GiB", outside, [](Tampered& t) { t.cell(kKernel, "data-offset", 1u << 31); },
       "cut off"},
      {"another's data", outside, [](Tampered& t) { t.cell(kKernel, "data-offset", 0); },
       "overlap"},
      {"position in the tree", fixed, [](Tampered& t) { t.cell(kKernel, "data-position", 40); },
       "on top of the tree"},
      {"position of 4 GiB", fixed, [](Tampered& t) { t.cell(kKernel, "data-position", ~0u); },
       "cut off"},
      {"an '@'", inside, [](Tampered& t) { t.add("/images", "kernel-1@1"); }, "no '@'"},
      {"an '@' far from it all", inside, [](Tampered& t) { t.add("/", "other@1"); }, "no '@'"},
      {"a name that no tree has", inside, [](Tampered& t) { t.add("/", "a b"); }, "named \"a b\""},
      {"two nodes of a name", inside,
       [](Tampered& t) {
         t.add("/images", "kernel-2");
         t.rename("/images/kernel-2", "kernel-1");
       },
       "two nodes \"kernel-1\""},
      {"no description", inside, [](Tampered& t) { t.remove("/", "description"); }, "description"},
      {"no timestamp", inside, [](Tampered& t) { t.remove("/", "timestamp"); }, "timestamp"},
      {"an empty part", inside,
       [](Tampered& t) {
         t.set(kKernel, "data", {});
         const Digest none = sha256({});
         t.set(kHash, "value", blob_of(none));
       },
       ""},
  };
  for (const auto& row : table) {
    Tampered tampered(row.image);
    row.change(tampered);
    if (*row.message) {
      expect_refused(tampered.image(), row.message, row.name);
    } else {
      EXPECT_EQ(refusal(tampered.image()), "") << row.name;
    }
  }
}

// Two parts of the same bytes.
TEST(FitTest, OverlappingParts) {
  Tampered tampered(workshop().image(its(), "-E"));
  const Digest digest = sha256(std::as_bytes(std::span(Workshop::kernel())).first(100));
  for (const char* node : {"/images/fdt-1", "/images/ramdisk-1"}) {
    tampered.cell(node, "data-offset", 16);
    tampered.cell(node, "data-size", 100);
    tampered.set((std::string(node) + "/hash-1").c_str(), "value", blob_of(digest));
  }
  expect_refused(tampered.image(), "overlap", "");
}

// Deep trees are as unknown to U-Boot.
TEST(FitTest, TooDeep) {
  const auto nested = [](int depth) {
    std::string open, close;
    for (int i = 1; i < depth; ++i) {
      open += "a {";
      close += "};";
    }
    return replaced(its(), "images {", open + close + "\nimages {");
  };
  EXPECT_EQ(refusal(workshop().image(nested(32))), "");
  expect_refused(workshop().image(nested(33)), "too deep", "");
}

// Every prefix is refused, and read no further than it goes.
TEST(FitTest, CutOff) {
  for (const char* options : {"", "-E"}) {
    const Blob image = workshop().image(its(), options);
    const size_t step = 7;
    for (size_t size = 0; size < image.size() - 4; size += step) {
      const Blob cut(image.begin(), image.begin() + static_cast<ptrdiff_t>(size));
      ASSERT_NE(refusal(cut), "") << size << options;
    }
  }
}

// Any field of the header with any of these values: no crash, and nothing is
// taken whose parts are not all what they were.
TEST(FitTest, HeaderFields) {
  const Blob image = workshop().image(its());
  for (size_t offset = 0; offset < sizeof(fdt_header); offset += 4) {
    for (const uint32_t value : {0u, 1u, 4u, 16u, 40u, 0x7fffffffu, 0x80000000u, ~0u}) {
      Blob changed = image;
      fdt32_st(changed.data() + offset, value);
      try {
        const Fit fit(bytes_of(changed));
        EXPECT_EQ(blob_of(fit.find("control.bin")->content), Workshop::kernel());
      } catch (const ImageError&) {
      }
    }
  }
}

}  // namespace
}  // namespace hvk
