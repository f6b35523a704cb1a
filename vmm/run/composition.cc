// SPDX-License-Identifier: GPL-2.0-or-later
#include "run/composition.h"

#include <fmt/format.h>

#include <string>
#include <utility>
#include <vector>

#include "board/layout.h"
#include "config/grants.h"
#include "config/mac.h"
#include "devices/erased_flash.h"
#include "devices/pl031.h"
#include "devices/rtc_clock.h"
#include "devices/virtio_rng.h"
#include "disk/engine.h"
#include "disk/virtio_blk.h"
#include "machine/device_part.h"
#include "machine/flash.h"
#include "machine/ram.h"
#include "machine/virtio_part.h"
#include "net/virtio_net.h"
#include "partition/channel_gpio.h"
#include "partition/membership.h"
#include "partition/shared_regions.h"
#include "partition/windows.h"
#include "port/virtio_console.h"
#include "vhost/own_config.h"
#include "vhost/user_device.h"
#include "vhost/vhost_net.h"
#include "vhost/vsock.h"

namespace hvk {
namespace {

// Constructs a part, appends it to `parts` and returns a reference to it.
template <typename T, typename... Args>
T& add(Parts& parts, Args&&... args) {
  auto part = std::make_unique<T>(std::forward<Args>(args)...);
  T& added = *part;
  parts.push_back(std::move(part));
  return added;
}

// Devices on virtio. Those that the person lists have the first slots, by kind and in their order;
// the last slot is the random numbers'.
class VirtioDevices {
 public:
  // Without back ends, as for a device tree that is only looked at, there are only the nodes.
  VirtioDevices(Parts& parts, GuestMemory& ram, Backends* backends)
      : parts_(parts), ram_(ram), backends_(backends) {}

  // Returns the balloon, or null if there is none.
  VirtioBalloon* add_all(const Config& config, const std::string& guest);

 private:
  // Adds a device with a thread; `make` gets its loop.
  template <typename Make>
  void add_device(const std::string& thread, Make make, ThreadKind kind = ThreadKind::kDevice) {
    if (backends_) {
      add<ThreadedVirtioPart>(
          parts_, slot_, thread, kind, ram_,
          [&](EventLoop& loop) -> std::unique_ptr<VirtioDevice> { return make(loop); });
    } else {
      add<VirtioNodePart>(parts_, slot_);
    }
    ++slot_;
  }

  void add_disk(size_t number);
  void add_net(size_t number, const MacAddress& mac);
  void add_user_device(const std::string& thread, UserPeer* peer, std::vector<std::byte> config);

