// SPDX-License-Identifier: GPL-2.0-only
// Ctrl-A commands, the terminal's modes on a pty, and stdout's ends.
#include "console/terminal.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <string>

#include "base/log.h"
#include "console/escape.h"

namespace hvk {
namespace {

TEST(Escape, TellsCommandsFromInput) {
  struct {
    const char* name;
    std::string typed;
    std::string meaning;  // input as is; <x>: a command
  } const kTable[] = {
      {"plain", "ls\r", "ls\r"},
      {"quit", "\x01x", "<x>"},
      {"power", "a\x01pb", "a<p>b"},
      {"help", "\x01h", "<h>"},
      {"help too", "\x01?", "<h>"},
      {"Ctrl-A itself", "\x01\x01", "\x01"},
      {"twice", "\x01\x01\x01\x01", "\x01\x01"},
      {"itself, then a letter", "\x01\x01x", "\x01x"},
      {"stop", "\x01s", "<s>"},
      {"restart", "\x01r", "<r>"},
      {"kill", "\x01k", "<k>"},
      {"next", "\x01n", "<n>"},
      {"select",
       "\x01"
       "1\x01"
       "91",
       "<1><9>1"},
      {"there is no guest 0",
       "\x01"
       "0",
       ""},
      {"unknown", "\x01zx", "x"},
      {"upper case is not a command", "\x01Xy", "y"},
      {"other control characters", "\x03\x04\x1a\x1d", "\x03\x04\x1a\x1d"},
      {"bytes of UTF-8", "\xc3\xa4", "\xc3\xa4"},
      {"unfinished", "a\x01", "a"},
  };
  for (const auto& row : kTable) {
    EscapeDecoder decoder;
    std::string meaning;
    for (char c : row.typed) {
      switch (decoder.decode(static_cast<uint8_t>(c))) {
        case EscapeDecoder::Action::kNone:
          break;
        case EscapeDecoder::Action::kInput:
          meaning += c;
          break;
        case EscapeDecoder::Action::kQuit:
        case EscapeDecoder::Action::kPower:
        case EscapeDecoder::Action::kStop:
        case EscapeDecoder::Action::kRestart:
        case EscapeDecoder::Action::kKill:
        case EscapeDecoder::Action::kNext:
        case EscapeDecoder::Action::kSelect:
          meaning += std::string("<") + c + ">";
          break;
        case EscapeDecoder::Action::kHelp:
          meaning += "<h>";
          break;
      }
    }
    EXPECT_EQ(meaning, row.meaning) << row.name;
  }
}

// Runs `child` with a new terminal as its stdin and controlling terminal;
// gives the master to `parent` and returns the wait status.
template <typename Child, typename Parent>
int on_a_terminal(Child child, Parent parent) {
  int master = -1;
  const pid_t pid = ::forkpty(&master, nullptr, nullptr, nullptr);
  if (pid == 0) {
    child();
    ::_exit(0);
  }
  parent(master);
  int status = 0;
  ::waitpid(pid, &status, 0);
  ::close(master);
  return status;
}

// Reads from `fd` up to and with `end`.
std::string read_until(int fd, char end) {
  std::string text;
  char c = 0;
  while (c != end && ::read(fd, &c, 1) == 1) text += c;
  return text;
}

bool is_raw(const termios& modes) {
  return (modes.c_lflag & (ECHO | ICANON | ISIG)) == 0 && (modes.c_iflag & (ICRNL | IXON)) == 0 &&
         (modes.c_oflag & OPOST) != 0;
}

TEST(Terminal, IsRawWhileItLivesAndRestoredAfter) {
  termios before = {}, during = {}, after = {};
  const int status = on_a_terminal(
      [] {
        ::write(1, "0", 1);
        char go;
        ::read(0, &go, 1);
        {
          Terminal terminal;
          if (!terminal.interactive() || !terminal.readable()) ::_exit(1);
          ::write(1, "1", 1);
          uint8_t byte = 0;
          // Ctrl-C is a byte like any other.
          if (terminal.read({&byte, 1}) != 1 || byte != 3) ::_exit(2);
        }
        ::write(1, "2", 1);
        ::read(0, &go, 1);
      },
      [&](int master) {
        read_until(master, '0');
        ::tcgetattr(master, &before);
        ::write(master, "\n", 1);
        read_until(master, '1');
        ::tcgetattr(master, &during);
        ::write(master, "\x03", 1);
        read_until(master, '2');
        ::tcgetattr(master, &after);
        ::write(master, "\n", 1);
      });
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status;
  EXPECT_FALSE(is_raw(before));
  EXPECT_TRUE(is_raw(during));
  EXPECT_EQ(before.c_lflag, after.c_lflag);
  EXPECT_EQ(before.c_iflag, after.c_iflag);
}

TEST(Terminal, IsRestoredByAFatalSignal) {
  termios after = {};
  const int status = on_a_terminal(
      [] {
        Terminal terminal;
        ::raise(SIGABRT);
      },
      [&](int master) {
        siginfo_t info;
        ::waitid(P_ALL, 0, &info, WEXITED | WNOWAIT);
        ::tcgetattr(master, &after);
      });
  EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT) << status;
  EXPECT_FALSE(is_raw(after));
}

TEST(Terminal, LeavesATerminalAloneInItsBackground) {
  const int status = on_a_terminal(
      [] {
        // A process group of its own that is not the terminal's foreground.
        const pid_t pid = ::fork();
        if (pid == 0) {
          ::setpgid(0, 0);
          Terminal terminal;
          termios modes = {};
          ::tcgetattr(0, &modes);
          ::_exit(!terminal.readable() && !is_raw(modes) ? 0 : 1);
        }
        int inner = 0;
        ::waitpid(pid, &inner, WUNTRACED);
        ::_exit(WIFEXITED(inner) ? WEXITSTATUS(inner) : 9);
      },
      [](int) {});
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status;
}

// Runs `body` in a process whose descriptor `number` is `fd` (-1: closed), and
// returns its exit status.
template <typename Body>
int with_descriptor(int number, int fd, Body body) {
  const pid_t pid = ::fork();
  if (pid == 0) {
    if (fd >= 0) {
      ::dup2(fd, number);
    } else {
      ::close(number);
    }
    ::_exit(body());
  }
  int status = 0;
  ::waitpid(pid, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST(Terminal, EndsReadingAtTheEndOfInput) {
  const auto ends = [] {
    Terminal terminal;
    uint8_t buffer[8];
    const bool before = terminal.readable();
    const size_t n = terminal.read(buffer);
    return before && n == 0 && !terminal.readable() && !terminal.interactive() ? 0 : 1;
  };
  const Fd null(::open("/dev/null", O_RDONLY));
  EXPECT_EQ(with_descriptor(0, null.get(), ends), 0);
  EXPECT_EQ(with_descriptor(0, -1, ends), 0);
}

TEST(Terminal, OutputEndsWithItsReader) {
  const auto ends = [] {
    int pipe_ends[2];
    if (::pipe(pipe_ends) != 0 || ::dup2(pipe_ends[1], 1) != 1) return 1;
    ::signal(SIGPIPE, SIG_IGN);
    StdoutSink sink;
    sink.put('a');
    pollfd broken = {sink.broken().get(), POLLIN, 0};
    if (::poll(&broken, 1, 0) != 0) return 2;
    ::close(pipe_ends[0]);
    sink.put('b');
    return ::poll(&broken, 1, 0) == 1 ? 0 : 3;
  };
  const Fd null(::open("/dev/null", O_WRONLY));
  EXPECT_EQ(with_descriptor(1, null.get(), ends), 0);
}

TEST(Terminal, ClosedOutputDoesNotBlock) {
  const auto drops = [] {
    int pipe_ends[2];
    if (::pipe(pipe_ends) != 0 || ::dup2(pipe_ends[1], 1) != 1) return 1;
    StdoutSink sink;
    sink.close();
    // More than any pipe holds; nobody reads.
    for (int i = 0; i < 2'000'000; ++i) sink.put('x');
    pollfd arrived = {pipe_ends[0], POLLIN, 0};
    return ::poll(&arrived, 1, 0) == 0 ? 0 : 2;
  };
  const Fd null(::open("/dev/null", O_WRONLY));
  EXPECT_EQ(with_descriptor(1, null.get(), drops), 0);
}

TEST(Log, LetsOneMessageASecondThrough) {
  using std::chrono::milliseconds;
  const std::chrono::steady_clock::time_point start{std::chrono::hours(1)};
  LogLimit limit;
  uint64_t suppressed = 99;
  EXPECT_TRUE(limit.allow(suppressed, start));
  EXPECT_EQ(suppressed, 0u);
  EXPECT_FALSE(limit.allow(suppressed, start));
  EXPECT_FALSE(limit.allow(suppressed, start + milliseconds(999)));
  EXPECT_TRUE(limit.allow(suppressed, start + milliseconds(1000)));
  EXPECT_EQ(suppressed, 2u);
  EXPECT_TRUE(limit.allow(suppressed, start + milliseconds(5000)));
  EXPECT_EQ(suppressed, 0u);
}

}  // namespace
}  // namespace hvk
