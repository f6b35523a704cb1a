// SPDX-License-Identifier: GPL-2.0-or-later
#include "host/bringup.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>

#include "base/fd.h"
#include "host/hostfiles.h"

namespace hvk {
namespace {

namespace fs = std::filesystem;

constexpr const char* kFolder = "sys/kernel/debug/hvk";
constexpr const char* kLoad = "sudo insmod hvk.ko take_only=1";

// What each rung does, printed before it is tried.
constexpr struct {
  const char* rung;
  const char* about;
} kRungs[] = {
    {"probe", "who answers at EL2"},
    {"restart", "to EL2 and straight back, its MMU off"},
    {"mmu", "EL2 taken, its MMU on, and given back"},
    {"tlbi", "each TLB call"},
    {"guest", "a guest of one page that does one HVC"},
};

const char* about(std::string_view rung) {
  for (const auto& known : kRungs) {
    if (rung == known.rung) return known.about;
  }
  return "a rung that this hvk-run does not know";
}

// Says why the module did not try a rung, by the errno of the write to its file.
std::string why_not(int error) {
  switch (error) {
    case EBUSY:
      return "KVM has VMs, or the host is about to sleep: end them and try again";
    case ENODEV:
      return "a CPU was lost before, or is offline: reboot the machine";
    case EPERM:
      return "the kernel is locked down: boot it without lockdown";
    default:
      return std::strerror(error);
  }
}

// The line about one rung in the report.
std::string result_line(const LadderState& state) {
  std::string line = fmt::format("rung {}: {} in {} us: {}", state.rung, state.result,
                                 state.microseconds, state.says);
  if (state.result != "passed") {
    line += fmt::format("; stage {}; esr {} elr {}", state.stage, state.esr, state.elr);
  }
  return line;
}

class Walk {
 public:
  Walk(const LadderFile& file, const std::function<void(std::string_view)>& say)
      : file_(file), say_(say) {}

  // Tries `rung`, prints its result and keeps it for the report. Returns whether the rung passed,
  // so that the next one may be tried.
  bool climb(const std::string& rung) {
    say_(fmt::format("{:<8} {} ... ", rung, about(rung)));
    const int error = file_.climb(rung);
    const LadderState state = parse_ladder(file_.read().value_or(""));
    if (!state.midr.empty()) midr_ = state.midr;
    if (state.rung != rung || state.result == "none") {
      // The module did not try this rung: its file has the result of an earlier one, or none.
      results_.push_back(fmt::format("rung {}: not tried: {}", rung, why_not(error)));
      say_(fmt::format("not tried\n{:9}{}\n", "", why_not(error)));
      return false;
    }
    results_.push_back(result_line(state));
    say_(fmt::format("{}\n{:9}{}\n", state.result, "", state.says));
    lost_ = state.result == "lost";
    if (state.result != "passed") {
      say_(fmt::format("{:9}last seen at stage {}; esr {} elr {}\n", "", state.stage, state.esr,
                       state.elr));
    }
    return state.result == "passed" && error == 0;
  }

  bool lost() const { return lost_; }
  const std::string& midr() const { return midr_; }
  const std::vector<std::string>& results() const { return results_; }

