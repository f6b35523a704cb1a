// SPDX-License-Identifier: GPL-2.0-only
// The control socket: words, clients of all kinds, and the service manager.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <string>

#include "tests/unit/temporary_folder.h"
#include "vmm/error.h"
#include "vmm/local_socket.h"
#include "vmm/system/control_command.h"
#include "vmm/system/control_server.h"
#include "vmm/system/notify.h"

namespace hvk {
namespace {

TEST(ControlCommand, IsReadFromWords) {
  using Verb = ControlCommand::Verb;
  struct {
    std::string line;
    std::optional<ControlCommand> command;
    std::string error;
  } const kTable[] = {
      {"status", {{Verb::kStatus, ""}}, ""},
      {"  quit \r", {{Verb::kQuit, ""}}, ""},
      {"stop linux", {{Verb::kStop, "linux"}}, ""},
      {"resume\tlinux", {{Verb::kResume, "linux"}}, ""},
      {"restart a", {{Verb::kRestart, "a"}}, ""},
      {"move a", {{Verb::kMove, "a"}}, ""},
      {"kill a", {{Verb::kKill, "a"}}, ""},
      {"", {}, "expected status, quit, or stop"},
      {"stop", {}, "stop: expected one partition's name"},
      {"kill a b", {}, "kill: expected one partition's name"},
      {"status a", {}, "status: expected nothing after it"},
      {"STATUS", {}, "expected status"},
      {std::string("status\0", 7), {}, "expected status"},
      {"statusstatus", {}, "expected status"},
      {"\xff\xfe", {}, "expected status"},
  };
  for (const auto& row : kTable) {
    const auto parsed = parse_command(row.line);
    if (const auto* command = std::get_if<ControlCommand>(&parsed)) {
      ASSERT_TRUE(row.command) << row.line;
      EXPECT_EQ(command->verb, row.command->verb) << row.line;
      EXPECT_EQ(command->guest, row.command->guest) << row.line;
    } else {
      EXPECT_NE(std::get<std::string>(parsed).find(row.error), std::string::npos) << row.line;
      EXPECT_FALSE(row.command) << row.line;
    }
  }
}

class Control : public ::testing::Test {
 protected:
  // Serves until nobody wants anything for a moment.
  void serve() {
    for (pollfd wait = {server_.fd(), POLLIN, 0}; ::poll(&wait, 1, 20) == 1;) server_.serve();
  }
  Fd connect() { return connect_to("test", path_); }
  static void send(const Fd& fd, std::string_view text) {
    ::send(fd.get(), text.data(), text.size(), MSG_NOSIGNAL);
  }
  static std::string receive(const Fd& fd) {
    char buffer[4096];
    const ssize_t n = ::recv(fd.get(), buffer, sizeof(buffer), MSG_DONTWAIT);
    return n < 0 ? "nothing" : n == 0 ? "closed" : std::string(buffer, static_cast<size_t>(n));
  }

