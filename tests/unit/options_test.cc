// SPDX-License-Identifier: GPL-2.0-only
// The command line: defaults, combinations, exit statuses.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "cli/command_line.h"

namespace hvk {
namespace {

ParsedOptions parse(std::vector<const char*> args) {
  args.insert(args.begin(), "hvk-run");
  return parse_options(static_cast<int>(args.size()), args.data());
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

TEST(Options, FirmwareAndItsVariables) {
  struct {
    const char* argument;
    const char* firmware;
    const char* vars;
  } const kTable[] = {
      {"F", "F", ""},
      {"F,vars=V", "F", "V"},
      {"a,,b.fd,vars=c,,d=e", "a,b.fd", "c,d=e"},
  };
  for (const auto& row : kTable) {
    const ParsedOptions parsed = parse({"--firmware", row.argument});
    ASSERT_TRUE(parsed.options) << parsed.err;
    EXPECT_EQ(parsed.options->config.firmware, row.firmware) << row.argument;
    EXPECT_EQ(parsed.options->config.vars, row.vars) << row.argument;
  }
}

TEST(Options, Devices) {
  const ParsedOptions parsed = parse({"-k", "K", "--disk", "a,,b", "--net", "user", "--disk",
                                      "/dev/sda,ro=on,direct=on,format=raw,id=root"});
  ASSERT_TRUE(parsed.options) << parsed.err;
  const Config& config = parsed.options->config;
  ASSERT_EQ(config.disks.size(), 2u);
  EXPECT_EQ(config.disks[0].path, "a,b");
  EXPECT_FALSE(config.disks[0].read_only || config.disks[0].direct || config.disks[0].raw);
  EXPECT_EQ(config.disks[1].id, "root");
  EXPECT_TRUE(config.disks[1].read_only && config.disks[1].direct && config.disks[1].raw);
  EXPECT_EQ(config.nets.size(), 1u);
  EXPECT_TRUE(config.rng);
  EXPECT_FALSE(parse({"-k", "K", "--rng", "off"}).options->config.rng);

  // The board has 32 places.
  std::vector<const char*> many = {"-k", "K"};
  for (int i = 0; i < 31; ++i) many.insert(many.end(), {"--disk", "D"});
  EXPECT_TRUE(parse(many).options);
  many.insert(many.end(), {"--disk", "D"});
  EXPECT_NE(parse(many).err.find("33 virtio devices, expected at most 32"), std::string::npos);
  many.insert(many.end(), {"--rng", "off"});
  EXPECT_TRUE(parse(many).options);
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
      {{"--firmware", ""}, "file name is empty"},
      {{"--firmware", ",vars=V"}, "--firmware ,vars=V: the file name is empty"},
      {{"--firmware", "F,vars="}, "--firmware F,vars=: vars= is empty"},
      {{"--firmware", "F,V"}, "--firmware F,V: 'V' is no key=value"},
      {{"--kernel", "K", "--dtb", "D", "--dump-dtb", "E"}, "exclude each other"},
      {{"--kernel", ",format=raw"}, "file name is empty"},
      {{"--kernel", "a,b"}, "'b' is no key=value; a comma that is part of a name is written twice"},
      {{"--kernel", "K,"}, "'' is no key=value"},
      {{"--kernel", "K,=raw"}, "'=raw' is no key=value"},
      {{"--kernel", "K,lod=0x40000000"}, "unknown key 'lod', expected format or load; did you"},
      {{"--kernel", "K,format=elf"}, "format=elf: expected raw"},
      {{"--kernel", "K,format=raw,format=raw"}, "format is given twice"},
      {{"--kernel", "K,load=start"}, "load=start: not an address, such as 0x40080000"},
      {{"--kernel", "K,load="}, "load=: not an address"},
      {{"--kernel", "K,load=0x"}, "load=0x: not an address"},
      {{"--kernel", "K,load=-4"}, "load=-4: not an address"},
      {{"--kernel", "K,load=0x10000000000000000"}, "not an address"},
      {{"--kernel", "K,load=0x40000002"}, "load is 0x40000002, expected a multiple of 4"},
      {{"--kernel", "K,load=0x80000"},
       "load is 0x80000, expected an address in the RAM, 0x40000000"},
      {{"--kernel", "K,load=0x40100000", "--memory", "1"}, "0x40000000 to 0x400fffff"},
      {{"--firmware", "F,load=0x40000000"}, "unknown key 'load', expected format"},
      {{"Image", "--initrd", "I"}, "did you mean --kernel Image?"},
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
      {{"--kernel", "K", "--memory", "99999999"}, "4K ('99999999': a number without K, M or G is"},
      {{"--kernel", "K", "--disk", ""}, "--disk : the file name is empty"},
      {{"--kernel", "K", "--disk", "D,ro=yes"}, "--disk D,ro=yes: ro=yes: expected on or off"},
      {{"--kernel", "K", "--disk", "D,ro=on,ro=on"}, "ro is given twice"},
      {{"--kernel", "K", "--disk", "D,format=qcow2"}, "expected raw; qemu-img convert"},
      {{"--kernel", "K", "--disk", "D,id=123456789012345678901"}, "expected 1 to 20 printable"},
      {{"--kernel", "K", "--disk", "D,id=a b"}, "id='a b': expected 1 to 20 printable"},
      {{"--kernel", "K", "--disk", "D,id="}, "expected 1 to 20 printable"},
      {{"--kernel", "K", "--disk", "D,cache=none"}, "unknown key 'cache', expected ro or direct"},
      {{"--kernel", "K", "--rng", "yes"}, "--rng"},
      {{"--system", "S", "--disk", "D"}, "--disk and --system exclude each other"},
      {{"--kernel", "K", "--colour"}, "unknown option '--colour'; see"},
      {{"--kernal", "K"}, "unknown option '--kernal'; did you mean '--kernel'?"},
      {{"--kernel", "K", "--memroy=5"}, "unknown option '--memroy'; did you mean '--memory'?"},
      {{"--kernel", "K", "--mem", "5"}, "unknown option '--mem'; did you mean '--memory'?"},
      {{"--kernel", "K", "--no-rebot"}, "did you mean '--no-reboot'?"},
      {{"--system", "S", "--chekc"}, "did you mean '--check'?"},
      {{"--kernel", "K", "-x"}, "unknown option '-x'; see"},
      {{"-kernel", "K"}, "-kernel: a long option has two dashes; did you mean '--kernel'?"},
      {{"-k", "K", "-append=quiet"}, "-append=quiet: a long option has two dashes; did you mean"},
      {{"--kernel", "K", "--memory", "1\n\x1b[2J"}, "--memory 1??[2J: not a size"},
      {{"--kernel", "K,\x1b[2J\u009b"}, "--kernel K,?[2J?: '?[2J?' is no key=value"},
      {{"--kernel", "K", "--\x1b[2J"}, "unknown option '--?[2J'; see"},
      {{"a.itb", "b\r"}, "b?"},
      {{"--kernel", "K", "--bringup"}, "--bringup is the doctor's"},
      {{"--kernel", "K", "stray"}, "--kernel and stray exclude each other"},
      {{"a.itb", "b.itb"}, "b.itb"},
      {{"--kernel", "K", "--system", "S"}, "--kernel and --system exclude each other"},
      {{"--system", "S", "--memory", "16"}, "--memory and --system exclude each other"},
      {{"--system", "S", "--append", ""}, "--append and --system exclude each other"},
      {{"--system", "S", "--no-reboot"}, "--no-reboot and --system exclude each other"},
      {{"--system", ""}, "file name is empty"},
      {{"--system", "S", "--trace", ""}, "file name is empty"},
      {{"--system", "S", "a.itb"}, "a.itb: an image and --system exclude each other"},
      {{"--system", "S", "--key", "P"}, "--key needs an image"},
      {{"--kernel", "K", "--key", "P"}, "--key is about a system"},
      {{"--check"}, "--check is about a system: give --system FILE.toml"},
      {{"--kernel", "K", "--console", "a,pty"}, "--console is about a system"},
      {{"--kernel", "K", "--control", "unix=c"}, "--control is about a system"},
      {{"--kernel", "K", "--trace", "T"}, "--trace is about a system"},
      {{"--kernel", "K", "--frames", "1"}, "--frames is about a system"},
      {{"--kernel", "K", "--timestamps"}, "--timestamps is about a system"},
      {{"--make-its"}, "--make-its is about a system"},
      {{"a.itb", "--make-its"}, "--make-its needs --system"},
      {{"--system", "S", "--check", "--dump"}, "--check and --dump exclude each other"},
      {{"--system", "S", "--make-its", "--dump"}, "--dump and --make-its exclude each other"},
      {{"--system", "S", "--check", "--frames", "1"}, "--frames and --check exclude each other"},
      {{"--system", "S", "--check", "--timestamps"}, "--timestamps and --check exclude"},
      {{"--system", "S", "--dump", "--trace", "T"}, "--trace and --dump exclude each other"},
      {{"--system", "S", "--frames", "0"}, "--frames"},
      {{"--system", "S", "--frames", "ten"}, "--frames"},
      {{"--kernel", "K", "--grace", "-1"}, "--grace"},
      {{"--kernel", "K", "--grace", "soon"}, "--grace"},
      {{"--kernel", "K", "--grace", "3601"}, "--grace"},
      {{"--system", "S", "--console", "a"}, "expected NAME,SPEC, where SPEC is terminal, file="},
      {{"--system", "S", "--console", ",pty"}, "expected NAME,SPEC"},
      {{"--system", "S", "--console", "a,tty"}, "expected NAME,SPEC"},
      {{"--system", "S", "--console", "a,file="}, "expected NAME,SPEC"},
      {{"--system", "S", "--console", "a,pty", "--console", "a,none"}, "a: given twice"},
      {{"--system", "S", "--control", "c"}, "expected unix=PATH"},
      {{"--system", "S", "--control", "unix="}, "expected unix=PATH"},
      {{"--ask", "status"}, "--ask is a question to a system that runs: give --control"},
      {{"--ask", "status", "--control", "unix=c", "--system", "S"}, "and nothing to run"},
      {{"a.itb", "--ask", "status", "--control", "unix=c"}, "and nothing to run"},
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

TEST(Options, System) {
  const ParsedOptions parsed = parse({"--system", "S.toml", "--console", "a,file=x,y", "--console",
                                      "b,unix=/run/b", "--control", "unix=/run/c", "--trace", "T",
                                      "--frames", "10", "--timestamps", "--dev", "/dev/kvm", "-v"});
  ASSERT_TRUE(parsed.options) << parsed.err;
  const Options& o = *parsed.options;
  EXPECT_EQ(o.system, "S.toml");
  EXPECT_EQ(o.image + o.key, "");
  EXPECT_EQ(o.act, SystemAct::kRun);
  ASSERT_EQ(o.consoles.size(), 2u);
  EXPECT_EQ(o.consoles[0].guest, "a");
  EXPECT_EQ(o.consoles[0].console.kind, ConsoleConfig::Kind::kFile);
  EXPECT_EQ(o.consoles[0].console.path, "x,y");
  EXPECT_EQ(o.consoles[1].console.kind, ConsoleConfig::Kind::kUnix);
  EXPECT_EQ(o.consoles[1].console.path, "/run/b");
  EXPECT_EQ(o.control, "/run/c");
  EXPECT_TRUE(o.timestamps);
  EXPECT_EQ(o.trace, "T");
  EXPECT_EQ(o.frames, 10u);
  EXPECT_EQ(o.config.device, "/dev/kvm");
  EXPECT_TRUE(o.config.verbose);
}

TEST(Options, RawBinaries) {
  struct {
    std::vector<const char*> args;
    const char* kernel;
    const char* firmware;
    bool raw;
    std::optional<uint64_t> address;
  } const kTable[] = {
      {{"-k", "x.bin"}, "x.bin", "", false, std::nullopt},
      {{"-k", "x.bin,format=raw"}, "x.bin", "", true, std::nullopt},
      {{"-k", "x.bin,load=0x40080000"}, "x.bin", "", false, 0x40080000},
      {{"--kernel=x.bin,load=1074266112,format=raw"}, "x.bin", "", true, 0x40080000},
      {{"-k", "a,,b.bin,format=raw"}, "a,b.bin", "", true, std::nullopt},
      {{"-k", "x.bin,load=0x400ffffc", "-m", "1"}, "x.bin", "", false, 0x400ffffc},
      {{"--firmware", "f,,g.bin,format=raw"}, "", "f,g.bin", true, std::nullopt},
  };
  for (const auto& row : kTable) {
    const ParsedOptions parsed = parse(row.args);
    ASSERT_TRUE(parsed.options) << parsed.err;
    const Config& c = parsed.options->config;
    EXPECT_EQ(c.kernel, row.kernel) << row.args.back();
    EXPECT_EQ(c.firmware, row.firmware) << row.args.back();
    EXPECT_EQ(c.load.raw, row.raw) << row.args.back();
    EXPECT_EQ(c.load.address, row.address) << row.args.back();
  }
}

TEST(Options, Questions) {
  struct {
    std::vector<const char*> args;
    const char* ask;
  } const kTable[] = {
      {{"--control", "unix=c", "--ask", "status"}, "status"},
      {{"--control", "unix=c", "--ask", "stop one"}, "stop one"},
      {{"--control", "unix=c", "--ask", "stop", "one"}, "stop one"},
      {{"--ask", "kill", "two", "three", "--control", "unix=c"}, "kill two three"},
      {{"--ask=quit", "--control", "unix=c"}, "quit"},
  };
  for (const auto& row : kTable) {
    const ParsedOptions parsed = parse(row.args);
    ASSERT_TRUE(parsed.options) << parsed.err;
    EXPECT_EQ(parsed.options->ask, row.ask);
    EXPECT_EQ(parsed.options->control, "c") << row.ask;
  }
}

// A value may look like an option that is written with one dash.
TEST(Options, ValuesWithADash) {
  const ParsedOptions parsed = parse({"-k", "K", "--append", "-kernel"});
  ASSERT_TRUE(parsed.options) << parsed.err;
  EXPECT_EQ(parsed.options->config.append, "-kernel");
}

TEST(Options, Grace) {
  struct {
    std::vector<const char*> args;
    std::optional<uint64_t> ns;
  } const kTable[] = {
      {{"-k", "K"}, std::nullopt},
      {{"-k", "K", "--grace", "0"}, 0},
      {{"--system", "S", "--grace", "3600"}, 3600 * uint64_t{1'000'000'000}},
      {{"a.itb", "--grace=30"}, 30 * uint64_t{1'000'000'000}},
  };
  for (const auto& row : kTable) {
    const ParsedOptions parsed = parse(row.args);
    ASSERT_TRUE(parsed.options) << parsed.err;
    EXPECT_EQ(parsed.options->grace_ns, row.ns) << row.args.back();
  }
}

TEST(Options, SystemActs) {
  struct {
    std::vector<const char*> args;
    SystemAct act;
  } const kTable[] = {
      {{"--system", "S"}, SystemAct::kRun},
      {{"--system", "S", "--check"}, SystemAct::kCheck},
      {{"--system", "S", "--dump", "--console", "a,pty"}, SystemAct::kDump},
      {{"--system", "S", "--make-its"}, SystemAct::kMakeIts},
      {{"a.itb"}, SystemAct::kRun},
      {{"a.itb", "--key", "P", "--check"}, SystemAct::kCheck},
  };
  for (const auto& row : kTable) {
    const ParsedOptions parsed = parse(row.args);
    ASSERT_TRUE(parsed.options) << parsed.err;
    EXPECT_EQ(parsed.options->act, row.act) << row.args.back();
  }
}

TEST(Options, HelpNamesEveryOptionAndStatus) {
  const ParsedOptions parsed = parse({"--help"});
  EXPECT_FALSE(parsed.options);
  EXPECT_EQ(parsed.status, ExitStatus::kPowerOff);
  EXPECT_EQ(parsed.err, "");
  for (const char* part :
       {"-k,--kernel", "-i,--initrd", "-a,--append",  "-c,--cpus",   "-m,--memory",  "--dtb",
        "--dump-dtb",  "--firmware",  "--dev",        "--no-reboot", "-v,--verbose", "--doctor",
        "--bringup",   "--version",   "--system",     "--check",     "--dump ",      "--make-its",
        "--key",       "--console",   "--control",    "--trace",     "--frames",     "FILE.itb",
        "--grace S",   "Examples:",   "Exit status:", "Ctrl-A x"}) {
    EXPECT_NE(parsed.out.find(part), std::string::npos) << part;
  }
  EXPECT_NE(parsed.out.find("--timestamps"), std::string::npos);
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
  EXPECT_FALSE(doctor.options->bringup);
  const ParsedOptions bringup = parse({"--doctor", "--bringup"});
  ASSERT_TRUE(bringup.options);
  EXPECT_TRUE(bringup.options->doctor && bringup.options->bringup);
}

}  // namespace
}  // namespace hvk
