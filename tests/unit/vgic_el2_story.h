// SPDX-License-Identifier: GPL-2.0-only
// A write to GICD that EL2 carries out, and a story of what EL1, devices and other vCPUs do with
// the same interrupt meanwhile: what vgic_el2_*test.cc have in common.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "vgic_machine.h"

namespace hvk::test {

inline constexpr unsigned kWriter = 0, kSecondWriter = 3;  // of four vCPUs
inline constexpr uint32_t kPpi = 20;                       // the writer's
inline constexpr uint64_t kBit = 1ull << (kSpi - 32);

struct Write {
  const char* name;
  uint32_t intid;  // the one that something happens to; the others of a word stay quiet
  int64_t offset;
  uint64_t val;
  unsigned len;
  bool enabled_before, enabled_after;
  enum bench_field field;
  unsigned from, to;  // the vCPU that takes the interrupt before, and afterwards
  // If not 0, both have more edges pending than list registers, of this priority; the
  // interrupt has 0xa0.
  unsigned crowd = 0;
};

// A step of it.
using Step = void (*)(VgicMachine& m);

struct Story {
  const char* name;
  bool edge, ends_high;
  std::vector<Step> steps;
  bool irqfd = false;  // irqfds drive the line, and hear of EOIs
};

std::span<const Story> stories();

class VgicEl2Story : public testing::Test {
 protected:
  using Answer = VgicMachine::Answer;

  // Whether the story may be that of the write's interrupt.
  static bool has(const Write& w, const Story& story) {
    return w.intid >= 32 || !(story.edge || story.irqfd);
  }
  // Everything open for the interrupt; all vCPUs in the guest.
  static std::unique_ptr<VgicMachine> machine(const Write& w, const Story& story);
  // The vCPU's instruction at EL2, and the rest of it.
  static Answer write(VgicMachine& m, unsigned vcpu, const Write& w) {
    return m.write_at_el2(vcpu, w.offset, w.val, w.len);
  }
  static void complete(VgicMachine& m, unsigned vcpu, const Write& w, Answer answer);
  // The whole write, at EL1.
  static void write_at_el1(VgicMachine& m, unsigned vcpu, const Write& w);
  // After the story and the write, which EL1 made last if the answer is kExit: whether it holds,
  // and the interrupt is where it belongs.
  static void check(VgicMachine& m, const Write& w, const Story& story, Answer answer);

  // What EL2's own code does: an access to memory or a barrier; a change of a register.
  static bool is_access(const El2Pe::Event& e) { return !e.what.starts_with("msr"); }
  static bool is_change(const El2Pe::Event& e) {
    return e.what == "store" || e.what == "fetch_or" || e.what == "fetch_and";
  }
};

}  // namespace hvk::test
