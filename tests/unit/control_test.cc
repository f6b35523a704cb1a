// SPDX-License-Identifier: GPL-2.0-only
// The control socket: words, clients of all kinds, and the service manager.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <nlohmann/json.hpp>
#include <sstream>
#include <string>

#include "base/error.h"
#include "base/local_socket.h"
#include "control/control_command.h"
#include "control/control_server.h"
#include "control/event_feed.h"
#include "control/notify.h"
#include "tests/unit/temporary_folder.h"

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
      {"wait a", {{Verb::kWait, "a"}}, ""},
      {"events", {{Verb::kEvents, ""}}, ""},
      {"status  text", {{Verb::kStatusText, ""}}, ""},
      {"wait", {}, "wait: expected one partition's name"},
      {"events all", {}, "events: expected nothing after it"},
      {"status text a", {}, "status: expected 'text', or nothing after it"},
      {"kill a", {{Verb::kKill, "a"}}, ""},
      {"", {}, "expected status, status text, events, quit, or stop"},
      {"stop", {}, "stop: expected one partition's name"},
      {"kill a b", {}, "kill: expected one partition's name"},
      {"status a", {}, "status: expected 'text', or nothing after it"},
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
    while (loop_.wait(20)) {
    }
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
  // "wait X" waits for X, "events" listens, "end X" and "tell X" do what X waits or listens
  // for; all else is answered by itself.
  ControlReply answer(std::string_view line) {
    using Then = ControlReply::Then;
    const auto space = line.find(' ');
    const std::string_view verb = line.substr(0, space);
    const std::string_view what = space == std::string_view::npos ? "" : line.substr(space + 1);
    if (verb == "wait") return {std::string(what), Then::kWait};
    if (verb == "events") return {"listening", Then::kListen};
    if (verb == "end") server_.complete(what, "ended " + std::string(what));
    if (verb == "tell") server_.publish(what);
    return {"<" + std::string(line) + ">" + answer_suffix_};
  }
  EventLoop loop_;
  ControlServer server_{loop_, path_, [this](std::string_view line) { return answer(line); }};
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

TEST_F(Control, AnswersLaterWhoWaits) {
  const Fd one = connect(), two = connect(), other = connect();
  send(one, "wait a\nx\ny\n");
  send(two, "wait b\n");
  serve();
  EXPECT_EQ(receive(one), "nothing");
  EXPECT_EQ(receive(two), "nothing");
  send(one, "z\n");
  // In the midst of an answer to another client.
  send(other, "end a\n");
  serve();
  EXPECT_EQ(receive(other), "<end a>\n");
  EXPECT_EQ(receive(one), "ended a\n<x>\n<y>\n<z>\n");
  EXPECT_EQ(receive(two), "nothing");
  server_.complete("b", "ended b");
  EXPECT_EQ(receive(two), "ended b\n") << "without anybody's serving";
  server_.complete("b", "again");
  serve();
  EXPECT_EQ(receive(two), "nothing");
}

TEST_F(Control, ReadsNothingOfWhoWaits) {
  const Fd waiting = connect(), other = connect();
  send(waiting, "wait a\n");
  serve();
  // Until its socket takes no more: nothing of it costs memory here, nor time.
  while (::send(waiting.get(), "x\n", 2, MSG_NOSIGNAL | MSG_DONTWAIT) > 0) {
  }
  EXPECT_FALSE(loop_.wait(0));
  send(other, "x\n");
  serve();
  EXPECT_EQ(receive(other), "<x>\n");
}

TEST_F(Control, ForgetsWhoWaitsAndGoes) {
  for (size_t i = 0; i < 2 * ControlServer::kMaxClients; ++i) {
    const Fd client = connect();
    send(client, i % 2 ? "wait a\nx\n" : "events\n");
    serve();
  }
  serve();
  EXPECT_FALSE(server_.has_listeners());
  server_.complete("a", "ended a");
  const Fd client = connect();
  send(client, "x\n");
  serve();
  EXPECT_EQ(receive(client), "<x>\n");
}

