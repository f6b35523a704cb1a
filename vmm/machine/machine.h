// SPDX-License-Identifier: GPL-2.0-or-later
// One guest, from its cold start to its end: its parts, what lies in its memory, its VM and its
// vCPUs. Of which parts it is made is said elsewhere (run/composition).
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

// What a machine is made of.
struct Composition {
  Parts parts;
  Ram* ram = nullptr;      // one of `parts`
  Flash* flash = nullptr;  // one of `parts`, of a guest with firmware
};

// What the run knows of a guest beside its configuration.
struct Identity {
  std::string name;                 // in messages; or empty
  std::vector<unsigned> host_cpus;  // for each vCPU the host's CPU; empty: any
  OnceLog* log = nullptr;           // where devices' hints go; or null
};

class Machine final : private ParaCalls {
 public:
  // Builds what needs no hypervisor: the parts, the loaded files and the device tree. `config`
  // must outlive it. Throws SetupError or ImageError.
  Machine(const Config& config, Identity identity, Composition composition);
  // Stops the guest and waits for its vCPUs.
  ~Machine() override;

  // Of what came out of a FIT image, reads again what lies in guest memory and
  // throws SetupError if it is not what was loaded. `start` does so too, right
  // before the guest's first instruction; a system of guests has all of them
  // checked before the first one starts.
  void check_loaded() const { boot_.check(); }

  // Creates the VM and starts the guest. Throws SetupError. Once only: a
  // machine that ended is replaced, so that a reset is a cold start.
  void start();

  // Whether `move` can take all of it along: all its parts can move.
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

  std::span<const std::byte> device_tree() const { return boot_.tree(); }

  // What all its vCPUs did since the start.
  Usage usage() const;

  // What was assumed of the kernel's file, for the person to hear of; or empty.
  const std::string& notice() const { return boot_.notice(); }

  // The load map: part, IPA range, size; a line each.
  std::string load_map() const { return boot_.map(); }

 private:
  // The answer of the first part that has one.
  ParaAnswer call(uint64_t function, const ParaArgs& args) override;

  void create_vm();
  void run_vcpus();
  void vcpu_ended(GuestEnd end);

  const Config& config_;
  const Identity identity_;
  Bus bus_;
  Parts parts_;  // the VM has their memory: they outlive it
  std::unique_ptr<Gic> gic_;
  std::unique_ptr<Vm> vm_;
  Boot boot_;

  EventFd ended_;
  std::vector<std::unique_ptr<Vcpu>> vcpus_;

  std::mutex mutex_;  // guards starting and stopping, and what follows
  Usage moved_;       // of vCPUs in VMs that are no more
  size_t running_ = 0;
  bool stopping_ = false;
  GuestEnd end_ = GuestEnd::kStopped;
};

}  // namespace hvk
