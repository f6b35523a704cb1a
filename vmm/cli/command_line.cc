// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/command_line.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <set>

#include "base/keyed_value.h"
#include "base/mistakes.h"
#include "base/units.h"
#include "base/utf8.h"
#include "config/config_check.h"
#include "config/console_spec.h"
#include "config/device_options.h"
#include "config/grace.h"

#ifndef HVK_VERSION
#define HVK_VERSION "unknown"
#endif

namespace hvk {
namespace {

constexpr const char* kFooter =
    R"(On the terminal, Ctrl-A x quits, Ctrl-A p presses the power key, Ctrl-A h lists
the rest. SIGTERM presses the power key too. A guest that has not looked at it
after 10 s (--grace) is killed, one that has and is not off after six times that
too; a second SIGTERM ends it at once.

Examples:
  hvk-run --kernel Image --initrd initrd.cpio.gz
      boot Linux; the device tree's stdout-path makes console= unnecessary
  hvk-run -k /boot/vmlinuz -i initrd.img -c 4 -m 2G -a 'root=/dev/ram0 quiet'
  hvk-run --kernel hello.elf --memory 16 --no-reboot
      a bare-metal program: ELF64, or a raw binary linked at 0x40000000
  hvk-run --kernel rtos.bin,format=raw,load=0x40080000
      a raw binary that is linked where QEMU's -M virt puts one
  hvk-run --firmware /usr/lib/u-boot/qemu_arm64/u-boot.bin
  hvk-run --firmware /usr/share/qemu-efi-aarch64/QEMU_EFI.fd,vars=vars.fd -m 512
      UEFI, whose variables are kept in vars.fd, made when it is not there
  hvk-run --dev /dev/kvm --kernel Image
      the same guest under the kernel's own KVM
  hvk-run --system demo.toml --check
  hvk-run --system demo.toml --console linux,pty --control unix=/run/demo.sock
      partitions in their windows beside Linux guests
  hvk-run --control unix=/run/demo.sock --ask status
      what its partitions do, as JSON; 'status text' is for people
  hvk-run --system demo.toml --make-its > demo.its && mkimage -f demo.its demo.itb
  hvk-run demo.itb --key public.pem
      the same system in one file, its digests and its signature checked
  hvk-run --doctor
      what this machine has, what it lacks and how to get it
  hvk-run --doctor --bringup
      after insmod hvk.ko take_only=1: the first steps on a board, rung by rung

Exit status: 0 the guest powered off (or Ctrl-A x), 1 the host or the set-up
failed, 2 bad usage or mistakes in the system's file, 3 the guest crashed, 4 the
guest reset and --no-reboot was given, 128 + n ended by signal n, or killed after
SIGTERM and its grace (143). Of a system: 0 every guest powered off or was killed,
3 one crashed and was not restarted.)";

constexpr uint64_t kSecondNs = 1'000'000'000;
// More words than any command has. The system that is asked reports what is wrong with a command
// that is too long.
constexpr int kMostWords = 16;

ParsedOptions usage_error(const std::string& why) {
  ParsedOptions parsed;
  parsed.status = ExitStatus::kUsage;
  parsed.err = fmt::format("hvk-run: {}; see hvk-run --help\n", printable(why));
  return parsed;
}

std::vector<std::string> long_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  }
  return names;
}

// Returns the option's name in an argument: "--initrd" in "--initrd=FILE".
std::string_view name_in(std::string_view argument) {
  return argument.substr(0, argument.find('='));
}

// Finds a long option that is written with one dash, as QEMU's options are: CLI11 would read
// "-kernel FILE" as "-k ernel". Returns a message about it, or an empty string.
std::string one_dash_complaint(const CLI::App& app, int argc, const char* const* argv) {
  const std::vector<std::string> names = long_names(app);
  for (int i = 1; i < argc; ++i) {
    const std::string name = "-" + std::string(name_in(argv[i]));
    if (std::find(names.begin(), names.end(), name) == names.end()) continue;
    const CLI::Option* before = app.get_option_no_throw(argv[i - 1]);
    if (before && before->get_items_expected_min() > 0) continue;  // argv[i] is that one's value
    return fmt::format("{}: a long option has two dashes; did you mean '{}'?", argv[i], name);
  }
  return {};
}

