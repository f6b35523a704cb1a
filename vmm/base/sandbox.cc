// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/sandbox.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <malloc.h>
#include <seccomp.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string_view>

#include "base/error.h"
#include "base/fd.h"
#include "base/log.h"
#include "base/system_calls.h"

namespace hvk::sandbox {
namespace {

constexpr size_t kKinds = 5;

struct State {
  std::array<std::vector<sock_filter>, kKinds> filters;
  std::vector<sock_filter> no_rings;  // besides that of the kind
  Fd paths;           // the ruleset that allows no path; none if the kernel has no Landlock
  uint64_t keep = 0;  // the capabilities that stay, a bit each
};
// Set once, before there are other threads. Never destroyed, since threads may end after main.
const State* g_state = nullptr;
std::atomic<void (*)()> g_before_end = nullptr;

[[noreturn]] void give_up(const char* step) {
  log(fmt::format("sandbox: {}: {}; --sandbox off runs without it", step, std::strerror(errno)));
  std::_Exit(1);
}

// --- system calls ----------------------------------------------------------------------------

using Context = std::unique_ptr<void, decltype(&::seccomp_release)>;

void check(int result, const std::string& what) {
  if (result >= 0) return;
  errno = -result;
  throw_errno("sandbox: " + what);
}

void add_rules(scmp_filter_ctx context, const SystemCall& call) {
  const int number = ::seccomp_syscall_resolve_name(call.name);
  if (number < 0) return;  // this architecture has no such call
  if (call.refusal != 0) {
    check(::seccomp_rule_add(context, SCMP_ACT_ERRNO(call.refusal), number, 0), call.name);
    return;
  }
  if (call.arguments.empty()) {
    check(::seccomp_rule_add(context, SCMP_ACT_ALLOW, number, 0), call.name);
    return;
  }
  for (const Argument& one : call.arguments) {
    const scmp_arg_cmp compare = SCMP_CMP64(one.index, SCMP_CMP_MASKED_EQ, one.mask, one.value);
    check(::seccomp_rule_add_array(context, SCMP_ACT_ALLOW, number, 1, &compare), call.name);
  }
}

Context new_context(uint32_t otherwise) {
  Context context(::seccomp_init(otherwise), &::seccomp_release);
  if (!context) throw SetupError("sandbox", "libseccomp makes no filter");
  return context;
}

// The filter's instructions, by way of a file, as libseccomp gives them.
std::vector<sock_filter> instructions_of(const Context& context) {
  const Fd file(::memfd_create("filter", MFD_CLOEXEC));
  if (!file) throw_errno("sandbox");
  check(::seccomp_export_bpf(context.get(), file.get()), "its filter");
  const off_t size = ::lseek(file.get(), 0, SEEK_END);
  std::vector<sock_filter> filter(static_cast<size_t>(size) / sizeof(sock_filter));
  if (::pread(file.get(), filter.data(), static_cast<size_t>(size), 0) != size) {
    throw_errno("sandbox: its filter");
  }
  return filter;
}

std::vector<sock_filter> make_filter(ThreadKind kind, bool connects) {
  const Context context = new_context(SCMP_ACT_TRAP);
  const unsigned bit = 1u << static_cast<unsigned>(kind);
  for (const SystemCall& call : system_calls()) {
    if (call.connecting && !connects) continue;
    // A thread that main starts has main's filter too, so that main may do what any of them may.
    if (kind == ThreadKind::kMain || (call.kinds & bit)) add_rules(context.get(), call);
  }
  return instructions_of(context);
}

std::vector<sock_filter> make_filter_without_rings() {
  const Context context = new_context(SCMP_ACT_ALLOW);
  for (const char* name : {"io_uring_setup", "io_uring_register"}) {
    const int number = ::seccomp_syscall_resolve_name(name);
    check(::seccomp_rule_add(context.get(), SCMP_ACT_TRAP, number, 0), name);
  }
  return instructions_of(context);
}

bool kernel_has_filters() {
  const uint32_t action = SECCOMP_RET_TRAP;
  return ::syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) == 0;
}

void install(const std::vector<sock_filter>& filter) {
  if (filter.empty()) return;
  const sock_fprog program = {static_cast<unsigned short>(filter.size()),
                              const_cast<sock_filter*>(filter.data())};
  if (::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) != 0) give_up("seccomp");
}

// An argument of the system call in which `context` was interrupted.
uint64_t argument(const void* context, unsigned index) {
  const mcontext_t& registers = static_cast<const ucontext_t*>(context)->uc_mcontext;
#if defined(__aarch64__)
  return registers.regs[index];
#elif defined(__x86_64__)
  return static_cast<uint64_t>(registers.gregs[index == 0 ? REG_RDI : REG_RSI]);
#endif
}

// A line that is made without anything that could make a system call by itself.
class SignalLine {
 public:
  SignalLine& add(const char* text) {
    while (*text != '\0') add(*text++);
    return *this;
  }
  // Something that this program has not made.
  SignalLine& add_text(const char* text) {
    constexpr size_t kMost = 64;
    for (size_t i = 0; i < kMost && text[i] != '\0'; ++i) {
      add(text[i] >= ' ' && text[i] <= '~' ? text[i] : '?');
    }
    return *this;
  }
  SignalLine& add_hex(uint64_t number) {
    add("0x");
    bool begun = false;
    for (int shift = 60; shift >= 0; shift -= 4) {
      const auto digit = static_cast<unsigned>(number >> shift & 0xf);
      begun = begun || digit != 0 || shift == 0;
      if (begun) add("0123456789abcdef"[digit]);
    }
    return *this;
  }
  void write() const {
    [[maybe_unused]] const ssize_t n = ::write(STDERR_FILENO, text_.data(), size_);
  }