 private:
  const LadderFile& file_;
  const std::function<void(std::string_view)>& say_;
  std::vector<std::string> results_;
  std::string midr_ = "unknown";
  bool lost_ = false;
};

// The machine's model, and those of the doctor's findings that a report needs.
std::vector<std::string> host_facts(const fs::path& root) {
  std::vector<std::string> facts;
  if (auto model = slurp(root / "proc/device-tree/model")) {
    facts.push_back("machine: " + std::string(model->c_str()));
  }
  for (const Finding& finding : examine_host(root, this_machine())) {
    for (const char* topic : {"kernel", "CPUs", "EL2", "GIC", "virtual timer"}) {
      if (finding.topic == topic) facts.push_back(finding.topic + ": " + finding.text);
    }
  }
  return facts;
}

LadderFile open_ladder(const fs::path& path) {
  return {[path] { return slurp(path); },
          [path](const std::string& rung) {
            const Fd fd(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
            if (!fd) return errno;
            return ::write(fd.get(), rung.data(), rung.size()) < 0 ? errno : 0;
          }};
}

}  // namespace

LadderState parse_ladder(std::string_view text) {
  LadderState state;
  const struct {
    std::string_view name;
    std::string* value;
  } kFields[] = {
      {"cpu", &state.cpu},   {"result", &state.result}, {"rung", &state.rung},
      {"midr", &state.midr}, {"stage", &state.stage},   {"microseconds", &state.microseconds},
      {"esr", &state.esr},   {"elr", &state.elr},       {"says", &state.says},
  };
  for (std::string_view line : lines_of(text)) {
    const size_t colon = line.find(": ");
    if (colon == std::string_view::npos) continue;
    const std::string_view name = line.substr(0, colon), value = line.substr(colon + 2);
    if (name == "rungs") {
      for (std::string_view rung : words_of(value)) state.rungs.emplace_back(rung);
    }
    for (const auto& field : kFields) {
      if (name == field.name) *field.value = value;
    }
  }
  return state;
}

std::optional<Finding> ladder_obstacle(const fs::path& root, bool superuser) {
  const auto obstacle = [](std::string text, std::string remedy) {
    return Finding{Finding::Verdict::kBad, "bring-up", std::move(text), std::move(remedy)};
  };
  std::error_code error;
  if (!superuser) {
    return obstacle("the ladder is root's alone", "sudo hvk-run --doctor --bringup");
  }
  const std::string modules = slurp(root / "proc/modules").value_or("");
  if (("\n" + modules).find("\nhvk ") == std::string::npos) {
    return obstacle("hvk.ko is not loaded", kLoad);
  }
  const std::string take_only = slurp(root / "sys/module/hvk/parameters/take_only").value_or("");
  if (take_only.empty()) {
    return obstacle("this hvk.ko has no ladder", "build and load one of hvk-run's own version");
  }
  if (take_only.starts_with("-")) {
    return obstacle("hvk.ko is loaded to run guests, without take_only",
                    std::string("sudo rmmod hvk && ") + kLoad);
  }
  if (fs::exists(root / kFolder / "bringup", error)) return std::nullopt;
  const std::string known = slurp(root / "proc/filesystems").value_or("");
  if (known.find("debugfs") == std::string::npos) {
    return obstacle("this kernel has no debugfs", "use one with CONFIG_DEBUG_FS");
  }
  const std::string mounts = slurp(root / "proc/mounts").value_or("");
  if (mounts.find(" /sys/kernel/debug debugfs ") == std::string::npos) {
    return obstacle("debugfs is not mounted", "sudo mount -t debugfs none /sys/kernel/debug");
  }
  return obstacle("the module has no file in debugfs",
                  "boot without debugfs=off and lockdown, then load the module again");
}

int walk_ladder(const LadderFile& file, const std::vector<std::string>& facts,
                const std::function<void(std::string_view)>& say) {
  const LadderState start = parse_ladder(file.read().value_or(""));
  say(fmt::format("CPU {}, rung by rung; each is named before it is tried.\n", start.cpu));
  Walk walk(file, say);
  const bool passed = !start.rungs.empty() &&
                      std::all_of(start.rungs.begin(), start.rungs.end(),
                                  [&](const std::string& rung) { return walk.climb(rung); });
  say("--- please report from here ---\n");
  for (const std::string& fact : facts) say(fact + "\n");
  say(fmt::format("CPU {}: MIDR {}\n", start.cpu, walk.midr()));
  for (const std::string& result : walk.results()) say(result + "\n");
  if (passed) {
    say("Every rung holds. Next: rmmod hvk, insmod hvk.ko, and a guest.\n");
    return 0;
  }
  if (start.rungs.empty()) say("the module's ladder has no rungs\n");
  if (walk.lost()) {
    say("CPU " + start.cpu +
        " is lost, and what waits for it with it. Save this text and dmesg, then\n"
        "reboot: if 'reboot' hangs, by 'echo b > /proc/sysrq-trigger' or by the power switch.\n");
  }
  return 1;
}

int run_bringup() {
  const fs::path root = "/";
  if (const auto obstacle = ladder_obstacle(root, ::geteuid() == 0)) {
    std::fputs(format_report({*obstacle}).c_str(), stdout);
    return 1;
  }
  return walk_ladder(open_ladder(root / kFolder / "bringup"), host_facts(root),
                     [](std::string_view text) {
                       std::fwrite(text.data(), 1, text.size(), stdout);
                       // The machine may hang in the next rung, and unwritten text would be lost.
                       std::fflush(stdout);
                     });
}

}  // namespace hvk
