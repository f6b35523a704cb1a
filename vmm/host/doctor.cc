// SPDX-License-Identifier: GPL-2.0-or-later
#include "host/doctor.h"

#include <fmt/format.h>
#include <sys/personality.h>
#include <sys/utsname.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <span>

#include "host/hostfiles.h"
#include "host/hostinfo.h"
#include "host/rt_limit.h"

namespace hvk {
namespace {

namespace fs = std::filesystem;
using Verdict = Finding::Verdict;

// The report's checks, in the order in which a person reads them: the most basic requirements come
// first. Each check looks at one thing.
class Examination {
 public:
  Examination(const fs::path& root, const LiveFacts& live)
      : root_(root),
        live_(live),
        interrupts_(slurp(root / "proc/interrupts").value_or("")),
        cmdline_(slurp(root / "proc/cmdline").value_or("")) {}

  std::vector<Finding> run() {
    kernel();
    cpu();
    exception_level();
    el2_owner();
    gic();
    ppis();
    page_size();
    kernel_config();
    module_loading();
    headers();
    device();
    mitigations();
    aarch32();
    real_time();
    return std::move(findings_);
  }

 private:
  void good(std::string topic, std::string text) {
    findings_.push_back({Verdict::kGood, std::move(topic), std::move(text), {}});
  }
  void note(std::string topic, std::string text, std::string remedy = {}) {
    findings_.push_back({Verdict::kNote, std::move(topic), std::move(text), std::move(remedy)});
  }
  void bad(std::string topic, std::string text, std::string remedy) {
    findings_.push_back({Verdict::kBad, std::move(topic), std::move(text), std::move(remedy)});
  }
  bool exists(const fs::path& path) const {
    std::error_code error;
    return fs::exists(root_ / path, error);
  }

  void kernel();
  void cpu();
  void exception_level();
  void el2_owner();
  void gic();
  void ppis();
  void page_size();
  void kernel_config();
  void module_loading();
  void headers();
  void device();
  void mitigations();
  void aarch32();
  void real_time();

  // An option of the kernel that hvk can do without. `symbol` is a function that only this option
  // brings; `loss` says what is lost without it, and is empty if nothing is.
  struct KernelOption {
    const char* name;
    const char* symbol;
    std::string_view loss, remedy;
  };

  std::string kvm_processes() const;
  std::string read_config() const;
  std::optional<std::vector<std::string>> functions_among(
      std::span<const KernelOption> wanted) const;

