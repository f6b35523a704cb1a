// SPDX-License-Identifier: GPL-2.0-or-later
// A connection to a vhost-user back end: requests, and their answers.
//
// The back end is another program, which may be slow, wrong or gone. Whatever it sends is checked,
// and it has a limited time to read a request and to answer it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/fd.h"
#include "vhost/user_protocol.h"

namespace hvk {

// Functions that return a bool return false if the back end refuses, does not answer, breaks the
// rules or has gone; `why` then says which, and all later requests fail too. In one thread at a
// time.
class UserLink {
 public:
  // `socket` is a connection to the back end; `patience` is how long it may take over all requests
  // from now on, or from one call of `new_work` to the next, in milliseconds.
  UserLink(Fd socket, int patience) : socket_(std::move(socket)), patience_(patience) {
    new_work();
  }
  void new_work();
  // From now on a request fails as soon as the descriptor `fd` is readable; -1 ends that.
  void interrupt_by(int fd) { interrupt_ = fd; }
  bool interrupted() const { return interrupted_; }

  // The connection, which is readable between requests only if the back end has gone, or breaks the
  // rules: `look` finds out which.
  int fd() const { return socket_.get(); }
  bool look();
  // Makes all later requests fail. Returns false.
  bool give_up(const std::string& why);

  // From now on the back end says whether it has done what it was told (kReplyAck).
  void expect_acknowledgements() { acknowledged_ = true; }

  // Sends a request that has no answer besides an acknowledgement.
  bool tell(vhost_user::Request request, std::span<const std::byte> payload, int fd = -1);
  template <typename T>
  bool tell(vhost_user::Request request, const T& payload, int fd = -1) {
    return tell(request, std::as_bytes(std::span(&payload, 1)), fd);
  }

  // Sends a request and receives its answer, which has exactly the size of `answer`, and, if `file`
  // is not null, the descriptor that comes with it.
  bool ask(vhost_user::Request request, std::span<const std::byte> payload,
           std::span<std::byte> answer, Fd* file = nullptr);
  // A request for a number.
  bool ask(vhost_user::Request request, uint64_t& answer) {
    return ask(request, {}, std::as_writable_bytes(std::span(&answer, 1)));
  }

  // Gives the back end a descriptor for its own requests. `requests` is this side's end of it,
  // readable when there is one, and -1 if there never will be one; `take_requests` answers what is
  // there, as `ask` and `tell` do while they wait.
  bool open_requests();
  int requests() const { return requests_ended_ ? -1 : requests_.get(); }
  bool take_requests();
  // Whether the back end has said since the last call that the device's configuration is another.
  bool take_config_change() { return std::exchange(config_changed_, false); }

  // Empty as long as nothing has failed.
  const std::string& why() const { return why_; }

 private:
  // A time on CLOCK_MONOTONIC, in milliseconds.
  using Time = int64_t;

  bool send(vhost_user::Request request, uint32_t flags, std::span<const std::byte> payload,
            int fd);
  bool receive(vhost_user::Request request, std::span<std::byte> answer, Fd* file);
  bool receive_bytes(std::span<std::byte> bytes, Fd* file);
  bool wait(short events);

  Fd socket_;
  const int patience_;
  Time until_ = 0;      // when the present work has to be done
  int interrupt_ = -1;  // ends it before
  bool interrupted_ = false;
  bool acknowledged_ = false;
  Fd requests_;
  bool requests_ended_ = false;
  std::vector<std::byte> request_;  // the part of the back end's next request that has come
  bool config_changed_ = false;
  std::string why_;
};

}  // namespace hvk
