// SPDX-License-Identifier: GPL-2.0-or-later
// A device that a vhost-user back end serves, of any kind (config/vhost_kind.h).
//
// If the back end goes, the device waits for it to come back, and its driver with it. It then goes
// on where it was, unless requests of the driver are lost, which makes it need a reset.
#pragma once

#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/alarm.h"
#include "vhost/user_peer.h"
#include "vhost/vhost_device.h"

namespace hvk {

class UserDevice final : public VhostDevice {
 public:
  // `config` is the device's configuration where the back end has none. All references must outlive
  // this object, as VhostDevice says.
  UserDevice(EventLoop& loop, UserPeer& peer, GuestMemory& memory, std::vector<std::byte> config);
  ~UserDevice() override { ignore_link(); }

  uint32_t id() const override { return kind_.id; }
  std::string_view name() const override { return kind_.name; }
  std::span<const uint16_t> queue_sizes() const override { return sizes_; }
  uint64_t features() const override;
  void read_config(uint64_t offset, std::span<std::byte> to) const override;
  void start(uint64_t features, VirtioHost& host) override;
  void stop(Stop stop) override;
  void reset() override { peer_.forget(); }

 private:
  unsigned served() const override { return static_cast<unsigned>(sizes_.size()); }
  // A back end knows nothing of a queue that it was not given since it was connected to.
  bool takes_all() const override { return false; }

  void watch_link();
  void ignore_link();
  void link_ready();
  void requests_ready();
  // The back end has gone, or was cut off.
  void lost();
  void look_again();
  bool join();
  void take_config();
  void follow_config();

  UserPeer& peer_;
  const VhostKind& kind_;
  const std::vector<uint16_t> sizes_;
  mutable std::mutex config_mutex_;  // guards config_, which vCPUs read
  std::vector<std::byte> config_;
  bool config_is_new_ = false;  // since the driver could be told so
  // Since the driver started the device: a back end has had the queues, and has gone with requests.
  bool was_given_ = false, requests_lost_ = false;
  Alarm alarm_;
  Watch looking_;  // on alarm_
  std::optional<Watch> link_watch_, requests_watch_;
};

}  // namespace hvk
