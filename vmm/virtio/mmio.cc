// SPDX-License-Identifier: GPL-2.0-or-later
#include "virtio/mmio.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "board/fdt.h"
#include "board/layout.h"
#include "board/node_name.h"

namespace hvk {
namespace {

// Offsets of registers (virtio 1.2, 4.2.2).
enum : uint64_t {
  kMagicValue = 0x000,
  kVersion = 0x004,
  kDeviceId = 0x008,
  kVendorId = 0x00c,
  kDeviceFeatures = 0x010,
  kDeviceFeaturesSel = 0x014,
  kDriverFeatures = 0x020,
  kDriverFeaturesSel = 0x024,
  kQueueSel = 0x030,
  kQueueNumMax = 0x034,
  kQueueNum = 0x038,
  kQueueReady = 0x044,
  kInterruptStatus = 0x060,
  kInterruptAck = 0x064,
  kStatus = 0x070,
  kQueueDescLow = 0x080,
  kQueueDescHigh = 0x084,
  kQueueDriverLow = 0x090,
  kQueueDriverHigh = 0x094,
  kQueueDeviceLow = 0x0a0,
  kQueueDeviceHigh = 0x0a4,
  kShmSel = 0x0ac,
  kShmLenLow = 0x0b0,
  kShmLenHigh = 0x0b4,
  kShmBaseLow = 0x0b8,
  kShmBaseHigh = 0x0bc,
  kConfigGeneration = 0x0fc,
  kConfig = 0x100,
};

constexpr uint32_t kMagic = 0x74726976;   // "virt"
constexpr uint32_t kModern = 2;           // the version of virtio 1.0 and later
constexpr uint32_t kVendor = 0x006b7668;  // "hvk"

// Bits of Status (2.1) and of InterruptStatus.
constexpr uint32_t kFeaturesOk = 8, kDriverOk = 4, kNeedsReset = 64, kStatusBits = 0xff;
constexpr uint32_t kUsedBuffer = 1, kConfigChange = 2;

constexpr unsigned kWord = 4;

uint32_t half(uint64_t value, uint32_t which) {
  return which < 2 ? static_cast<uint32_t>(value >> (32 * which)) : 0;
}

void set_half(uint64_t& value, uint32_t which, uint32_t to) {
  const unsigned shift = 32 * which;
  value = (value & ~(uint64_t{UINT32_MAX} << shift)) | uint64_t{to} << shift;
}

}  // namespace

void describe_virtio(Fdt& fdt, uint64_t base, uint32_t spi) {
  Fdt::Node node(fdt, node_name("virtio_mmio", base));
  fdt.property("compatible", "virtio,mmio");
  fdt.reg(base, layout::kVirtioMmio.size);
  // As in QEMU's tree; a driver that leaves the interrupt level-sensitive is served too.
  fdt.spi(spi, true);
  fdt.property("dma-coherent");
}

VirtioMmio::VirtioMmio(VirtioDevice& device, GuestMemory& memory, IrqLine& irq, uint32_t spi,
                       Worker& worker)
    : device_(device),
      memory_(memory),
      irq_(irq),
      spi_(spi),
      worker_(worker),
      registers_(device.queue_sizes().size()),
      queues_(device.queue_sizes().size()) {}

VirtioMmio::~VirtioMmio() { shut_down(); }

void VirtioMmio::shut_down() {
  worker_.run([this] {
    stop_device(VirtioDevice::Stop::kForGood);
    shut_down_ = true;
  });
}

uint64_t VirtioMmio::offered() const {
  return device_.features() | device_.queue_features() | virtio_feature::kVersion1;
}

// --- the driver's side -------------------------------------------------------------

uint64_t VirtioMmio::read(uint64_t offset, unsigned size) {
  if (offset >= kConfig) {
    uint64_t value = 0;
    device_.read_config(offset - kConfig, std::as_writable_bytes(std::span(&value, 1)).first(size));
    return value;
  }
  // Registers are read by aligned words (4.2.2.2); of another access only its part of one register
  // is answered.
  const uint64_t aligned = offset & ~uint64_t{kWord - 1};
  uint32_t value = 0;
  if (aligned == kInterruptStatus) {
    value = interrupts_ | (others_interrupt_ ? kUsedBuffer : 0);
  } else {
    const std::lock_guard lock(mutex_);
    value = read_register(aligned);
  }
  const uint64_t shifted = uint64_t{value} >> (offset % kWord * 8);
  return size >= kWord ? shifted : shifted & ((uint64_t{1} << size * 8) - 1);
}

uint32_t VirtioMmio::read_register(uint64_t offset) {
  const bool known = queue_sel_ < registers_.size();
  switch (offset) {
    case kMagicValue:
      return kMagic;
    case kVersion:
      return kModern;
    case kDeviceId:
      return device_.id();
    case kVendorId:
      return kVendor;
    case kDeviceFeatures:
      return half(offered(), device_features_sel_);
    case kQueueNumMax:
      return known ? device_.queue_sizes()[queue_sel_] : 0;
    case kQueueReady:
      return known && registers_[queue_sel_].ready;
    case kStatus:
      return status_ | (broken_ ? kNeedsReset : 0);
    case kConfigGeneration:
      return generation_;
    case kShmLenLow:
    case kShmLenHigh:
    case kShmBaseLow:
    case kShmBaseHigh:
      return UINT32_MAX;  // a region that does not exist (4.2.2)
    default:
      tell_ignored(offset, false);
      return 0;
  }
}

void VirtioMmio::write(uint64_t offset, unsigned size, uint64_t value) {
  if (offset >= kConfig) {
    device_.write_config(offset - kConfig, std::as_bytes(std::span(&value, 1)).first(size));
    return;
  }
  if (offset % kWord != 0 || size != kWord) return tell_ignored(offset, true);
  const auto word = static_cast<uint32_t>(value);
  if (offset == VirtioMmio::kQueueNotify) {
    // Not through an ioeventfd: the device has none, or this number is no queue's.
    if (word < registers_.size()) worker_.post([this, word] { notified(word); });
    return;
  }
  if (offset == kInterruptAck) {
    interrupts_ &= ~word;
    return update_irq();
  }
  const std::lock_guard lock(mutex_);
  write_register(offset, word);
}

void VirtioMmio::write_register(uint64_t offset, uint32_t value) {
  switch (offset) {
    case kDeviceFeaturesSel:
      device_features_sel_ = value;
      break;
    case kDriverFeaturesSel:
      driver_features_sel_ = value;
      break;
    case kDriverFeatures:
      // Once the device has accepted them, features are what they are (3.1.1).
      if (!(status_ & kFeaturesOk) && driver_features_sel_ < 2) {
        set_half(driver_features_, driver_features_sel_, value);
      }
      break;
    case kQueueSel:
      queue_sel_ = value;
      break;
    case kStatus:
      write_status(value);
      break;
    case kShmSel:
      break;
    case kQueueNum:
    case kQueueReady:
    case kQueueDescLow:
    case kQueueDescHigh:
    case kQueueDriverLow:
    case kQueueDriverHigh:
    case kQueueDeviceLow:
    case kQueueDeviceHigh:
      write_queue(offset, value);
      break;
    default:
      tell_ignored(offset, true);
  }
}

void VirtioMmio::write_queue(uint64_t offset, uint32_t value) {
  if (queue_sel_ >= registers_.size()) return;
  QueueRegisters& queue = registers_[queue_sel_];
  if (offset == kQueueReady) return set_queue_ready(queue, value & 1);
  // A queue that the device uses does not move (4.2.2.2).
  if (queue.ready) return tell_ignored(offset, true);
  QueuePlace& place = queue.place;
  switch (offset) {
    case kQueueNum:
      // Sizes that do not fit are kept as one that is refused when the queue is made ready.
      place.size = static_cast<uint16_t>(std::min<uint32_t>(value, UINT16_MAX));
      break;
    case kQueueDescLow:
    case kQueueDescHigh:
      set_half(place.descriptors, offset != kQueueDescLow, value);
      break;
    case kQueueDriverLow:
    case kQueueDriverHigh:
      set_half(place.driver_area, offset != kQueueDriverLow, value);
      break;
    default:
      set_half(place.device_area, offset != kQueueDeviceLow, value);
  }
}

void VirtioMmio::set_queue_ready(QueueRegisters& queue, bool ready) {
  if (ready == queue.ready) return;
  // Drivers set queues up before DRIVER_OK (3.1.1); afterwards a queue can only be stopped.
  if (ready && (status_ & kDriverOk)) return tell_ignored(kQueueReady, true);
  queue.ready = ready;
  if (ready || !(status_ & kDriverOk)) return;
  const auto index = static_cast<size_t>(&queue - registers_.data());
  worker_.run([this, index] {
    if (!started_) return;
    const uint64_t features = started_features_;
    stop_device(VirtioDevice::Stop::kPause);
    queues_[index].reset();
    start_device(features);
  });
}

bool VirtioMmio::features_are_good() const {
  return (driver_features_ & ~offered()) == 0 && (driver_features_ & virtio_feature::kVersion1);
}

void VirtioMmio::write_status(uint32_t value) {
  value &= kStatusBits & ~kNeedsReset;
  if (value == 0) return reset();
  // The driver clears no bit but by a reset (2.1.1).
  const uint32_t added = value & ~status_;
  status_ |= added;
  if ((added & kFeaturesOk) && !features_are_good()) {
    status_ &= ~kFeaturesOk;
    const bool legacy = !(driver_features_ & virtio_feature::kVersion1);
    tell(fmt::format("{}: the driver's features {:#x} are refused: {}", name(), driver_features_,
                     legacy
                         ? "it is older than virtio 1.0"
                         : fmt::format("{:#x} were not offered", driver_features_ & ~offered())));
  }
  if ((added & kDriverOk) && (status_ & kFeaturesOk)) {
    worker_.post([this, features = driver_features_, queues = registers_] {
      if (!started_ && make_queues(features, queues)) start_device(features);
    });
  }
}

void VirtioMmio::reset() {
  worker_.run([this] {
    stop_device(VirtioDevice::Stop::kForGood);
    device_.reset();
    for (auto& queue : queues_) queue.reset();
  });
  device_features_sel_ = driver_features_sel_ = queue_sel_ = 0;
  driver_features_ = 0;
  status_ = 0;
  std::fill(registers_.begin(), registers_.end(), QueueRegisters{});
  broken_ = false;
  interrupts_ = 0;
  update_irq();
}

// --- the device's side, in the worker ----------------------------------------------------

bool VirtioMmio::make_queues(uint64_t features, const std::vector<QueueRegisters>& queues) {
  using namespace virtio_feature;
  for (size_t i = 0; i < queues.size(); ++i) {
    queues_[i].reset();
    if (!queues[i].ready) continue;
    std::string why;
    queues_[i] = Virtqueue::make(memory_, queues[i].place,
                                 {.most = device_.queue_sizes()[i],
                                  .indirect = (features & kIndirect) != 0,
                                  .event_index = (features & kEventIndex) != 0},
                                 why);
    if (queues_[i]) continue;
    needs_reset(fmt::format("queue {}: {}", i, why));
    for (auto& queue : queues_) queue.reset();
    return false;
  }
  return true;
}

void VirtioMmio::start_device(uint64_t features) {
  if (shut_down_ || broken_) return;
  started_features_ = features;
  started_ = true;
  others_interrupt_ = device_.interrupts_by_itself();
  device_.start(features, *this);
  // What the driver made available before it was ready, or while the device was stopped.
  for (unsigned i = 0; i < queues_.size(); ++i) notified(i);
}

void VirtioMmio::stop_device(VirtioDevice::Stop stop) {
  if (!started_) return;
  device_.stop(stop);
  others_interrupt_ = false;
  started_ = false;
}

void VirtioMmio::notified(unsigned queue) {
  if (!started_ || broken_ || !queues_[queue]) return;
  device_.notified(queue);
  if (!queues_[queue]->broken().empty()) {
    needs_reset(fmt::format("queue {}: {}", queue, queues_[queue]->broken()));
  }
}

void VirtioMmio::used(unsigned index) {
  if (queues_[index]->wants_interrupt()) interrupt(kUsedBuffer);
}

void VirtioMmio::config_changed() {
  ++generation_;
  interrupt(kConfigChange);
}

void VirtioMmio::needs_reset(const std::string& why) {
  if (broken_.exchange(true)) return;
  tell(fmt::format("{}: {}; it stands still until its driver resets it", name(), why));
  interrupt(kConfigChange);
}

void VirtioMmio::interrupt(uint32_t cause) {
  interrupts_ |= cause;
  update_irq();
}

void VirtioMmio::update_irq() {
  // With the lock, the last setting of the line is by the last state.
  const std::lock_guard lock(irq_mutex_);
  irq_.set(interrupts_ != 0);
}

void VirtioMmio::connected() {
  if (others_interrupt_) irq_.set(true);
  update_irq();
}

void VirtioMmio::resampled() {
  if (!device_.interrupts_by_itself()) return update_irq();
  // What was used after the guest had looked, and before it ended the interrupt, raised a line that
  // was high already, and is asked for by the driver still.
  bool wanted = false;
  for (const auto& queue : queues_) {
    if (!queue) continue;
    queue->see_used();
    wanted = queue->wants_interrupt() || wanted;
  }
  if (wanted) irq_.set(true);
  update_irq();
}

// --- save and restore ----------------------------------------------------------------------

nlohmann::json VirtioMmio::save() {
  const std::lock_guard lock(mutex_);
  nlohmann::json state;
  worker_.run([&] {
    const bool started = started_;
    stop_device(VirtioDevice::Stop::kPause);
    nlohmann::json queues = nlohmann::json::array();
    for (size_t i = 0; i < registers_.size(); ++i) {
      const QueueRegisters& one = registers_[i];
      const Virtqueue::Position at = queues_[i] ? queues_[i]->position() : Virtqueue::Position{};
      queues.push_back({{"size", one.place.size},
                        {"descriptors", one.place.descriptors},
                        {"driver-area", one.place.driver_area},
                        {"device-area", one.place.device_area},
                        {"ready", one.ready},
                        {"next", at.next},
                        {"used", at.used}});
    }
    state = {{"device", device_.name()},
             {"device-features-sel", device_features_sel_},
             {"driver-features-sel", driver_features_sel_},
             {"queue-sel", queue_sel_},
             {"features", driver_features_},
             {"status", status_},
             {"needs-reset", broken_.load()},
             {"interrupts", interrupts_.load()},
             {"generation", generation_.load()},
             {"queues", queues},
             {"own", device_.save()}};
    if (started) start_device(started_features_);
  });
  return state;
}

void VirtioMmio::restore(const nlohmann::json& state) {
  const std::lock_guard lock(mutex_);
  try {
    if (state.at("device").get<std::string>() != name()) throw SetupError("of another device");
    const auto& saved = state.at("queues");
    if (saved.size() != registers_.size()) throw SetupError("of other queues");
    std::vector<QueueRegisters> registers(saved.size());
    std::vector<Virtqueue::Position> positions(saved.size());
    for (size_t i = 0; i < saved.size(); ++i) {
      registers[i].place = {saved[i].at("size"), saved[i].at("descriptors"),
                            saved[i].at("driver-area"), saved[i].at("device-area")};
      registers[i].ready = saved[i].at("ready");
      positions[i] = {saved[i].at("next"), saved[i].at("used")};
    }
    const uint64_t features = state.at("features");
    const uint32_t status = state.at("status");
    // What a driver has only written so far may be anything, and is judged when it says
    // FEATURES_OK.
    if ((status & kFeaturesOk) && (features & ~offered())) {
      throw SetupError("of features that are not offered here");
    }
    const uint32_t selectors[] = {state.at("device-features-sel"), state.at("driver-features-sel"),
                                  state.at("queue-sel")};
    const bool broken = state.at("needs-reset");
    const uint32_t interrupts = state.at("interrupts"), generation = state.at("generation");
    device_.restore(state.at("own"));

    device_features_sel_ = selectors[0];
    driver_features_sel_ = selectors[1];
    queue_sel_ = selectors[2];
    driver_features_ = features;
    status_ = status;
    registers_ = std::move(registers);
    generation_ = generation;
    interrupts_ = interrupts;
    broken_ = broken;
    if ((status_ & kDriverOk) && (status_ & kFeaturesOk)) {
      worker_.run([&] {
        if (broken || !make_queues(features, registers_)) return;
        for (size_t i = 0; i < queues_.size(); ++i) {
          if (queues_[i]) queues_[i]->set_position(positions[i]);
        }
        start_device(features);
      });
    }
    update_irq();
  } catch (const nlohmann::json::exception& error) {
    throw SetupError(fmt::format("state of {}", name()), error.what());
  }
}

}  // namespace hvk