 private:
  void add(char c) {
    if (size_ < text_.size()) text_[size_++] = c;
  }

  std::array<char, 256> text_ = {};
  size_t size_ = 0;
};

// SIGSYS: a system call that is not allowed. libseccomp allocates the name, which is not safe in a
// signal handler in general; here no allocation was interrupted, since those make only calls that
// are allowed.
void on_forbidden(int, siginfo_t* info, void* context) {
  const char* const name = ::seccomp_syscall_resolve_num_arch(SCMP_ARCH_NATIVE, info->si_syscall);
  std::array<char, 16> thread = {};
  ::prctl(PR_GET_NAME, thread.data());
  SignalLine line;
  line.add("hvk-run: sandbox: the thread ").add(thread.data()).add(" made the system call ");
  if (name) {
    line.add(name);
  } else {
    line.add_hex(static_cast<unsigned>(info->si_syscall));
  }
  line.add(" (").add_hex(argument(context, 0)).add(", ");
  // A path says what was wanted. If it is none, this process ends as well.
  if (name && std::string_view(name) == "openat") {
    line.add_text(reinterpret_cast<const char*>(argument(context, 1)));
  } else {
    line.add_hex(argument(context, 1));
  }
  line.add("), which it does not need; if you do, --sandbox off allows it\n").write();
  if (void (*const call)() = g_before_end.load()) call();
  // Nothing else of the process is to run.
  ::syscall(SYS_exit_group, 1);
}

void handle_forbidden() {
  struct sigaction action = {};
  action.sa_sigaction = on_forbidden;
  action.sa_flags = SA_SIGINFO;
  ::sigaction(SIGSYS, &action, nullptr);
}

// --- paths -------------------------------------------------------------------------------------

// All that can be done by a path, as far as this kernel's Landlock (its version is `abi`) knows it.
uint64_t all_rights(long abi) {
  const uint64_t first = (LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1;
  // Of versions 2, 3 and 5, which Debian 12's header does not have all: to move between folders, to
  // truncate, to call ioctl() on devices.
  return first | (abi >= 2 ? uint64_t{1} << 13 : 0) | (abi >= 3 ? uint64_t{1} << 14 : 0);
}

Fd make_ruleset(const std::vector<std::string>& socket_folders) {
  const long abi =
      ::syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION);
  if (abi < 1) return {};
  landlock_ruleset_attr all = {};
  all.handled_access_fs = all_rights(abi);
  Fd ruleset(static_cast<int>(::syscall(SYS_landlock_create_ruleset, &all, sizeof(all), 0)));
  if (!ruleset) throw_errno("sandbox: Landlock");
  for (const std::string& folder : socket_folders) {
    const Fd fd(::open(folder.c_str(), O_PATH | O_CLOEXEC | O_DIRECTORY));
    if (!fd) throw_errno("sandbox: " + folder);
    landlock_path_beneath_attr rule = {};
    rule.allowed_access = LANDLOCK_ACCESS_FS_REMOVE_FILE;
    rule.parent_fd = fd.get();
    if (::syscall(SYS_landlock_add_rule, ruleset.get(), LANDLOCK_RULE_PATH_BENEATH, &rule, 0) !=
        0) {
      throw_errno("sandbox: Landlock");
    }
  }
  return ruleset;
}

// --- capabilities --------------------------------------------------------------------------------

uint64_t bit(unsigned capability) { return uint64_t{1} << capability; }

void drop_capabilities(uint64_t keep) {
  __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
  std::array<__user_cap_data_struct, 2> sets = {};
  if (::syscall(SYS_capget, &header, sets.data()) != 0) give_up("capabilities");
  for (unsigned i = 0; i < sets.size(); ++i) {
    const auto mask = static_cast<uint32_t>(keep >> 32 * i);
    sets[i].effective &= mask;
    sets[i].permitted &= mask;
    sets[i].inheritable = 0;
  }
  if (::syscall(SYS_capset, &header, sets.data()) != 0) give_up("capabilities");
}

}  // namespace

void prepare(const Options& options) {
  // One pool for all threads. With several, glibc's malloc opens a file of /sys when the ninth
  // thread allocates, and one of /proc when it gives memory of a pool back.
  ::mallopt(M_ARENA_MAX, 1);
  auto state = std::make_unique<State>();
  // A restart or a move pins memory anew on hosts that pin it.
  state->keep = bit(CAP_IPC_LOCK);
  if (options.keeps_realtime) state->keep |= bit(CAP_SYS_NICE);
  // Of sockets that are another user's, or in a folder of another user.
  if (options.connects || !options.socket_folders.empty()) state->keep |= bit(CAP_DAC_OVERRIDE);
  state->paths = make_ruleset(options.socket_folders);
  if (kernel_has_filters()) {
    for (size_t kind = 0; kind < kKinds; ++kind) {
      state->filters[kind] = make_filter(static_cast<ThreadKind>(kind), options.connects);
    }
    state->no_rings = make_filter_without_rings();
  } else {
    log("sandbox: this kernel has no filters of system calls (CONFIG_SECCOMP_FILTER): threads may "
        "make all of them");
  }
  handle_forbidden();
  g_state = state.release();
}

void close_rings() noexcept {
  if (g_state) install(g_state->no_rings);
}

void before_end(void (*call)()) noexcept { g_before_end = call; }

void enter(ThreadKind kind) noexcept {
  if (!g_state) return;
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) give_up("no new privileges");
  if (g_state->paths && ::syscall(SYS_landlock_restrict_self, g_state->paths.get(), 0) != 0) {
    give_up("Landlock");
  }
  drop_capabilities(g_state->keep);
  install(g_state->filters[static_cast<size_t>(kind)]);
}

}  // namespace hvk::sandbox
