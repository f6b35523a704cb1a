// SPDX-License-Identifier: GPL-2.0-or-later
// One guest, from its cold start to its end: its parts, the contents of its memory, its VM and its
// vCPUs. run/composition decides which parts it has.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <vector>

#include "base/fd.h"
#include "base/log.h"
#include "board/bus.h"
#include "config/config.h"
#include "hv/gic.h"
#include "hv/para_call.h"
#include "hv/vcpu.h"
#include "hv/vm.h"
#include "machine/boot.h"
#include "machine/part.h"
#include "machine/ram.h"

namespace hvk {

// The parts that a machine is made of.
struct Composition {
  Parts parts;
  Ram* ram = nullptr;      // the RAM among `parts`
  Flash* flash = nullptr;  // the flash among `parts`; null if the guest has no firmware
};

// What a machine needs to know of its guest besides the configuration.
struct Identity {
  std::string name;                 // the guest's name in messages; may be empty
  std::vector<unsigned> host_cpus;  // the host CPU of each vCPU; empty: any CPU
  OnceLog* log = nullptr;           // log for the devices' hints; null: the common log
};

class Machine final : private ParaCalls {
 public:
  // Does all that needs no hypervisor: builds the parts, loads the files and makes the device tree.
  // `config` must outlive the machine. Throws SetupError or ImageError.
  Machine(const Config& config, Identity identity, Composition composition);
  // Stops the guest and waits for its vCPUs.
  ~Machine() override;

  // Compares guest memory with the digests of what was loaded from a FIT image
  // and throws SetupError on a difference. `start` does so too, right before the
  // guest's first instruction. It is public so that all guests of a system can
  // be checked before the first one starts.
  void check_loaded() const { boot_.check(); }

  // Creates the VM at `hypervisor`, which must outlive the machine, and starts the guest. Throws
  // SetupError. To be called only once: to restart a guest, a new machine is made, so that a reset
  // is a cold start.
  void start(const Hypervisor& hypervisor);

  // Whether `move` is possible, which is so if all parts can move.
  bool can_move() const;
  // Transfers the guest with its whole state to a new VM and resumes it there.
  // To be called after `stop`, once `ended` is signalled and `end` is kStopped.
  // The counter of a guest that counts by its system's clock has gone on
  // meanwhile; that of any other guest continues where it stopped. Throws
  // SetupError, after which the machine can only be destroyed.
  void move();

  // Asks the guest's vCPUs to end and does not wait for them. If it is called again, they are
  // interrupted again: one may have gone on to wait for stdout. Any thread.
  void stop();

  // Ask the guest's vCPUs to pause and to resume, and do not wait for them. A
  // paused guest keeps its state, but its counters go on. To be called after
  // `start`. Any thread.
  void pause();
  void resume();

  // Signalled when all vCPU threads have ended. `end` is then the reason for the
  // guest's end: the first one, other than kStopped, that a vCPU reported.
  const EventFd& ended() const { return ended_; }
  GuestEnd end() const { return end_; }

  std::span<const std::byte> device_tree() const { return boot_.tree(); }

  // What all vCPUs used since `start`.
  Usage usage() const;

  // A message for the user about what was assumed of the kernel's format; empty if nothing was.
  const std::string& notice() const { return boot_.notice(); }

  // The load map: a line for each part, with its IPA range and its size.
  std::string load_map() const { return boot_.map(); }

 private:
  // Returns the answer of the first part that knows the hypercall. From vCPU threads.
  ParaAnswer call(uint64_t function, const ParaArgs& args) override;

  void create_vm();
  void run_vcpus();
  void vcpu_ended(GuestEnd end);

  const Config& config_;
  const Identity identity_;
  Bus bus_;
  Parts parts_;  // before vm_, so that they outlive it: their memory is mapped into the VM
  std::unique_ptr<Gic> gic_;
  const Hypervisor* hypervisor_ = nullptr;  // set by `start`
  std::unique_ptr<Vm> vm_;
  Boot boot_;

  EventFd ended_;
  std::vector<std::unique_ptr<Vcpu>> vcpus_;

  std::mutex mutex_;  // guards starting and stopping the vCPUs, and the members below
  Usage moved_;       // usage of the vCPUs of earlier VMs, before `move`
  size_t running_ = 0;
  GuestEnd end_ = GuestEnd::kStopped;
};

}  // namespace hvk