// Returns a message about the first unknown option, with the option that may have been meant, or an
// empty string.
std::string misspelt_complaint(const CLI::App& app) {
  const std::vector<std::string> names = long_names(app);
  const std::vector<std::string_view> known(names.begin(), names.end());
  constexpr size_t kShortest = 5;  // "--mem": a shorter prefix matches too many options
  for (const std::string& stray : app.remaining()) {
    if (!stray.starts_with('-')) continue;
    const std::string_view name = name_in(stray);
    const auto longer =
        std::find_if(known.begin(), known.end(), [&](auto one) { return one.starts_with(name); });
    return fmt::format("unknown option {}{}", in_quotes(name),
                       name.size() >= kShortest && longer != known.end()
                           ? fmt::format("; did you mean '{}'?", *longer)
                           : did_you_mean(name, known));
  }
  return {};
}

// Options by what they are about: those that take a file name, those about a single
// guest, those about a system, what to do with a system instead of running it, and
// those that need it to run. complaint() checks the remaining options by name, or
// allows them with all others.
constexpr const char* kFileOptions[] = {"--kernel",   "--initrd",   "--dtb",
                                        "--dump-dtb", "--firmware", "--dev",
                                        "--system",   "--trace",    "--key"};
constexpr const char* kGuestOptions[] = {
    "--kernel",   "--initrd",   "--append",     "--cpus",    "--memory", "--dtb",
    "--dump-dtb", "--firmware", "--no-reboot",  "--disk",    "--net",    "--share",
    "--vsock",    "--port",     "--vhost-user", "--balloon", "--rng"};
constexpr const char* kSystemOptions[] = {"--check",   "--dump",  "--make-its", "--console",
                                          "--control", "--trace", "--frames",   "--timestamps"};
constexpr const char* kActs[] = {"--check", "--dump", "--make-its"};
constexpr const char* kRunOptions[] = {"--control", "--trace", "--frames", "--timestamps"};

// Returns the first option of `names` that is on the command line, or null.
template <size_t N>
const char* given(const CLI::App& app, const char* const (&names)[N]) {
  for (const char* name : names) {
    if (app.count(name)) return name;
  }
  return nullptr;
}

// Says what is wrong with the combination of options about a system, or returns
// an empty string.
std::string system_complaint(const CLI::App& app, const Options& options) {
  const bool stray = !options.image.empty() && !app.count("--kernel") && !app.count("--firmware");
  if (!options.system.empty() && !options.image.empty()) {
    return fmt::format("{}: an image and --system exclude each other: the image has its own file",
                       options.image);
  }
  const std::string what = options.system.empty() ? options.image : "--system";
  if (const char* name = given(app, kGuestOptions)) {
    return fmt::format("{} and {} exclude each other: the system's file says it for each guest{}",
                       name, what,
                       stray ? fmt::format("; did you mean --kernel {}?", options.image) : "");
  }
  if (!options.key.empty() && options.image.empty()) {
    return "--key needs an image, FILE.itb: a signature is the image's";
  }
  if (app.count("--make-its") && options.system.empty()) {
    return "--make-its needs --system FILE.toml";
  }
  const char* act = given(app, kActs);
  for (const char* other : kActs) {
    if (act && act != other && app.count(other)) {
      return fmt::format("{} and {} exclude each other", act, other);
    }
  }
  if (const char* name = given(app, kRunOptions); act && name) {
    return fmt::format("{} and {} exclude each other: nothing is run", name, act);
  }
  std::set<std::string> named;
  for (const ConsoleOption& console : options.consoles) {
    if (!named.insert(console.guest).second) {
      return fmt::format("--console {}: given twice", console.guest);
    }
  }
  return {};
}

