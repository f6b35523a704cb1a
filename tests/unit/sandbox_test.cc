// SPDX-License-Identifier: GPL-2.0-only
// What a confined thread can do no more. Each test is a process of its own, since none of this can
// be undone.
#include "base/sandbox.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <fstream>
#include <functional>
#include <latch>
#include <string>
#include <thread>
#include <vector>

#include "base/thread.h"
#include "tests/unit/temporary_folder.h"

namespace hvk {
namespace {

using test::TemporaryFolder;

// Confines a process, which then does `act`; it ends with status 0 if that returns.
void confined(ThreadKind kind, const std::function<void()>& act,
              const sandbox::Options& options = {}) {
  sandbox::prepare(options);
  sandbox::enter(kind);
  act();
  std::_Exit(0);
}

constexpr uint64_t kDacOverride = 1 << 1, kIpcLock = 1 << 14, kSysNice = 1 << 23;

const auto kEnded = testing::ExitedWithCode(1);
const auto kWentOn = testing::ExitedWithCode(0);

TEST(SandboxDeathTest, ForbidsAndNamesSystemCalls) {
  const struct {
    const char* name;  // as the line has it
    std::function<void()> act;
  } rows[] = {
      {"openat", [] { ::open("/dev/null", O_RDONLY); }},
      {"execve", [] { ::execl("/bin/true", "true", nullptr); }},
      {"socket", [] { ::socket(AF_INET, SOCK_STREAM, 0); }},
      {"ioctl", [] { ::ioctl(STDIN_FILENO, TIOCSTI, "x"); }},
      {"mmap",
       [] { ::mmap(nullptr, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0); }},
      {"mprotect", [] { ::mprotect(nullptr, 4096, PROT_EXEC); }},
      {"ptrace", [] { ::syscall(SYS_ptrace, 0, 0, 0, 0); }},
      {"mount", [] { ::syscall(SYS_mount, "a", "b", "c", 0, nullptr); }},
      {"bpf", [] { ::syscall(SYS_bpf, 0, nullptr, 0); }},
      {"tgkill", [] { ::syscall(SYS_tgkill, 1, 1, 0); }},
      {"clone", [] { ::syscall(SYS_clone, SIGCHLD, nullptr, nullptr, nullptr, nullptr); }},
      {"prctl", [] { ::prctl(PR_SET_DUMPABLE, 1); }},
      {"renameat2", [] { ::syscall(SYS_renameat2, AT_FDCWD, "a", AT_FDCWD, "b", 0); }},
  };
  for (const ThreadKind kind : {ThreadKind::kMain, ThreadKind::kVcpu, ThreadKind::kDevice,
                                ThreadKind::kDisk, ThreadKind::kPlain}) {
    for (const auto& row : rows) {
      EXPECT_EXIT(confined(kind, row.act), kEnded,
                  std::string("made the system call ") + row.name + " \\(")
          << "kind " << static_cast<int>(kind);
    }
  }
}

TEST(SandboxDeathTest, EachKindHasItsOwn) {
  const auto socket = [] {
    if (::socket(AF_UNIX, SOCK_STREAM, 0) < 0) std::_Exit(2);
  };
  sandbox::Options connects;
  connects.connects = true;
  EXPECT_EXIT(confined(ThreadKind::kMain, socket), kWentOn, "");
  EXPECT_EXIT(confined(ThreadKind::kDevice, socket, connects), kWentOn, "");
  EXPECT_EXIT(confined(ThreadKind::kDevice, socket), kEnded, "system call socket");
  EXPECT_EXIT(confined(ThreadKind::kVcpu, socket, connects), kEnded, "system call socket");
  const auto cut = [] { ::ftruncate(-1, 0); };
  EXPECT_EXIT(confined(ThreadKind::kPlain, cut), kWentOn, "");
  EXPECT_EXIT(confined(ThreadKind::kVcpu, cut), kEnded, "system call ftruncate");
  // A thread's flags, of which the kernel wants one more: it would start none, and is asked.
  const auto thread = [] {
    const long result = ::syscall(SYS_clone, CLONE_VM | CLONE_THREAD, 0, 0, 0, 0);
    if (result != -1 || errno != EINVAL) std::_Exit(2);
  };
  EXPECT_EXIT(confined(ThreadKind::kMain, thread), kWentOn, "");
  EXPECT_EXIT(confined(ThreadKind::kVcpu, thread), kEnded, "system call clone");
}

// A ring is made once, by disks; what it is asked for no filter sees.
TEST(SandboxDeathTest, RingsAreForDisks) {
  const auto ring = [] { ::syscall(SYS_io_uring_setup, 0, nullptr); };
  const auto closed = [ring] {
    sandbox::close_rings();
    ring();
  };
  EXPECT_EXIT(confined(ThreadKind::kDisk, ring), kWentOn, "");
  EXPECT_EXIT(confined(ThreadKind::kDisk, closed), kEnded, "system call io_uring_setup");
  EXPECT_EXIT(confined(ThreadKind::kDevice, ring), kEnded, "system call io_uring_setup");
  const auto other = [] {
    sandbox::close_rings();
    ::read(-1, nullptr, 0);
  };
  EXPECT_EXIT(confined(ThreadKind::kDisk, other), kWentOn, "");
}

TEST(SandboxDeathTest, CallsBeforeTheEnd) {
  const auto with_call = [] {
    sandbox::before_end([] { [[maybe_unused]] auto n = ::write(STDERR_FILENO, "restored\n", 9); });
    ::open("/dev/null", O_RDONLY);
  };
  EXPECT_EXIT(confined(ThreadKind::kVcpu, with_call), kEnded, "system call openat(.|\n)*restored");
}

// A thread is confined when it starts, and one that main starts is not less confined than main.
TEST(SandboxDeathTest, ThreadsConfineThemselves) {
  const auto open_in_thread = [] {
    sandbox::prepare({});
    start_thread(ThreadKind::kVcpu, "vcpu7", [] { ::open("/dev/null", O_RDONLY); }).join();
    std::_Exit(0);
  };
  EXPECT_EXIT(open_in_thread(), kEnded,
              "the thread vcpu7 made the system call openat \\(.*, /dev/null\\)");
}

// malloc has a pool for each of the first threads, then looks how many CPUs there are, and gives
// nothing back before it knows how the kernel counts memory.
TEST(SandboxDeathTest, ManyThreadsAllocate) {
  const auto allocate = [] {
    sandbox::prepare({});
    std::vector<std::thread> threads;
    std::latch all(32);
    for (int i = 0; i < 32; ++i) {
      // Of the kind that may do what the sanitizers do besides.
      threads.push_back(start_thread(ThreadKind::kMain, "main", [&all] {
        std::vector<std::string> texts(64, std::string(64 << 10, 'x'));
        all.arrive_and_wait();
      }));
    }
    for (std::thread& thread : threads) thread.join();
    std::_Exit(0);
  };
  EXPECT_EXIT(allocate(), kWentOn, "");
}

TEST(SandboxDeathTest, WithoutPrepareNothingIsForbidden) {
  const auto free = [] {
    sandbox::enter(ThreadKind::kVcpu);
    std::_Exit(::open("/dev/null", O_RDONLY) < 0);
  };
  EXPECT_EXIT(free(), kWentOn, "");
}

TEST(SandboxDeathTest, RemovesSocketsOnlyWhereTheyAre) {
  const TemporaryFolder folder, other;
  for (const auto* one : {&folder, &other}) std::ofstream(one->path() / "socket") << "x";
  // A kernel without Landlock leaves this to the files' modes.
  const bool landlock = ::syscall(SYS_landlock_create_ruleset, nullptr, 0, 1) > 0;
  const auto remove_both = [&] {
    const int inside = ::unlink((folder.path() / "socket").c_str());
    const int outside = ::unlink((other.path() / "socket").c_str());
    std::_Exit(inside == 0 && (outside != 0) == landlock ? 0 : 2);
  };
  sandbox::Options options;
  options.socket_folders = {folder.path()};
  EXPECT_EXIT(confined(ThreadKind::kMain, remove_both, options), kWentOn, "");
}

TEST(SandboxDeathTest, DropsCapabilities) {
  const auto capabilities = [](uint64_t keep) {
    return [keep] {
      // As <linux/capability.h> has them, of which the unit tests have another one.
      uint32_t header[] = {0x20080522, 0};
      std::array<uint32_t, 6> sets = {};  // effective, permitted, inheritable, twice
      if (::syscall(SYS_capget, header, sets.data()) != 0) std::_Exit(2);
      const uint64_t effective = sets[0] | uint64_t{sets[3]} << 32;
      const uint64_t has = sets[1] | uint64_t{sets[4]} << 32;
      std::_Exit((has & ~keep) == 0 && has == effective ? 0 : 3);
    };
  };
  EXPECT_EXIT(confined(ThreadKind::kMain, capabilities(kIpcLock)), kWentOn, "");
  sandbox::Options connects;
  connects.connects = true;
  EXPECT_EXIT(confined(ThreadKind::kMain, capabilities(kIpcLock | kDacOverride), connects), kWentOn,
              "");
  sandbox::Options realtime;
  realtime.keeps_realtime = true;
  EXPECT_EXIT(confined(ThreadKind::kMain, capabilities(kSysNice | kIpcLock), realtime), kWentOn,
              "");
}

}  // namespace
}  // namespace hvk
