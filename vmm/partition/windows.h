// SPDX-License-Identifier: GPL-2.0-or-later
// The windows of time of a guest, as a part of the guest: the places of its vCPUs in the
// schedule, and RAM that causes no exit after the start.
#pragma once

#include "board/memory.h"
#include "machine/part.h"
#include "partition/links.h"

namespace hvk {

class Windows final : public Part {
 public:
  // `place`, a guest that has windows, and its RAM must outlive it.
  Windows(const Place& place, GuestMemory& ram) : place_(place), ram_(ram) {}

  void build(Bus&) override { ram_.lock(); }
  void bind(Vm& vm, std::span<const std::unique_ptr<Vcpu>> vcpus) override;
  // The owner of a window is a VM.
  bool can_move() const override { return false; }

 private:
  const Place& place_;
  GuestMemory& ram_;
};

}  // namespace hvk