// Says what is wrong with the combination of options, or returns an empty string.
std::string complaint(const CLI::App& app, const Options& options) {
  for (const char* name : kFileOptions) {
    if (app.count(name) && app.get_option(name)->as<std::string>().empty()) {
      return fmt::format("{}: the file name is empty", name);
    }
  }
  if (options.bringup && !options.doctor) return "--bringup is the doctor's: give --doctor too";
  if (options.doctor) return {};
  if (app.count("--ask")) {
    return options.control.empty() || !options.system.empty() || !options.image.empty()
               ? "--ask is a question to a system that runs: give --control unix=PATH and nothing "
                 "to "
                 "run"
               : std::string();
  }
  if (!options.system.empty() || !options.image.empty()) return system_complaint(app, options);
  for (const auto* name : {given(app, kSystemOptions), app.count("--key") ? "--key" : nullptr}) {
    if (name) return fmt::format("{} is about a system: give --system FILE.toml or FILE.itb", name);
  }
  const std::vector<ConfigMistake> mistakes = check_config(options.config, "--");
  return mistakes.empty() ? std::string() : mistakes.front().text;
}

// Parses FILE[,format=raw][,load=ADDR][,vars=VARS], where `keys` are the keys that are allowed,
// into `file` and `config`. Says what is wrong, or returns an empty string.
std::string read_program(const std::string& text, const std::vector<std::string_view>& keys,
                         std::string& file, Config& config) {
  LoadOptions& load = config.load;
  std::string why;
  const std::optional<KeyedValue> parsed = parse_keyed(text, keys, why);
  if (!parsed) return why;
  if (parsed->value.empty()) return "the file name is empty";
  file = parsed->value;
  if (const std::string* format = parsed->find("format")) {
    if (*format != kRawFormat) {
      return fmt::format("format={}: expected {}; all else is told by the content", *format,
                         kRawFormat);
    }
    load.raw = true;
  }
  if (const std::string* address = parsed->find("load")) {
    load.address = parse_address(*address);
    if (!load.address) return fmt::format("load={}: not an address, such as 0x40080000", *address);
  }
  if (const std::string* vars = parsed->find("vars")) {
    if (vars->empty()) return "vars= is empty, expected a file";
    config.vars = *vars;
  }
  return {};
}

// Parses the value of --console, NAME,SPEC. Returns nothing if it is malformed.
std::optional<ConsoleOption> parse_console_option(const std::string& text) {
  const size_t comma = text.find(',');
  if (comma == 0 || comma == std::string::npos) return std::nullopt;
  const std::optional<ConsoleConfig> console = parse_console(text.substr(comma + 1));
  if (!console) return std::nullopt;
  return ConsoleOption{text.substr(0, comma), *console};
}

}  // namespace

