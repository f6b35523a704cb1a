// SPDX-License-Identifier: GPL-2.0-only
// The system file: what good ones become, dumps, the manual, files and the host.
#include "sysfile/system_file.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "tests/unit/system_files.h"

namespace hvk {
namespace {

namespace fs = std::filesystem;

using namespace test;

TEST(SystemFile, Defaults) {
  const SystemConfig system = parse(guest(""));
  EXPECT_EQ(system.file, "demo.toml");
  EXPECT_EQ(system.name, "demo");
  EXPECT_EQ(system.grace_ns, Grace::kDefaultNs);
  EXPECT_FALSE(system.frame_ns);
  ASSERT_EQ(system.guests.size(), 1u);
  const GuestConfig& one = system.guests[0];
  EXPECT_EQ(one.config.kernel, "/parts/a.elf");
  EXPECT_EQ(one.config.memory, Config().memory);
  EXPECT_EQ(one.line, 2u);
  EXPECT_EQ(one.memory_line, 1u) << "it is not there: the partition's";
  EXPECT_EQ(one.config.cpus, 1u);
  EXPECT_TRUE(one.host_cpus.empty());
  EXPECT_EQ(one.restart.when, RestartConfig::When::kNever);
  EXPECT_EQ(one.console.kind, ConsoleConfig::Kind::kTerminal);
  EXPECT_TRUE(one.start);
}

TEST(SystemFile, AnyCharacterInStringsAndComments) {
  const struct {
    const char* name;
    const char* append;
  } kTable[] = {
      {"\"\u00e4\\\"\u0222\" # \u00a0", "\u00e4\"\u0222"},
      {"'\u00e4\\' # \"", "\u00e4\\"},
      {"\"\"\"\u00e4\"\u00e4\"\"\"\"\"", "\u00e4\"\u00e4\"\""},
      {"'''\u00e4'\u00e4'''", "\u00e4'\u00e4"},
      {"\"\" # \u00e4", ""},
  };
  for (const auto& row : kTable) {
    const std::string text = guest(std::string("append = ") + row.name + "\n# \u3000");
    EXPECT_EQ(parse("\xef\xbb\xbf" + text).guests[0].config.append, row.append) << row.name;
  }
}

TEST(SystemFile, WindowsComeInOrderAndRegionsGetAPlace) {
  const SystemConfig system = parse(R"([[partition]]
name = "a"
kernel = "k"
cpus = 2
host-cpus = [3, 0]
[schedule]
frame = "1ms"
window = [
  { cpu = 3, partition = "a", offset = "500us", length = "100us" },
  { cpu = 3, partition = "a", offset = "0us", length = "500us" },
  { cpu = 0, partition = "a", offset = "0.9ms", length = "100us" },
]
[[shared]]
name = "free"
size = "8K"
access = { a = "r" }
[[shared]]
name = "fixed"
size = "4K"
address = 0x30001000
access = { a = "rw" }
[[shared]]
name = "gap"
size = "4K"
access = { a = "rw" }
)");
  ASSERT_EQ(system.windows.size(), 3u);
  EXPECT_EQ(system.windows[0].cpu, 0u);
  EXPECT_EQ(system.windows[0].offset_ns, 900000u);
  EXPECT_EQ(system.windows[1].offset_ns, 0u);
  EXPECT_EQ(system.windows[2].offset_ns, 500000u);
  ASSERT_EQ(system.shared.size(), 3u);
  EXPECT_EQ(system.shared[0].ipa, 0x30002000u);
  EXPECT_EQ(system.shared[1].ipa, 0x30001000u);
  EXPECT_EQ(system.shared[2].ipa, 0x30000000u);
  ASSERT_EQ(system.shared[0].access.size(), 1u);
  EXPECT_FALSE(system.shared[0].access[0].write);
  EXPECT_TRUE(system.shared[1].access[0].write);
}

TEST(SystemFile, ConsolesCountFromTheFilesFolder) {
  const std::string text = guest("console = \"file=log/../a.log\"");
  const SystemConfig system = parse_system(text, "/etc/hvk/demo.toml", images, host());
  EXPECT_EQ(system.guests[0].console.path, "/etc/hvk/a.log");
  EXPECT_EQ(parse_system(guest("console = \"unix=/run/a\""), "x/y.toml", images, host())
                .guests[0]
                .console.path,
            "/run/a");
}

TEST(SystemFile, DevicesCountFromTheFilesFolder) {
  const std::string text =
      guest("disk = [\"a.img,ro=on\", { file = \"/dev/sda\" }]\nnet = \"socket,path=../n\"");
  const SystemConfig system = parse_system(text, "/etc/hvk/demo.toml", images, host());
  const Config& config = system.guests[0].config;
  EXPECT_EQ(config.disks[0].path, "/etc/hvk/a.img");
  EXPECT_EQ(config.disks[1].path, "/dev/sda");
  EXPECT_EQ(config.nets[0].path, "/etc/n");
}

// A file that is dumped is the same system, whose dump is the same.
void expect_stable(const std::string& text) {
  const FileChecker as_named = [](const std::string& name) { return FoundFile{name, ""}; };
  const std::string dump = dump_system(parse_system(text, "demo.toml", as_named, host()));
  EXPECT_EQ(dump_system(parse_system(dump, "other.toml", as_named, host())), dump);
}

TEST(SystemFile, Dump) {
  const std::string text = R"(
grace = "0s"
[[partition]]
name = "a"
kernel = "a \"quoted\" \\ name"
restart = "on-crash"
host-cpus = [1]
console = "none"
disk = "a,,b.img,ro=on"
net = { kind = "user", hostfwd = ["tcp::2222-:22", "udp:127.0.0.1:53-10.0.2.15:53"], restrict = true }
[[partition]]
name = "1"
firmware = "u-boot.bin"
disk = [ "../x.img", { file = "/dev/sdb", direct = true, id = "b" } ]
net = [ "tap,ifname=tap0,queues=2", { kind = "socket", path = "s", mac = "52:54:00:12:34:56" } ]
rng = false
format = "raw"
memory = "64K"
restart = "always"
start = false
[[partition]]
name = "linked"
kernel = "x,y.bin"
load = 0x40080000
[schedule]
frame = "10ms"
window = [ { cpu = 1, partition = "a", offset = "0ms", length = "2.5ms" } ]
[[channel]]
name = "c"
from = "a"
to = "1"
[[shared]]
name = "s"
size = "1M"
access = { 1 = "rw", a = "r" }
)";
  EXPECT_EQ(dump_system(parse(text)), R"(name = "demo"
grace = "0ns"

[[partition]]
name = "a"
kernel = "/parts/a \"quoted\" \\ name"
memory = "256M"
cpus = 1
disk = ["a,,b.img,ro=on"]
net = ["user,hostfwd=tcp::2222-:22,hostfwd=udp:127.0.0.1:53-10.0.2.15:53,restrict=on"]
balloon = false
rng = true
host-cpus = [1]
restart = "on-crash"
restart-limit = 3
console = "none"
start = true

[[partition]]
name = "1"
firmware = "/parts/u-boot.bin"
format = "raw"
memory = "64K"
cpus = 1
disk = ["../x.img", "/dev/sdb,direct=on,id=b"]
net = ["tap,ifname=tap0,queues=2", "socket,path=s,mac=52:54:00:12:34:56"]
balloon = false
rng = false
restart = "always"
console = "terminal"
start = false

[[partition]]
name = "linked"
kernel = "/parts/x,y.bin"
load = 0x40080000
memory = "256M"
cpus = 1
balloon = false
rng = true
restart = "never"
console = "terminal"
start = true

[schedule]
frame = "10ms"
window = [
  { cpu = 1, partition = "a", offset = "0ns", length = "2500us" },
]

[[channel]]
name = "c"
from = "a"
to = "1"

[[shared]]
name = "s"
size = "1M"
address = 0x30000000
cached = true
access = { a = "r", 1 = "rw" }
)");
  expect_stable(text);
}

// The blocks of the manual between ```LANGUAGE and ```.
std::vector<std::string> manual(std::string_view language) {
  std::ifstream file("docs/system-file.md");
  EXPECT_TRUE(file) << "run the tests from the project's folder";
  std::vector<std::string> blocks;
  bool inside = false;
  for (std::string line; std::getline(file, line);) {
    if (inside && line == "```") {
      inside = false;
    } else if (inside) {
      blocks.back() += line + "\n";
    } else if (line == "```" + std::string(language)) {
      inside = true;
      blocks.emplace_back();
    }
  }
  return blocks;
}

TEST(SystemFile, TheManualIsTrue) {
  const std::vector<std::string> toml = manual("toml"), text = manual("text");
  ASSERT_EQ(toml.size(), 2u);
  ASSERT_EQ(text.size(), 1u);
  const SystemConfig system = parse(toml[0]);
  EXPECT_EQ(system.guests.size(), 3u);
  EXPECT_EQ(system.windows.size(), 2u);
  EXPECT_EQ(system.channels.size(), 2u);
  EXPECT_EQ(system.shared.size(), 2u);
  expect_stable(toml[0]);
  std::string lines;
  for (const std::string& mistake : mistakes(toml[1])) lines += mistake + "\n";
  EXPECT_EQ(lines, text[0]);
}

TEST(SystemFile, Options) {
  Options options;
  options.config.device = "/dev/kvm";
  options.config.verbose = true;
  options.consoles = {{"b", {ConsoleConfig::Kind::kPty, {}}}};
  SystemConfig system = parse("grace = \"2s\"\n" + kTwo);
  apply_options(system, options);
  EXPECT_EQ(system.grace_ns, 2'000'000'000u) << "the file's";
  options.grace_ns = 0;
  apply_options(system, options);
  EXPECT_EQ(system.grace_ns, 0u) << "the command line goes before";
  EXPECT_EQ(system.guests[0].console.kind, ConsoleConfig::Kind::kTerminal);
  EXPECT_EQ(system.guests[1].console.kind, ConsoleConfig::Kind::kPty);
  EXPECT_EQ(system.guests[1].config.device, "/dev/kvm");
  EXPECT_TRUE(system.guests[1].config.verbose);

  const auto why = [](const Options& bad) {
    SystemConfig any = parse(kTwo);
    try {
      apply_options(any, bad);
    } catch (const UsageError& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  EXPECT_EQ(why({.consoles = {{"bb", {}}}}),
            "--console bb: demo.toml has no partition of that name; did you mean 'b'?");
  EXPECT_EQ(why({.trace = "t"}), "--trace: demo.toml has no [schedule]");
  EXPECT_EQ(why({.frames = 1}), "--frames: demo.toml has no [schedule]");
}

class SystemFolder : public testing::Test {
 protected:
  SystemFolder()
      : root_(fs::path(testing::TempDir()) / ("hvk-system-" + std::to_string(::getpid()))) {
    fs::remove_all(root_);
    fs::create_directories(root_ / "folder");
  }
  ~SystemFolder() override { fs::remove_all(root_); }

  void put(const std::string& name, const std::string& content) {
    fs::create_directories((root_ / name).parent_path());
    std::ofstream(root_ / name) << content;
  }

  fs::path root_;
};

TEST_F(SystemFolder, ImagesBesideTheFile) {
  put("Image", "x");
  const std::string folder = root_.string();
  const FileChecker find = images_beside(folder + "/demo.toml");
  EXPECT_EQ(find("Image").why, "");
  EXPECT_EQ(find("./folder/../Image").name, folder + "/Image");
  EXPECT_EQ(find(folder + "/Image").name, folder + "/Image");
  EXPECT_EQ(find("image").why, "no such file, expected one; names count from " + folder);
  EXPECT_EQ(find("folder").why, "a folder, expected a file");
  EXPECT_EQ(find(std::string(300, 'x')).why.substr(0, 12), "no such file");
}

TEST_F(SystemFolder, ReadsAFile) {
  put("Image", "x");
  put("demo.toml", "[[partition]]\nname = \"a\"\nkernel = \"Image\"\n");
  const SystemConfig system = read_system((root_ / "demo.toml").string());
  EXPECT_EQ(system.guests[0].config.kernel, (root_ / "Image").string());
  EXPECT_THROW(read_system((root_ / "other.toml").string()), SetupError);
  EXPECT_THROW(read_system(root_.string()), SetupError);
  put("big.toml", std::string((1 << 20) + 1, '\n'));
  EXPECT_THROW(read_system((root_ / "big.toml").string()), SetupError);
}

TEST_F(SystemFolder, HostCpus) {
  struct {
    const char* online;
    std::optional<std::set<unsigned>> cpus;
  } const kTable[] = {
      {"0-3\n", {{0, 1, 2, 3}}}, {"0,2-3,7\n", {{0, 2, 3, 7}}}, {"0\n", {{0}}},
      {"\n", std::nullopt},      {"0-\n", std::nullopt},        {"0-4294967295\n", std::nullopt},
      {"x\n", std::nullopt},
  };
  EXPECT_FALSE(read_host_facts(root_).online);
  for (const auto& row : kTable) {
    put("sys/devices/system/cpu/online", row.online);
    EXPECT_EQ(read_host_facts(root_).online, row.cpus) << row.online;
  }
}

TEST_F(SystemFolder, HostMemory) {
  EXPECT_FALSE(read_host_facts(root_).memory);
  const std::string good = "MemTotal:  2028544 kB\nSwapTotal: 1024 kB\nMemAvailable: 1000 kB\n";
  struct {
    const char* name;
    std::string meminfo;
    bool known;
  } const kTable[] = {
      {"good", good, true},
      {"no MemAvailable", "MemTotal: 1 kB\nSwapTotal: 1 kB\n", false},
      {"not a number", "MemTotal: x kB\nSwapTotal: 1 kB\nMemAvailable: 1 kB\n", false},
      {"too large", "MemTotal: 18446744073709551615 kB\nSwapTotal: 1 kB\nMemAvailable: 1 kB\n",
       false},
      {"another unit", "MemTotal: 1 MB\nSwapTotal: 1 kB\nMemAvailable: 1 kB\n", false},
      {"empty", "", false},
  };
  for (const auto& row : kTable) {
    put("proc/meminfo", row.meminfo);
    const hvk::HostFacts facts = read_host_facts(root_);
    ASSERT_EQ(facts.memory.has_value(), row.known) << row.name;
    if (!row.known) continue;
    EXPECT_EQ(facts.memory->ram, uint64_t{2028544} << 10);
    EXPECT_EQ(facts.memory->swap, uint64_t{1} << 20);
    EXPECT_EQ(facts.memory->available, uint64_t{1000} << 10);
  }
}

}  // namespace
}  // namespace hvk