  fs::path root_;
  const LiveFacts& live_;
  std::string interrupts_;
  std::string cmdline_;
  bool vhe_ = false;  // the kernel is at EL2 itself
  std::vector<Finding> findings_;
};

void Examination::kernel() {
  const std::string text = fmt::format("Linux {}, {}", live_.release, live_.machine);
  if (live_.machine == "aarch64") {
    good("kernel", text);
  } else {
    bad("kernel", text, "hvk needs a 64-bit Arm machine with a 64-bit kernel");
  }
}

void Examination::cpu() {
  struct Part {
    std::string_view implementer, part;
    const char* name;
  };
  static constexpr Part kParts[] = {
      {"0x41", "0xd03", "Cortex-A53"}, {"0x41", "0xd05", "Cortex-A55"},
      {"0x41", "0xd07", "Cortex-A57"}, {"0x41", "0xd08", "Cortex-A72"},
      {"0x41", "0xd09", "Cortex-A73"}, {"0x41", "0xd0a", "Cortex-A75"},
      {"0x41", "0xd0b", "Cortex-A76"}, {"0x41", "0xd0c", "Neoverse N1"},
  };
  const std::string cpuinfo = slurp(root_ / "proc/cpuinfo").value_or("");
  size_t count = 0;
  std::string_view implementer, part;
  for (std::string_view line : lines_of(cpuinfo)) {
    const size_t colon = line.find(": ");
    if (line.starts_with("processor")) ++count;
    if (colon == std::string_view::npos) continue;
    if (line.starts_with("CPU implementer")) implementer = line.substr(colon + 2);
    if (line.starts_with("CPU part")) part = line.substr(colon + 2);
  }
  if (count == 0) return;
  std::string name = fmt::format("implementer {} part {}", implementer, part);
  for (const Part& known : kParts) {
    if (known.implementer == implementer && known.part == part) name = known.name;
  }
  note("CPUs", fmt::format("{} x {}", count, name));
}

// The INTID of the host's own tick shows the kernel's exception level: a kernel at EL1 that was
// started at EL2 uses the EL1 physical timer (30), a kernel that was started at EL1 the virtual one
// (27), and a kernel that runs at EL2 a hypervisor timer (26 or 28).
void Examination::exception_level() {
  enum : uint32_t { kHypPhysical = 26, kVirtual = 27, kHypVirtual = 28, kPhysical = 30 };
  const std::vector<uint32_t> ticks = gic_intids(interrupts_, "arch_timer");
  if (ticks.empty()) {
    note("EL2", "cannot tell: /proc/interrupts shows no arch_timer");
    return;
  }
  switch (ticks[0]) {
    case kPhysical:
      good("EL2", "the kernel was started at EL2 and runs at EL1");
      break;
    case kHypPhysical:
    case kHypVirtual:
      vhe_ = true;
      good("EL2", "the kernel itself runs at EL2 (VHE), and hvk runs guests from there");
      break;
    case kVirtual:
      bad("EL2", "the kernel was started at EL1, so that no hypervisor can be under it",
          "in a virtual machine, switch nested virtualization on (QEMU: -M virt,"
          "virtualization=on); on a board, use firmware that starts the kernel at EL2");
      break;
    default:
      note("EL2", fmt::format("cannot tell: the tick is INTID {}", ticks[0]));
      break;
  }
}

// The PIDs of the processes that have VMs of KVM, among those whose /proc/PID/fd this user may
// read.
std::string Examination::kvm_processes() const {
  std::string list;
  std::error_code error;
  for (fs::directory_iterator it(root_ / "proc", error), end; !error && it != end;
       it.increment(error)) {
    const std::string pid = it->path().filename();
    if (pid.find_first_not_of("0123456789") != std::string::npos) continue;
    std::error_code ignored;
    for (fs::directory_iterator fd(it->path() / "fd", ignored), last; !ignored && fd != last;
         fd.increment(ignored)) {
      std::error_code unreadable;
      if (fs::read_symlink(fd->path(), unreadable) != "anon_inode:kvm-vm") continue;
      list += (list.empty() ? "" : ", ") + pid;
      break;
    }
  }
  return list;
}

void Examination::el2_owner() {
  if (cmdline_.find("kvm-arm.mode=protected") != std::string::npos) {
    bad("EL2 owner", "protected KVM, which never gives EL2 up",
        "take kvm-arm.mode=protected off the kernel's command line and reboot");
    return;
  }
  if (vhe_) {
    good("EL2 owner", "nobody: KVM and hvk may have VMs at the same time");
    return;
  }
  if (const std::string pids = kvm_processes(); !pids.empty()) {
    bad("EL2 owner", "KVM has VMs, of process " + pids,
        "whoever has VMs keeps EL2: end them to run guests under hvk");
    return;
  }
  if (!exists("dev/kvm")) {
    good("EL2 owner", "nobody: KVM is absent or off");
    return;
  }
  const std::string at_load =
      slurp(root_ / "sys/module/kvm/parameters/enable_virt_at_load").value_or("N");
  good("EL2 owner", at_load.starts_with("Y")
                        ? "KVM, idle: hvk takes EL2 over for as long as it has VMs"
                        : "nobody until KVM starts a VM: hvk takes EL2 as long as it has VMs");
}

void Examination::gic() {
  const std::optional<HostTree> tree = read_host_tree(root_ / "proc/device-tree");
  if (!tree) {
    const bool v2 = interrupts_.find("GICv2") != std::string::npos;
    const bool v3 = interrupts_.find("GICv3") != std::string::npos;
    const char* version = v2 ? "GICv2" : v3 ? "GICv3" : "unknown";
    note("GIC", fmt::format("{}; no device tree, so its regions are not known here", version));
    return;
  }
  constexpr const char* kNoV2 = "hvk needs a GICv2 with virtualization regions (GIC-400) so far";
  if (tree->gic_version == 0) {
    bad("GIC", "none in the device tree that hvk knows", kNoV2);
  } else if (tree->gic_version == 3) {
    bad("GIC", "GICv3, which hvk does not support yet", kNoV2);
  } else if (tree->gic_regions < 4) {
    bad("GIC", "GICv2 without the regions GICH and GICV in the device tree",
        "without them no guest gets interrupts; if the chip has them (a GIC-400 does), use a "
        "device tree that lists four regions");
  } else {
    good("GIC", "GICv2 with GICH and GICV");
  }
}

void Examination::ppis() {
  const auto tree = read_host_tree(root_ / "proc/device-tree");
  if (!tree) return;
  const auto owner = [this](const char* action) {
    return gic_intids(interrupts_, action).empty() ? "" : " (requested by KVM; shared with it)";
  };
  if (tree->vtimer_intid) {
    good("virtual timer",
         fmt::format("INTID {}{}", *tree->vtimer_intid, owner("kvm guest vtimer")));
  } else {
    bad("virtual timer", "its interrupt is not in the device tree",
        "use a device tree whose arm,armv8-timer node lists four interrupts");
  }
  if (tree->maintenance_intid) {
    good("maintenance", fmt::format("INTID {}{}", *tree->maintenance_intid, owner("vgic")));
  } else {
    bad("maintenance", "the GIC's maintenance interrupt is not in the device tree",
        "use a device tree whose GIC node has an interrupts property");
  }
}

void Examination::page_size() {
  const std::string text = fmt::format("{} KiB", live_.page_size >> 10);
  if (live_.page_size == 4096) {
    good("pages", text);
  } else {
    bad("pages", text,
        "hvk needs a kernel with 4 KiB pages (Raspberry Pi: kernel=kernel8.img in config.txt)");
  }
}

// The kernel's configuration, from the first place that has it, or an empty string.
std::string Examination::read_config() const {
  for (const fs::path& path : {fs::path("boot/config-" + live_.release),
                               fs::path("lib/modules/" + live_.release + "/config"),
                               fs::path("lib/modules/" + live_.release + "/build/.config")}) {
    if (auto text = slurp(root_ / path)) return *text;
  }
  const std::string packed = root_ / "proc/config.gz";
  const gzFile file = ::gzopen(packed.c_str(), "rb");
  if (!file) return {};
  std::string text(1 << 20, '\0');
  const int size = ::gzread(file, text.data(), static_cast<unsigned>(text.size()));
  ::gzclose(file);
  text.resize(size > 0 ? static_cast<size_t>(size) : 0);
  return text;
}

// Those symbols of `wanted` that /proc/kallsyms lists as the kernel's own; nothing if that file is
// empty or cannot be read.
std::optional<std::vector<std::string>> Examination::functions_among(
    std::span<const KernelOption> wanted) const {
  std::ifstream file(root_ / "proc/kallsyms");
  std::vector<std::string> found;
  bool any = false;
  for (std::string line; std::getline(file, line); any = true) {
    const std::vector<std::string_view> words = words_of(line);
    if (words.size() != 3) continue;  // a module's symbol has a fourth word
    for (const KernelOption& option : wanted) {
      if (words[2] == option.symbol) found.emplace_back(option.symbol);
    }
  }
  if (!any) return std::nullopt;
  return found;
}

void Examination::kernel_config() {
  static constexpr KernelOption kOptions[] = {
      {"KVM", "kvm_init", {}, {}},
      {"MMU_NOTIFIER", "mmu_notifier_unregister",
       "guest memory is pinned: neither swapped, merged nor moved, and what a VMM takes away or "
       "replaces stays as it was for its guest",
       "RLIMIT_MEMLOCK has to allow all of a guest's memory (ulimit -l); root has no such limit"},
      {"PREEMPT_NOTIFIERS",
       "preempt_notifier_register",
       "the state of the interrupt controller goes with each entry into a guest, so that each "
       "exit costs more",
       {}},
  };
  // An option is looked up in the kernel's configuration or, if that cannot be read, by its symbol.
  const std::string config = "\n" + read_config();
  const bool readable = config.size() > 1;
  std::optional<std::vector<std::string>> functions;
  if (!readable) functions = functions_among(kOptions);
  if (!readable && !functions) {
    note("kernel options", "cannot tell: neither /proc/config.gz, /boot/config-" + live_.release +
                               " nor /proc/kallsyms can be read");
    return;
  }
  const auto has = [&](const KernelOption& option) {
    if (readable)
      return config.find(fmt::format("\nCONFIG_{}=y", option.name)) != std::string::npos;
    return std::find(functions->begin(), functions->end(), option.symbol) != functions->end();
  };
  std::string present, absent;
  for (const KernelOption& option : kOptions) {
    (has(option) ? present : absent) += std::string(" ") + option.name;
  }
  if (absent.empty()) {
    good("kernel options", "has" + present);
  } else {
    note("kernel options", "has" + (present.empty() ? " none" : present) + ", lacks" + absent);
  }
  for (const KernelOption& option : kOptions) {
    if (option.loss.empty() || has(option)) continue;
    note(fmt::format("no {}", option.name), std::string(option.loss), std::string(option.remedy));
  }
  if (readable && config.find("\nCONFIG_MODULES=y") == std::string::npos) {
    bad("modules", "this kernel cannot load any", "use one with CONFIG_MODULES");
  }
}

void Examination::module_loading() {
  const std::string enforced =
      slurp(root_ / "sys/module/module/parameters/sig_enforce").value_or("N");
  const std::string lockdown = slurp(root_ / "sys/kernel/security/lockdown").value_or("");
  if (enforced.starts_with("Y") || lockdown.find("[integrity]") != std::string::npos ||
      lockdown.find("[confidentiality]") != std::string::npos) {
    bad("signatures", "this kernel loads signed modules only",
        "switch secure boot off, or enrol a key and sign hvk.ko with it");
  }
}

void Examination::headers() {
  if (exists("lib/modules/" + live_.release + "/build/Makefile")) {
    good("headers", "the module can be built here");
    return;
  }
  note("headers", "none for this kernel: the module can be loaded but not built here",
       fmt::format("apt install linux-headers-{} (Raspberry Pi OS: linux-headers-rpi-v8)",
                   live_.release));
}

void Examination::device() {
  const std::string modules = slurp(root_ / "proc/modules").value_or("");
  const bool loaded = ("\n" + modules).find("\nhvk ") != std::string::npos;
  if (!loaded && !exists("dev/hvk")) {
    note("hvk", "not loaded", "sudo insmod hvk.ko");
  } else if (::access((root_ / "dev/hvk").c_str(), R_OK | W_OK) != 0) {
    bad("hvk", "loaded, but /dev/hvk is not open to this user",
        "run as root, or join the group that ls -l /dev/hvk shows and log in again");
  } else {
    good("hvk", "loaded");
  }
}

void Examination::mitigations() {
  std::error_code error;
  std::vector<std::string> names;
  const fs::path dir = root_ / "sys/devices/system/cpu/vulnerabilities";
  for (fs::directory_iterator it(dir, error), end; !error && it != end; it.increment(error)) {
    names.push_back(it->path().filename());
  }
  std::sort(names.begin(), names.end());
  for (const std::string& name : names) {
    std::string state = slurp(dir / name).value_or("");
    while (state.ends_with('\n')) state.pop_back();
    if (state.empty() || state == "Not affected") continue;
    if (state.starts_with("Vulnerable")) {
      note(name, state, "needs newer firmware or a newer kernel; do not run hostile guests");
    } else {
      good(name, state);
    }
  }
}

void Examination::aarch32() {
  note("32-bit programs", live_.aarch32 ? "run here, and in guests" : "do not run here");
}

void Examination::real_time() { note("real time", RtLimits::read(root_).describe()); }

// Adds what the module, if it is loaded, says of this host.
void ask_module(std::vector<Finding>& findings) {
  const std::optional<HostInfo> info = read_host_info("/dev/hvk");
  if (!info) return;
  findings.push_back(
      {Verdict::kNote, "module",
       fmt::format("EL2 of this CPU: {}; {} list registers, {}-bit VMIDs, {}-bit "
                   "guest addresses",
                   info->el2_owner, info->list_registers, info->vmid_bits, info->ipa_bits),
       ""});
  for (const std::string& mitigation : info->mitigations) {
    findings.push_back({Verdict::kNote, "module", mitigation, ""});
  }
  if (!info->refusal.empty()) {
    findings.push_back({Verdict::kNote, "last refusal", info->refusal, ""});
  }
}

}  // namespace

LiveFacts this_machine() {
  LiveFacts live;
  utsname names = {};
  ::uname(&names);
  live.machine = names.machine;
  live.release = names.release;
  live.page_size = static_cast<uint64_t>(::sysconf(_SC_PAGESIZE));
  // The kernel refuses this personality if its CPUs have no AArch32 at EL0.
  const int before = ::personality(0xffffffff);
  live.aarch32 = ::personality(PER_LINUX32) != -1;
  ::personality(static_cast<unsigned long>(before));
  return live;
}

std::vector<Finding> examine_host(const fs::path& root, const LiveFacts& live) {
  return Examination(root, live).run();
}

std::string format_report(const std::vector<Finding>& findings) {
  std::string report;
  size_t bad = 0;
  for (const Finding& finding : findings) {
    const char* mark = finding.verdict == Verdict::kGood  ? "ok"
                       : finding.verdict == Verdict::kBad ? "NO"
                                                          : "--";
    if (finding.verdict == Verdict::kBad) ++bad;
    report += fmt::format("{}  {:<16} {}\n", mark, finding.topic, finding.text);
    if (!finding.remedy.empty()) report += fmt::format("{:20} -> {}\n", "", finding.remedy);
  }
  report += bad == 0 ? "Nothing is in hvk's way here.\n"
                     : fmt::format("{} in hvk's way here.\n",
                                   bad == 1 ? "1 thing is" : fmt::format("{} things are", bad));
  return report;
}

int run_doctor() {
  std::vector<Finding> findings = examine_host("/", this_machine());
  ask_module(findings);
  std::fputs(format_report(findings).c_str(), stdout);
  const bool bad = std::any_of(findings.begin(), findings.end(), [](const Finding& finding) {
    return finding.verdict == Verdict::kBad;
  });
  return bad ? 1 : 0;
}

}  // namespace hvk
