// SPDX-License-Identifier: GPL-2.0-only
// The system file's mistakes: each alone, with its line and its words.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "config/needs_hvk.h"
#include "tests/unit/system_files.h"

namespace hvk {
namespace {

using namespace test;

struct Row {
  std::string text;
  unsigned line;
  const char* says;
};

void expect_one_mistake(const Row& row, const HostFacts& facts = host()) {
  const std::vector<std::string> found = mistakes(row.text, facts);
  ASSERT_EQ(found.size(), 1u) << row.text << testing::PrintToString(found);
  const std::string place = "demo.toml:" + std::to_string(row.line) + ": ";
  EXPECT_TRUE(found[0].starts_with(place)) << found[0] << "\n" << row.text;
  EXPECT_NE(found[0].find(row.says), std::string::npos) << found[0] << "\n" << row.says;
}

TEST(SystemMistakes, MistakesOfTheWhole) {
  const Row kTable[] = {
      {"name = \"x\nname = 1", 1, "not TOML at column 10: "},
      {"a = 1\na = 2\n", 2, "cannot redefine"},
      {"\n\n= 1", 3, "not TOML at column 1"},
      {"\n[[partit!ion]]", 2, "not TOML at column 9"},
      {"\n[[[partition]]]", 2, "not TOML at column 3"},
      {"\n\u00e4 = 1", 2, "not TOML at column 1"},
      {"a = [\u0222", 1, "not TOML at column 6"},
      {"a = \u00a01", 1, "not TOML at column 5"},
      {"a = '\u00e4' \u00e4", 1, "not TOML at column"},
      {"a = 11e\"\u0222\"", 1, "not TOML at column"},
      {"a = 11='\u0222'", 1, "not TOML at column"},
      {"a = '\xc3'", 1, "not TOML at column"},
      {"a = 'b\n\u00e4'", 1, "not TOML at column"},
      {"# \xff", 1, "not TOML at column"},
      {"# \xed\xa0\x80", 1, "not TOML at column"},
      {"a = \"\"\"\n\u00e4\"\"\"\"\u3000", 2, "not TOML at column"},
      {"[[!", 1, "not TOML at column 3"},
      {"[[partition]]\nname = \"\xff\"\n", 2, "not TOML"},
      {"", 1, "the system has no partition, expected one [[partition]] for each guest"},
      {"partition = []", 1, "no partition, expected one [[partition]]"},
      {"[partition]\nname = \"a\"", 1, "partition is a table, expected tables; begin each with"},
      {"partition = [1, { name = \"a\", kernel = \"k\" }]", 1, "an integer in [[partition]]"},
      {"name = 5\n" + kTwo, 1, "name is an integer, expected the system's name"},
      {"name = \"\"\n" + kTwo, 1, "name '' is not one, expected 1 to 63 characters"},
      {"name = \"a\\u001b[2J\"\n" + kTwo, 1, "name 'a?[2J' is not one"},
      {"grace = 10\n" + kTwo, 1, "grace is an integer, expected a time such as"},
      {"grace = \"10\"\n" + kTwo, 1, "grace is '10', expected a time such as"},
      {"grace = \"3601s\"\n" + kTwo, 1, "grace of 3601s, expected at most 3600s"},
      {"shedule = 1\n" + kTwo, 1, "unknown key 'shedule' in the system; did you mean 'schedule'?"},
      {"colour = 1\n" + kTwo, 1, "unknown key 'colour' in the system"},
      {kTwo + "[schedule]\nframe = \"1ms\"\n" + "window = [ " + window(1, "a", "0s", "20us") +
           "]\nwindows = 1\n",
       12, "unknown key 'windows' in [schedule]; did you mean 'window'?"},
      {"schedule = 1\n" + kTwo, 1, "schedule is an integer, expected a table: [schedule]"},
      {"channel = \"x\"\n" + kTwo, 1, "channel is a string, expected tables"},
      {"shared = 1979-05-27\n" + kTwo, 1, "shared is a date or time of day, expected tables"},
  };
  for (const Row& row : kTable) expect_one_mistake(row);
}

TEST(SystemMistakes, MistakesOfDevices) {
  const Row kTable[] = {
      {guest("disk = 5"), 4, "disk: an integer, expected \"FILE[,ro=on]"},
      {guest("disk = \"\""), 4, "disk: the file name is empty"},
      {guest("disk = { ro = true }"), 4, "disk: the file name is empty"},
      {guest("disk = [\"a\",\n\"b,ro=1\"]"), 5, "disk: ro=1: expected on or off"},
      {guest("disk = [\"a\",\n[\"b\"]]"), 5, "disk: an array, expected"},
      {guest("disk = { file = \"a\", rw = true }"), 4, "disk: unknown key 'rw', expected ro or"},
      {guest("disk = { file = [\"a\"] }"), 4, "disk: file is an array, expected a string"},
      {guest("disk = { file = \"a\", ro = [true] }"), 4, "disk: ro is an array"},
      {guest("net = \"wifi\""), 4, "net: 'wifi' is no kind of network, expected user, tap or"},
      {guest("net = { kind = \"user\", hostfwd = [\"tcp::22-:22\", \"x\"] }"), 4, "hostfwd='x'"},
      {guest("net = { kind = \"tap\", ifname = 1.5 }"), 4, "ifname is a number with a fraction"},
      {guest("rng = \"on\""), 4, "rng is a string, expected true or false"},
      {guest("[[partition.disk]]\nfile = \"a\"\nro = 2"), 4, "disk: ro=2: expected on or off"},
  };
  for (const Row& row : kTable) expect_one_mistake(row);
}

TEST(SystemMistakes, MistakesOfAPartition) {
  const Row kTable[] = {
      {"[[partition]]\nkernel = \"k\"", 1, "this [[partition]] has no name, expected 1 to 31"},
      {"[[partition]]\nname = 1\nkernel = \"k\"", 2, "name is an integer"},
      {"[[partition]]\nname = \"Mine\"\nkernel = \"k\"", 2,
       "name 'Mine' is not one: it has 'M', expected 1 to 31 of a to z (lower case), 0 to 9, - and "
       "_; did you mean 'mine'?"},
      {"[[partition]]\nname = \"a b\"\nkernel = \"k\"", 2,
       "name 'a b' is not one: it has ' ', exp"},
      {"[[partition]]\nname = \"\u00e4\"\nkernel = \"k\"", 2,
       "has a character that is not in ASCII"},
      {"[[partition]]\nname = \"\"\nkernel = \"k\"", 2, "name '' is not one, expected 1 to 31"},
      {"[[partition]]\nkernel = \"k\"\nname = \"" + std::string(32, 'x') + "\"", 3,
       "it has 32 characters, expected 1 to 31"},
      {guest("[[partition]]\nkernel = \"b\"\nname = \"a\"\n"), 6,
       "partition 'a' is line 2's already, expected another name"},
      {"[[partition]]\nname = \"a\"", 1, "nothing to run: give kernel FILE or firmware FILE"},
      {guest("kernell = \"x\""), 4, "unknown key 'kernell' in this [[partition]]; did you mean"},
      {"[[partition]]\nname = \"a\"\nkernel = 1", 3, "kernel is an integer, expected a file's"},
      {"[[partition]]\nname = \"a\"\nkernel = \"\"", 3, "kernel is '', expected a file's name"},
      {"[[partition]]\nname = \"a\"\nkernel = \"a\\u0000b\"", 3, "kernel is 'a?b', expected"},
      {"[[partition]]\nname = \"a\"\nkernel = \"nowhere\"", 3, "kernel 'nowhere': no such file"},
      {"[[partition]]\nname = \"a\"\nfirmware = \"nowhere\"", 3, "firmware 'nowhere': no such"},
      {guest("initrd = \"nowhere\""), 4, "initrd 'nowhere': no such file"},
      {guest("dtb = \"nowhere\""), 4, "dtb 'nowhere': no such file"},
      {guest("firmware = \"f\""), 4, "kernel and firmware exclude each other"},
      {"[[partition]]\nname = \"a\"\nfirmware = \"f\"\ninitrd = \"i\"", 4, "initrd needs kernel"},
      {guest("format = \"elf\""), 4, "format is 'elf', expected \"raw\"; all else"},
      {guest("format = true"), 4, "format is a boolean, expected \"raw\""},
      {guest("load = \"0x40080000\""), 4, "load is a string, expected an integer"},
      {guest("load = -4"), 4, "load is -4, expected 0 to"},
      {guest("load = 0x40000001"), 4, "load is 0x40000001, expected a multiple of 4"},
      {guest("load = 0x3ffffffc"), 4, "load is 0x3ffffffc, expected an address in the RAM, 0x4000"},
      {guest("load = 0x40100000\nmemory = \"1M\""), 4, "in the RAM, 0x40000000 to 0x400fffff"},
      {"[[partition]]\nname = \"a\"\nfirmware = \"f\"\nload = 0x40000000", 4,
       "load is of a kernel: firmware goes to address 0"},
      {guest("append = [\"quiet\"]"), 4, "append is an array, expected the kernel's command line"},
      {guest("append = \"a\\nb\""), 4, "append has a control character"},
      {guest("memory = 16"), 4, "memory is an integer, expected a size such as"},
      {guest("memory = \"16Q\""), 4, "memory is '16Q', expected a size such as"},
      {guest("memory = \"0\""), 4, "memory is '0', expected a size"},
      {guest("memory = \"60K\""), 4, "memory must be 64K to 1023G, in multiples of 4K"},
      {guest("memory = \"99999999\""), 4, "4K ('99999999': a number without K, M or G is MiB)"},
      {guest("memory = \"65K\""), 4, "in multiples of 4K"},
      {guest("memory = \"1024G\""), 4, "memory must be"},
      {guest("cpus = \"2\""), 4, "cpus is a string, expected an integer, 1 to 8"},
      {guest("cpus = 0"), 4, "cpus is 0, expected 1 to 8"},
      {guest("cpus = 9"), 4, "cpus is 9, expected 1 to 8"},
      {guest("cpus = -1"), 4, "cpus is -1, expected 1 to 8"},
      {guest("cpus = 1.5"), 4, "cpus is a number with a fraction"},
      {guest("host-cpus = 1"), 4, "host-cpus is an integer, expected a list of the host's CPUs"},
      {guest("host-cpus = []"), 4, "host-cpus names 0 CPUs, expected 1: one for each vCPU"},
      {guest("host-cpus = [0, 1]"), 4, "host-cpus names 2 CPUs, expected 1"},
      {guest("host-cpus = [\n-1]"), 5, "host-cpus has -1, expected a list"},
      {guest("host-cpus = [8192]"), 4, "host-cpus has 8192, expected a list"},
      {guest("host-cpus = [true]"), 4, "host-cpus has a boolean, expected a list"},
      {guest("host-cpus = [2]"), 4, "host CPU 2 is not online, expected one of 0 1 3"},
      {guest("restart = true"), 4, "restart is a boolean, expected never, on-crash or always"},
      {guest("restart = \"on_crash\""), 4,
       "restart is 'on_crash', expected never, on-crash or "
       "always; did you mean 'on-crash'?"},
      {guest("restart = \"always\"\nrestart-limit = 2"), 5, "restart-limit is of restart = "},
      {guest("restart-limit = 2"), 4, "restart-limit is of restart = \"on-crash\""},
      {guest("restart = \"on-crash\"\nrestart-limit = 0"), 5, "is 0, expected 1 to 1000000"},
      {guest("restart = \"sometimes\"\nrestart-limit = 1"), 4, "restart is 'sometimes'"},
      {guest("console = \"tty\""), 4, "console is 'tty', expected terminal, file=PATH, pty"},
      {guest("console = \"file=\""), 4, "console is 'file=', expected"},
      {guest("console = \"file=a\\tb\""), 4, "console is 'file=a?b', expected"},
      {guest("console = \"unix=" + std::string(108, 'x') + "\""), 4, "console is 'unix=xxx"},
      {guest("console = 0"), 4, "console is an integer, expected terminal"},
      {guest("console = \"unix=s\"\n[[partition]]\nname = \"b\"\nkernel = \"k\"\n"
             "console = \"unix=./s\""),
       8, "socket 's' is line 4's console already, expected another"},
      {guest("start = 1"), 4, "start is an integer, expected true or false"},
  };
  for (const Row& row : kTable) expect_one_mistake(row);
}

TEST(SystemMistakes, MistakesOfTheSchedule) {
  const std::string good = window(1, "a", "0ms", "1ms");
  const Row kTable[] = {
      {kTwo + "[schedule]\nwindow = [\n" + good + "]", 8, "[schedule] has no frame, expected a"},
      {kTwo + "[schedule]\nframe = \"1ms\"", 8, "[schedule] has no window, expected [{ cpu = 1"},
      {kTwo + "[schedule]\nframe = \"1ms\"\nwindow = []", 10, "no window, expected [{ cpu"},
      {kTwo + "[schedule]\nframe = \"1ms\"\nwindow = 1", 10, "window is an integer, expected [{"},
      {kTwo + "[schedule]\nframe = 10\nwindow = [\n" + good + "]", 9, "frame is an integer"},
      {kTwo + "[schedule]\nframe = \"10\"\nwindow = [\n" + good + "]", 9,
       "frame is '10', expected a time such as"},
      {kTwo + "[schedule]\nframe = \"99us\"\nwindow = [\n" + window(1, "a", "0s", "20us") + "]", 9,
       "frame of 99us, expected 100us to 10s"},
      {kTwo + "[schedule]\nframe = \"11s\"\nwindow = [\n" + good + "]", 9,
       "frame of 11s, expected 100us to 10s"},
      {kFrame + "1,\n" + good + "]", 11, "an integer in window, expected a table"},
      {kFrame + good + "{ partition = \"a\", offset = \"1ms\", length = \"1ms\" }]", 12,
       "this window has no cpu, expected the host's CPU"},
      {kFrame + good + "{ cpu = 1, offset = \"1ms\", length = \"1ms\" }]", 12,
       "this window has no partition, expected a partition's name"},
      {kFrame + good + "{ cpu = 1, partition = \"a\", length = \"1ms\" }]", 12,
       "this window has no offset"},
      {kFrame + good + "{ cpu = 1, partition = \"a\", offset = \"1ms\" }]", 12,
       "this window has no length"},
      {kFrame + good +
           "{ cpu = 1, partition = \"a\", offset = \"1ms\", lenght = \"1ms\", "
           "length = \"1ms\" }]",
       12, "unknown key 'lenght' in this window; did you mean 'length'?"},
      {kFrame + window(-1, "a", "0s", "1ms") + "]", 11, "cpu is -1, expected 0 to 8191"},
      {kFrame + window(1, "aa", "0s", "1ms") + "]", 11,
       "partition names 'aa', which is no partition, expected the name of a [[partition]]; did "
       "you mean 'a'?"},
      {kFrame + window(1, "a", "0", "1ms") + "]", 11, "offset is '0', expected a time"},
      {kFrame + window(1, "a", "-1ms", "1ms") + "]", 11, "offset is '-1ms', expected a time"},
      {kFrame + window(1, "a", "0s", "1.5ns") + "]", 11, "length is '1.5ns', expected a time"},
      {kFrame + window(1, "a", "0s", "19999ns") + "]", 11, "window of 19999ns, expected 20us or"},
      {kFrame + window(1, "a", "6ms", "5ms") + "]", 11,
       "window from 6ms of 5ms is not inside the frame, expected its end by 10ms"},
      {kFrame + window(1, "a", "18446744073709551615ns", "1ms") + "]", 11, "not inside the frame"},
      {kFrame + window(1, "a", "2ms", "2ms") + window(1, "a", "0ms", "3ms") + "]", 11,
       "window of 'a' overlaps that of 'a' on CPU 1 (line 12), expected an offset of 3ms or more"},
      {kFrame + window(1, "a", "0ms", "5ms") + window(1, "a", "4ms", "1ms") + "]", 12, "overlaps"},
      {kFrame + window(1, "a", "0ms", "9600us") + "]", 11,
       "CPU 1 has 96.0 % of 10ms in windows, expected at most 95 %: the kernel throttles real-time "
       "threads, and windows would lose 10.4 ms of each 1000 ms, at a stretch; leave gaps, or "
       "switch "
       "that off with sysctl kernel.sched_rt_runtime_us=-1"},
      {kFrame + good + window(1, "b", "1ms", "1ms") + "]", 5,
       "partition 'b' has windows and no host-cpus, expected host-cpus = [...]"},
      {kFrame + good + window(3, "a", "1ms", "1ms") + "]", 12,
       "window of 'a' on CPU 3, expected one of its host-cpus (line 4)"},
      {guest("cpus = 2\nhost-cpus = [1, 1]\n[schedule]\nframe = \"10ms\"\nwindow = [\n") + good +
           "]",
       5, "two vCPUs of 'a' on CPU 1, expected a CPU for each"},
      {guest("cpus = 2\nhost-cpus = [1, 3]\n[schedule]\nframe = \"10ms\"\nwindow = [\n") + good +
           "]",
       5, "partition 'a' has a vCPU on CPU 3 and no window there"},
  };
  for (const Row& row : kTable) expect_one_mistake(row);
}

// A window that is wrong is not there, and is not missed either.
TEST(SystemMistakes, AWrongWindowMakesOneMistake) {
  expect_one_mistake(
      {guest("cpus = 2\nhost-cpus = [1, 3]\n[schedule]\nframe = \"10ms\"\nwindow = [\n") +
           window(1, "a", "0ms", "1ms") + window(3, "a", "0ms", "long") + "]",
       10, "length is 'long'"});
  expect_one_mistake({kFrame + window(1, "a", "5ms", "10ms") + "]", 11, "is not inside the frame"});
}

TEST(SystemMistakes, EachWindowInALongOne) {
  const std::vector<std::string> found =
      mistakes(kFrame + window(1, "a", "0ms", "5ms") + window(1, "a", "1ms", "1ms") +
               window(1, "a", "3ms", "1ms") + "]");
  ASSERT_EQ(found.size(), 2u);
  EXPECT_TRUE(found[0].starts_with("demo.toml:12: ")) << found[0];
  EXPECT_TRUE(found[1].starts_with("demo.toml:13: ")) << found[1];
}

TEST(SystemMistakes, AWindowOnACpuThatIsOffline) {
  const std::vector<std::string> found =
      mistakes(guest("host-cpus = [2]\n[schedule]\nframe = \"10ms\"\nwindow = [\n") +
               window(2, "a", "0ms", "1ms") + "]");
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[0], "demo.toml:4: host CPU 2 is not online, expected one of 0 1 3");
  EXPECT_EQ(found[1], "demo.toml:8: host CPU 2 is not online, expected one of 0 1 3");
}

TEST(SystemMistakes, MistakesOfChannels) {
  const Row kTable[] = {
      {kTwo + "[[channel]]\nfrom = \"a\"\nto = \"b\"", 8, "this [[channel]] has no name"},
      {kTwo + "[[channel]]\nname = \"c d\"\nfrom = \"a\"\nto = \"b\"", 9, "name 'c d' is not one"},
      {kTwo + "[[channel]]\nname = \"c\"\nto = \"b\"", 8, "has no from, expected a partition's"},
      {kTwo + "[[channel]]\nname = \"c\"\nfrom = \"a\"", 8, "has no to, expected a partition's"},
      {kTwo + "[[channel]]\nname = \"c\"\nfrom = \"a\"\nto = \"nobody\"", 11,
       "to names 'nobody', which is no partition"},
      {kTwo + "[[channel]]\nname = \"c\"\nfrom = 0\nto = \"b\"", 10, "from is an integer"},
      {kTwo + "[[channel]]\nname = \"c\"\nfrom = \"a\"\nto = \"a\"", 11,
       "channel from 'a' to itself, expected another partition"},
      {kTwo + "[[channel]]\nname = \"c\"\nfrom = \"a\"\nto = \"b\"\n"
              "[[channel]]\nname = \"c\"\nfrom = \"b\"\nto = \"a\"",
       13, "channel 'c' is line 9's already"},
      {kTwo + "[[channel]]\nname = \"c\"\nfrom = \"a\"\nto = \"b\"\nsize = 1", 12,
       "unknown key 'size' in this [[channel]]"},
  };
  for (const Row& row : kTable) expect_one_mistake(row);
}

TEST(SystemMistakes, MistakesOfRegions) {
  const std::string shared = kTwo + "[[shared]]\nname = \"s\"\n";
  const std::string access = "\naccess = { a = \"rw\" }\n";
  const Row kTable[] = {
      {kTwo + "[[shared]]\nsize = \"4K\"" + access, 8, "this [[shared]] has no name"},
      {shared + access, 8, "this [[shared]] has no size"},
      {shared + "size = \"4K\"", 8, "this [[shared]] has no access, expected { NAME"},
      {shared + "size = 4096" + access, 10, "size is an integer, expected a size such as"},
      {shared + "size = \"6K\"" + access, 10, "region of 6 KiB, expected 4K to 240M in multiples"},
      {shared + "size = \"241M\"" + access, 10, "region of 241 MiB, expected 4K to 240M"},
      {shared + "size = \"5000\"" + access, 10,
       "region of 4.9 GiB ('5000': a number without K, M or G is MiB), expected 4K to 240M"},
      {shared + "size = \"4K\"\naddress = 0x2ffff000" + access, 11,
       "address is 0x2ffff000, expected 0x30000000 to 0x3efff000 in multiples of 0x1000"},
      {shared + "size = \"4K\"\naddress = 0x3f000000" + access, 11, "address is 0x3f000000"},
      {shared + "size = \"4K\"\naddress = 0x30000800" + access, 11, "in multiples of 0x1000"},
      {shared + "size = \"4K\"\naddress = -1" + access, 11, "address is -1, expected"},
      {shared + "size = \"4K\"\naddress = \"0x30000000\"" + access, 11, "address is a string"},
      {shared + "size = \"8K\"\naddress = 0x3efff000" + access, 11,
       "region of 8 KiB at 0x3efff000, expected its end at 0x3f000000 or below"},
      {shared + "size = \"8K\"\naddress = 0x30000000" + access +
           "[[shared]]\nname = \"t\"\nsize = \"4K\"\naddress = 0x30001000" + access,
       16, "region of 4 KiB at 0x30001000 overlaps 's' (line 11), expected 0x30002000 or above"},
      {shared + "size = \"240M\"" + access + "[[shared]]\nname = \"t\"\nsize = \"4K\"" + access, 12,
       "no room for a region of 4 KiB, expected all regions within 240 MiB"},
      {shared + "size = \"4K\"\ncached = \"no\"" + access, 11, "cached is a string, expected true"},
      {shared + "size = \"4K\"\naccess = \"a\"", 11, "access is a string, expected { NAME"},
      {shared + "size = \"4K\"\naccess = {}", 11, "access of nobody, expected { NAME"},
      {shared + "size = \"4K\"\naccess = { c = \"r\" }", 11, "access names 'c', which is no"},
      {shared + "size = \"4K\"\naccess = { a = \"w\" }", 11,
       "access of 'a' is 'w', expected \"r\" or \"rw\""},
      {shared + "size = \"4K\"\naccess = { a = true }", 11, "access of 'a' is a boolean"},
      {shared + "size = \"4K\"" + access + shared.substr(kTwo.size()) + "size = \"4K\"" + access,
       13, "shared region 's' is line 9's already"},
      {shared + "size = \"4K\"\nadress = 0" + access, 11, "did you mean 'address'?"},
  };
  for (const Row& row : kTable) expect_one_mistake(row);
}

TEST(SystemMistakes, MoreThan64) {
  std::string guests, windows = kFrame, channels = kTwo, regions = kTwo;
  for (int i = 0; i < 65; ++i) {
    const std::string n = std::to_string(i);
    guests += "[[partition]]\nname = \"p" + n + "\"\nkernel = \"k\"\n";
    windows += window(1, "a", (n + "00us").c_str(), "20us");
    channels += "[[channel]]\nname = \"c" + n + "\"\nfrom = \"a\"\nto = \"b\"\n";
    regions += "[[shared]]\nname = \"s" + n + "\"\nsize = \"4K\"\naccess = { a = \"r\" }\n";
  }
  const Row kTable[] = {
      {guests, 64 * 3 + 1, "65 of [[partition]], expected at most 64"},
      {windows + "]", 10 + 65, "65 of window, expected at most 64"},
      {channels, 7 + 64 * 4 + 1, "65 of [[channel]], expected at most 64"},
      {regions, 7 + 64 * 4 + 1, "65 of [[shared]], expected at most 64"},
  };
  for (const Row& row : kTable) expect_one_mistake(row);
}

// Real-time threads get 95 % of each second, or all of it.
TEST(SystemMistakes, RtThrottling) {
  const HostFacts off = {.online = host().online};
  const HostFacts half = {.online = host().online, .rt = RtLimits::throttling(500, 1000)};
  const auto system = [](const char* frame, const std::string& windows) {
    return guest("host-cpus = [1]\n[schedule]\nframe = \"") + frame + "\"\nwindow = [\n" + windows +
           "]\n";
  };
  struct {
    const char* name;
    const HostFacts& facts;
    std::string text;
    bool good;
  } const kTable[] = {
      {"95 %", host(), system("10ms", window(1, "a", "0s", "9.5ms")), true},
      {"a little more", host(), system("10ms", window(1, "a", "0s", "9501us")), false},
      {"in two windows", host(),
       system("10ms", window(1, "a", "0s", "5ms") + window(1, "a", "5ms", "4501us")), false},
      {"all, not throttled", off, system("10ms", window(1, "a", "0s", "10ms")), true},
      {"half of half", half, system("10ms", window(1, "a", "1ms", "5ms")), false},
      {"half, spread", half,
       system("2ms", window(1, "a", "0ms", "500us") + window(1, "a", "1ms", "500us")), true},
      {"a long frame, 50 % at once", host(), system("4s", window(1, "a", "0s", "2s")), false},
      {"a long frame, 0.9 s at once", host(), system("4s", window(1, "a", "0s", "900ms")), true},
      {"a long frame, over its end", host(),
       system("4s", window(1, "a", "0s", "500ms") + window(1, "a", "3500ms", "500ms")), false},
  };
  for (const auto& row : kTable) {
    const std::vector<std::string> found = mistakes(row.text, row.facts);
    EXPECT_EQ(found.empty(), row.good) << row.name << testing::PrintToString(found);
    if (!row.good) {
      ASSERT_EQ(found.size(), 1u) << row.name;
      EXPECT_NE(found[0].find("the kernel throttles"), std::string::npos) << found[0];
    }
  }
}

// A host with 1 GiB of RAM, 1 GiB of swap and half a GiB that is free.
TEST(SystemMistakes, MemoryOfTheHost) {
  HostFacts facts = host();
  facts.memory = HostFacts::Memory{1 << 30, 1 << 30, 512 << 20};
  const auto two = [](const char* a, const char* b, const char* more) {
    return std::string(
               "[[partition]]\nname = \"a\"\nkernel = \"k\"\nhost-cpus = [1]\nmemory = \"") +
           a + "\"\n[[partition]]\nname = \"b\"\nkernel = \"k\"\nhost-cpus = [1]\nmemory = \"" + b +
           "\"\n" + more;
  };
  const std::string windows = "[schedule]\nframe = \"10ms\"\nwindow = [\n" +
                              window(1, "a", "0ms", "1ms") + window(1, "b", "1ms", "1ms") + "]\n";
  const std::string shared = "[[shared]]\nname = \"s\"\nsize = \"100M\"\naccess = { a = \"rw\" }\n";
  struct {
    const char* name;
    std::string text;
    unsigned line;  // 0: no mistake
    const char* says;
  } const kTable[] = {
      {"all of it, each", two("2G", "2G", ""), 0, ""},
      {"more than all", two("2049M", "1M", ""), 5,
       "partition 'a' has memory of 2.0 GiB, expected at most 2 GiB: this host's RAM and swap"},
      {"a bare number", two("1M", "4096", ""), 10,
       "partition 'b' has memory of 4 GiB ('4096': a number without K, M or G is MiB), expected"},
      {"without the key", guest("cpus = 2"), 0, ""},
      {"in windows", two("240M", "240M", windows.c_str()), 0, ""},
      {"too much in windows", two("240M", "241M", windows.c_str()), 10,
       "partition 'b' has windows and memory of 241 MiB, which stays in RAM: 481 MiB with all such "
       "before it, expected at most 480 MiB, which this host can spare"},
      {"too much with a region", two("200M", "200M", (windows + shared).c_str()), 10, "500 MiB"},
      {"a region of none in windows", two("200M", "200M", shared.c_str()), 0, ""},
  };
  for (const auto& row : kTable) {
    const std::vector<std::string> found = mistakes(row.text, facts);
    ASSERT_EQ(found.size(), row.line ? 1u : 0u) << row.name << testing::PrintToString(found);
    if (!row.line) continue;
    EXPECT_TRUE(found[0].starts_with("demo.toml:" + std::to_string(row.line) + ": ")) << found[0];
    EXPECT_NE(found[0].find(row.says), std::string::npos) << row.name << ": " << found[0];
  }
}

// What /dev/kvm cannot do, by line.
TEST(SystemMistakes, WithoutHvk) {
  struct {
    const char* name;
    std::string text;
    std::vector<std::string> says;
  } const kTable[] = {
      {"guests alone", kTwo, {}},
      {"shared memory",
       kTwo + "[[shared]]\nname = \"s\"\nsize = \"4K\"\naccess = { a = \"r\" }",
       {}},
      {"windows",
       kFrame + window(1, "a", "0ms", "1ms") + "]",
       {"demo.toml:8: [schedule]: /dev/kvm has no windows of time; take the system to /dev/hvk, or "
        "leave it out"}},
      {"channels",
       kTwo + "[[channel]]\nname = \"c\"\nfrom = \"a\"\nto = \"b\"\n"
              "[[channel]]\nfrom = \"b\"\nname = \"d\"\nto = \"a\"",
       {"demo.toml:9: channel 'c': /dev/kvm has no event channels; take the system to /dev/hvk, or "
        "leave it out",
        "demo.toml:14: channel 'd': /dev/kvm has no event channels; take the system to /dev/hvk, "
        "or "
        "leave it out"}},
  };
  for (const auto& row : kTable) {
    Mistakes mistakes("demo.toml");
    check_without_hvk(parse(row.text), "/dev/kvm", mistakes);
    std::vector<std::string> found;
    try {
      mistakes.throw_if_any();
    } catch (const SystemFileError& error) {
      found = error.mistakes();
    }
    EXPECT_EQ(found, row.says) << row.name;
  }
}

TEST(SystemMistakes, AreText) {
  Mistakes mistakes("de\x1b[2Jmo\n.toml");
  mistakes.add(7, "a \x1b[1Gb\tc \u009b \x9b \u00e4");
  try {
    mistakes.throw_if_any();
    FAIL();
  } catch (const SystemFileError& error) {
    EXPECT_STREQ(error.what(), "de?[2Jmo?.toml:7: a ?[1Gb?c ? ? \u00e4");
  }
}

TEST(SystemMistakes, AnUnknownHostAllowsEverything) {
  EXPECT_EQ(mistakes(guest("host-cpus = [77]\n[schedule]\nframe = \"10ms\"\nwindow = [\n") +
                         window(77, "a", "0ms", "10ms") + "]",
                     {}),
            std::vector<std::string>());
}

}  // namespace
}  // namespace hvk
