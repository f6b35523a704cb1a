// SPDX-License-Identifier: GPL-2.0-only
// The file of a bank of flash: made, found again, refused; and the memory over it.
#include "devices/vars_file.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <fstream>
#include <iterator>

#include "base/error.h"
#include "devices/flash_memory.h"
#include "tests/unit/support.h"
#include "tests/unit/temporary_folder.h"

namespace hvk {
namespace {

constexpr uint64_t kSize = 1 << 20;

class VarsFileTest : public testing::Test {
 protected:
  std::string path(const char* name = "vars") const { return (folder_.path() / name).string(); }

  std::string content(const char* name = "vars") const {
    std::ifstream file(path(name), std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  void put(const char* name, const std::string& text) const {
    std::ofstream(path(name), std::ios::binary) << text;
  }
  std::string refusal(const char* name) const {
    try {
      VarsFile file(path(name), kSize);
    } catch (const SetupError& error) {
      return error.what();
    }
    return "(taken)";
  }

  test::TemporaryFolder folder_;
};

constexpr std::byte kText[] = {std::byte{'a'}, std::byte{'b'}};

TEST_F(VarsFileTest, IsMadeErased) {
  { VarsFile file(path(), kSize); }
  EXPECT_EQ(content(), std::string(kSize, '\xff'));
}

TEST_F(VarsFileTest, GoesOnWhereItsMakingWasCutShort) {
  for (const size_t size : {size_t{0}, size_t{1}, size_t{kSize - 1}}) {
    put("cut", std::string(size, '\xff'));
    EXPECT_EQ(refusal("cut"), "(taken)") << size;
    EXPECT_EQ(content("cut"), std::string(kSize, '\xff')) << size;
  }
}

TEST_F(VarsFileTest, KeepsWhatIsWritten) {
  {
    VarsFile file(path(), kSize);
    FlashMemory memory(kSize, file);
    EXPECT_TRUE(memory.write(kSize - 2, kText));
    EXPECT_TRUE(memory.write(4095, kText));
    // Not only at the end: a killed process writes nothing then.
    EXPECT_EQ(content().substr(4094, 4),
              "\xff"
              "ab\xff");
  }
  std::string expected(kSize, '\xff');
  expected.replace(kSize - 2, 2, "ab").replace(4095, 2, "ab");
  EXPECT_EQ(content(), expected);
  VarsFile file(path(), kSize);
  const FlashMemory again(kSize, file);
  EXPECT_TRUE(std::equal(again.bytes().begin(), again.bytes().end(), expected.begin(),
                         [](std::byte a, char b) { return a == std::byte(b); }));
}

TEST_F(VarsFileTest, IsOneGuestsAlone) {
  {
    const VarsFile first(path(), kSize);
    EXPECT_NE(refusal("vars").find("vars=" + path() + ": another guest has it; give each"),
              std::string::npos);
  }
  EXPECT_EQ(refusal("vars"), "(taken)");
}

TEST_F(VarsFileTest, RefusesWhatIsNoBank) {
  put("short", "not erased");
  put("almost", std::string(kSize - 1, '\xff').replace(kSize - 3, 1, "x"));
  put("long", std::string(kSize + 1, '\xff'));
  ::mkdir(path("folder").c_str(), 0700);
  ::mkfifo(path("pipe").c_str(), 0600);
  const struct {
    const char* name;
    const char* says;
  } table[] = {
      {"short", "has 10 bytes, a bank of flash has 1 MiB; truncate -s 1M makes it as long"},
      {"almost", "a bank of flash has 1 MiB"},
      {"long", "a bank of flash has 1 MiB; give a file that was made"},
      {"folder", "Is a directory"},
      {"pipe", "is not a file"},
      {"no-folder/vars", "No such file"},
  };
  for (const auto& row : table) {
    const bool file = std::filesystem::is_regular_file(path(row.name));
    const std::string before = file ? content(row.name) : "";
    const std::string why = refusal(row.name);
    EXPECT_NE(why.find(row.says), std::string::npos) << row.name << ": " << why;
    EXPECT_NE(why.find("--firmware: vars=" + path(row.name)), std::string::npos) << why;
    if (file) {
      EXPECT_EQ(content(row.name), before) << row.name;
    }
  }
}

TEST(FlashMemory, IsErasedAndKeepsApart) {
  FlashMemory one((2 << 20) + 8192), other(4096);
  one.load(8190, kText);
  EXPECT_TRUE(one.write((2 << 20) + 8190, kText));
  EXPECT_EQ(one.bytes()[8189], std::byte{0xff});
  EXPECT_EQ(one.bytes()[8190], std::byte{'a'});
  EXPECT_EQ(one.bytes()[8191], std::byte{'b'});
  EXPECT_EQ(one.bytes()[8192], std::byte{0xff});
  EXPECT_EQ(one.bytes().back(), std::byte{'b'});
  EXPECT_EQ(other.bytes()[0], std::byte{0xff});
  EXPECT_EQ(other.bytes().size(), 4096u);
}

}  // namespace
}  // namespace hvk