ParsedOptions parse_options(int argc, const char* const* argv) {
  Options options;
  Config& c = options.config;
  std::string memory, control, kernel, firmware, rng = "on", balloon = "off", sandbox = "on";
  uint64_t grace_s = 0;
  std::vector<std::string> consoles, ask;
  bool no_reboot = false, check = false, dump = false, its = false;

  CLI::App app(
      "hvk-run: runs one 64-bit Arm guest, or a system of partitions, under hvk (/dev/hvk);\n"
      "one guest under KVM (/dev/kvm) too.",
      "hvk-run");
  app.footer(kFooter);
  app.set_version_flag("--version", "hvk-run " HVK_VERSION);
  app.get_formatter()->column_width(28);
  const std::string file = "FILE", guest = "One guest", system = "A system of partitions";
  app.add_option("-k,--kernel", kernel,
                 "Image (also gzip'd or EFI zboot), ELF64 or raw binary; told by its content.\n"
                 "A raw binary goes to the RAM's start, 0x40000000, or to load=ADDR (QEMU's\n"
                 "place: 0x40080000); format=raw forces one. A comma in FILE is written ,,")
      ->type_name("FILE[,format=raw][,load=ADDR]")
      ->group(guest);
  app.add_option("-i,--initrd", c.initrd, "Linux's initial RAM disk")
      ->type_name(file)
      ->group(guest);
  app.add_option("-a,--append", c.append, "the kernel's command line")
      ->type_name("STR")
      ->group(guest);
  app.add_option("-c,--cpus", c.cpus, "vCPUs, 1 to 8 (default 1)")
      ->type_name("N")
      ->check(CLI::Range(1u, kMaxCpus))
      ->group(guest);
  app.add_option("-m,--memory", memory, "RAM: MiB, or with suffix K, M or G (default 256M)")
      ->type_name("SIZE")
      ->group(guest);
  app.add_option("--dtb", c.dtb, "use this device tree instead of the generated one")
      ->type_name(file)
      ->group(guest);
  app.add_option("--dump-dtb", c.dump_dtb, "write the device tree there and end")
      ->type_name(file)
      ->group(guest);
  app.add_option(
         "--firmware", firmware,
         "put into flash at address 0 and start there; VARS keeps its variables; format=raw: "
         "whatever it looks like")
      ->type_name("FILE[,format=raw][,vars=VARS]")
      ->group(guest);
  std::vector<std::vector<std::string>> devices(device_options().size());
  for (size_t i = 0; i < devices.size(); ++i) {
    const DeviceOption& option = device_options()[i];
    app.add_option(std::string("--") + option.name, devices[i], option.help)
        ->type_name(option.form)
        ->expected(1)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
        ->group(guest);
  }
  app.add_option("--balloon", balloon,
                 "take back memory that the guest does not need: on or off (default)")
      ->type_name("on|off")
      ->check(CLI::IsMember({"on", "off"}))
      ->group(guest);
  app.add_option("--rng", rng, "give the guest random numbers: on (default) or off")
      ->type_name("on|off")
      ->check(CLI::IsMember({"on", "off"}))
      ->group(guest);
  app.add_flag("--no-reboot", no_reboot, "end with status 4 when the guest resets")->group(guest);

  app.add_option("IMAGE", options.image, "FILE.itb: a FIT image that holds a system, checked")
      ->type_name("")
      ->group(system);
  app.add_option("--system", options.system, "the system that this TOML file describes")
      ->type_name(file)
      ->group(system);
  app.add_flag("--check", check, "validate it only: its mistakes, and status 2, or none")
      ->group(system);
  app.add_flag("--dump", dump, "print it as it was understood, in TOML again")->group(system);
  app.add_flag("--make-its", its, "print the source of its FIT image, for mkimage")->group(system);
  app.add_option("--key", options.key, "verify the image's signature with this public key (PEM)")
      ->type_name(file)
      ->group(system);
  app.add_option("--console", consoles,
                 "NAME's output and input: terminal, file=PATH, pty, unix=PATH or none")
      ->type_name("NAME,SPEC")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
      ->group(system);
  app.add_option("--control", control, "take commands and tell the status there")
      ->type_name("unix=PATH")
      ->group(system);
  app.add_option("--ask", ask,
                 "ask the system that runs with that --control: status [text], stop NAME,\n"
                 "resume NAME, restart NAME, kill NAME, move NAME, wait NAME,\n"
                 "balloon NAME SIZE, events, quit; or top, which shows it live")
      ->type_name("WORDS")
      ->expected(1, kMostWords)
      ->group(system);
  app.add_option("--trace", options.trace, "write the schedule as it ran there, for Perfetto")
      ->type_name(file)
      ->group(system);
  app.add_option("--frames", options.frames, "end after N major frames, with the closing report")
      ->type_name("N")
      ->check(CLI::PositiveNumber)
      ->group(system);
  app.add_flag("--timestamps", options.timestamps,
               "put the system's time in seconds before each line on the terminal")
      ->group(system);

  app.add_option("--dev", c.device, "/dev/hvk (default) or /dev/kvm")->type_name("DEVICE");
  app.add_option("--grace", grace_s,
                 "seconds after SIGTERM until a guest is killed that has not looked at its\n"
                 "power key (default 10, or what the system's file says)")
      ->type_name("S")
      ->check(CLI::Range(uint64_t{0}, Grace::kMaxNs / kSecondNs));
  app.add_option("--sandbox", sandbox,
                 "give up all rights that are not needed once the guests run: on (default) or off")
      ->type_name("on|off")
      ->check(CLI::IsMember({"on", "off"}));
  app.add_flag("-v,--verbose", c.verbose, "print the load map: part, address range, size");
  app.add_flag("--doctor", options.doctor, "report on this machine: what works, what is missing");
  app.add_flag("--bringup", options.bringup,
               "with --doctor, as root: take EL2 step by step, on hardware nobody has tried");

  ParsedOptions parsed;
  if (std::string why = one_dash_complaint(app, argc, argv); !why.empty()) return usage_error(why);
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    parsed.out = app.help();
    return parsed;
  } catch (const CLI::CallForVersion& version) {
    parsed.out = std::string(version.what()) + "\n";
    return parsed;
  } catch (const CLI::ExtrasError& error) {
    const std::string why = misspelt_complaint(app);
    return usage_error(why.empty() ? error.what() : why);
  } catch (const CLI::Error& error) {
    return usage_error(error.what());
  }

  const struct {
    const char* option;
    const std::string& text;
    std::vector<std::string_view> keys;
    std::string& file;
  } programs[] = {{"--kernel", kernel, {"format", "load"}, c.kernel},
                  {"--firmware", firmware, {"format", "vars"}, c.firmware}};
  for (const auto& program : programs) {
    if (!app.count(program.option)) continue;
    if (std::string why = read_program(program.text, program.keys, program.file, c); !why.empty()) {
      return usage_error(fmt::format("{} {}: {}", program.option, program.text, why));
    }
  }
  for (size_t i = 0; i < devices.size(); ++i) {
    const DeviceOption& option = device_options()[i];
    for (const std::string& text : devices[i]) {
      if (std::string why = read_device(option, text, c); !why.empty()) {
        return usage_error(fmt::format("--{} {}: {}", option.name, text, why));
      }
    }
  }
  if (app.count("--memory")) {
    const std::optional<uint64_t> size = parse_size(memory);
    if (!size) {
      return usage_error(fmt::format(
          "--memory {}: not a size; give MiB, or a number with suffix K, M or G", memory));
    }
    c.memory = *size;
    c.memory_text = memory;
  }
  for (const std::string& text : consoles) {
    const std::optional<ConsoleOption> console = parse_console_option(text);
    if (!console) {
      return usage_error(
          fmt::format("--console {}: expected NAME,SPEC, where SPEC is {}", text, kConsoleWords));
    }
    options.consoles.push_back(*console);
  }
  if (app.count("--control")) {
    constexpr std::string_view kUnix = "unix=";
    if (!control.starts_with(kUnix) || !is_socket_path(control.substr(kUnix.size()))) {
      return usage_error(fmt::format(
          "--control {}: expected unix=PATH, a path of at most 107 characters", control));
    }
    options.control = control.substr(kUnix.size());
  }
  options.act = check  ? SystemAct::kCheck
                : dump ? SystemAct::kDump
                : its  ? SystemAct::kMakeIts
                       : SystemAct::kRun;
  options.ask = fmt::format("{}", fmt::join(ask, " "));
  c.reboot = !no_reboot;
  c.rng = rng == "on";
  c.balloon = balloon == "on";
  options.sandbox = sandbox == "on";
  if (app.count("--grace")) options.grace_ns = grace_s * kSecondNs;
  if (std::string why = complaint(app, options); !why.empty()) return usage_error(why);
  parsed.options = options;
  return parsed;
}

}  // namespace hvk
