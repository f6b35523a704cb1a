// SPDX-License-Identifier: GPL-2.0-only
// Two vCPUs that write to GICD at the same time, both at EL2, or one of them at EL1, while an
// interrupt that they are about is injected and delivered: the second one's whole write before
// each of the first one's accesses.
#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "vgic_el2_story.h"

namespace hvk::test {
namespace {

class VgicEl2WritersTest : public VgicEl2Story {};

struct Pair {
  const char* name;
  Write first, second;
};

const Pair kPairs[] = {
    {"disable, enable",
     {"", kSpi, 0x184, kBit, 4, true, false, BENCH_ENABLED, 1, 1},
     {"", kSpi, 0x104, kBit, 4, true, true, BENCH_ENABLED, 1, 1}},
    {"enable, disable",
     {"", kSpi, 0x104, kBit, 4, false, true, BENCH_ENABLED, 1, 1},
     {"", kSpi, 0x184, kBit, 4, false, false, BENCH_ENABLED, 1, 1}},
    {"two priorities",
     {"", kSpi, 0x400 + kSpi, 0x20, 1, true, true, BENCH_PRIORITY, 1, 1},
     {"", kSpi, 0x400 + kSpi, 0x40404040, 4, true, true, BENCH_PRIORITY, 1, 1}},
    {"two targets",
     {"", kSpi, 0x800 + kSpi, 4, 1, true, true, BENCH_TARGETS, 1, 2},
     {"", kSpi, 0x800 + kSpi, 1, 1, true, true, BENCH_TARGETS, 1, kWriter}},
};

// A second vCPU's write comes before each of the first one's accesses, and EL1's steps before
// each of the second one's. What was written last holds.
TEST_F(VgicEl2WritersTest, OfOneInterrupt) {
  std::array<std::array<unsigned, 3>, 3> answers{};
  for (const Pair& pair : kPairs)
    for (const Story& story : stories())
      for (unsigned at_first = 0, firsts = 0; at_first <= firsts; ++at_first)
        for (unsigned at_second = 0, seconds = 0; at_second <= seconds; ++at_second)
          for (bool late : {false, true}) {
            SCOPED_TRACE(std::string(pair.name) + ", " + story.name + ": before event " +
                         std::to_string(at_first) + ", the story before event " +
                         std::to_string(at_second) + (late ? ", late" : ""));
            auto m = machine(pair.first, story);
            enum { kFirst, kSecond, kStory } turn = kFirst;
            unsigned first_event = 0, second_event = 0;
            Answer first_answer, second_answer = Answer::kExit;
            const Write* last = nullptr;
            bool told = false;
            const auto tell = [&] {
              if (std::exchange(told, true)) return;
              turn = kStory;
              for (Step step : story.steps) step(*m);
              turn = kSecond;
            };
            const auto finish_second = [&] {
              if (second_answer == Answer::kExit) last = &pair.second;
              complete(*m, kSecondWriter, pair.second, second_answer);
            };
            const auto second = [&] {
              turn = kSecond;
              second_answer = write(*m, kSecondWriter, pair.second);
              seconds = std::max(seconds, second_event);
              tell();
              if (!late) finish_second();
              turn = kFirst;
            };
            m->el2()->meanwhile = [&](const El2Pe::Event& e) {
              const bool change = is_change(e);
              if (!is_access(e)) return;
              if (turn == kFirst) {
                if (first_event++ == at_first) second();
                if (change) last = &pair.first;
              } else if (turn == kSecond) {
                if (second_event++ == at_second) tell();
                if (change) last = &pair.second;
              }
            };
            first_answer = write(*m, kWriter, pair.first);
            firsts = std::max(firsts, first_event);
            if (first_event <= at_first) second();
            m->el2()->meanwhile = nullptr;
            ++answers[first_answer][second_answer];
            if (first_answer == Answer::kExit) last = &pair.first;
            complete(*m, kWriter, pair.first, first_answer);
            if (late) finish_second();
            ASSERT_NE(last, nullptr);
            check(*m, *last, story, Answer::kDone);
            if (HasFailure()) return;
          }
  EXPECT_GT(answers[Answer::kKick][Answer::kKick], 50u);
  EXPECT_GT(answers[Answer::kKick][Answer::kExit], 50u);
}

// The same, for interrupts of one word: neither undoes what the other one did.
TEST_F(VgicEl2WritersTest, OfOneWord) {
  const uint64_t other = kBit << 1;
  const Write kTable[][2] = {
      {{"disable", kSpi, 0x184, kBit, 4, true, false, BENCH_ENABLED, 1, 1},
       {"disable", kSpi + 1, 0x184, other, 4, true, false, BENCH_ENABLED, 1, 1}},
      {{"enable", kSpi, 0x104, kBit, 4, false, true, BENCH_ENABLED, 1, 1},
       {"disable", kSpi + 1, 0x184, other, 4, true, false, BENCH_ENABLED, 1, 1}},
      {{"priority", kSpi, 0x400 + kSpi, 0x20, 1, true, true, BENCH_PRIORITY, 1, 1},
       {"priority", kSpi + 1, 0x401 + kSpi, 0x40, 1, true, true, BENCH_PRIORITY, 1, 1}},
      {{"target", kSpi, 0x800 + kSpi, 4, 1, true, true, BENCH_TARGETS, 1, 2},
       {"target", kSpi + 1, 0x801 + kSpi, 1, 1, true, true, BENCH_TARGETS, 1, 0}},
  };
  for (const auto& [first, second] : kTable)
    for (bool at_el2 : {false, true})
      for (unsigned at = 0, events = 0; at <= events; ++at) {
        SCOPED_TRACE(std::string(first.name) + ", " + second.name + " before event " +
                     std::to_string(at) + (at_el2 ? " at EL2" : " at EL1"));
        auto m = machine(first, stories()[0]);
        unsigned event = 0;
        bool nested = false;
        m->el2()->meanwhile = [&](const El2Pe::Event& e) {
          if (nested || !is_access(e) || event++ != at) return;
          nested = true;
          if (at_el2) {
            EXPECT_EQ(write(*m, kSecondWriter, second), Answer::kDone);
          } else {
            write_at_el1(*m, kSecondWriter, second);
          }
          nested = false;
        };
        EXPECT_EQ(write(*m, kWriter, first), Answer::kDone);
        m->el2()->meanwhile = nullptr;
        events = event;
        if (event <= at) break;
        for (const Write* w : {&first, &second}) {
          const uint64_t enabled = m->read(kWriter, 0x104) & (1ull << w->intid % 32);
          EXPECT_EQ(bool(enabled), w->enabled_after);
          if (w->field != BENCH_ENABLED) {
            EXPECT_EQ(m->read(kWriter, w->offset, w->len), w->val);
          }
        }
      }
}

}  // namespace
}  // namespace hvk::test
