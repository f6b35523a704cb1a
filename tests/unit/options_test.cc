// SPDX-License-Identifier: GPL-2.0-only
// The command line: sizes, defaults, combinations, exit statuses.
#include "vmm/options.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace hvk {
namespace {

ParsedOptions parse(std::vector<const char*> args) {
  args.insert(args.begin(), "hvk-run");
  return parse_options(static_cast<int>(args.size()), args.data());
}

TEST(Options, Sizes) {
  struct {
    const char* text;
    std::optional<uint64_t> bytes;
  } const kTable[] = {
      {"256", uint64_t{256} << 20},
      {"64K", 64 << 10},
      {"64k", 64 << 10},
      {"3M", 3 << 20},
      {"3m", 3 << 20},
      {"2G", uint64_t{2} << 30},
      {"2g", uint64_t{2} << 30},
      {"17179869183G", uint64_t{17179869183} << 30},
      {"17179869184G", std::nullopt},  // 2^64
      {"18446744073709551616", std::nullopt},
      {"0", std::nullopt},
      {"0K", std::nullopt},
      {"", std::nullopt},
      {"K", std::nullopt},
      {"-1", std::nullopt},
      {"+1", std::nullopt},
      {" 1", std::nullopt},
      {"1 M", std::nullopt},
      {"1MB", std::nullopt},
      {"1.5G", std::nullopt},
      {"0x10", std::nullopt},
      {"1T", std::nullopt},
  };
  for (const auto& row : kTable) EXPECT_EQ(parse_size(row.text), row.bytes) << row.text;
}

TEST(Options, SizesForPeople) {
  struct {
    uint64_t bytes;
    const char* text;
  } const kTable[] = {
      {0, "0 bytes"},
      {1023, "1023 bytes"},
      {1024, "1 KiB"},
      {1536, "1.5 KiB"},
      {256 << 20, "256 MiB"},
      {uint64_t{1} << 40, "1 TiB"},
      {uint64_t{1} << 60, "1048576 TiB"},
  };
  for (const auto& row : kTable) EXPECT_EQ(format_size(row.bytes), row.text);
}

TEST(Options, Defaults) {
  const ParsedOptions parsed = parse({"--kernel", "Image"});
  ASSERT_TRUE(parsed.options) << parsed.err;
  const Config& c = parsed.options->config;
  EXPECT_EQ(c.kernel, "Image");
  EXPECT_EQ(c.device, "/dev/hvk");
  EXPECT_EQ(c.cpus, 1u);
  EXPECT_EQ(c.memory, uint64_t{256} << 20);
  EXPECT_TRUE(c.reboot);
  EXPECT_FALSE(c.verbose);
  EXPECT_FALSE(parsed.options->doctor);
  EXPECT_EQ(c.append + c.initrd + c.dtb + c.dump_dtb + c.firmware, "");
}

TEST(Options, AllOfThem) {
  const ParsedOptions parsed =
      parse({"-k", "K", "-i", "I", "-a", "quiet x=\"a b\"", "-c", "8", "-m", "1G", "--dtb", "D",
             "--dev", "/dev/kvm", "--no-reboot", "-v"});
  ASSERT_TRUE(parsed.options) << parsed.err;
  const Config& c = parsed.options->config;
  EXPECT_EQ(c.kernel, "K");
  EXPECT_EQ(c.initrd, "I");
  EXPECT_EQ(c.append, "quiet x=\"a b\"");
  EXPECT_EQ(c.cpus, 8u);
  EXPECT_EQ(c.memory, uint64_t{1} << 30);
  EXPECT_EQ(c.dtb, "D");
  EXPECT_EQ(c.device, "/dev/kvm");
  EXPECT_FALSE(c.reboot);
  EXPECT_TRUE(c.verbose);
}

TEST(Options, BadUsage) {
  struct {
    std::vector<const char*> args;
    const char* says;  // part of the message
  } const kTable[] = {
      {{}, "--kernel FILE or --firmware FILE"},
      {{"--kernel", ""}, "file name is empty"},
      {{"--kernel", "K", "--dev", ""}, "file name is empty"},
      {{"--kernel"}, "--kernel"},
      {{"--kernel", "K", "--firmware", "F"}, "exclude each other"},
      {{"--firmware", "F", "--initrd", "I"}, "--initrd needs --kernel"},
      {{"--kernel", "K", "--dtb", "D", "--dump-dtb", "E"}, "exclude each other"},
      {{"--kernel", "K", "--cpus", "0"}, "--cpus"},
      {{"--kernel", "K", "--cpus", "9"}, "--cpus"},
      {{"--kernel", "K", "--cpus", "-1"}, "--cpus"},
      {{"--kernel", "K", "--cpus", "two"}, "--cpus"},
      {{"--kernel", "K", "--memory", "lots"}, "--memory lots: not a size"},
      {{"--kernel", "K", "--memory", "0"}, "--memory 0: not a size"},
      {{"--kernel", "K", "--memory", "60K"}, "64K to"},
      {{"--kernel", "K", "--memory", "65K"}, "multiples of 4K"},
      {{"--kernel", "K", "--memory", "1023G", "--memory", "1G"}, "--memory"},
      {{"--kernel", "K", "--memory", "1024G"}, "1023G"},
      {{"--kernel", "K", "--colour"}, "--colour"},
      {{"--kernel", "K", "stray"}, "stray"},
  };
  for (const auto& row : kTable) {
    const ParsedOptions parsed = parse(row.args);
    EXPECT_FALSE(parsed.options) << row.says;
    EXPECT_EQ(parsed.status, ExitStatus::kUsage) << row.says;
    EXPECT_EQ(parsed.out, "") << row.says;
    EXPECT_TRUE(parsed.err.starts_with("hvk-run: ")) << parsed.err;
    EXPECT_NE(parsed.err.find(row.says), std::string::npos) << parsed.err;
    EXPECT_EQ(std::count(parsed.err.begin(), parsed.err.end(), '\n'), 1) << parsed.err;
  }
}

TEST(Options, HelpNamesEveryOptionAndStatus) {
  const ParsedOptions parsed = parse({"--help"});
  EXPECT_FALSE(parsed.options);
  EXPECT_EQ(parsed.status, ExitStatus::kPowerOff);
  EXPECT_EQ(parsed.err, "");
  for (const char* part :
       {"-k,--kernel", "-i,--initrd", "-a,--append", "-c,--cpus", "-m,--memory", "--dtb",
        "--dump-dtb", "--firmware", "--dev", "--no-reboot", "-v,--verbose", "--doctor", "--version",
        "Examples:", "Exit status:", "Ctrl-A x"}) {
    EXPECT_NE(parsed.out.find(part), std::string::npos) << part;
  }
}

TEST(Options, VersionAndDoctorNeedNoGuest) {
  const ParsedOptions version = parse({"--version"});
  EXPECT_FALSE(version.options);
  EXPECT_EQ(version.status, ExitStatus::kPowerOff);
  EXPECT_TRUE(version.out.starts_with("hvk-run "));
  EXPECT_TRUE(version.out.ends_with("\n"));
  const ParsedOptions doctor = parse({"--doctor"});
  ASSERT_TRUE(doctor.options);
  EXPECT_TRUE(doctor.options->doctor);
}

}  // namespace
}  // namespace hvk
