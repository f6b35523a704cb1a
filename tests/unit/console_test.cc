// SPDX-License-Identifier: GPL-2.0-only
// Many consoles on one terminal, and consoles elsewhere.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <future>
#include <string>
#include <thread>

#include "base/error.h"
#include "base/local_socket.h"
#include "console/console_mux.h"
#include "console/console_port.h"
#include "console/console_ring.h"
#include "console/terminal_writer.h"
#include "partition/system_clock.h"
#include "tests/unit/temporary_folder.h"

namespace hvk {
namespace {

using Full = ConsoleRing::Full;

std::span<const uint8_t> bytes_of(std::string_view text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

void put(ByteSink& sink, std::string_view text) {
  for (const char c : text) sink.put(static_cast<uint8_t>(c));
}

// Each step is output of a guest; "?" shows guest 0's prompt, "." is the end, "f" puts
// guest 0 into the foreground and "F" guest 1.
TEST(ConsoleMux, ShowsWholeLinesWithNames) {
  struct Step {
    char guest;
    std::string bytes;
  };
  struct {
    const char* name;
    std::vector<Step> steps;
    std::string shown;
  } const kTable[] = {
      {"a line", {{'0', "hello\n"}}, "a| hello\n"},
      {"carriage returns go with line feeds", {{'0', "x\r\n\r\n"}}, "a| x\na| \n"},
      {"and with the next line", {{'0', "x\n\ry\n\r\r\n"}}, "a| x\na| y\na| \n"},
      {"others do not reach the name", {{'0', "10%\r20%\n"}}, "a| 10%\\x0d20%\n"},
      {"nor in the foreground", {{'f', ""}, {'0', "10%\r20%\n"}}, "a| 10%\ra| 20%\x18\ra| \n"},
      {"nor in an open line",
       {{'f', ""}, {'0', "# "}, {'?', ""}, {'0', "\rbb| x"}, {'1', "y\n"}},
       "a| # \ra| bb| x\x18\ra| \nbb| y\n"},
      {"a carriage return that comes alone", {{'0', "x\r"}, {'0', "\n"}}, "a| x\n"},
      {"an escape sequence", {{'0', "\x1b[1Gbb| x\n"}}, "a| \\x1b[1Gbb| x\n"},
      {"in the foreground", {{'f', ""}, {'0', "\x1b[1Gbb| x\n"}}, "a| \x1b[1Gbb| x\x18\ra| \n"},
      {"backspaces", {{'f', ""}, {'0', "\b\b\bbb| x\n"}}, "a| \b\b\bbb| x\x18\ra| \n"},
      {"a control of two bytes",
       {{'f', ""}, {'0', "\u009b1Gbb| x\n"}},
       "a| \u009b1Gbb| x\x18\ra| \n"},
      {"and of one", {{'f', ""}, {'0', "\x9b 1Gbb| x\n"}}, "a| \x9b 1Gbb| x\x18\ra| \n"},
      {"and in an open line",
       {{'f', ""}, {'0', "# \u0085x"}, {'?', ""}, {'1', "y\n"}},
       "a| # \u0085x\x18\ra| \nbb| y\n"},
      {"an escape sequence that would take the name",
       {{'f', ""}, {'0', "\x1b[1Gbb| x\x1b[\n"}},
       "a| \x1b[1Gbb| x\x1b[\x18\ra| \n"},
      {"letters move nothing", {{'f', ""}, {'0', "\u00db\u20ac\n"}}, "a| \u00db\u20ac\n"},
      {"a tab moves nothing back", {{'f', ""}, {'0', "x\ty\n"}}, "a| x\ty\n"},
      {"another foreground leaves the open line",
       {{'f', ""}, {'0', "\x1b[m# "}, {'?', ""}, {'F', ""}, {'0', "x\n"}},
       "a| \x1b[m# \x18\ra| \na| \\x1b[m# x\n"},
      {"letters of many languages",
       {{'0', "\u00e9\u20ac\U0001f600\n"}},
       "a| \u00e9\u20ac\U0001f600\n"},
      {"controls of two bytes, and of one",
       {{'0', "\u009b1G \x9b 1G\n"}},
       "a| \\xc2\\x9b1G \\x9b 1G\n"},
      {"another direction", {{'0', "\u202ex\n"}}, "a| \\xe2\\x80\\xaex\n"},
      {"overlong, surrogate, cut off",
       {{'0', "\xc0\x8d \xed\xa0\x80 \xe2\x82\n"}},
       "a| \\xc0\\x8d \\xed\\xa0\\x80 \\xe2\\x82\n"},
      {"lines never mix",
       {{'0', "he"}, {'1', "wor"}, {'0', "llo\n"}, {'1', "ld\n"}},
       "a| hello\nbb| world\n"},
      {"a beginning is not shown", {{'0', "# "}}, ""},
      {"but as a prompt", {{'0', "# "}, {'?', ""}}, "a| # "},
      {"which is shown once", {{'0', "# "}, {'?', ""}, {'?', ""}}, "a| # "},
      {"and goes on", {{'0', "# "}, {'?', ""}, {'0', "ls\r\n"}, {'0', "x\n"}}, "a| # ls\na| x\n"},
      {"another's line ends it, and it is shown again",
       {{'0', "# "}, {'?', ""}, {'1', "tick\n"}, {'0', "ls\n"}},
       "a| # \nbb| tick\na| # ls\n"},
      {"another's beginning does not", {{'0', "# "}, {'?', ""}, {'1', "ti"}, {'0', "l"}}, "a| # l"},
      {"the prompt again",
       {{'0', "# "}, {'?', ""}, {'1', "t\n"}, {'?', ""}},
       "a| # \nbb| t\na| # "},
      {"nothing to show", {{'?', ""}}, ""},
      {"the end", {{'0', "a"}, {'1', "b"}, {'.', ""}}, "a| a\nbb| b\n"},
      {"the end of a prompt", {{'0', "# "}, {'?', ""}, {'1', "b"}, {'.', ""}}, "a| # \nbb| b\n"},
      {"any byte", {{'0', std::string("\0\xff\x7f\n", 4)}}, "a| \\x00\\xff\\x7f\n"},
      {"in the foreground as it is",
       {{'f', ""}, {'0', std::string("\xff\x1b[m\n", 5)}},
       "a| \xff\x1b[m\x18\ra| \n"},
  };
  for (const auto& row : kTable) {
    ConsoleMux mux({"a", "bb"});
    std::string shown;
    for (const Step& step : row.steps) {
      shown += step.guest == '?'   ? mux.prompt(0)
               : step.guest == 'f' ? mux.set_foreground(0)
               : step.guest == 'F' ? mux.set_foreground(1)
               : step.guest == '.'
                   ? mux.finish(0)
                   : mux.add(static_cast<size_t>(step.guest - '0'), bytes_of(step.bytes));
      if (step.guest == '.') shown += mux.finish(1);
    }
    EXPECT_EQ(shown, row.shown) << row.name;
  }
}

// A line has the time of its first byte, whenever it is shown.
TEST(ConsoleMux, StampsLines) {
  uint64_t now = 0;
  ConsoleMux mux({"a", "bb"}, [&now] { return now; });
  const auto at = [&](uint64_t ns, size_t guest, const char* text) {
    now = ns;
    return mux.add(guest, bytes_of(text));
  };
  EXPECT_EQ(at(999, 0, "x\n"), "[    0.000000] a| x\n");
  EXPECT_EQ(at(12'345'678'901, 0, "be"), "");
  EXPECT_EQ(at(12'400'000'000, 1, "\r\n"), "[   12.400000] bb| \n");
  EXPECT_EQ(at(12'500'000'000, 0, "gun\n"), "[   12.345678] a| begun\n");
  now = 123'456'789'000'000;
  mux.set_foreground(0);
  EXPECT_EQ(mux.add(0, bytes_of("# ")), "");
  now += 50'000'000;
  EXPECT_EQ(mux.prompt(0), "[123456.789000] a| # ");
  EXPECT_EQ(at(now + 1'000'000, 1, "t\n"), "\n[123456.840000] bb| t\n");
  EXPECT_EQ(at(now + 1'000'000, 0, "\rl\n"),
            "[123456.789000] a| # \r[123456.789000] a| l\x18\r[123456.789000] a| \n");
}

TEST(SystemClock, ReckonsAsItsGuests) {
  const struct {
    uint64_t ticks, frequency, ns;
  } kTable[] = {
      {0, 62'500'000, 0},
      {1, 62'500'000, 16},
      {54'000'001, 54'000'000, 1'000'000'018},
      {uint64_t{1} << 59, 54'000'000, 10'675'199'116'730'064'592u},
      {5'000'000'000, 1'000'000'000, 5'000'000'000},
  };
  for (const auto& row : kTable) {
    EXPECT_EQ(ticks_to_ns(row.ticks, row.frequency), row.ns) << row.ticks;
  }
  const SystemClock clock;
  const uint64_t first = clock.now_ns();
  EXPECT_LE(first, clock.now_ns());
}

TEST(ConsoleMux, CutsALineWithoutEnd) {
  ConsoleMux mux({"a"});
  const std::string text = mux.add(0, bytes_of(std::string(ConsoleMux::kMaxLine + 1, 'x')));
  EXPECT_EQ(text, "a| " + std::string(ConsoleMux::kMaxLine, 'x') + "\n");
  EXPECT_TRUE(mux.hides(0));
}

// What the ring holds, which is consumed.
std::string drain(ConsoleRing& ring) {
  std::string text;
  for (;;) {
    const auto content = ring.content();
    if (content.empty()) return text;
    text.append(content.begin(), content.end());
    ring.consume(content.size());
  }
}

TEST(ConsoleRing, KeepsTheOrderAroundItsEnd) {
  WriterSleep sleep;
  ConsoleRing ring(sleep, Full::kLose);
  std::string sent, seen;
  for (int round = 0; round < 5; ++round) {
    const std::string text(ConsoleRing::kSize * 2 / 3, static_cast<char>('a' + round));
    put(ring, text);
    sent += text;
    seen += drain(ring);
  }
  EXPECT_EQ(seen, sent);
  EXPECT_EQ(ring.lost(), 0u);
}

TEST(ConsoleRing, EndsALineThatWasBegun) {
  WriterSleep sleep;
  ConsoleRing ring(sleep, Full::kLose);
  ring.end_line();
  EXPECT_EQ(drain(ring), "");
  put(ring, "whole\n");
  ring.end_line();
  EXPECT_EQ(drain(ring), "whole\n");
  put(ring, "ha");
  EXPECT_EQ(drain(ring), "ha");
  ring.end_line();
  ring.end_line();
  EXPECT_EQ(drain(ring), "\r\n");
}

// A reader that has stopped reading holds up nobody but the guest.
TEST(ConsoleRing, EndsALineWithoutWaitingForRoom) {
  for (const Full full : {Full::kWait, Full::kLose}) {
    for (const size_t room : {0, 1, 2}) {
      WriterSleep sleep;
      ConsoleRing ring(sleep, full);
      const std::string before(ConsoleRing::kSize - room, 'x');
      put(ring, before);
      ring.end_line();
      ring.end_line();
      std::string seen = drain(ring);
      put(ring, "next\n");
      ring.end_line();
      seen += drain(ring);
      EXPECT_EQ(seen, before + "\r\nnext\n") << room;
      EXPECT_EQ(ring.lost(), 0u) << room;
    }
  }
}

TEST(ConsoleRing, LosesAndCountsWhatAGuestWithWindowsSendsTooMuch) {
  WriterSleep sleep;
  ConsoleRing ring(sleep, Full::kLose);
  put(ring, std::string(ConsoleRing::kSize, 'x'));
  put(ring, "more");
  EXPECT_EQ(ring.lost(), 4u);
  EXPECT_EQ(drain(ring).size(), ConsoleRing::kSize);
  put(ring, "again");
  EXPECT_EQ(drain(ring), "again");
}

TEST(ConsoleRing, LetsAGuestWithoutWindowsWait) {
  WriterSleep sleep;
  ConsoleRing ring(sleep, Full::kWait);
  const std::string sent(ConsoleRing::kSize * 3, 'x');
  auto guest = std::async(std::launch::async, [&] { put(ring, sent); });
  std::string seen;
  while (seen.size() < sent.size()) seen += drain(ring);
  guest.get();
  EXPECT_EQ(seen, sent);
  EXPECT_EQ(ring.lost(), 0u);
}

TEST(ConsoleRing, FreesAWaitingGuestThatIsToEnd) {
  WriterSleep sleep;
  ConsoleRing ring(sleep, Full::kWait);
  put(ring, std::string(ConsoleRing::kSize, 'x'));
  auto guest = std::async(std::launch::async, [&] { put(ring, "more"); });
  EXPECT_EQ(guest.wait_for(std::chrono::milliseconds(50)), std::future_status::timeout);
  ring.discard(true);
  guest.get();
  EXPECT_EQ(drain(ring).size(), ConsoleRing::kSize);
  ring.discard(false);
  put(ring, "next");
  EXPECT_EQ(drain(ring), "next");
}

TEST(ConsoleRing, WakesASleepingWriterOnce) {
  WriterSleep sleep;
  ConsoleRing ring(sleep, Full::kLose);
  const auto woken = [&] {
    pollfd wait = {sleep.fd(), POLLIN, 0};
    return ::poll(&wait, 1, 0) == 1;
  };
  put(ring, "a");
  EXPECT_FALSE(woken());
  sleep.prepare();
  EXPECT_FALSE(woken());
  put(ring, "b");
  EXPECT_TRUE(woken());
  sleep.prepare();
  EXPECT_FALSE(woken());
}

// Runs `body` in a process whose stdout is `fd`, and returns its exit status.
template <typename Body>
int with_stdout(int fd, Body body) {
  const pid_t pid = ::fork();
  if (pid == 0) {
    ::dup2(fd, STDOUT_FILENO);
    ::signal(SIGPIPE, SIG_IGN);
    ::_exit(body());
  }
  int status = 0;
  ::waitpid(pid, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

bool wait_for(const EventFd& event, int ms) {
  pollfd wait = {event.get(), POLLIN, 0};
  return ::poll(&wait, 1, ms) == 1;
}

TEST(TerminalWriter, WritesWhatAllGuestsSaid) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  const int status = with_stdout(ends[1], [] {
    StdoutSink out;
    TerminalWriter writer(out, {"a", "b"});
    ConsoleRing& a = writer.add(0, Full::kWait);
    ConsoleRing& b = writer.add(1, Full::kLose);
    writer.start();
    std::thread other([&] {
      for (int i = 0; i < 100; ++i) put(b, "from b\r\n");
    });
    for (int i = 0; i < 100; ++i) put(a, "from a\n");
    other.join();
    put(a, "end");
    writer.finish();
    return wait_for(writer.finished(), 10000) ? 0 : 1;
  });
  ::close(ends[1]);
  EXPECT_EQ(status, 0);
  std::string text;
  char buffer[4096];
  for (ssize_t n; (n = ::read(ends[0], buffer, sizeof(buffer))) > 0;) text.append(buffer, n);
  ::close(ends[0]);
  size_t from_a = 0, from_b = 0, ends_seen = 0;
  for (size_t at = 0, end; (end = text.find('\n', at)) != std::string::npos; at = end + 1) {
    const std::string line = text.substr(at, end - at);
    from_a += line == "a| from a";
    from_b += line == "b| from b";
    ends_seen += line == "a| end";
  }
  EXPECT_EQ(from_a, 100u);
  EXPECT_EQ(from_b, 100u);
  EXPECT_EQ(ends_seen, 1u);
}

// However the bytes come to the writer: at once, or while the line's end is not there
// yet, and whether or not it ever comes.
TEST(TerminalWriter, CountsWhatAFullDiskLoses) {
  struct {
    const char* name;
    std::vector<std::string> pieces;
    uint64_t lost;
  } const kTable[] = {
      {"a line", {"line\n"}, 5},
      {"a line in pieces", {"li", "ne", "\n"}, 5},
      {"a carriage return", {"line\r", "\n"}, 6},
      {"two lines", {"one\ntw", "o\n"}, 8},
      {"no end", {"li", "ne"}, 4},
  };
  const Fd full(::open("/dev/full", O_WRONLY));
  for (const auto& row : kTable) {
    const int status = with_stdout(full.get(), [&] {
      StdoutSink out;
      TerminalWriter writer(out, {"a"});
      ConsoleRing& a = writer.add(0, Full::kWait);
      writer.start();
      for (const std::string& piece : row.pieces) {
        put(a, piece);
        // The writer has taken it.
        while (!a.content().empty()) std::this_thread::yield();
      }
      writer.finish();
      if (!wait_for(writer.finished(), 10000)) return 1;
      return a.lost() == row.lost ? 0 : 2;
    });
    EXPECT_EQ(status, 0) << row.name;
  }
}

TEST(TerminalWriter, EndsWithAReaderThatDoesNotRead) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  EXPECT_EQ(with_stdout(ends[1],
                        [] {
                          StdoutSink out;
                          TerminalWriter writer(out, {"a"});
                          ConsoleRing& a = writer.add(0, Full::kLose);
                          writer.start();
                          // More than a pipe and the ring hold.
                          while (a.lost() < 100000) put(a, "line\n");
                          writer.finish();
                          if (wait_for(writer.finished(), 50)) return 1;
                          // What is in the ring, and fits into no pipe, is lost with the thread.
                          const uint64_t before = a.lost();
                          writer.end();
                          return a.content().empty() && a.lost() > before ? 0 : 2;
                        }),
            0);
  ::close(ends[0]);
  ::close(ends[1]);
}

// Whose permissions a file has, under a umask that would leave all of them.
mode_t mode_of(const std::string& file) {
  struct stat status = {};
  EXPECT_EQ(::stat(file.c_str(), &status), 0) << file;
  return status.st_mode & 0777;
}

std::string content_of(const std::string& file) {
  std::string text;
  const Fd fd(::open(file.c_str(), O_RDONLY));
  char buffer[4096];
  for (ssize_t n; (n = ::read(fd.get(), buffer, sizeof(buffer))) > 0;) text.append(buffer, n);
  return text;
}

TEST(ConsolePort, IsItsOwnersAlone) {
  const test::TemporaryFolder folder;
  const std::string file = folder.path() / "file", socket = folder.path() / "socket";
  const mode_t before = ::umask(0);
  const ConsolePort to_file("a", {ConsoleConfig::Kind::kFile, file}, false);
  const ConsolePort to_socket("a", {ConsoleConfig::Kind::kUnix, socket}, false);
  const ConsolePort to_pty("a", {ConsoleConfig::Kind::kPty, ""}, false);
  ::umask(before);
  for (const std::string& path : {file, socket, to_pty.place()}) {
    EXPECT_EQ(mode_of(path), 0600u) << path;
  }
}

TEST(ConsolePort, WritesAFile) {
  const test::TemporaryFolder folder;
  const std::string path = folder.path() / "console";
  {
    ConsolePort port("a", {ConsoleConfig::Kind::kFile, path}, false);
    put(port.ring(), "hello\r\n");
  }
  EXPECT_EQ(content_of(path), "hello\r\n");
  try {
    ConsolePort("a", {ConsoleConfig::Kind::kFile, folder.path() / "no" / "file"}, false);
    FAIL();
  } catch (const SetupError& error) {
    EXPECT_NE(std::string(error.what()).find("console of a: "), std::string::npos) << error.what();
  }
}

TEST(ConsolePort, CountsWhatAFullDiskLoses) {
  ConsolePort port("a", {ConsoleConfig::Kind::kFile, "/dev/full"}, false);
  const std::string text(ConsoleRing::kSize * 2, 'x');
  put(port.ring(), text);  // neither waits for ever nor ends anything
  while (port.ring().lost() < text.size()) std::this_thread::yield();
  EXPECT_EQ(port.ring().lost(), text.size());
}

std::string read_some(int fd, size_t size) {
  std::string text;
  char buffer[256];
  while (text.size() < size) {
    pollfd wait = {fd, POLLIN, 0};
    if (::poll(&wait, 1, 10000) != 1) break;
    const ssize_t n = ::read(fd, buffer, sizeof(buffer));
    if (n <= 0) break;
    text.append(buffer, static_cast<size_t>(n));
  }
  return text;
}

std::string input_of(ConsolePort& port) {
  if (!wait_for(port.input_ready(), 10000)) return "nothing";
  const auto bytes = port.take_input();
  return {bytes.begin(), bytes.end()};
}

TEST(ConsolePort, IsAPseudoTerminal) {
  ConsolePort port("a", {ConsoleConfig::Kind::kPty, ""}, false);
  const Fd user(::open(port.place().c_str(), O_RDWR | O_NOCTTY));
  ASSERT_TRUE(user) << port.place();
  put(port.ring(), "login: ");
  EXPECT_EQ(read_some(user.get(), 7), "login: ");
  ASSERT_EQ(::write(user.get(), "x\r", 2), 2);
  EXPECT_EQ(input_of(port), "x\r");
}

TEST(ConsolePort, DoesNotWaitForAPseudoTerminalsReader) {
  ConsolePort port("a", {ConsoleConfig::Kind::kPty, ""}, false);
  put(port.ring(), std::string(1 << 20, 'x'));
  EXPECT_GT(port.ring().lost(), 0u);
}

TEST(ConsolePort, HasOneClientAtATime) {
  const test::TemporaryFolder folder;
  const std::string path = folder.path() / "socket";
  {
    ConsolePort port("a", {ConsoleConfig::Kind::kUnix, path}, false);
    struct stat status;
    ASSERT_EQ(::stat(path.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777, 0600u);

    put(port.ring(), std::string(ConsoleRing::kSize * 2, 'x'));  // nobody is there
    EXPECT_GT(port.ring().lost(), 0u);
    // The port's thread loses it all; a second consumer would spoil the ring.
    while (!port.ring().content().empty()) std::this_thread::yield();
    {
      const Fd first = connect_to("test", path);
      ASSERT_EQ(::write(first.get(), "a", 1), 1);
      EXPECT_EQ(input_of(port), "a");
      put(port.ring(), "one");
      EXPECT_TRUE(read_some(first.get(), 3).ends_with("one"));
    }
    const Fd second = connect_to("test", path);
    ASSERT_EQ(::write(second.get(), "b", 1), 1);
    EXPECT_EQ(input_of(port), "b");
    put(port.ring(), "two");
    EXPECT_EQ(read_some(second.get(), 3), "two");
  }
  EXPECT_NE(::access(path.c_str(), F_OK), 0);
}

}  // namespace
}  // namespace hvk
