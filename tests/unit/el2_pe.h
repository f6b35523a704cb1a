// SPDX-License-Identifier: GPL-2.0-only
// A PE for the EL2 image's C: registers by name, and a record of what was done to it.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "el2_bench.h"
#include "el2_vhe_bench.h"

namespace hvk::test {

class El2Pe {
 public:
  // One thing that was done: "msr REG", "isb", "dsb ish", "tlbi OP" and so on.
  struct Event {
    std::string what;
    uint64_t value;
  };

  // At which exception level the host's kernel is.
  enum class Host { kEl1, kEl2 };

  explicit El2Pe(Host host = Host::kEl1);
  ~El2Pe();
  El2Pe(const El2Pe&) = delete;
  El2Pe& operator=(const El2Pe&) = delete;

  struct hvk_el2_cpu cpu = {};
  struct hvk_el2_ctx ctx = {};
  std::map<std::string, uint64_t> reg;
  // Called at each event: what others do meanwhile.
  std::function<void(const Event&)> meanwhile;
  // What PAR_EL1 has after an AT.
  uint64_t par_after_at = 0;

  uint64_t enter() { return (vhe() ? vhe_bench_enter : el2_bench_enter)(&cpu, &ctx); }
  uint64_t leave(uint64_t kind) {
    return (vhe() ? vhe_bench_leave : el2_bench_leave)(&cpu, &ctx, kind);
  }
  bool answer() { return (vhe() ? vhe_bench_answer : el2_bench_answer)(&ctx) != 0; }
  bool interrupt() { return (vhe() ? vhe_bench_interrupt : el2_bench_interrupt)(&ctx); }
  void abandon() { (vhe() ? vhe_bench_abandon : el2_bench_abandon)(&cpu); }
  // Host::kEl2: what stays of the guest's EL1 on the PE, into the context.
  void sync() { vhe_bench_sync(&ctx); }
  uint64_t tlb(uint64_t call, uint64_t x1 = 0, uint64_t x2 = 0, uint64_t x3 = 0, uint64_t x4 = 0);

  // The record since the last forget().
  const std::vector<Event>& events() const { return events_; }
  void forget() { events_.clear(); }
  void note(const std::string& what, uint64_t value);

  // Where an event of this kind is first from `from` on; npos if nowhere.
  static constexpr size_t npos = ~size_t{0};
  size_t find(const std::function<bool(const Event&)>& is, size_t from = 0) const;
  size_t find(const std::string& what, size_t from = 0) const;
  unsigned count(const std::string& what) const;
  // The record without accesses to registers that do not translate, for messages and tables.
  std::string translation() const;

 private:
  bool vhe() const { return host_ == Host::kEl2; }

  Host host_;
  std::vector<Event> events_;
};

// A write to a register of the EL1&0 translation regime (DDI 0487 D8.1.5).
bool translates(const El2Pe::Event& event);

}  // namespace hvk::test
