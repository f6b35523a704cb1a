// SPDX-License-Identifier: GPL-2.0-only
// Writes to GICD that EL2 carries out, while EL1 injects, delivers and takes back the same
// interrupt: EL2's own code and the module's vGIC on one machine, each between any two steps
// of the other. Whatever the order, the write holds and the interrupt is where it belongs.
#include <algorithm>
#include <array>
#include <memory>
#include <string>

#include "vgic_machine.h"

namespace hvk::test {
namespace {

using Answer = VgicMachine::Answer;

constexpr uint64_t kBit = 1ull << (kSpi - 32);

struct Write {
  const char* name;
  int64_t offset;
  uint64_t val;
  unsigned len;
  bool enabled_before, enabled_after;
  enum bench_field field;
  unsigned vcpu;  // that takes the interrupt afterwards
};

const Write kWrites[] = {
    {"enable", 0x104, kBit, 4, false, true, BENCH_ENABLED, 1},
    {"disable", 0x184, kBit, 4, true, false, BENCH_ENABLED, 1},
    {"priority", 0x400 + kSpi, 0x20, 1, true, true, BENCH_PRIORITY, 1},
    {"four priorities", 0x400 + kSpi, 0x20202020, 4, true, true, BENCH_PRIORITY, 1},
    {"target", 0x800 + kSpi, 4, 1, true, true, BENCH_TARGETS, 2},
    {"four targets", 0x800 + kSpi, 0x04040404, 4, true, true, BENCH_TARGETS, 2},
};

// What EL1, devices and other vCPUs do meanwhile; the write is vCPU 0's.
using Step = void (*)(VgicMachine& m);

void high(VgicMachine& m) { m.inject(kSpi, true); }
void low(VgicMachine& m) { m.inject(kSpi, false); }
void rounds(VgicMachine& m) {
  m.round(1);
  m.round(2);
}
unsigned taken;  // in this story
void takes(VgicMachine& m) {
  for (unsigned v : {1u, 2u}) {
    const uint32_t id = m.pe(v).acknowledge();
    if (id == kSpurious) continue;
    ++taken;
    m.pe(v).deactivate(id);
  }
}

struct Story {
  const char* name;
  bool edge, ends_high;
  std::vector<Step> steps;
};

const Story kStories[] = {
    {"a line rises", false, true, {high}},
    {"a line rises and falls", false, false, {high, low}},
    {"an edge", true, true, {high}},
    {"a line rises, is delivered", false, true, {high, rounds}},
    {"an edge is delivered", true, true, {high, rounds}},
    {"a line's whole life", false, false, {high, rounds, takes, low, rounds}},
    {"an edge's whole life", true, false, {high, rounds, takes, rounds}},
    {"an edge's life, and another edge", true, true, {high, rounds, takes, rounds, high}},
};

class VgicEl2Test : public testing::Test {
 protected:
  // Everything open for the interrupt, which is vCPU 1's; all vCPUs in the guest.
  static std::unique_ptr<VgicMachine> machine(const Write& w, bool edge) {
    taken = 0;
    auto m = std::make_unique<VgicMachine>(3);
    m->open_all();
    if (edge) m->write(0, 0xc08, 0xaaaaaaaa);
    for (unsigned i = 0; i < 4; ++i) m->write(0, 0x800 + kSpi + i, 2, 1);
    if (!w.enabled_before) m->write(0, 0x184, kBit);
    m->use_el2();
    for (unsigned v : {0u, 1u, 2u}) m->enter(v);
    return m;
  }
  // The rest of vCPU 0's instruction.
  static void complete(VgicMachine& m, const Write& w, Answer answer) {
    if (answer == Answer::kDone) return;
    m.leave(0);
    if (answer == Answer::kKick) {
      m.finish(0);
    } else {
      bench_self(m.vm, 0);
      EXPECT_TRUE(bench_write(m.vm, 0, w.offset, w.len, w.val));
      bench_self(m.vm, -1);
    }
    m.enter(0);
  }
  static void check(VgicMachine& m, const Write& w, const Story& story) {
    m.settle();
    EXPECT_EQ(m.read(0, 0x104) & kBit, w.enabled_after ? kBit : 0);
    if (w.field != BENCH_ENABLED) {
      EXPECT_EQ(m.read(0, w.offset, w.len), w.val);
    }
    // It is pending as before: no edge is lost. It is delivered if enabled, and where it belongs.
    const bool pending = story.ends_high || (story.edge && !taken);
    EXPECT_EQ(bool(m.read(0, 0x204) & kBit), pending);
    for (unsigned v : {1u, 2u, 0u})
      EXPECT_EQ(once(m, v), pending && w.enabled_after && v == w.vcpu ? Intids{kSpi} : Intids{})
          << "vCPU " << v;
    // And it works ever after.
    low(m);
    m.settle();
    m.write(0, 0x184, kBit);
    m.write(0, 0x104, kBit);
    for (unsigned v : {0u, 1u, 2u}) m.drain(v);
    EXPECT_EQ(m.take(w.vcpu, kSpi), kSpi);
    low(m);
    EXPECT_TRUE(m.pe(w.vcpu).deactivate(kSpi));
    m.settle();
    // It is quiet again, as soon as it is in no list register: EL2's.
    m.round(w.vcpu);
    EXPECT_EQ(m.write_at_el2(0, 0x184, kBit, 4), Answer::kDone);
  }
  // What a vCPU takes with one acknowledge, as the line may stay high.
  static Intids once(VgicMachine& m, unsigned vcpu) {
    m.settle();
    const uint32_t id = m.pe(vcpu).acknowledge();
    if (id == kSpurious) return {};
    EXPECT_TRUE(m.pe(vcpu).deactivate(id));
    return {id};
  }
};

// EL1's steps come before each of EL2's accesses, all of them at once or some later than others.
TEST_F(VgicEl2Test, El1BetweenEl2sSteps) {
  std::array<unsigned, 3> answers{};
  for (const Write& w : kWrites)
    for (const Story& story : kStories)
      for (unsigned first = 0, events = 0; first <= events; ++first)
        for (unsigned second = first; second <= events; ++second)
          for (size_t cut = 0; cut <= story.steps.size(); ++cut) {
            SCOPED_TRACE(std::string(w.name) + ", " + story.name + ": " + std::to_string(cut) +
                         " steps before event " + std::to_string(first) + ", all before " +
                         std::to_string(second));
            auto m = machine(w, story.edge);
            size_t done = 0;
            unsigned event = 0;
            const auto steps = [&](size_t to) {
              for (; done < to; ++done) story.steps[done](*m);
            };
            const auto at = [&](unsigned now) {
              if (now >= first) steps(cut);
              if (now >= second) steps(story.steps.size());
            };
            m->el2()->meanwhile = [&](const El2Pe::Event& e) {
              if (!e.what.starts_with("msr")) at(event++);
            };
            const Answer answer = m->write_at_el2(0, w.offset, w.val, w.len);
            m->el2()->meanwhile = nullptr;
            events = std::max(events, event);
            ++answers[answer];
            steps(story.steps.size());
            complete(*m, w, answer);
            check(*m, w, story);
            if (HasFailure()) return;
          }
  // Every answer there is.
  for (unsigned n : answers) EXPECT_GT(n, 50u);
}

// EL2's write comes before each of EL1's looks at the register.
TEST_F(VgicEl2Test, El2BetweenEl1sSteps) {
  std::array<unsigned, 3> answers{};
  for (const Write& w : kWrites)
    for (const Story& story : kStories)
      for (unsigned look = 1, reached = true; reached; ++look) {
        SCOPED_TRACE(std::string(w.name) + ", " + story.name + ": before look " +
                     std::to_string(look));
        auto m = machine(w, story.edge);
        struct Meanwhile {
          VgicMachine& m;
          const Write& w;
          Answer answer = Answer::kExit;
          bool was = false;
        } other{*m, w};
        bench_meanwhile(
            m->vm, kSpi, w.field, look,
            [](void* arg) {
              auto* o = static_cast<Meanwhile*>(arg);
              o->answer = o->m.write_at_el2(0, o->w.offset, o->w.val, o->w.len);
              o->was = true;
            },
            &other);
        for (Step step : story.steps) step(*m);
        bench_meanwhile_over();
        reached = other.was;
        ++answers[other.answer];
        complete(*m, w, other.answer);
        check(*m, w, story);
        if (HasFailure()) return;
      }
  EXPECT_GT(answers[Answer::kExit], 20u);
}

}  // namespace
}  // namespace hvk::test