  Parts& parts_;
  GuestMemory& ram_;
  Backends* const backends_;
  unsigned slot_ = 0;
};

void VirtioDevices::add_disk(size_t number) {
  add_device(
      fmt::format("disk{}", number),
      [&](EventLoop& loop) {
        auto disk = std::make_unique<VirtioBlk>(backends_->disk(number), loop, make_disk_engine);
        disk->count_in(backends_->traffic());
        return disk;
      },
      ThreadKind::kDisk);
}

void VirtioDevices::add_net(size_t number, const MacAddress& mac) {
  add_device(fmt::format("net{}", number), [&](EventLoop& loop) -> std::unique_ptr<VirtioDevice> {
    if (VhostNetPeer* peer = backends_->vhost_net(number)) {
      return std::make_unique<VhostNet>(mac, loop, *peer, ram_);
    }
    auto card = std::make_unique<VirtioNet>(mac, *backends_->net(number), loop);
    card->count_in(backends_->traffic());
    return card;
  });
}

void VirtioDevices::add_user_device(const std::string& thread, UserPeer* peer,
                                    std::vector<std::byte> config) {
  add_device(thread, [&](EventLoop& loop) {
    return std::make_unique<UserDevice>(loop, *peer, ram_, std::move(config));
  });
}

VirtioBalloon* VirtioDevices::add_all(const Config& config, const std::string& guest) {
  for (size_t i = 0; i < config.disks.size(); ++i) add_disk(i);
  unsigned cards = 0;
  for (size_t i = 0; i < config.nets.size(); ++i, ++cards) {
    add_net(i, config.nets[i].mac.value_or(make_mac(guest, cards)));
  }
  for (size_t i = 0; i < config.shares.size(); ++i) {
    add_user_device(fmt::format("share{}", i), backends_ ? &backends_->share(i) : nullptr,
                    fs_config(config.shares[i].tag, 1));
  }
  for (size_t i = 0; i < config.vhost_users.size(); ++i) {
    const VhostUserConfig& device = config.vhost_users[i];
    std::vector<std::byte> own;
    if (device.type == "fs") own = fs_config(device.tag, device.queues);
    if (device.type == "scsi") own = scsi_config(device.queues);
    if (device.type == "net") own = net_config(device.mac.value_or(make_mac(guest, cards++)));
    add_user_device(fmt::format("{}{}", device.type, i),
                    backends_ ? &backends_->vhost_user(i) : nullptr, std::move(own));
  }
  if (!config.ports.empty()) {
    add_device("ports", [&](EventLoop& loop) {
      return std::make_unique<VirtioConsole>(loop, backends_->ports());
    });
  }
  if (config.vsock) {
    add_device("vsock", [&](EventLoop& loop) {
      return std::make_unique<Vsock>(loop, *backends_->vsock(), ram_);
    });
  }
  VirtioBalloon* balloon = nullptr;
  if (config.balloon) {
    add_device("balloon", [&](EventLoop& loop) {
      auto device = std::make_unique<VirtioBalloon>(loop, ram_);
      balloon = device.get();
      return device;
    });
  }
  if (!config.rng) return balloon;
  add<CalledVirtioPart>(parts_, layout::kVirtioSlots - 1, std::make_unique<VirtioRng>(), ram_);
  return balloon;
}

// Whether other processes serve devices of the guest, and so have to reach its memory.
GuestMemory::Kind memory_kind(const Config& config) {
  const bool shared = !config.shares.empty() || !config.vhost_users.empty();
  return shared ? GuestMemory::Kind::kShared : GuestMemory::Kind::kPrivate;
}

}  // namespace

ComposedGuest compose(const Config& config, ByteSink& console_out, const Place* place,
                      Backends* backends) {
  Composition guest;
  ComposedGuest composed;
  Parts& parts = guest.parts;

  guest.ram = &add<Ram>(parts, config.memory, memory_kind(config));
  GuestMemory& ram = guest.ram->memory();
  composed.ram = &ram;

  // The devices of QEMU's `virt` board.
  composed.console =
      &add<WiredDevicePart<Pl011>>(parts, layout::kPl011, layout::kPl011Spi, console_out).device();
  add<WiredDevicePart<Pl031>>(parts, layout::kPl031, layout::kPl031Spi, host_rtc_clock());
  composed.gpio = &add<WiredDevicePart<Pl061>>(parts, layout::kPl061, layout::kPl061Spi).device();

  // Every guest that can be started has hypercalls. The other parts of this kind are only for
  // guests of a system file.
  if (place) composed.hypercalls = &add<Hypercalls>(parts, *place, ram, console_out);
  if (place && place->links) {
    add<ChannelGpio>(parts, *place);
    if (has_windows(place->system, place->guest)) add<Windows>(parts, *place, ram);
    add<SharedRegions>(parts, *place);
    add<Membership>(parts, *place);
  }

  composed.balloon =
      VirtioDevices(parts, ram, backends)
          .add_all(config, place ? place->system.guests[place->guest].name : std::string());

  // The rest of the board: the virtio slots that no device has taken, and the flash.
  add<EmptyVirtioPart>(parts);
  if (config.firmware.empty()) {
    add<DevicePart<ErasedFlash>>(parts, layout::kFlash);
  } else {
    guest.flash = &add<Flash>(parts, config, backends ? backends->vars() : nullptr);
  }

  Identity identity;
  if (place) {
    const GuestConfig& partition = place->system.guests[place->guest];
    identity = {partition.name, partition.host_cpus, place->log};
  }
  composed.machine = std::make_unique<Machine>(config, std::move(identity), std::move(guest));
  return composed;
}

}  // namespace hvk
