// SPDX-License-Identifier: GPL-2.0-or-later
#include "devices/pl031.h"

#include <utility>

#include "board/fdt.h"
#include "board/layout.h"
#include "board/node_name.h"
#include "devices/primecell.h"

namespace hvk {

// Offsets, DDI 0224C table 3-1.
enum class Pl031::Reg : uint32_t {
  kDr = 0x00,
  kMr = 0x04,
  kLr = 0x08,
  kCr = 0x0c,
  kImsc = 0x10,
  kRis = 0x14,
  kMis = 0x18,
  kIcr = 0x1c,
};

namespace {

// The only bit of CR, IMSC, RIS, MIS and ICR.
constexpr uint32_t kBit = 1;

constexpr primecell::Ids kIds = {0x31, 0x10, 0x14, 0x00, 0x0d, 0xf0, 0x05, 0xb1};

}  // namespace

Pl031::Pl031(IrqLine& irq, std::unique_ptr<RtcClock> clock) : irq_(irq), clock_(std::move(clock)) {}

uint64_t Pl031::read(uint64_t offset, unsigned size) {
  const uint64_t reg = offset & primecell::kRegisterMask;
  if (reg >= primecell::kFirstId) {
    return primecell::lanes(primecell::read_id(kIds, reg), offset, size);
  }
  std::lock_guard lock(mutex_);
  check_match();
  const uint32_t value = read_register(reg);
  return primecell::lanes(value, offset, size);
}

void Pl031::write(uint64_t offset, unsigned, uint64_t value) {
  if (!primecell::starts_register(offset)) return;
  std::lock_guard lock(mutex_);
  check_match();
  write_register(offset, static_cast<uint32_t>(value));
  update_irq();
}

uint32_t Pl031::read_register(uint64_t offset) {
  switch (Reg(offset)) {
    case Reg::kDr:
      return counter();
    case Reg::kMr:
      return match_;
    case Reg::kLr:
      return load_;
    case Reg::kCr:
      return kBit;  // it runs, and cannot be stopped
    case Reg::kImsc:
      return masked_ ? 0 : kBit;
    case Reg::kRis:
      return raw_ ? kBit : 0;
    case Reg::kMis:
      return raw_ && !masked_ ? kBit : 0;
    default:
      tell_ignored(offset, false);
      return 0;
  }
}

void Pl031::write_register(uint64_t offset, uint32_t value) {
  switch (Reg(offset)) {
    case Reg::kMr:
      match_ = value;
      set_alarm();
      break;
    case Reg::kLr:
      load_ = value;
      offset_ += value - counter();
      set_alarm();
      break;
    case Reg::kCr:
      break;  // it runs already
    case Reg::kImsc:
      masked_ = !(value & kBit);
      break;
    case Reg::kIcr:
      if (value & kBit) raw_ = false;
      break;
    default:
      tell_ignored(offset, true);
      break;
  }
}

uint32_t Pl031::counter() { return static_cast<uint32_t>(clock_->seconds()) + offset_; }

// Sets the alarm to the time of the next match. The difference is calculated modulo 2^32: a match
// value that has passed is reached once the 32-bit counter has wrapped round.
void Pl031::set_alarm() {
  const uint64_t now = clock_->seconds();
  const uint32_t until = match_ - (static_cast<uint32_t>(now) + offset_);
  alarm_at_ = now + until;
  check_match();
  if (!alarm_at_) return;
  clock_->call_at(*alarm_at_, [this] {
    std::lock_guard lock(mutex_);
    check_match();
  });
}

// Raises the interrupt if the match is due. Called by the alarm, and at each access as well, since
// the guest may look before the alarm's thread has run.
void Pl031::check_match() {
  if (!alarm_at_ || clock_->seconds() < *alarm_at_) return;
  alarm_at_.reset();
  raw_ = true;
  update_irq();
}

void Pl031::update_irq() {
  const bool asserted = raw_ && !masked_;
  if (asserted == asserted_) return;
  asserted_ = asserted;
  irq_.set(asserted);
}

void Pl031::describe(Fdt& fdt, uint64_t base) const {
  Fdt::Node node(fdt, node_name(name(), base));
  fdt.strings("compatible", {"arm,pl031", "arm,primecell"});
  fdt.reg(base, layout::kPl031.size);
  fdt.spi(layout::kPl031Spi);
  fdt.cells("clocks", {Fdt::kPhandleClock});
  fdt.property("clock-names", "apb_pclk");
}

}  // namespace hvk
