// SPDX-License-Identifier: GPL-2.0-only
// Guest RAM and the reading of files that go into it.
#include "board/memory.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <string>
#include <vector>

#include "base/error.h"
#include "base/file.h"

namespace hvk {
namespace {

constexpr uint64_t kBase = 0x40000000;

TEST(Memory, IsZeroAndAlignedToBlocks) {
  GuestMemory ram(kBase, 3 << 20);
  EXPECT_EQ(ram.base(), kBase);
  EXPECT_EQ(ram.end(), kBase + (3 << 20));
  EXPECT_EQ(reinterpret_cast<uintptr_t>(ram.bytes().data()) % (2 << 20), 0u);
  EXPECT_EQ(ram.bytes().front(), std::byte{0});
  EXPECT_EQ(ram.bytes().back(), std::byte{0});
  ram.bytes().back() = std::byte{1};
}

TEST(Memory, ChecksBounds) {
  constexpr uint64_t kSize = 1 << 20;
  GuestMemory ram(kBase, kSize);
  struct {
    uint64_t ipa, size;
    bool inside;
  } const kTable[] = {
      {kBase, kSize, true},
      {kBase, 0, true},
      {kBase + kSize, 0, true},
      {kBase + kSize - 1, 1, true},
      {kBase, kSize + 1, false},
      {kBase - 1, 1, false},
      {kBase - 1, 0, false},
      {kBase + kSize, 1, false},
      {kBase + 1, UINT64_MAX, false},
      {UINT64_MAX, 1, false},
      {UINT64_MAX, UINT64_MAX, false},
      {0, kBase + 1, false},
  };
  for (const auto& row : kTable) {
    const auto bytes = ram.at(row.ipa, row.size);
    EXPECT_EQ(bytes.has_value(), row.inside) << std::hex << row.ipa << "+" << row.size;
    if (bytes) {
      EXPECT_EQ(bytes->size(), row.size);
    }
  }
  EXPECT_EQ(ram.at(kBase + 16, 4)->data(), ram.bytes().data() + 16);
}

TEST(Memory, RefusesSizesThatCannotBe) {
  EXPECT_THROW(GuestMemory(kBase, 0), SetupError);
  EXPECT_THROW(GuestMemory(kBase, UINT64_MAX - 4095), SetupError);
  EXPECT_THROW(GuestMemory(kBase, uint64_t{1} << 62), SetupError);
}

class FileTest : public testing::Test {
 protected:
  FileTest() : path_(testing::TempDir() + "hvk-file-" + std::to_string(::getpid())) {}
  ~FileTest() override { ::unlink(path_.c_str()); }

  // What read_file says when it refuses.
  std::string refusal(const std::string& path, uint64_t limit) {
    try {
      read_file("--kernel", path, limit);
    } catch (const SetupError& error) {
      return error.what();
    }
    return "(read)";
  }

  std::string path_;
};

TEST_F(FileTest, ReadsWhatWasWritten) {
  for (const size_t size : {0u, 1u, 65536u, 200'000u}) {
    const std::vector<std::byte> content(size, std::byte{7});
    write_file("--dump-dtb", path_, content);
    EXPECT_EQ(read_file("--kernel", path_, size), content) << size;
    EXPECT_EQ(read_file("--kernel", path_, UINT64_MAX), content) << size;
  }
}

TEST_F(FileTest, ReadsPipes) {
  ASSERT_EQ(::mkfifo(path_.c_str(), 0600), 0);
  const pid_t writer = ::fork();
  if (writer == 0) {
    const std::vector<std::byte> content(300'000, std::byte{9});
    write_file("pipe", path_, content);
    ::_exit(0);
  }
  EXPECT_EQ(read_file("--initrd", path_, 300'000).size(), 300'000u);
  ASSERT_EQ(::waitpid(writer, nullptr, 0), writer);
}

TEST_F(FileTest, SaysWhatIsWrong) {
  write_file("x", path_, std::vector<std::byte>(101));
  EXPECT_NE(refusal(path_, 100).find("more than the 100 bytes"), std::string::npos);
  EXPECT_NE(refusal(path_ + ".none", 100).find("No such file"), std::string::npos);
  EXPECT_NE(refusal("/", 100).find("directory"), std::string::npos);
  EXPECT_NE(refusal("/dev/zero", 1 << 20).find("more than"), std::string::npos);
  EXPECT_THROW(write_file("--dump-dtb", "/nonexistent/file", {}), SetupError);
}

}  // namespace
}  // namespace hvk
