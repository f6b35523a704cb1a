// SPDX-License-Identifier: GPL-2.0-only
#include "vgic_el2_story.h"

#include <bit>

namespace hvk::test {
namespace {

constexpr unsigned kVcpus = 4;

bool clears_pending(const Write& w) { return w.offset >= 0x280 && w.offset < 0x300; }
bool clears_active(const Write& w) { return w.offset >= 0x380 && w.offset < 0x400; }

// In this story:
uint32_t subject;  // the interrupt
unsigned taken;    // how often
int holder;        // the vCPU that has not deactivated it yet, or -1

void line(VgicMachine& m, bool level) {
  bench_inject(m.vm, subject < 32 ? int{kWriter} : -1, subject, level);
}
void high(VgicMachine& m) { line(m, true); }
void low(VgicMachine& m) { line(m, false); }
void rounds(VgicMachine& m) {
  m.round(1);
  m.round(2);
}
void acknowledges(VgicMachine& m) {
  for (unsigned v : {1u, 2u}) {
    const uint32_t id = m.pe(v).acknowledge();
    if (id == subject) {
      ++taken;
      holder = static_cast<int>(v);
    } else if (id != kSpurious) {
      m.pe(v).deactivate(id);
    }
  }
}
void takes(VgicMachine& m) {
  acknowledges(m);
  if (holder >= 0) m.pe(static_cast<unsigned>(holder)).deactivate(subject);
  holder = -1;
}

const Story kStories[] = {
    {"a line rises", false, true, {high}},
    {"a line rises and falls", false, false, {high, low}},
    {"an edge", true, true, {high}},
    {"a line rises, is delivered", false, true, {high, rounds}},
    {"an edge is delivered", true, true, {high, rounds}},
    {"an irqfd's line rises, is delivered", false, true, {high, rounds}, true},
    {"a line is taken", false, true, {high, rounds, acknowledges}},
    {"an edge is taken", true, false, {high, rounds, acknowledges, rounds}},
    {"a line's whole life", false, false, {high, rounds, takes, low, rounds}},
    {"an edge's whole life", true, false, {high, rounds, takes, rounds}},
    {"an edge's life, and another edge", true, true, {high, rounds, takes, rounds, high}},
};

// The crowd: more for each of two vCPUs than there are list registers.
constexpr uint32_t kCrowd = 64, kCrowdEnd = kCrowd + 2 * (kNumLr + 1);

bool in_crowd(uint32_t id) { return id >= kCrowd && id < kCrowdEnd && id != subject; }
int64_t word_of(uint32_t intid, int64_t array) { return array + intid / 32 * 4; }
uint64_t bit_of(uint32_t intid) { return 1ull << intid % 32; }

// What a vCPU takes with one acknowledge, as the line may stay high; before the crowd.
Intids once(VgicMachine& m, unsigned vcpu) {
  m.settle();
  const uint32_t id = m.pe(vcpu).acknowledge();
  if (id == kSpurious) return {};
  EXPECT_TRUE(m.pe(vcpu).deactivate(id));
  if (in_crowd(id)) return {};
  return {id};
}

// The list registers, as they are now, have it pending at this vCPU, or nowhere (-1).
void check_list_registers(VgicMachine& m, const Write& w, int home) {
  for (unsigned v = 0; v < kVcpus; ++v) {
    unsigned found = 0;
    for (uint32_t r : m.pe(v).lr) {
      if (VirtualInterface::intid(r) != w.intid) continue;
      if (VirtualInterface::state(r) != VirtualInterface::kPending) continue;
      ++found;
      if (w.field == BENCH_PRIORITY) {
        EXPECT_EQ(VirtualInterface::priority(r), w.val & 0xff);
      }
    }
    EXPECT_EQ(found, static_cast<int>(v) == home ? 1u : 0u) << "vCPU " << v;
  }
}

}  // namespace

std::span<const Story> stories() { return kStories; }

std::unique_ptr<VgicMachine> VgicEl2Story::machine(const Write& w, const Story& story) {
  subject = w.intid;
  taken = 0;
  holder = -1;
  auto m = std::make_unique<VgicMachine>(kVcpus);
  m->open_all();
  if (story.edge) m->write(0, 0xc00 + w.intid / 16 * 4, 0xaaaaaaaa);
  for (uint32_t i = w.intid & ~3u; w.intid >= 32 && i <= (w.intid | 3u); ++i)
    m->write(0, 0x800 + i, 1u << w.from, 1);
  if (!w.enabled_before) m->write(0, word_of(w.intid, 0x180), bit_of(w.intid));
  if (w.crowd) {
    m->write(0, 0xc10, 0xaaaaaaaa);
    for (uint32_t id = kCrowd; id < kCrowdEnd; ++id) {
      m->write(0, 0x800 + id, 1u << (id % 2 ? w.from : w.to), 1);
      m->write(0, 0x400 + id, w.crowd, 1);
      m->inject(id, true);
    }
  }
  if (story.irqfd) bench_resample(m->vm, w.intid);
  m->use_el2();
  for (unsigned v = 0; v < kVcpus; ++v) m->enter(v);
  return m;
}

void VgicEl2Story::write_at_el1(VgicMachine& m, unsigned vcpu, const Write& w) {
  m.leave(vcpu);
  bench_self(m.vm, static_cast<int>(vcpu));
  EXPECT_TRUE(bench_write(m.vm, vcpu, w.offset, w.len, w.val));
  bench_self(m.vm, -1);
  m.enter(vcpu);
}

void VgicEl2Story::complete(VgicMachine& m, unsigned vcpu, const Write& w, Answer answer) {
  const auto& fast = bench_el2_ctx(m.vm, vcpu)->fast;
  if (answer == Answer::kDone) {
    EXPECT_EQ(fast.recheck, 0u);
  } else if (answer == Answer::kExit) {
    EXPECT_EQ(fast.recheck, 0u);
    write_at_el1(m, vcpu, w);
  } else {
    // Of all that it wrote to, the one that became busy.
    EXPECT_EQ(std::popcount(fast.recheck), 1);
    EXPECT_EQ(fast.recheck_from + std::countr_zero(fast.recheck), subject);
    m.leave(vcpu);
    m.finish(vcpu);
    m.enter(vcpu);
  }
}

void VgicEl2Story::check(VgicMachine& m, const Write& w, const Story& story, Answer answer) {
  const uint64_t bit = bit_of(w.intid);
  const int64_t enable = word_of(w.intid, 0x100), disable = word_of(w.intid, 0x180);

  // EL1 makes a write that it is left with after the story.
  const bool at_the_end = answer == Answer::kExit;
  const bool active = holder >= 0 && !(clears_active(w) && at_the_end);
  // It is pending as before: no edge is lost.
  const bool cleared = story.edge && clears_pending(w) && at_the_end;
  const bool pending = (story.ends_high || (story.edge && !taken)) && !cleared;
  const bool deliverable = pending && w.enabled_after;

  m.settle();
  // It is delivered if enabled, and where it belongs. Reads of its state would make all vCPUs
  // leave their guests, so this comes first.
  check_list_registers(m, w, deliverable && !active ? static_cast<int>(w.to) : -1);
  EXPECT_EQ(m.read(kWriter, enable) & bit, w.enabled_after ? bit : 0);
  if (w.field != BENCH_ENABLED) {
    EXPECT_EQ(m.read(kWriter, w.offset, w.len), w.val);
  }
  EXPECT_EQ(bool(m.read(kWriter, word_of(w.intid, 0x300)) & bit), active);
  EXPECT_EQ(bool(m.read(kWriter, word_of(w.intid, 0x200)) & bit), pending);
  EXPECT_EQ(m.acked, Intids{}) << "nobody has deactivated it";
  if (holder >= 0) {
    EXPECT_EQ(m.pe(static_cast<unsigned>(holder)).deactivate(w.intid), active);
  }
  for (unsigned v : {1u, 2u, kWriter})
    EXPECT_EQ(once(m, v), deliverable && v == w.to ? Intids{w.intid} : Intids{}) << "vCPU " << v;
  // And it works ever after.
  low(m);
  m.settle();
  m.write(kWriter, disable, bit);
  m.write(kWriter, enable, bit);
  for (unsigned v = 0; v < kVcpus; ++v) m.drain(v);
  high(m);
  m.settle();
  EXPECT_EQ(m.pe(w.to).acknowledge(), w.intid);
  low(m);
  EXPECT_TRUE(m.pe(w.to).deactivate(w.intid));
  m.settle();
  // It is quiet again, as soon as it is in no list register: EL2's.
  m.round(w.to);
  EXPECT_EQ(m.write_at_el2(kWriter, disable, bit, 4), Answer::kDone);
}

}  // namespace hvk::test
