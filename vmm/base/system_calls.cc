// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/system_calls.h"

#include <fcntl.h>
#include <linux/if_tun.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <termios.h>
#include <unistd.h>

#include <cerrno>

#include "base/thread_kind.h"

namespace hvk::sandbox {
namespace {

constexpr unsigned of(ThreadKind kind) { return 1u << static_cast<unsigned>(kind); }
constexpr unsigned kMain = of(ThreadKind::kMain), kVcpu = of(ThreadKind::kVcpu),
                   kDisk = of(ThreadKind::kDisk), kDevice = of(ThreadKind::kDevice) | kDisk,
                   kPlain = of(ThreadKind::kPlain);
constexpr unsigned kAll = kMain | kVcpu | kDevice | kPlain;

constexpr uint64_t kWord = UINT32_MAX;

// Numbers of ioctl(2) by their type (<asm/ioctl.h>): KVM's, vhost's and hvk's own. Others one by
// one: among those of terminals is one that types for the user.
constexpr uint64_t kType = 0xff00, kKvm = 0xae00, kVhost = 0xaf00, kHvk = 0xb700;

Argument is(unsigned index, uint64_t value) { return {index, kWord, value}; }

// The table's order is that of what the calls are for.
std::vector<SystemCall> make() {
  const std::vector<Argument> no_code = {{2, PROT_EXEC, 0}};
  return {
      // Memory, none of which can be executed.
      {"brk", kAll},
      {"mmap", kAll, no_code},
      {"mprotect", kAll, no_code},
      {"munmap", kAll},
      {"mremap", kAll},
      {"madvise", kAll},
      {"mincore", kMain},
      {"mlock", kMain | kVcpu},
      {"munlock", kMain},
      {"memfd_create", kMain},
      // The trace is cut where its end was not written.
      {"ftruncate", kMain | kPlain},

      // Threads and waiting.
      {"futex", kAll},
      {"exit", kAll},
      {"exit_group", kAll},
      {"rt_sigprocmask", kAll},
      {"rt_sigreturn", kAll},
      {"sigaltstack", kAll},
      {"rt_sigaction", kMain | kVcpu},
      {"restart_syscall", kAll},
      {"gettid", kAll},
      {"getpid", kAll},
      {"sched_yield", kAll},
      {"set_robust_list", kAll},
      {"rseq", kAll},
      {"membarrier", kAll},
      {"sched_getaffinity", kAll},
      {"sched_setaffinity", kMain | kVcpu},
      {"sched_getparam", kAll},
      {"sched_getscheduler", kAll},
      {"sched_setscheduler", kMain | kVcpu | kDevice},
      {"sched_setattr", kMain | kVcpu},
      {"sched_getattr", kMain | kVcpu},
      {"prctl",
       kAll,
       {is(0, PR_SET_NAME), is(0, PR_GET_NAME), is(0, PR_SET_NO_NEW_PRIVS),
        is(0, PR_SET_TIMERSLACK)}},
      // A thread of this process.
      {"clone", kMain | kDevice, {{0, CLONE_VM | CLONE_THREAD, CLONE_VM | CLONE_THREAD}}},
      // Its arguments cannot be looked at: the library then makes the call above.
      {"clone3", kMain | kDevice, {}, ENOSYS},
      {"tgkill", kAll, {is(0, static_cast<uint64_t>(::getpid()))}},
      // Ends programs that were started for a guest.
      {"kill", kMain},
      {"wait4", kMain},

      // A new thread confines itself.
      {"seccomp", kMain | kDevice},
      {"landlock_restrict_self", kMain | kDevice},
      {"capget", kMain | kDevice},
      {"capset", kMain | kDevice},

      // Time and randomness.
      {"clock_gettime", kAll},
      {"clock_nanosleep", kAll},
      {"gettimeofday", kAll},
      {"nanosleep", kAll},
      {"getrandom", kAll},
      {"timerfd_create", kAll},
      {"timerfd_settime", kAll},
      {"timerfd_gettime", kAll},

      // Descriptors that are open.
      {"read", kAll},
      {"write", kAll},
      {"readv", kAll},
      {"writev", kAll},
      {"pread64", kAll},
      {"pwrite64", kAll},
      {"preadv", kDevice | kMain},
      {"pwritev", kDevice | kMain},
      {"pwritev2", kDevice | kMain},
      {"fdatasync", kDevice | kMain | kVcpu},
      {"fsync", kDevice | kMain | kVcpu},
      {"fallocate", kDevice | kMain},
      {"lseek", kAll},
      {"fstat", kAll},
      {"newfstatat", kAll},
      {"close", kAll},
      {"dup", kMain},
      {"dup2", kMain},
      {"dup3", kMain},
      {"fcntl", kAll},
      {"poll", kAll},
      {"ppoll", kAll},
      {"epoll_create1", kMain | kDevice},
      {"epoll_ctl", kAll},
      {"epoll_wait", kAll},
      {"epoll_pwait", kAll},
      {"epoll_pwait2", kAll},
      {"eventfd2", kMain | kDevice | kVcpu},
      {"pipe2", kMain},
      // Until the ring is made, and can do no more than to read and write (close_rings).
      {"io_uring_setup", kDisk},
      {"io_uring_register", kDisk},
      {"io_uring_enter", kDisk},

      // Sockets: of local ones new connections are made. Main tells systemd how the system is.
      {"socket", kMain, {is(0, AF_UNIX)}},
      {"connect", kMain},
      {"socket", kDevice, {is(0, AF_UNIX)}, 0, true},
      {"connect", kDevice, {}, 0, true},
      {"socketpair", kMain | kDevice, {is(0, AF_UNIX)}},
      {"accept4", kMain | kDevice | kPlain},
      {"sendto", kMain | kDevice | kPlain},
      {"recvfrom", kMain | kDevice | kPlain},
      {"sendmsg", kMain | kDevice | kPlain},
      {"recvmsg", kMain | kDevice | kPlain},
      {"getsockopt", kMain | kDevice | kPlain},
      {"setsockopt", kMain | kDevice},
      {"shutdown", kMain | kDevice | kPlain},
      {"unlink", kMain},
      {"unlinkat", kMain},

      {"ioctl",
       kMain,
       {{1, kType, kKvm},
        {1, kType, kHvk},
        {1, kType, kVhost},
        is(1, TCGETS),
        is(1, TCSETS),
        is(1, TCSETSW),
        is(1, TCSETSF),
        is(1, TIOCGWINSZ),
        is(1, TIOCGPGRP),
        is(1, TUNSETOFFLOAD),
        is(1, TUNSETQUEUE)}},
      // With each kind, the handlers of fatal signals restore the terminal.
      {"ioctl", kVcpu, {{1, kType, kKvm}, {1, kType, kHvk}, is(1, TCSETS)}},
      {"ioctl",
       kDevice,
       {{1, kType, kKvm},
        {1, kType, kHvk},
        {1, kType, kVhost},
        is(1, TCSETS),
        is(1, TUNSETOFFLOAD),
        is(1, TUNSETQUEUE)}},
      {"ioctl",
       kPlain,
       {is(1, TCGETS), is(1, TCSETS), is(1, TCSETSW), is(1, TCSETSF), is(1, TIOCGWINSZ)}},

      // What main looks at when it restarts a guest.
      {"sysinfo", kMain},
      {"uname", kMain},
      {"prlimit64", kMain},
      {"getrlimit", kMain},
      // libevent, before it looks at its environment.
      {"getuid", kMain | kDevice},
      {"geteuid", kMain | kDevice},
      {"getgid", kMain | kDevice},
      {"getegid", kMain | kDevice},
      {"getppid", kMain},
      {"getpgid", kMain},
      {"getsid", kMain},
      {"signalfd4", kMain},
  };
}

}  // namespace

std::span<const SystemCall> system_calls() {
  static const std::vector<SystemCall> kCalls = make();
  return kCalls;
}

}  // namespace hvk::sandbox
