// SPDX-License-Identifier: GPL-2.0-or-later
// The control socket: lines of words from several clients, a line of answer to
// each; answers that come later, and lines that nobody asked for one by one.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "base/event_loop.h"
#include "base/fd.h"

namespace hvk {

// What is said to a line.
struct ControlReply {
  enum class Then {
    kNext,    // `text` is the answer
    kWait,    // `ControlServer::complete` says it, of the topic `text`; until then
              // nothing more is read from this client
    kListen,  // `text` is the answer, and `ControlServer::publish` says more
  };
  std::string text;  // without its line feed
  Then then = Then::kNext;
};

// Never waits for a client; one that sends a line without end, or does not read what it
// asked for, is dropped, and so loses nothing but its own. For one thread.
class ControlServer {
 public:
  static constexpr size_t kMaxLine = 1024;
  static constexpr size_t kMaxClients = 16;
  // What a client may leave unread: many answers.
  static constexpr size_t kMaxUnread = 1 << 20;

  // Serves in `loop`. `answer` is given each line, without its end. It may complete and publish.
  // Throws SetupError.
  ControlServer(EventLoop& loop, const std::string& path,
                std::function<ControlReply(std::string_view)> answer);
  // Removes the socket. Answers that were not read are sent as far as possible.
  ~ControlServer();
  ControlServer(const ControlServer&) = delete;
  ControlServer& operator=(const ControlServer&) = delete;

  // The answer for all who wait for this topic.
  void complete(std::string_view topic, std::string_view text);
  // A line for all who listen, and whether there are any.
  void publish(std::string_view text);
  bool has_listeners();

 private:
  struct Client {
    Fd fd;
    std::unique_ptr<Watch> watch;
    std::string in;     // lines that were not answered, and one that is not complete
    std::string out;    // answers that the client has not read
    std::string topic;  // that it waits for, or empty
    bool listens = false;
    bool reads_on = true;  // it may send more
    bool dropped = false;  // it goes as soon as it is served again

    bool is_read() const { return reads_on && topic.empty(); }

    // Whether something will be said to it without its asking again.
    bool expects() const { return !topic.empty() || listens; }
  };

  void accept_client();
  void serve_client(int fd);
  void forget_gone();
  bool read_lines(Client& client);
  bool answer_lines(Client& client);
  bool write_answers(Client& client);
  static void watch_client(const Client& client, bool soon);
  void push(Client& client);

  EventLoop& loop_;
  const std::string path_;
  std::function<ControlReply(std::string_view)> answer_;
  Fd listener_;
  Watch listening_;
  std::map<int, Client> clients_;  // by descriptor
};

}  // namespace hvk
