// SPDX-License-Identifier: GPL-2.0-or-later
// PL031: the guest's real-time clock (DDI 0224C).
//
// Its counter begins as the host's UTC time in seconds. The guest may set it, and gets an interrupt
// when it reaches the value of the match register. Not modelled: that the counter stands still
// until it is enabled; the test registers.
#pragma once

#include <memory>
#include <mutex>
#include <optional>

#include "board/device.h"
#include "board/irq.h"
#include "devices/rtc_clock.h"

namespace hvk {

class Pl031 final : public Device {
 public:
  // `irq` must outlive the device. `clock` gives the time and the alarm.
  Pl031(IrqLine& irq, std::unique_ptr<RtcClock> clock);

  std::string_view name() const override { return "pl031"; }
  uint64_t read(uint64_t offset, unsigned size) override;
  void write(uint64_t offset, unsigned size, uint64_t value) override;
  void describe(Fdt& fdt, uint64_t base) const override;

 private:
  enum class Reg : uint32_t;

  // All of these are called with `mutex_` held.
  uint32_t read_register(uint64_t offset);
  void write_register(uint64_t offset, uint32_t value);
  uint32_t counter();
  void set_alarm();
  void check_match();
  void update_irq();

  IrqLine& irq_;

  std::mutex mutex_;
  uint32_t offset_ = 0;  // the counter minus the clock's seconds, modulo 2^32
  uint32_t match_ = 0;
  uint32_t load_ = 0;
  bool masked_ = true;
  bool raw_ = false;
  bool asserted_ = false;             // what the line was last set to
  std::optional<uint64_t> alarm_at_;  // the clock's seconds at the next match

  std::unique_ptr<RtcClock> clock_;  // last, so destroyed first: its alarm uses all of the above
};

}  // namespace hvk
