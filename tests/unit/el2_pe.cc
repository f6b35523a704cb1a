// SPDX-License-Identifier: GPL-2.0-only
#include "el2_pe.h"

#include <algorithm>
#include <iterator>

namespace hvk::test {
namespace {

El2Pe* pe;

}  // namespace

bool translates(const El2Pe::Event& event) {
  static const char* const kRegisters[] = {
      "msr sctlr_el1", "msr tcr_el1",        "msr ttbr0_el1", "msr ttbr1_el1", "msr mair_el1",
      "msr amair_el1", "msr contextidr_el1", "msr vttbr_el2", "msr vtcr_el2",  "msr hcr_el2",
  };
  return std::ranges::find(kRegisters, event.what) != std::end(kRegisters);
}

El2Pe::El2Pe(Host host) : host_(host) {
  EXPECT_EQ(pe, nullptr);
  pe = this;
  ctx.pstate = 0x3c5;
}

El2Pe::~El2Pe() { pe = nullptr; }

uint64_t El2Pe::tlb(uint64_t call, uint64_t x1, uint64_t x2, uint64_t x3, uint64_t x4) {
  const uint64_t args[] = {x1, x2, x3, x4};
  return (vhe() ? vhe_bench_tlb : el2_bench_tlb)(&cpu, call, args);
}

void El2Pe::note(const std::string& what, uint64_t value) {
  events_.push_back({what, value});
  if (what.starts_with("msr ")) reg[what.substr(4)] = value;
  if (what.starts_with("at ")) reg["par_el1"] = par_after_at;
  if (meanwhile) meanwhile(events_.back());
}

size_t El2Pe::find(const std::function<bool(const Event&)>& is, size_t from) const {
  for (size_t i = from; i < events_.size(); i++) {
    if (is(events_[i])) return i;
  }
  return npos;
}

size_t El2Pe::find(const std::string& what, size_t from) const {
  return find([&](const Event& event) { return event.what == what; }, from);
}

unsigned El2Pe::count(const std::string& what) const {
  return unsigned(std::ranges::count(events_, what, &Event::what));
}

std::string El2Pe::translation() const {
  std::string all;
  for (const Event& event : events_) {
    if (event.what.starts_with("msr ") && !translates(event)) continue;
    all += (all.empty() ? "" : "; ") + event.what;
  }
  return all;
}

}  // namespace hvk::test

uint64_t bench_el2_read(const char* reg) { return hvk::test::pe->reg[reg]; }

void bench_el2_write(const char* reg, uint64_t value) {
  hvk::test::pe->note(std::string("msr ") + reg, value);
}

void bench_el2_do(const char* what, uint64_t arg) { hvk::test::pe->note(what, arg); }
