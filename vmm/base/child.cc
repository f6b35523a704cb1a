// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/child.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "base/error.h"
#include "base/fd.h"

namespace hvk {
namespace {

constexpr int kFirstFree = 3;

// Everything from here to execv() runs in the child of a process that may have other threads, so
// that only functions are called which are safe in a signal handler.

// Gives the descriptors their numbers. They are first moved above all of these numbers, where none
// of them is in another's way.
bool place_files(std::vector<std::pair<int, int>>& files, int above) {
  for (auto& [fd, number] : files) {
    fd = ::fcntl(fd, F_DUPFD_CLOEXEC, above);
    if (fd < 0) return false;
  }
  const int nothing = ::open("/dev/null", O_RDWR | O_CLOEXEC);
  if (nothing < 0 || ::dup2(nothing, STDIN_FILENO) < 0 || ::dup2(nothing, STDOUT_FILENO) < 0) {
    return false;
  }
  return std::all_of(files.begin(), files.end(),
                     [](const auto& file) { return ::dup2(file.first, file.second) >= 0; });
}

bool restore_signals() {
  struct sigaction standard = {};
  standard.sa_handler = SIG_DFL;
  // Fails for those that cannot be handled, and those that the library keeps for itself.
  for (int signal = 1; signal < NSIG; ++signal) ::sigaction(signal, &standard, nullptr);
  sigset_t none;
  ::sigemptyset(&none);
  return ::sigprocmask(SIG_SETMASK, &none, nullptr) == 0;
}

// Returns only if something fails, with errno set.
void become(const ChildProgram& program, std::vector<std::pair<int, int>>& files, int above,
            char* const* argv, pid_t parent) {
  if (::setsid() < 0 || !restore_signals()) return;
  if (::prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) return;
  // The parent may have ended before it was asked for.
  if (::getppid() != parent) ::_exit(1);
  if (!place_files(files, above)) return;
  if (program.prepare && !program.prepare(program.argument)) return;
  ::execv(program.path.c_str(), argv);
}

}  // namespace

Child::~Child() {
  if (pid_ < 0) return;
  ::kill(pid_, SIGKILL);
  while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) continue;
}

Child start_child(const std::string& what, const ChildProgram& program) {
  std::vector<char*> argv;
  for (const std::string& word : program.words) argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  std::vector<std::pair<int, int>> files = program.files;
  int above = kFirstFree;
  for (const auto& [fd, number] : files) above = std::max(above, number + 1);

  // The end of the pipe that the child writes errno to is closed by a program that starts.
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) throw_errno(what);
  const Fd failed(ends[0]);
  Fd failing(ends[1]);
  const pid_t parent = ::getpid();
  const pid_t pid = ::fork();
  if (pid < 0) throw_errno(what + ": " + program.path);
  if (pid == 0) {
    // The pipe's own number must not be one that a file is to have.
    const int report = ::fcntl(failing.get(), F_DUPFD_CLOEXEC, above);
    become(program, files, above, argv.data(), parent);
    const int error = errno;
    [[maybe_unused]] const ssize_t n = ::write(report, &error, sizeof(error));
    ::_exit(127);
  }
  failing = Fd();
  Child child(pid);
  int error = 0;
  ssize_t n;
  do n = ::read(failed.get(), &error, sizeof(error));
  while (n < 0 && errno == EINTR);
  if (n == sizeof(error)) {
    errno = error;
    throw_errno(what + ": " + program.path);
  }
  return child;
}

}  // namespace hvk
