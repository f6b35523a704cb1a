// SPDX-License-Identifier: GPL-2.0-only
// The control socket: lines of words from several clients, a line of answer to
// each.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "vmm/fd.h"

namespace hvk {

// Never waits for a client; one that sends a line without end, or reads no
// answers, is dropped. For one thread.
class ControlServer {
 public:
  static constexpr size_t kMaxLine = 1024;
  static constexpr size_t kMaxClients = 16;
  // What a client may leave unread: many answers.
  static constexpr size_t kMaxUnread = 1 << 20;

  // `answer` is given each line, without its end, and returns the answer's.
  // Throws SetupError.
  ControlServer(const std::string& path, std::function<std::string(std::string_view)> answer);
  // Removes the socket. Answers that were not read are sent as far as possible.
  ~ControlServer();
  ControlServer(const ControlServer&) = delete;
  ControlServer& operator=(const ControlServer&) = delete;

  // When it is readable, `serve` has something to do.
  int fd() const { return epoll_.get(); }
  void serve();

 private:
  struct Client {
    Fd fd;
    std::string in;   // a line that is not complete
    std::string out;  // answers that the client has not read
  };

  void accept_client();
  void serve_client(int fd, uint32_t events);
  bool read_lines(Client& client);
  bool write_answers(Client& client);

  const std::string path_;
  std::function<std::string(std::string_view)> answer_;
  Fd listener_;
  Fd epoll_;
  std::map<int, Client> clients_;  // by descriptor
};

}  // namespace hvk
