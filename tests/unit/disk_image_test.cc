// SPDX-License-Identifier: GPL-2.0-only
// Images of disks: taken, refused with a reason and a remedy, locked.
#include "disk/disk_image.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <memory>
#include <optional>

#include "base/error.h"
#include "tests/unit/support.h"
#include "tests/unit/temporary_folder.h"

namespace hvk {
namespace {

using std::string_view_literals::operator""sv;

constexpr size_t kSize = 64 << 10;

class DiskImageTest : public testing::Test {
 protected:
  std::string path(const char* name = "disk") const { return (folder_.path() / name).string(); }
  std::string put(const char* name, std::string content) const {
    std::ofstream(path(name), std::ios::binary) << content;
    return path(name);
  }
  std::string disk(const char* name = "disk") const { return put(name, std::string(kSize, '\0')); }

  // What the image is refused with, or "(taken)".
  static std::string refusal(const DiskImage::Options& options) {
    try {
      const DiskImage image(options);
    } catch (const SetupError& error) {
      return error.what();
    }
    return "(taken)";
  }

  test::TemporaryFolder folder_;
};

TEST_F(DiskImageTest, HasTheSizeOfItsFile) {
  const DiskImage image({.path = disk(), .id = "name"});
  EXPECT_EQ(image.sectors(), kSize / 512);
  EXPECT_EQ(image.blocks().logical, 512u);
  EXPECT_EQ(image.id(), "name");
  EXPECT_FALSE(image.read_only());
  EXPECT_EQ(::fcntl(image.fd(), F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
  EXPECT_EQ(::fcntl(image.fd(), F_GETFL) & O_NONBLOCK, 0);
}

TEST_F(DiskImageTest, IsRefusedWithAReasonAndARemedy) {
  ::mkfifo(path("pipe").c_str(), 0600);
  const std::string folder = folder_.path().string();
  const struct {
    const char* name;
    std::string path;
    const char* expected[3];
  } rows[] = {
      {"missing", path("none"), {"No such file", "truncate -s 8G", "none"}},
      {"directory", folder, {"is a directory", "an image file or a block device"}},
      {"pipe", path("pipe"), {"is a pipe"}},
      {"character device", "/dev/null", {"is a character device"}},
      {"empty", put("empty", ""), {"is empty", "truncate -s 8G"}},
      {"half a sector",
       put("half", std::string(1000, 'x')),
       {"has 1000 bytes", "truncate -s %512"}},
  };
  for (const auto& row : rows) {
    const std::string why = refusal({.path = row.path});
    EXPECT_TRUE(why.starts_with("--disk " + row.path + ": ")) << row.name << ": " << why;
    for (const char* part : row.expected) {
      EXPECT_TRUE(!part || why.find(part) != std::string::npos) << row.name << ": " << why;
    }
  }
}

TEST_F(DiskImageTest, OfAnotherFormatIsRefusedByItsContent) {
  constexpr const char* kConvert = "qemu-img convert -O raw";
  constexpr const char* kUnpack = "unpack it first";
  const struct {
    const char* what;
    size_t offset;
    std::string_view magic;
    const char* remedy;
  } rows[] = {
      {"a qcow image", 0, "QFI\xfb\0\0\0\1"sv, kConvert},
      {"a qcow2 image", 0, "QFI\xfb\0\0\0\2"sv, kConvert},
      {"a qcow2 image", 0, "QFI\xfb\0\0\0\3"sv, kConvert},
      {"a QED image", 0, "QED\0"sv, kConvert},
      {"a VMDK image", 0, "KDMV"sv, kConvert},
      {"a VMDK image", 0, "COWD"sv, kConvert},
      {"a VMDK image's description", 0, "# Disk DescriptorFile\n"sv, kConvert},
      {"a VHDX image", 0, "vhdxfile"sv, kConvert},
      {"a VHD image", 0, "conectix"sv, kConvert},
      {"a VHD image of fixed size", kSize - 512, "conectix"sv, kConvert},
      {"a VDI image", 0x40, "\x7f\x10\xda\xbe"sv, kConvert},
      {"a Parallels image", 0, "WithoutFreeSpace"sv, kConvert},
      {"a Parallels image", 0, "WithouFreSpacExt"sv, kConvert},
      {"an Apple disk image (dmg)", kSize - 512, "koly\0\0\0\4"sv, kConvert},
      {"packed with gzip", 0, "\x1f\x8b\x08"sv, kUnpack},
      {"packed with xz", 0, "\xfd\x37zXZ\0"sv, kUnpack},
      {"packed with zstd", 0, "\x28\xb5\x2f\xfd"sv, kUnpack},
      {"packed with bzip2", 0, "BZh91AY&SY"sv, kUnpack},
      {"packed with lz4", 0, "\x04\x22\x4d\x18"sv, kUnpack},
      {"a zip archive", 0, "PK\3\4"sv, kUnpack},
  };
  for (const auto& row : rows) {
    std::string content(kSize, '\0');
    content.replace(row.offset, row.magic.size(), row.magic);
    put("foreign", content);
    const std::string why = refusal({.path = path("foreign")});
    EXPECT_NE(why.find(std::string(": is ") + row.what + ";"), std::string::npos) << why;
    EXPECT_NE(why.find(row.remedy), std::string::npos) << why;
    EXPECT_NE(why.find("format=raw"), std::string::npos) << why;
    EXPECT_EQ(refusal({.path = path("foreign"), .raw = true}), "(taken)") << row.what;
  }
  // What only looks a little like one.
  for (const auto& [offset, magic] :
       {std::pair{size_t{1}, "QFI\xfb"sv}, {512, "vhdxfile"sv}, {0, "BZh9"sv}, {0, "conecti"sv}}) {
    std::string content(kSize, '\0');
    content.replace(offset, magic.size(), magic);
    EXPECT_EQ(refusal({.path = put("raw", content)}), "(taken)") << magic;
  }
}

TEST_F(DiskImageTest, IsOneWritersOrManyReaders) {
  const std::string both = disk();
  const struct {
    bool first_reads, second_reads;
    const char* expected;
  } rows[] = {
      {false, false, "another guest has it, and two that write would ruin it"},
      {false, true, "another guest has it and may write it"},
      {true, false, "another guest has it"},
      {true, true, "(taken)"},
  };
  for (const auto& row : rows) {
    const DiskImage first({.path = both, .read_only = row.first_reads});
    const std::string why = refusal({.path = both, .read_only = row.second_reads});
    EXPECT_NE(why.find(row.expected), std::string::npos) << why;
  }
  EXPECT_EQ(refusal({.path = both}), "(taken)");
}

TEST_F(DiskImageTest, IsLockedByAnotherNameToo) {
  const DiskImage first({.path = disk()});
  ASSERT_EQ(::link(path().c_str(), path("other").c_str()), 0);
  EXPECT_NE(refusal({.path = path("other")}).find("another guest"), std::string::npos);
}

// Another user than root, who may write everything, as long as this object lives.
class OtherUser {
 public:
  OtherUser(const std::string& file, const std::string& folder) {
    if (::geteuid() != 0) return;
    EXPECT_EQ(::chown(file.c_str(), kNobody, static_cast<gid_t>(-1)), 0);
    EXPECT_EQ(::chmod(folder.c_str(), 0755), 0);
    EXPECT_EQ(::seteuid(kNobody), 0);
    changed_ = true;
  }
  ~OtherUser() {
    if (!changed_) return;
    EXPECT_EQ(::seteuid(0), 0);
  }

 private:
  static constexpr uid_t kNobody = 65534;
  bool changed_ = false;
};

TEST_F(DiskImageTest, ThatMayNotBeWrittenIsReadOnly) {
  const std::string guarded = disk();
  ::chmod(guarded.c_str(), 0400);
  const OtherUser user(guarded, folder_.path().string());
  EXPECT_NE(refusal({.path = guarded}).find("ro=on"), std::string::npos);
  EXPECT_EQ(refusal({.path = guarded, .read_only = true}), "(taken)");
}

TEST_F(DiskImageTest, DirectTransfersAreThoseThatAreAligned) {
  std::optional<DiskImage> image;
  try {
    image.emplace(DiskImage::Options{.path = disk(), .direct = true});
  } catch (const SetupError& error) {
    GTEST_SKIP() << error.what();
  }
  alignas(4096) static std::byte memory[8192];
  const struct {
    const char* name;
    uint64_t offset;
    std::vector<iovec> vectors;
    bool direct;
  } rows[] = {
      {"aligned", 4096, {{memory, 4096}}, true},
      {"aligned twice", 0, {{memory, 4096}, {memory + 4096, 4096}}, true},
      {"memory at an odd place", 4096, {{memory + 1, 4096}}, false},
      {"a part of an odd size", 4096, {{memory, 100}, {memory + 4096, 412}}, false},
  };
  for (const auto& row : rows) {
    const int fd = image->fd_for(row.offset, row.vectors);
    EXPECT_EQ(fd != image->fd(), row.direct) << row.name;
    EXPECT_EQ((::fcntl(fd, F_GETFL) & O_DIRECT) != 0, row.direct) << row.name;
    EXPECT_EQ(::preadv(fd, row.vectors.data(), static_cast<int>(row.vectors.size()),
                       static_cast<off_t>(row.offset)) > 0,
              true)
        << row.name;
  }
}

}  // namespace
}  // namespace hvk
