// SPDX-License-Identifier: GPL-2.0-or-later
// Another process as the peer of a device, by the vhost-user protocol. Guest memory is a file that
// it is given.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/fd.h"
#include "config/vhost_kind.h"
#include "vhost/user_link.h"
#include "vhost/vhost_peer.h"

namespace hvk {

// It outlives the guest's restarts, and may lose its back end and find it again. Set-up is in the
// main thread, everything else in the device's worker.
class UserPeer final : public VhostPeer {
 public:
  struct Options {
    VhostKind kind;
    unsigned queues = 1;  // besides the kind's own, if it can have more
    std::string path;     // the socket at which the back end listens; or empty: it never comes back
    int patience = 10'000;  // how long it may take over one thing that is asked for, in ms
  };

  // Connects to the back end. Throws SetupError, whose message begins with `what`, if there is
  // none, or it cannot serve such a device.
  UserPeer(const std::string& what, Options options);
  // The back end is at the other end of `socket`.
  UserPeer(const std::string& what, Options options, Fd socket);

  const Options& options() const { return options_; }
  unsigned queues() const {
    return options_.kind.queues + (options_.kind.more ? options_.queues : 0);
  }
  // The features that the device has and those of its queues. They stay the same: a back end that
  // comes back must have them all.
  uint64_t features() const override { return features_; }
  // The device's configuration, as the back end said it last.
  const std::vector<std::byte>& config() const { return config_; }

  // The connection, or null while there is none.
  UserLink* link() { return link_ ? &*link_ : nullptr; }
  // Ends the connection.
  void drop();
  // Tries to connect, while there is no connection, until the descriptor `interrupt` is readable.
  // Returns false if nobody is there, or if it is no back end for this device; `why` is then empty,
  // or says why not.
  bool connect(int interrupt);
  // Asks for the configuration again. Returns false as the functions of VhostPeer do.
  bool read_config();

  // The driver begins anew. Until the next call a back end that comes back is given the note of the
  // requests that the one before had not answered, if that one kept it.
  void forget() { inflight_ = Fd(); }
  // Whether no request is lost or made twice if a new back end serves `queue`, whose old one has
  // gone, from where its used ring ends.
  bool can_resume(const Virtqueue& queue) const;

  void new_work() override {
    if (link_) link_->new_work();
  }
  bool begin(uint64_t features, GuestMemory& memory) override;
  bool start_queue(unsigned index, const Virtqueue& queue, const Events& events) override;
  bool run(bool running) override;
  bool stop_queue(unsigned index, Virtqueue& queue) override;
  std::string why() const override { return link_ ? link_->why() : why_; }

 private:
  bool greet();
  bool greet_protocol();
  bool greet_queues();
  bool new_inflight(uint16_t queue_size);
  bool send_inflight();
  bool set_event(vhost_user::Request request, unsigned index, int fd);

  const Options options_;
  std::optional<UserLink> link_;
  std::string why_;            // of the last connection
  uint64_t features_ = 0;      // that were offered at first
  uint64_t protocol_ = 0;      // features of the protocol that this back end has
  bool has_protocol_ = false;  // it knows features of the protocol at all
  std::vector<std::byte> config_;
  std::vector<unsigned> started_;  // queues to enable
  Fd inflight_;
  vhost_user::Inflight inflight_place_ = {};
};

}  // namespace hvk
