// SPDX-License-Identifier: GPL-2.0-only
// Files that are read where they are needed.
#include "config/file_source.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <thread>

#include "base/error.h"
#include "base/file.h"
#include "tests/unit/temporary_folder.h"

namespace hvk {
namespace {

class FileSourceTest : public testing::Test {
 protected:
  FileSourceTest() : path_(folder_.path() / "file") {}

  void write(size_t size) {
    std::vector<std::byte> content(size);
    for (size_t i = 0; i < size; ++i) content[i] = static_cast<std::byte>(i * 7 + i / 4096);
    write_file("x", path_, content);
  }

  // What read says when it refuses.
  std::string refusal(uint64_t limit, const FileSource::Place& place) {
    try {
      FileSource().read("--kernel", path_, limit, "a remedy", place);
    } catch (const SetupError& error) {
      return error.what();
    }
    return "(read)";
  }

  test::TemporaryFolder folder_;
  std::string path_;
  std::vector<std::byte> ram_ = std::vector<std::byte>(10 << 20);
};

TEST_F(FileSourceTest, ReadsAFileToItsPlace) {
  for (const size_t size : {size_t{1}, size_t{4095}, size_t{4096}, size_t{4097}, size_t{9} << 20}) {
    write(size);
    for (const bool open_before : {false, true}) {
      FileSource files;
      if (open_before) files.open({{"--kernel", path_}});
      size_t seen = 0;
      const FileContent file = files.read(
          "--kernel", path_, size, {}, [&](std::span<const std::byte> head, uint64_t all) {
            EXPECT_EQ(all, size);
            EXPECT_EQ(head.size(), std::min<size_t>(size, FileSource::kHead));
            seen = head.size();
            std::copy(head.begin(), head.end(), ram_.begin());
            return std::span(ram_).subspan(8192, all);
          });
      EXPECT_EQ(file.bytes().data(), ram_.data() + 8192) << "read there, and not copied";
      const std::vector<std::byte> whole = read_file("--kernel", path_, size);
      EXPECT_TRUE(std::ranges::equal(file.bytes(), whole)) << size;
      EXPECT_TRUE(std::equal(ram_.begin(), ram_.begin() + seen, whole.begin())) << size;
    }
  }
}

TEST_F(FileSourceTest, TakesABufferWhereThereIsNoPlace) {
  write(5000);
  const auto none = [](std::span<const std::byte>, uint64_t) { return std::span<std::byte>(); };
  EXPECT_EQ(FileSource().read("--initrd", path_, 5000, {}, none).bytes().size(), 5000u);
}

TEST_F(FileSourceTest, DoesNotAskForThePlaceOf) {
  const auto never = [](std::span<const std::byte>, uint64_t) {
    ADD_FAILURE() << "asked";
    return std::span<std::byte>();
  };
  write(1001);
  EXPECT_NE(refusal(1000, never).find("more than the 1000 bytes"), std::string::npos);
  EXPECT_NE(refusal(1000, never).find("a remedy"), std::string::npos);

  // A pipe has no size. What came out of it is kept for the guest's restart.
  ::unlink(path_.c_str());
  ASSERT_EQ(::mkfifo(path_.c_str(), 0600), 0);
  const std::string path = path_;
  std::jthread writer([path] { write_file("x", path, std::vector<std::byte>(70'000)); });
  FileSource files;
  files.open({{"--kernel", path_}});
  EXPECT_EQ(files.read("--kernel", path_, 100'000, {}, never).bytes().size(), 70'000u);
  EXPECT_EQ(files.read("--kernel", path_, 100'000, {}, never).bytes().size(), 70'000u);
}

// Its place was made for the size that it had.
TEST_F(FileSourceTest, RefusesAFileThatChangesItsSize) {
  for (const off_t size : {0, 4999, 5001}) {
    write(5000);
    const std::string said = refusal(1 << 20, [&](std::span<const std::byte>, uint64_t all) {
      EXPECT_EQ(::truncate(path_.c_str(), size), 0);
      return std::span(ram_).first(all);
    });
    EXPECT_NE(said.find("changed its size"), std::string::npos) << size << ": " << said;
  }
}

}  // namespace
}  // namespace hvk
