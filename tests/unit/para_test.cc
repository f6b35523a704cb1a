// SPDX-License-Identifier: GPL-2.0-only
// The hypercalls that hvk-run answers: what each does, and every argument that is bad.
#include "partition/para.h"

#include "board/layout.h"
#include "config/grants.h"
#include "tests/unit/support.h"
#include "uapi/hvk_para.h"

namespace hvk {
namespace {

using test::StringSink;

constexpr uint64_t kRam = layout::kRamBase;
constexpr uint64_t kSize = 1 << 20;

SystemConfig some_system() {
  SystemConfig system;
  system.guests.resize(3);
  system.guests[0].name = "zero";
  system.guests[1].name = "one";
  system.guests[1].config.cpus = 2;
  system.guests[2].name = "two";
  system.frame_ns = 5'000'000;
  system.windows = {{1, 0, 0, 100'000}, {0, 0, 200'000, 100'000}, {1, 0, 400'000, 100'000}};
  system.channels = {{"a", 0, 2}, {"b", 1, 0}, {"c", 2, 1}};
  system.shared = {{"s", 0, 4096, true, {{0, true}, {2, false}}},
                   {"t", 0, 8192, false, {{1, false}, {2, true}}}};
  place_shared(system);
  return system;
}

class ParaTest : public ::testing::Test {
 protected:
  int64_t call(uint64_t function, uint64_t a = 0, uint64_t b = 0, uint64_t c = 0) {
    return para.call(function, {a, b, c}).result;
  }
  template <typename T>
  T read(uint64_t ipa) {
    T value;
    std::memcpy(&value, ram.at(ipa, sizeof(T))->data(), sizeof(T));
    return value;
  }
  void write(uint64_t ipa, std::string_view text) {
    std::memcpy(ram.at(ipa, text.size())->data(), text.data(), text.size());
  }

  const SystemConfig system = some_system();
  SystemLinks links{SystemConfig{}, "/dev/null"};  // nobody calls it
  std::vector<std::pair<uint64_t, std::string>> reports;
  const Place place{system, &links, 1, 7, [this](uint64_t code, std::string_view text) {
                      reports.emplace_back(code, text);
                    }};
  GuestMemory ram{kRam, kSize};
  StringSink console;
  Para para{place, ram, console};
};

TEST_F(ParaTest, WritesToTheConsole) {
  write(kRam + 100, "hello");
  EXPECT_EQ(call(HVK_PARA_CONSOLE_WRITE, kRam + 100, 5), 5);
  EXPECT_EQ(call(HVK_PARA_CONSOLE_PUTC, 0x100 + '!'), 0);
  EXPECT_EQ(call(HVK_PARA_CONSOLE_WRITE, kRam, 0), 0);
  EXPECT_EQ(console.text, "hello!");
}

TEST_F(ParaTest, TellsAboutItself) {
  EXPECT_EQ(call(HVK_PARA_INFO, kRam, 1000), int64_t{sizeof(hvk_para_info)});
  const auto info = read<hvk_para_info>(kRam);
  EXPECT_EQ(info.size, sizeof(info));
  EXPECT_EQ(info.id, 1u);
  EXPECT_EQ(info.nr_partitions, 3u);
  EXPECT_EQ(info.nr_vcpus, 2u);
  EXPECT_EQ(info.ram_ipa, kRam);
  EXPECT_EQ(info.ram_size, kSize);
  EXPECT_EQ(info.frame_ns, 5'000'000u);
  EXPECT_EQ(info.nr_windows, 2u);
  EXPECT_EQ(info.nr_channels, 2u);
  EXPECT_EQ(info.nr_shared, 1u);
  EXPECT_EQ(info.boots, 7u);
  EXPECT_STREQ(info.name, "one");
  // One that knows less gets less, and not a byte more.
  write(kRam + 0x2000, std::string(64, 'x'));
  EXPECT_EQ(call(HVK_PARA_INFO, kRam + 0x2000, 16), 16);
  EXPECT_EQ(read<char>(kRam + 0x2000 + 16), 'x');
}

TEST_F(ParaTest, ListsWhatWasGrantedAndNothingElse) {
  const struct {
    uint64_t index;
    uint32_t number, role, intid, peer;
    const char* name;
  } channels[] = {{0, 1, HVK_PARA_SEND, 0, 0, "b"}, {1, 2, HVK_PARA_RECEIVE, 98, 2, "c"}};
  for (const auto& expected : channels) {
    SCOPED_TRACE(expected.name);
    EXPECT_EQ(call(HVK_PARA_CHANNEL_INFO, expected.index, kRam, 100),
              int64_t{sizeof(hvk_para_channel)});
    const auto channel = read<hvk_para_channel>(kRam);
    EXPECT_EQ(channel.number, expected.number);
    EXPECT_EQ(channel.role, expected.role);
    EXPECT_EQ(channel.intid, expected.intid);
    EXPECT_EQ(channel.peer, expected.peer);
    EXPECT_STREQ(channel.name, expected.name);
  }
  EXPECT_EQ(call(HVK_PARA_CHANNEL_INFO, 2, kRam, 100), HVK_PARA_ENOENT);
  EXPECT_EQ(call(HVK_PARA_CHANNEL_INFO, UINT64_MAX, kRam, 100), HVK_PARA_ENOENT);

  EXPECT_EQ(call(HVK_PARA_SHARED_INFO, 0, kRam, 100), int64_t{sizeof(hvk_para_shared)});
  const auto shared = read<hvk_para_shared>(kRam);
  EXPECT_EQ(shared.ipa, layout::kShared.base + 4096);
  EXPECT_EQ(shared.size, 8192u);
  EXPECT_EQ(shared.flags, 0u);
  EXPECT_STREQ(shared.name, "t");
  EXPECT_EQ(call(HVK_PARA_SHARED_INFO, 1, kRam, 100), HVK_PARA_ENOENT);
}

TEST_F(ParaTest, RefusesBadArguments) {
  const uint64_t end = kRam + kSize;
  const struct {
    const char* name;
    uint64_t function, a, b, c;
    int64_t expected;
  } cases[] = {
      {"write too much", HVK_PARA_CONSOLE_WRITE, kRam, HVK_PARA_WRITE_MAX + 1, 0, HVK_PARA_EINVAL},
      {"write everything", HVK_PARA_CONSOLE_WRITE, kRam, UINT64_MAX, 0, HVK_PARA_EINVAL},
      {"write below RAM", HVK_PARA_CONSOLE_WRITE, kRam - 1, 1, 0, HVK_PARA_EFAULT},
      {"write past RAM", HVK_PARA_CONSOLE_WRITE, end - 4, 5, 0, HVK_PARA_EFAULT},
      {"write a device", HVK_PARA_CONSOLE_WRITE, layout::kPl011.base, 4, 0, HVK_PARA_EFAULT},
      {"write shared memory", HVK_PARA_CONSOLE_WRITE, layout::kShared.base, 4, 0, HVK_PARA_EFAULT},
      {"write around the end", HVK_PARA_CONSOLE_WRITE, UINT64_MAX, 2, 0, HVK_PARA_EFAULT},
      {"info, too small", HVK_PARA_INFO, kRam, 15, 0, HVK_PARA_EINVAL},
      {"info past RAM", HVK_PARA_INFO, end - 8, 16, 0, HVK_PARA_EFAULT},
      {"info around the end", HVK_PARA_INFO, UINT64_MAX - 7, UINT64_MAX, 0, HVK_PARA_EFAULT},
      {"channel, too small", HVK_PARA_CHANNEL_INFO, 0, kRam, 0, HVK_PARA_EINVAL},
      {"channel past RAM", HVK_PARA_CHANNEL_INFO, 0, end, 16, HVK_PARA_EFAULT},
      {"shared past RAM", HVK_PARA_SHARED_INFO, 0, end, 16, HVK_PARA_EFAULT},
      {"health, too long", HVK_PARA_HEALTH, 1, kRam, HVK_PARA_HEALTH_MAX + 1, HVK_PARA_EINVAL},
      {"health past RAM", HVK_PARA_HEALTH, 1, end, 1, HVK_PARA_EFAULT},
      {"unknown", HVK_PARA_FN_BASE + 63, 0, 0, 0, HVK_PARA_ENOSUP},
      {"the module's", HVK_PARA_TIME_NOW, 0, 0, 0, HVK_PARA_ENOSUP},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    const ParaAnswer answer = para.call(c.function, {c.a, c.b, c.c});
    EXPECT_EQ(answer.result, c.expected);
    EXPECT_FALSE(answer.end);
    EXPECT_EQ(answer.values, (std::array{c.a, c.b, c.c}));
  }
  EXPECT_EQ(console.text, "");
  EXPECT_TRUE(reports.empty());
}

TEST_F(ParaTest, ReportsHealthInPrintableWords) {
  write(kRam, "bad\x1b[2J\nthing");
  EXPECT_EQ(call(HVK_PARA_HEALTH, 42, kRam, 13), 0);
  EXPECT_EQ(call(HVK_PARA_HEALTH, 43, 0, 0), 0);
  ASSERT_EQ(reports.size(), 2u);
  EXPECT_EQ(reports[0].first, 42u);
  EXPECT_EQ(reports[0].second, "bad.[2J.thing");
  EXPECT_EQ(reports[1].second, "");
}

TEST_F(ParaTest, Ends) {
  EXPECT_EQ(para.call(HVK_PARA_HALT, {0, 0, 0}).end, GuestEnd::kPowerOff);
  EXPECT_EQ(para.halt_code(), 0u);
  EXPECT_EQ(para.call(HVK_PARA_HALT, {9, 0, 0}).end, GuestEnd::kCrash);
  EXPECT_EQ(para.halt_code(), 9u);
  EXPECT_EQ(para.call(HVK_PARA_REBOOT, {0, 0, 0}).end, GuestEnd::kReset);
}

}  // namespace
}  // namespace hvk
