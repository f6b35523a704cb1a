// SPDX-License-Identifier: GPL-2.0-or-later
// The windows of time of a guest, as a part of the guest: gives its vCPUs their places in the
// schedule, and locks and maps all of its RAM so that no access causes an exit after the start.
#pragma once

#include "board/memory.h"
#include "machine/part.h"
#include "partition/links.h"

namespace hvk {

class Windows final : public Part {
 public:
  // The guest at `place` must have windows. `place` and the guest's RAM must outlive this part.
  Windows(const Place& place, GuestMemory& ram) : place_(place), ram_(ram) {}

  void build(Bus&) override { ram_.lock(); }
  void bind(Vm& vm, std::span<const std::unique_ptr<Vcpu>> vcpus) override;
  // A vCPU has its place in the schedule for good, so the guest cannot move to another VM.
  bool can_move() const override { return false; }

 private:
  const Place& place_;
  GuestMemory& ram_;
};

}  // namespace hvk
