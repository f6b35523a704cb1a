// SPDX-License-Identifier: GPL-2.0-only
// Writes to GICD that EL2 carries out, while EL1 injects, delivers and takes back the same
// interrupt: EL2's own code and the module's vGIC on one machine. Whatever the order, the write
// holds and the interrupt is where it belongs.
//
// The orders are those of whole accesses to memory, each of which is seen at once: EL1's steps
// before each of EL2's accesses, and EL2's store before each of EL1's looks at the register. What
// the barriers are for, a CPU that reorders its accesses, this does not show.
#include <algorithm>
#include <array>
#include <string>

#include "vgic_el2_story.h"

namespace hvk::test {
namespace {

constexpr uint32_t kLastSpi = 95;
constexpr uint64_t kPpiBit = 1ull << kPpi;

const Write kWrites[] = {
    {"enable", kSpi, 0x104, kBit, 4, false, true, BENCH_ENABLED, 1, 1},
    {"disable", kSpi, 0x184, kBit, 4, true, false, BENCH_ENABLED, 1, 1},
    {"priority", kSpi, 0x400 + kSpi, 0x20, 1, true, true, BENCH_PRIORITY, 1, 1},
    {"four priorities", kSpi, 0x400 + kSpi, 0x20202020, 4, true, true, BENCH_PRIORITY, 1, 1},
    {"target", kSpi, 0x800 + kSpi, 4, 1, true, true, BENCH_TARGETS, 1, 2},
    {"four targets", kSpi, 0x800 + kSpi, 0x04040404, 4, true, true, BENCH_TARGETS, 1, 2},
    // The writer takes it itself.
    {"own enable", kSpi, 0x104, kBit, 4, false, true, BENCH_ENABLED, kWriter, kWriter},
    {"own disable", kSpi, 0x184, kBit, 4, true, false, BENCH_ENABLED, kWriter, kWriter},
    {"own priority", kSpi, 0x400 + kSpi, 0x20, 1, true, true, BENCH_PRIORITY, kWriter, kWriter},
    {"give away", kSpi, 0x800 + kSpi, 2, 1, true, true, BENCH_TARGETS, kWriter, 1},
    {"draw near", kSpi, 0x800 + kSpi, 1, 1, true, true, BENCH_TARGETS, 1, kWriter},
    // Not the first word of SPIs, and all bits of it.
    {"enable 32", kLastSpi, 0x108, ~0u, 4, false, true, BENCH_ENABLED, 1, 1},
    {"disable 32", kLastSpi, 0x188, ~0u, 4, true, false, BENCH_ENABLED, 1, 1},
    {"last priority", kLastSpi, 0x400 + kLastSpi, 0x20, 1, true, true, BENCH_PRIORITY, 1, 1},
    // A PPI, which others inject.
    {"enable PPI", kPpi, 0x100, kPpiBit, 4, false, true, BENCH_ENABLED, kWriter, kWriter},
    {"disable PPI", kPpi, 0x180, kPpiBit, 4, true, false, BENCH_ENABLED, kWriter, kWriter},
    {"PPI's priority", kPpi, 0x400 + kPpi, 0x20, 1, true, true, BENCH_PRIORITY, kWriter, kWriter},
    // More interrupts than list registers.
    {"enable in a crowd", kSpi, 0x104, kBit, 4, false, true, BENCH_ENABLED, 1, 1, 0xc0},
    {"disable in a crowd", kSpi, 0x184, kBit, 4, true, false, BENCH_ENABLED, 1, 1, 0xc0},
    {"rise above a crowd", kSpi, 0x400 + kSpi, 0x20, 1, true, true, BENCH_PRIORITY, 1, 1, 0x60},
    {"leave a crowd", kSpi, 0x800 + kSpi, 4, 1, true, true, BENCH_TARGETS, 1, 2, 0xc0},
    // These change no register.
    {"clear pending", kSpi, 0x284, kBit, 4, true, true, BENCH_ENABLED, 1, 1},
    {"clear active", kSpi, 0x384, kBit, 4, true, true, BENCH_ENABLED, 1, 1},
};

// Writes to GICD_ICPENDR and GICD_ICACTIVER have nothing to do if EL2 may answer them.
bool changes_register(const Write& w) { return w.offset < 0x280 || w.offset >= 0x400; }

class VgicEl2Test : public VgicEl2Story {};

// EL1's steps come before each of EL2's accesses, all of them at once or some earlier than others.
TEST_F(VgicEl2Test, El1BetweenEl2sSteps) {
  std::array<unsigned, 3> answers{};
  for (const Write& w : kWrites)
    for (const Story& story : stories())
      for (unsigned first = 0, events = 0; has(w, story) && first <= events; ++first)
        for (unsigned second = first; second <= events; ++second)
          for (size_t all = story.steps.size(), cut = first == second ? all : 1;
               cut < all || (first == second && cut == all); ++cut) {
            SCOPED_TRACE(std::string(w.name) + ", " + story.name + ": " + std::to_string(cut) +
                         " steps before event " + std::to_string(first) + ", all before " +
                         std::to_string(second));
            auto m = machine(w, story);
            size_t done = 0;
            unsigned event = 0;
            bool was_quiet = false;
            const auto steps = [&](size_t to) {
              for (; done < to; ++done) story.steps[done](*m);
            };
            const auto at = [&](unsigned now) {
              if (now >= first) steps(cut);
              if (now >= second) steps(all);
              was_quiet |= bench_quiet(m->vm, kWriter, w.intid);
            };
            m->el2()->meanwhile = [&](const El2Pe::Event& e) {
              if (is_access(e)) at(event++);
            };
            const Answer answer = write(*m, kWriter, w);
            m->el2()->meanwhile = nullptr;
            events = std::max(events, event);
            ++answers[answer];
            // One that was never quiet is EL1's.
            if (!was_quiet) {
              EXPECT_EQ(answer, Answer::kExit);
            }
            steps(all);
            complete(*m, kWriter, w, answer);
            check(*m, w, story, answer);
            if (HasFailure()) return;
          }
  // Every answer there is.
  for (unsigned n : answers) EXPECT_GT(n, 200u);
}

// EL2 looked at busy before EL1 had set it, and its store comes before each of EL1's looks at the
// register. EL1's looks come in the middle of EL2's code here, right before its store: that
// one is made early, and the code's own then changes nothing.
TEST_F(VgicEl2Test, El2sStoreBetweenEl1sLooks) {
  std::array<unsigned, 3> answers{};
  for (const Write& w : kWrites)
    for (const Story& story : stories())
      for (unsigned look = 1; has(w, story) && changes_register(w); ++look) {
        SCOPED_TRACE(std::string(w.name) + ", " + story.name + ": before look " +
                     std::to_string(look));
        auto m = machine(w, story);
        struct Store {
          VgicMachine& m;
          const Write& w;
        } store{*m, w};
        unsigned changes = 0;
        bool reached = false;
        m->el2()->meanwhile = [&](const El2Pe::Event& e) {
          if (!is_change(e) || changes++) return;
          bench_meanwhile(
              m->vm, w.intid, w.field, look,
              [](void* arg) {
                const auto* s = static_cast<Store*>(arg);
                bench_el2_change(s->m.vm, kWriter, static_cast<unsigned>(s->w.offset), s->w.len,
                                 static_cast<uint32_t>(s->w.val));
              },
              &store);
          for (Step step : story.steps) step(*m);
          reached = bench_meanwhile_over();
        };
        const Answer answer = write(*m, kWriter, w);
        m->el2()->meanwhile = nullptr;
        EXPECT_EQ(changes, 1u);
        EXPECT_NE(answer, Answer::kExit);
        complete(*m, kWriter, w, answer);
        check(*m, w, story, answer);
        if (HasFailure()) return;
        // The last time, EL1 has not looked so often: that is an order of the test above.
        if (!reached) break;
        ++answers[answer];
      }
  // The interrupt was still EL1's, or all over.
  EXPECT_GT(answers[Answer::kKick], 200u);
  EXPECT_GT(answers[Answer::kDone], 20u);
}

}  // namespace
}  // namespace hvk::test
