// SPDX-License-Identifier: GPL-2.0-only
// The composition root: all parts of one guest, from its cold start to its end.
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <vector>

#include "board/bus.h"
#include "board/irq.h"
#include "board/memory.h"
#include "config/config.h"
#include "devices/cfi_flash.h"
#include "devices/empty_virtio.h"
#include "devices/erased_flash.h"
#include "devices/pl011.h"
#include "devices/pl031.h"
#include "devices/pl061.h"
#include "hv/gic.h"
#include "hv/spi_line.h"
#include "hv/vcpu.h"
#include "hv/vm.h"
#include "image/image.h"
#include "machine/load_check.h"
#include "partition/channel_gpio.h"
#include "partition/para.h"

namespace hvk {

class Machine {
 public:
  // Builds what needs no hypervisor: RAM, devices, the loaded files and the
  // device tree. With a `place` it can be started: has hypercalls, a name in messages, its
  // vCPUs on their host CPUs, and what its system grants it, if there is one; the place must
  // outlive it. Throws SetupError or ImageError.
  Machine(const Config& config, ByteSink& console_out, const Place* place = nullptr);
  // Stops the guest and waits for its vCPUs.
  ~Machine();

  // Of what came out of a FIT image, reads again what lies in guest memory and
  // throws SetupError if it is not what was loaded. `start` does so too, right
  // before the guest's first instruction; a system of guests has all of them
  // checked before the first one starts.
  void check_loaded() const;

  // Creates the VM and starts the guest. Throws SetupError. Once only: a
  // machine that ended is replaced, so that a reset is a cold start.
  void start();

  // Whether `move` can take all of it along: it has no windows and no channels,
  // whose owner in the hypervisor is the VM.
  bool can_move() const;
  // After a stop that the guest did not end before: gives all that the guest is
  // to a new VM and starts it there, as if nothing had been. A system's clock has gone on
  // meanwhile; another guest's time stood still. Throws SetupError.
  void move();

  // Asks the guest's vCPUs to end; does not wait. Any thread.
  void stop();

  // Asks them to stand still, and to go on. The guest keeps its state; its
  // clocks go on. After `start`. Any thread.
  void pause();
  void resume();

  // Signalled when no vCPU runs any more. `end` is then why: what the first of
  // them reported.
  const EventFd& ended() const { return ended_; }
  GuestEnd end() const { return end_; }

  Pl011& console() { return pl011_; }
  Pl061& gpio() { return pl061_; }
  std::span<const std::byte> device_tree() const { return tree_; }

  // HALT's code, if that ended it.
  uint64_t halt_code() const { return para_ ? para_->halt_code() : 0; }
  // What all its vCPUs did since the start.
  Usage usage() const;

  // What was assumed of the kernel's file, for the person to hear of; or empty.
  const std::string& notice() const { return notice_; }

  // The load map: part, IPA range, size; a line each.
  std::string load_map() const;

 private:
  std::array<SpiLine*, 3> lines() { return {&pl011_line_, &pl031_line_, &pl061_line_}; }
  bool in_system() const { return place_ && place_->links; }
  bool has_system_clock() const { return in_system() && place_->links->one_clock(); }
  void create_vm();
  void map_flash();
  void run_vcpus();
  void load_kernel();
  void load_tree();
  void load_firmware();
  // Copies a part to RAM; `name` is for the load map, `file` where it is from.
  void place(const std::string& name, const std::string& file, uint64_t ipa,
             std::span<const std::byte> content);
  void share();  // shared memory, into the VM
  void bind_channels();
  void keep_windows();  // the vCPUs' places in the schedule, and all memory at hand
  void vcpu_ended(GuestEnd end);

  const Config config_;
  GuestMemory ram_;
  ErasedFlash erased_flash_;
  std::vector<std::unique_ptr<CfiFlash>> flash_;  // both banks, of a guest with firmware
  std::unique_ptr<Gic> gic_;
  std::unique_ptr<Vm> vm_;  // outlives the devices: a clock's alarm may ring late

  SpiLine pl011_line_;
  SpiLine pl031_line_;
  SpiLine pl061_line_;
  Pl011 pl011_;
  Pl031 pl031_;
  Pl061 pl061_;
  EmptyVirtio empty_virtio_;
  Bus bus_;

  std::string format_;  // of the kernel
  std::string notice_;
  bool linux_ = false;             // it is Linux, or boots as that does
  uint64_t page_size_ = 0;         // bytes; that it was built for; 0: it does not say
  std::vector<LoadedPart> parts_;  // in RAM
  uint64_t entry_ = 0;             // IPA
  bool finds_tree_at_base_ = false;
  uint64_t tree_ipa_ = 0;
  std::vector<std::byte> tree_;
  LoadCheck load_check_;

  const Place* place_;  // or null
  std::unique_ptr<ChannelGpio> channels_;
  std::unique_ptr<Para> para_;

  EventFd ended_;
  std::vector<std::unique_ptr<Vcpu>> vcpus_;

  std::mutex mutex_;  // guards starting and stopping, and what follows
  Usage moved_;       // of vCPUs in VMs that are no more
  size_t running_ = 0;
  bool stopping_ = false;
  GuestEnd end_ = GuestEnd::kStopped;
};

}  // namespace hvk