TEST_F(Control, TellsWhoListens) {
  const Fd one = connect(), two = connect(), other = connect();
  EXPECT_FALSE(server_.has_listeners());
  send(one, "events\n");
  send(two, "events\nx\ntell 1\n");
  serve();
  EXPECT_TRUE(server_.has_listeners());
  server_.publish("2");
  EXPECT_EQ(receive(one), "listening\n1\n2\n");
  EXPECT_EQ(receive(two), "listening\n<x>\n1\n<tell 1>\n2\n");
  EXPECT_EQ(receive(other), "nothing");
}

// Who has said all that it will (`echo events | nc -N -U control`) still has its answers.
TEST_F(Control, AnswersWhoSaysNoMore) {
  const Fd waits = connect(), listens = connect(), asks = connect();
  send(waits, "wait a\n");
  send(listens, "events\n");
  send(asks, "x\n");
  for (const Fd* client : {&waits, &listens, &asks}) ::shutdown(client->get(), SHUT_WR);
  serve();
  EXPECT_EQ(receive(asks), "<x>\n");
  EXPECT_EQ(receive(asks), "closed");
  server_.publish("1");
  server_.complete("a", "ended a");
  serve();
  EXPECT_EQ(receive(listens), "listening\n1\n");
  EXPECT_EQ(receive(listens), "nothing");
  EXPECT_EQ(receive(waits), "ended a\n");
  EXPECT_EQ(receive(waits), "closed");
}

TEST_F(Control, DropsAListenerThatDoesNotRead) {
  const Fd slow = connect(), quick = connect();
  send(slow, "events\n");
  send(quick, "events\n");
  serve();
  const std::string text(1023, 'e');
  std::string heard;
  for (size_t i = 0; i < 4 * ControlServer::kMaxUnread / 1024; ++i) {
    server_.publish(text);
    while (loop_.wait(0)) {  // what it has to do it can do at once
    }
    heard = receive(quick);
  }
  EXPECT_TRUE(heard.ends_with(text + "\n"));
  size_t left = 0;
  char buffer[65536];
  for (ssize_t n; (n = ::recv(slow.get(), buffer, sizeof(buffer), MSG_DONTWAIT)) > 0;) {
    left += static_cast<size_t>(n);
  }
  EXPECT_LE(left, 2 * ControlServer::kMaxUnread);
  EXPECT_EQ(receive(slow), "closed");
}

TEST(EventFeed, TellsInJson) {
  const test::TemporaryFolder folder;
  const std::string path = folder.path() / "control";
  SystemConfig system;
  system.name = "demo";
  system.guests.emplace_back().name = "one";
  const SystemLinks links(system, "/dev/null");
  EventFeed* feed = nullptr;
  EventLoop loop;
  ControlServer server(loop, path, [&feed](std::string_view) {
    return ControlReply{feed->listen(), ControlReply::Then::kListen};
  });
  EventFeed feed_of_it(server, links);
  feed = &feed_of_it;
  const Fd client = connect_to("test", path);
  ASSERT_EQ(::send(client.get(), "events\n", 7, MSG_NOSIGNAL), 7);
  while (loop.wait(20)) {
  }
  feed->tell("started", "one", 1);
  feed->tell("restarted", "one", 2, "after", "crashed, code 3");
  char buffer[1024];
  const ssize_t n = ::recv(client.get(), buffer, sizeof(buffer), MSG_DONTWAIT);
  ASSERT_GT(n, 0);
  std::istringstream lines(std::string(buffer, static_cast<size_t>(n)));
  const nlohmann::json kExpected[] = {
      {{"event", "listening"}, {"system", "demo"}},
      {{"event", "started"}, {"partition", "one"}, {"boots", 1}},
      {{"event", "restarted"}, {"partition", "one"}, {"boots", 2}, {"after", "crashed, code 3"}},
  };
  uint64_t last = 0;
  for (const auto& expected : kExpected) {
    std::string line;
    ASSERT_TRUE(std::getline(lines, line));
    auto json = nlohmann::json::parse(line);
    EXPECT_GE(json["ns"].get<uint64_t>(), last);
    last = json["ns"];
    json.erase("ns");
    EXPECT_EQ(json, expected) << line;
  }
}

TEST_F(Control, ShowsThatItIsTaken) {
  try {
    ControlServer second(loop_, path_, [](std::string_view) { return ControlReply{}; });
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
