// SPDX-License-Identifier: GPL-2.0-or-later
#include "run/composition.h"

#include <fmt/format.h>

#include <string>
#include <utility>

#include "board/layout.h"
#include "config/grants.h"
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
#include "net/mac.h"
#include "net/virtio_net.h"
#include "partition/channel_gpio.h"
#include "partition/membership.h"
#include "partition/shared_regions.h"
#include "partition/windows.h"

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
void add_virtio(Parts& parts, const Config& config, GuestMemory& ram, const std::string& guest,
                Backends* backends) {
  unsigned slot = 0;
  for (size_t i = 0; i < config.disks.size(); ++i, ++slot) {
    if (!backends) {
      add<VirtioNodePart>(parts, slot);
      continue;
    }
    add<ThreadedVirtioPart>(parts, slot, fmt::format("disk{}", i), ram, [&](EventLoop& loop) {
      return std::make_unique<VirtioBlk>(backends->disk(i), [&loop](DiskEngine::Ended ended) {
        return make_disk_engine(loop, std::move(ended));
      });
    });
  }
  for (unsigned i = 0; i < config.nets.size(); ++i, ++slot) {
    if (!backends) {
      add<VirtioNodePart>(parts, slot);
      continue;
    }
    const MacAddress mac = config.nets[i].mac.value_or(make_mac(guest, i));
    add<ThreadedVirtioPart>(parts, slot, fmt::format("net{}", i), ram, [&](EventLoop& loop) {
      return std::make_unique<VirtioNet>(mac, backends->net(i), loop);
    });
  }
  if (!config.rng) return;
  add<CalledVirtioPart>(parts, layout::kVirtioSlots - 1, std::make_unique<VirtioRng>(), ram);
}

}  // namespace

ComposedGuest compose(const Config& config, ByteSink& console_out, const Place* place,
                      Backends* backends) {
  Composition guest;
  ComposedGuest composed;
  Parts& parts = guest.parts;

  guest.ram = &add<Ram>(parts, config.memory);
  GuestMemory& ram = guest.ram->memory();

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

  add_virtio(parts, config, ram, place ? place->system.guests[place->guest].name : std::string(),
             backends);

  // The rest of the board: the virtio slots that no device has taken, and the flash.
  add<EmptyVirtioPart>(parts);
  if (config.firmware.empty()) {
    add<DevicePart<ErasedFlash>>(parts, layout::kFlash);
  } else {
    guest.flash = &add<Flash>(parts, config);
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