  test::TemporaryFolder folder_;
  std::string path_ = folder_.path() / "control";
  std::string answer_suffix_;
  ControlServer server_{path_, [this](std::string_view line) {
                          return "<" + std::string(line) + ">" + answer_suffix_;
                        }};
};

TEST_F(Control, IsForThisUserAlone) {
  struct stat status;
  ASSERT_EQ(::stat(path_.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
}

TEST_F(Control, AnswersEachLineOfEachClient) {
  const Fd one = connect(), two = connect();
  send(one, "a\nb\nc");
  send(two, "x\n");
  serve();
  EXPECT_EQ(receive(one), "<a>\n<b>\n");
  EXPECT_EQ(receive(two), "<x>\n");
  send(one, "d\n\n");
  serve();
  EXPECT_EQ(receive(one), "<cd>\n<>\n");
}

TEST_F(Control, DropsALineWithoutEnd) {
  const Fd rude = connect(), polite = connect();
  for (int i = 0; i < 20; ++i) {
    send(rude, std::string(100, 'x'));
    serve();
  }
  send(polite, "still there\n");
  serve();
  EXPECT_EQ(receive(rude), "closed");
  EXPECT_EQ(receive(polite), "<still there>\n");
}

TEST_F(Control, OutlivesClientsThatGo) {
  for (int i = 0; i < 50; ++i) {
    const Fd client = connect();
    send(client, i % 2 ? "whole\n" : "half");
    if (i % 3) serve();
  }
  serve();
  const Fd client = connect();
  send(client, "x\n");
  serve();
  EXPECT_EQ(receive(client), "<x>\n");
}

TEST_F(Control, DropsAClientThatDoesNotRead) {
  answer_suffix_ = std::string(8 << 10, 'y');
  const Fd client = connect();
  std::string lines;
  for (int i = 0; i < 500; ++i) lines += "\n";
  send(client, lines);
  serve();
  size_t seen = 0;
  char buffer[65536];
  ssize_t n;
  while ((n = ::recv(client.get(), buffer, sizeof(buffer), MSG_DONTWAIT)) > 0) {
    seen += static_cast<size_t>(n);
  }
  EXPECT_LT(seen, 500u * (8 << 10));
  EXPECT_EQ(n, 0);
}

TEST_F(Control, HasALimitOfClients) {
  std::vector<Fd> clients;
  for (size_t i = 0; i < ControlServer::kMaxClients; ++i) {
    clients.push_back(connect());
    serve();
  }
  const Fd late = connect();
  serve();
  EXPECT_EQ(receive(late), "error: too many clients\n");
  send(clients[0], "x\n");
  serve();
  EXPECT_EQ(receive(clients[0]), "<x>\n");
}

TEST_F(Control, ShowsThatItIsTaken) {
  try {
    ControlServer second(path_, [](std::string_view) { return std::string(); });
    FAIL();
  } catch (const SetupError& error) {
    EXPECT_NE(std::string(error.what()).find("somebody uses it"), std::string::npos)
        << error.what();
  }
}

TEST(LocalSocket, ReplacesWhatADeadProcessLeft) {
  const test::TemporaryFolder folder;
  const std::string path = folder.path() / "socket";
  listen_at("test", path);  // closed at once, and left behind
  ASSERT_EQ(::access(path.c_str(), F_OK), 0);
  const Fd again = listen_at("test", path);
  EXPECT_TRUE(connect_to("test", path));
}

TEST(LocalSocket, SaysWhatIsWrong) {
  const test::TemporaryFolder folder;
  const std::string file = folder.path() / "file";
  ::close(::open(file.c_str(), O_CREAT | O_WRONLY, 0644));
  EXPECT_THROW(listen_at("test", file), SetupError);
  EXPECT_EQ(::access(file.c_str(), F_OK), 0);  // somebody's file stays
  EXPECT_THROW(listen_at("test", folder.path() / std::string(200, 'x')), SetupError);
  EXPECT_THROW(listen_at("test", folder.path() / "no" / "socket"), SetupError);
  EXPECT_THROW(connect_to("test", folder.path() / "nobody"), SetupError);
}

// What a manager that listens at `name` (a leading @: an abstract one) is told.
std::string told(const std::string& name) {
  sockaddr_un address = {};
  address.sun_family = AF_UNIX;
  name.copy(address.sun_path, sizeof(address.sun_path));
  if (name[0] == '@') address.sun_path[0] = '\0';
  const Fd manager(::socket(AF_UNIX, SOCK_DGRAM, 0));
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size());
  if (::bind(manager.get(), reinterpret_cast<sockaddr*>(&address), size) != 0) return "bind";
  ::setenv("NOTIFY_SOCKET", name.c_str(), 1);
  notify_manager("READY=1");
  ::unsetenv("NOTIFY_SOCKET");
  char buffer[64];
  const ssize_t n = ::recv(manager.get(), buffer, sizeof(buffer), MSG_DONTWAIT);
  return n < 0 ? "nothing" : std::string(buffer, static_cast<size_t>(n));
}

TEST(Notify, TellsTheServiceManager) {
  const test::TemporaryFolder folder;
  EXPECT_EQ(told(folder.path() / "notify"), "READY=1");
  EXPECT_EQ(told("@hvk-test-" + std::to_string(::getpid())), "READY=1");
}

TEST(Notify, DoesNothingWithoutOne) {
  for (const std::string& name :
       {std::string("/no/such/socket"), std::string("x"), std::string(300, 'x')}) {
    ::setenv("NOTIFY_SOCKET", name.c_str(), 1);
    notify_manager("READY=1");
  }
  ::unsetenv("NOTIFY_SOCKET");
  notify_manager("READY=1");
}

}  // namespace
}  // namespace hvk
