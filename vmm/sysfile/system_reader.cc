// SPDX-License-Identifier: GPL-2.0-or-later
#include "sysfile/system_reader.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/units.h"
#include "board/layout.h"
#include "config/config_check.h"
#include "config/console_spec.h"
#include "sysfile/device_reader.h"
#include "uapi/hvk.h"

namespace hvk {
namespace {

namespace fs = std::filesystem;

// Descriptions of correct values, for messages.
constexpr const char* kName = "1 to 31 of a to z (lower case), 0 to 9, - and _";
constexpr const char* kFile = "a file's name";
constexpr const char* kFormat = "\"raw\"; all else is told by the content";
constexpr const char* kSize = "a size such as \"64K\", \"16M\" or \"2G\"";
constexpr const char* kTime = "a time such as \"10ms\" or \"2.5us\"";
constexpr const char* kGuest = "a partition's name";
constexpr const char* kWindows =
    "[{ cpu = 1, partition = \"NAME\", offset = \"0ms\", "
    "length = \"4ms\" }, ...]";
constexpr const char* kAccess = "{ NAME = \"rw\", NAME = \"r\" }";
constexpr const char* kRestart = "never, on-crash or always";
constexpr const char* kCpuList = "a list of the host's CPUs, such as [1] or [2, 3]";

// Above the number of any host's CPU; only a bound against absurd values.
constexpr uint64_t kMaxHostCpu = 8191;
constexpr uint64_t kMaxRestarts = 1000000;
constexpr size_t kMaxSystemName = 63;

bool is_printable(std::string_view text) {
  return std::none_of(text.begin(), text.end(),
                      [](unsigned char c) { return c < ' ' || c == 0x7f; });
}

// Says why `name` cannot name a partition, a channel or a region.
std::string name_mistake(std::string_view name) {
  const auto bad = std::find_if(name.begin(), name.end(), [](char c) { return !is_name({&c, 1}); });
  const bool ascii = bad != name.end() && static_cast<unsigned char>(*bad) < 0x80;
  std::string lower(name);
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return fmt::format("name {} is not one{}, expected {}{}", in_quotes(name),
                     ascii               ? fmt::format(": it has {}", in_quotes({&*bad, 1}))
                     : bad != name.end() ? ": it has a character that is not in ASCII"
                     : name.empty()      ? ""
                                         : fmt::format(": it has {} characters", name.size()),
                     kName, is_name(lower) ? fmt::format("; did you mean '{}'?", lower) : "");
}

bool is_system_name(std::string_view name) {
  return !name.empty() && name.size() <= kMaxSystemName && is_printable(name);
}

}  // namespace

SystemReader::SystemReader(const std::string& name, const FileChecker& images, Mistakes& mistakes)
    : images_(images), folder_(fs::path(name).parent_path()), mistakes_(mistakes) {
  system.file = name;
  system.name = fs::path(name).stem().string();
  if (!is_system_name(system.name)) system.name = "system";
}

void SystemReader::read(const toml::table& root) {
  TableReader reader(root, "the system", mistakes_);
  if (const auto name = reader.string("name", "the system's name")) {
    system.name = *name;
    if (!is_system_name(*name)) {
      reader.mistake("name", fmt::format("name {} is not one, expected 1 to {} characters that "
                                         "can be printed",
                                         in_quotes(*name), kMaxSystemName));
    }
  }
  if (const auto grace = read_time(reader, "grace")) {
    system.grace_ns = *grace;
    if (*grace > Grace::kMaxNs) {
      reader.mistake("grace", fmt::format("grace of {}, expected at most {}", write_time(*grace),
                                          write_time(Grace::kMaxNs)));
    }
  }
  // Guests are read first, because the other sections refer to them by name.
  for (const toml::table* table : reader.tables("partition", kMaxOfEach)) read_guest(*table);
  reader.require("partition", "one [[partition]] for each guest");
  if (const toml::array* list = root.get_as<toml::array>("partition"); list && list->empty()) {
    reader.mistake("partition", "no partition, expected one [[partition]] for each guest");
  }
  if (const toml::table* table = reader.table("schedule", "a table: [schedule]")) {
    read_schedule(*table);
  }
  for (const toml::table* table : reader.tables("channel", kMaxOfEach)) read_channel(*table);
  for (const toml::table* table : reader.tables("shared", kMaxOfEach)) read_shared(*table);
  reader.finish();
}

void SystemReader::read_guest(const toml::table& table) {
  TableReader reader(table, "this [[partition]]", mistakes_);
  GuestConfig guest;
  guest.name = read_name(reader);
  read_config(reader, guest.config);
  read_host_cpus(reader, guest.config.cpus, guest.host_cpus);
  read_restart(reader, guest.restart);
  read_console(reader, guest.console);
  guest.start = reader.boolean("start").value_or(true);
  guest.line = reader.line("name");
  guest.memory_line = reader.line("memory");
  reader.finish();
  system.guests.push_back(std::move(guest));
  lines.guests.push_back({reader.line("name"), reader.line("host-cpus"), reader.line("console"),
                          reader.has("host-cpus")});
}

void SystemReader::read_config(TableReader& reader, Config& config) {
  config.kernel = read_image(reader, "kernel");
  config.initrd = read_image(reader, "initrd");
  config.dtb = read_image(reader, "dtb");
  config.firmware = read_image(reader, "firmware");
  if (const auto append = reader.string("append", "the kernel's command line")) {
    config.append = *append;
    if (!is_printable(*append)) {
      reader.mistake("append", "append has a control character, expected one line of text");
    }
  }
  read_load(reader, config.load);
  config.memory = read_size(reader, "memory", config.memory_text).value_or(config.memory);
  const auto cpus = reader.integer("cpus", 1, kMaxCpus);
  config.cpus = static_cast<unsigned>(cpus.value_or(config.cpus));
  read_devices(reader, folder_, mistakes_, config);
  config.balloon = reader.boolean("balloon").value_or(config.balloon);
  config.rng = reader.boolean("rng").value_or(config.rng);
  for (const ConfigMistake& mistake : check_config(config, "")) {
    reader.mistake(mistake.key, mistake.text);
  }
}

void SystemReader::read_load(TableReader& reader, LoadOptions& load) {
  if (const auto format = reader.string("format", kFormat)) {
    load.raw = *format == kRawFormat;
    if (!load.raw) {
      reader.mistake("format",
                     fmt::format("format is {}, expected {}", in_quotes(*format), kFormat));
    }
  }
  load.address = reader.integer("load", 0, INT64_MAX);
}

void SystemReader::read_host_cpus(TableReader& reader, unsigned vcpus,
                                  std::vector<unsigned>& cpus) {
  const toml::array* list = reader.array("host-cpus", kCpuList);
  if (!list) return;
  for (const toml::node& node : *list) {
    const auto* number = node.as_integer();
    if (number && number->get() >= 0 && number->get() <= static_cast<int64_t>(kMaxHostCpu)) {
      cpus.push_back(static_cast<unsigned>(number->get()));
      continue;
    }
    mistakes_.add(node.source().begin.line,
                  fmt::format("host-cpus has {}, expected {}",
                              number ? std::to_string(number->get()) : type_name(node), kCpuList));
    cpus.clear();
    return;
  }
  if (cpus.size() != vcpus) {
    reader.mistake(
        "host-cpus",
        fmt::format("host-cpus names {} CPUs, expected {}: one for each vCPU", cpus.size(), vcpus));
  }
}

void SystemReader::read_restart(TableReader& reader, RestartConfig& restart) {
  using When = RestartConfig::When;
  const std::pair<std::string_view, When> kWords[] = {
      {"never", When::kNever}, {"on-crash", When::kOnCrash}, {"always", When::kAlways}};
  const std::string when = reader.string("restart", kRestart).value_or("never");
  const auto word = std::find_if(std::begin(kWords), std::end(kWords),
                                 [&](const auto& one) { return one.first == when; });
  if (const auto limit = reader.integer("restart-limit", 1, kMaxRestarts)) {
    restart.limit = static_cast<unsigned>(*limit);
  }
  if (word == std::end(kWords)) {
    reader.mistake("restart", fmt::format("restart is {}, expected {}{}", in_quotes(when), kRestart,
                                          did_you_mean(when, {"never", "on-crash", "always"})));
    return;
  }
  restart.when = word->second;
  if (reader.has("restart-limit") && restart.when != When::kOnCrash) {
    reader.mistake("restart-limit",
                   "restart-limit is of restart = \"on-crash\", expected that, or no limit");
  }
}

void SystemReader::read_console(TableReader& reader, ConsoleConfig& console) {
  const auto spec = reader.string("console", kConsoleWords);
  if (!spec) return;
  const auto parsed = parse_console(*spec);
  if (!parsed) {
    reader.mistake("console",
                   fmt::format("console is {}, expected {}{}", in_quotes(*spec), kConsoleWords,
                               did_you_mean(*spec, {"terminal", "pty", "none"})));
    return;
  }
  console = *parsed;
  if (console.path.empty()) return;
  console.path = (folder_ / console.path).lexically_normal().string();
  if (console.kind == ConsoleConfig::Kind::kUnix && !is_socket_path(console.path)) {
    reader.mistake("console", fmt::format("console's socket {} is too long a path, expected at "
                                          "most 107 bytes",
                                          in_quotes(console.path)));
  }
}

void SystemReader::read_schedule(const toml::table& table) {
  TableReader reader(table, "[schedule]", mistakes_);
  system.schedule_line = reader.line();
  if (const auto frame = read_time(reader, "frame")) {
    system.frame_ns = *frame;
    if (*frame < HVK_FRAME_MIN_NS || *frame > HVK_FRAME_MAX_NS) {
      reader.mistake("frame",
                     fmt::format("frame of {}, expected {} to {}", write_time(*frame),
                                 write_time(HVK_FRAME_MIN_NS), write_time(HVK_FRAME_MAX_NS)));
    }
  }
  reader.require("frame", kTime);
  if (const toml::array* list = reader.array("window", kWindows)) {
    if (list->empty()) reader.mistake("window", fmt::format("no window, expected {}", kWindows));
    const auto windows = reader.tables_in(*list, "window", HVK_FRAME_WINDOWS);
    for (const toml::table* window : windows) read_window(*window);
  }
  reader.require("window", kWindows);
  reader.finish();
  lines.all_windows = lines.all_windows && !system.windows.empty();
}

void SystemReader::read_window(const toml::table& table) {
  TableReader reader(table, "this window", mistakes_);
  const auto cpu = reader.integer("cpu", 0, kMaxHostCpu);
  reader.require("cpu", "the host's CPU");
  const auto guest = read_guest_name(reader, "partition");
  const auto offset = read_time(reader, "offset");
  reader.require("offset", "its start in the frame, such as \"0ms\"");
  const auto length = read_time(reader, "length");
  reader.require("length", kTime);
  if (length && *length < HVK_WINDOW_MIN_NS) {
    reader.mistake("length", fmt::format("window of {}, expected {} or more", write_time(*length),
                                         write_time(HVK_WINDOW_MIN_NS)));
  }
  reader.finish();
  if (!cpu || !guest || !offset || !length) {
    lines.all_windows = false;
    return;
  }
  system.windows.push_back({*guest, static_cast<unsigned>(*cpu), *offset, *length});
  lines.windows.push_back(reader.line());
}

void SystemReader::read_channel(const toml::table& table) {
  TableReader reader(table, "this [[channel]]", mistakes_);
  ChannelConfig channel;
  channel.name = read_name(reader);
  const auto from = read_guest_name(reader, "from");
  const auto to = read_guest_name(reader, "to");
  if (from && to && *from == *to) {
    reader.mistake("to", fmt::format("channel from {} to itself, expected another partition",
                                     in_quotes(system.guests[*from].name)));
  }
  channel.from = from.value_or(0);
  channel.to = to.value_or(0);
  channel.line = reader.line("name");
  reader.finish();
  system.channels.push_back(std::move(channel));
  lines.channels.push_back(reader.line("name"));
}

void SystemReader::read_shared(const toml::table& table) {
  TableReader reader(table, "this [[shared]]", mistakes_);
  SharedConfig region;
  region.name = read_name(reader);
  std::string written;
  if (const auto size = read_size(reader, "size", written)) {
    if (*size % kSharedUnit != 0 || *size > layout::kShared.size) {
      reader.mistake("size", fmt::format("region of {}{}, expected 4K to {} in multiples of 4K",
                                         format_size(*size), bare_size_note(written),
                                         write_size(layout::kShared.size)));
    } else {
      region.size = *size;
    }
  }
  reader.require("size", kSize);
  const auto address = reader.integer("address", 0, INT64_MAX);
  const auto& [base, room] = layout::kShared;
  const bool fixed =
      address && *address >= base && *address - base < room && *address % kSharedUnit == 0;
  if (fixed) {
    region.ipa = *address;
  } else if (address) {
    reader.mistake("address", fmt::format("address is {:#x}, expected {:#x} to {:#x} in multiples "
                                          "of {:#x}; or leave it out",
                                          *address, base, base + room - kSharedUnit, kSharedUnit));
  }
  region.cached = reader.boolean("cached").value_or(true);
  if (const toml::table* access = reader.table("access", kAccess)) read_access(*access, region);
  reader.require("access", kAccess);
  region.line = reader.line("name");
  reader.finish();
  lines.shared.push_back({reader.line("name"), reader.line("address"), fixed});
  system.shared.push_back(std::move(region));
}

void SystemReader::read_access(const toml::table& table, SharedConfig& region) {
  if (table.empty()) {
    mistakes_.add(table.source().begin.line, fmt::format("access of nobody, expected {}", kAccess));
  }
  for (const auto& [key, node] : table) {
    const uint32_t line = key.source().begin.line;
    const auto guest = find_guest(key.str(), "access", line);
    const auto* right = node.as_string();
    if (!right || (right->get() != "r" && right->get() != "rw")) {
      mistakes_.add(
          line, fmt::format("access of {} is {}, expected \"r\" or \"rw\"", in_quotes(key.str()),
                            right ? in_quotes(right->get()) : type_name(node)));
    } else if (guest) {
      region.access.push_back({*guest, right->get() == "rw"});
    }
  }
  std::sort(region.access.begin(), region.access.end(),
            [](const auto& a, const auto& b) { return a.guest < b.guest; });
}

std::string SystemReader::read_name(TableReader& reader) {
  reader.require("name", kName);
  const std::string name = reader.string("name", kName).value_or("");
  if (reader.is_string("name") && !is_name(name)) {
    reader.mistake("name", name_mistake(name));
  }
  return name;
}

std::optional<uint64_t> SystemReader::read_time(TableReader& reader, std::string_view key) {
  const auto text = reader.string(key, kTime);
  if (!text) return std::nullopt;
  const auto time = parse_time(*text);
  if (!time) {
    reader.mistake(key, fmt::format("{} is {}, expected {}: a number with ns, us, ms or s", key,
                                    in_quotes(*text), kTime));
  }
  return time;
}

std::optional<uint64_t> SystemReader::read_size(TableReader& reader, std::string_view key,
                                                std::string& text) {
  const auto written = reader.string(key, kSize);
  if (!written) return std::nullopt;
  text = *written;
  const auto size = parse_size(text);
  if (!size) {
    reader.mistake(key, fmt::format("{} is {}, expected {}", key, in_quotes(text), kSize));
  }
  return size;
}

// Returns the name of an image for Config, or an empty string if `key` is missing. If the value is
// a mistake, the result is not empty either, so that the image is not also reported as missing.
std::string SystemReader::read_image(TableReader& reader, std::string_view key) {
  if (!reader.has(key)) {
    reader.string(key, kFile);
    return {};
  }
  const auto name = reader.string(key, kFile);
  if (!name) return std::string(key);
  if (name->empty() || !is_printable(*name)) {
    reader.mistake(key, fmt::format("{} is {}, expected {}", key, in_quotes(*name), kFile));
    return std::string(key);
  }
  const FoundFile found = images_(*name);
  if (!found.why.empty()) {
    reader.mistake(key, fmt::format("{} {}: {}", key, in_quotes(*name), found.why));
  }
  return found.name;
}

std::optional<size_t> SystemReader::read_guest_name(TableReader& reader, std::string_view key) {
  reader.require(key, kGuest);
  const auto name = reader.string(key, kGuest);
  if (!name) return std::nullopt;
  return find_guest(*name, std::string(key), reader.line(key));
}

std::optional<size_t> SystemReader::find_guest(std::string_view name, const std::string& where,
                                               uint32_t line) {
  std::vector<std::string_view> names;
  for (size_t i = 0; i < system.guests.size(); ++i) {
    if (system.guests[i].name == name) return i;
    names.push_back(system.guests[i].name);
  }
  mistakes_.add(line, fmt::format("{} names {}, which is no partition, expected the name of a "
                                  "[[partition]]{}",
                                  where, in_quotes(name), did_you_mean(name, names)));
  return std::nullopt;
}

}  // namespace hvk
