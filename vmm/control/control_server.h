// SPDX-License-Identifier: GPL-2.0-or-later
// The control socket. Several clients send commands, a line each, and get an
// answer to each. Answers can be deferred, and clients can subscribe to events.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "base/alarm.h"
#include "base/event_loop.h"
#include "base/fd.h"

namespace hvk {

// The reply to a client's line.
struct ControlReply {
  enum class Then {
    kNext,    // `text` is the answer
    kWait,    // the answer comes by `ControlServer::complete` with the topic `text`; until
              // then no further line of this client is read
    kListen,  // `text` is the answer, and from now on the client gets what is published
  };
  std::string text;  // without the line feed
  Then then = Then::kNext;
};

// Never waits for a client. A client that sends an overlong line, or does not read its answers,
// is disconnected, which affects no other client. For one thread.
class ControlServer {
 public:
  static constexpr size_t kMaxLine = 1024;
  static constexpr size_t kMaxClients = 16;
  // The most bytes of answers that are kept for a client that does not read them.
  static constexpr size_t kMaxUnread = 1 << 20;

  // Listens at `path` and serves clients in `loop`. `answer` is called with each line, without its
  // line feed, and may call `complete` and `publish`. Throws SetupError.
  ControlServer(EventLoop& loop, const std::string& path,
                std::function<ControlReply(std::string_view)> answer);
  // Removes the socket and disconnects all clients. Answers that could not be sent yet are lost.
  ~ControlServer();
  ControlServer(const ControlServer&) = delete;
  ControlServer& operator=(const ControlServer&) = delete;

  // Answers all clients that wait for `topic` with the line `text`.
  void complete(std::string_view topic, std::string_view text);
  // Sends the line `text` to all clients that listen.
  void publish(std::string_view text);
  // Whether any client listens. Clients that have gone are forgotten first.
  bool has_listeners();

 private:
  struct Client {
    Fd fd;
    std::unique_ptr<Watch> watch;
    std::string in;        // received lines that are not answered yet, the last one perhaps cut
    std::string out;       // answers that are not sent yet
    std::string topic;     // the topic that the client waits for, or empty
    bool listens = false;  // the client gets what is published
    bool reads_on = true;  // the client has not closed its sending side
    bool dropped = false;  // to be disconnected when the client is served next

    // Whether the server reads from the client at present.
    bool is_read() const { return reads_on && topic.empty(); }

    // Whether the client may get more without sending another command.
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
  Alarm again_;  // when to accept again, which failed
  Watch listening_, trying_;
  std::map<int, Client> clients_;  // by descriptor
};

}  // namespace hvk
