// SPDX-License-Identifier: GPL-2.0-or-later
#include "devices/pl061.h"

#include "board/fdt.h"
#include "board/layout.h"
#include "board/node_name.h"
#include "devices/primecell.h"

namespace hvk {

// Offsets, DDI 0190B table 3-1.
enum class Pl061::Reg : uint32_t {
  kDir = 0x400,
  kIs = 0x404,
  kIbe = 0x408,
  kIev = 0x40c,
  kIe = 0x410,
  kRis = 0x414,
  kMis = 0x418,
  kIc = 0x41c,
  kAfsel = 0x420,
};

namespace {

// All offsets below this one are the data register; address bits 9 to 2 are the mask of the lines
// that an access reads or writes, DDI 0190B 3.3.1.
constexpr uint64_t kDataEnd = 0x400;
constexpr unsigned kDataMaskShift = 2;

constexpr uint8_t kPowerKey = 1u << Pl061::kPowerKeyLine;
constexpr uint32_t kKeyPower = 116;  // Linux, input-event-codes.h

constexpr primecell::Ids kIds = {0x61, 0x10, 0x04, 0x00, 0x0d, 0xf0, 0x05, 0xb1};

}  // namespace

Pl061::Pl061(IrqLine& irq) : irq_(irq) {}

Pl061::Pl061(IrqLine& irq, Wiring wiring) : irq_(irq), wiring_(std::move(wiring)) {}

void Pl061::pulse(unsigned line) {
  std::lock_guard lock(mutex_);
  set_input(line, true);
  set_input(line, false);
  update_irq();
}

void Pl061::press_power_key() {
  std::lock_guard lock(mutex_);
  // A guest that uses edge interrupts alone never reads the line, which may then still be high. So
  // the line is lowered first, to make a new rising edge.
  set_input(kPowerKeyLine, false);
  set_input(kPowerKeyLine, true);
  update_irq();
}

bool Pl061::power_key_unseen() {
  std::lock_guard lock(mutex_);
  return inputs_ & (1u << kPowerKeyLine);
}

uint64_t Pl061::read(uint64_t offset, unsigned size) {
  const uint64_t reg = offset & primecell::kRegisterMask;
  if (reg >= primecell::kFirstId) {
    return primecell::lanes(primecell::read_id(kIds, reg), offset, size);
  }
  std::lock_guard lock(mutex_);
  const uint32_t value = read_register(reg);
  update_irq();
  return primecell::lanes(value, offset, size);
}

void Pl061::write(uint64_t offset, unsigned, uint64_t value) {
  if (!primecell::starts_register(offset)) return;
  uint8_t risen;
  {
    std::lock_guard lock(mutex_);
    const uint8_t before = outputs_ & direction_;
    write_register(offset, static_cast<uint8_t>(value));
    risen = static_cast<uint8_t>(outputs_ & direction_ & ~before);
    update_irq();
  }
  if (!wiring_ || !wiring_->rose) return;
  for (unsigned line = 0; line < kLines; ++line) {
    if (risen & (1u << line)) wiring_->rose(line);
  }
}

uint32_t Pl061::read_register(uint64_t offset) {
  if (offset < kDataEnd) return read_data(static_cast<uint8_t>(offset >> kDataMaskShift));
  switch (Reg(offset)) {
    case Reg::kDir:
      return direction_;
    case Reg::kIs:
      return level_;
    case Reg::kIbe:
      return both_;
    case Reg::kIev:
      return event_;
    case Reg::kIe:
      return enabled_;
    case Reg::kRis:
      return raw();
    case Reg::kMis:
      return raw() & enabled_;
    case Reg::kAfsel:
      return afsel_;
    default:
      tell_ignored(offset, false);
      return 0;
  }
}

void Pl061::write_register(uint64_t offset, uint8_t value) {
  const uint8_t before = lines();
  if (offset < kDataEnd) {
    const auto mask = static_cast<uint8_t>(offset >> kDataMaskShift);
    outputs_ = static_cast<uint8_t>((outputs_ & ~mask) | (value & mask));
    catch_edges(before);
    return;
  }
  switch (Reg(offset)) {
    case Reg::kDir:
      direction_ = value;
      catch_edges(before);
      break;
    case Reg::kIs:
      level_ = value;
      edges_ &= static_cast<uint8_t>(~level_);
      break;
    case Reg::kIbe:
      both_ = value;
      break;
    case Reg::kIev:
      event_ = value;
      break;
    case Reg::kIe:
      enabled_ = value;
      break;
    case Reg::kIc:
      edges_ &= static_cast<uint8_t>(~value);
      break;
    case Reg::kAfsel:
      afsel_ = value;
      break;
    default:
      tell_ignored(offset, true);
      break;
  }
}

uint8_t Pl061::read_data(uint8_t mask) {
  const auto value = static_cast<uint8_t>(lines() & mask);
  if (!wiring_ && (value & kPowerKey & ~direction_)) set_input(kPowerKeyLine, false);
  return value;
}

uint8_t Pl061::lines() const {
  return static_cast<uint8_t>((outputs_ & direction_) | (inputs_ & ~direction_));
}

uint8_t Pl061::raw() const {
  const auto active = static_cast<uint8_t>(~(lines() ^ event_));
  return static_cast<uint8_t>(edges_ | (level_ & active));
}

void Pl061::set_input(unsigned line, bool high) {
  const uint8_t before = lines();
  const auto bit = static_cast<uint8_t>(1u << line);
  inputs_ = static_cast<uint8_t>(high ? inputs_ | bit : inputs_ & ~bit);
  catch_edges(before);
}

void Pl061::catch_edges(uint8_t before) {
  const uint8_t now = lines();
  const auto wanted = static_cast<uint8_t>(both_ | ~(now ^ event_));
  edges_ |= static_cast<uint8_t>((before ^ now) & wanted & ~level_);
}

void Pl061::update_irq() {
  const bool asserted = (raw() & enabled_) != 0;
  if (asserted == asserted_) return;
  asserted_ = asserted;
  irq_.set(asserted);
}

void Pl061::describe(Fdt& fdt, uint64_t base) const {
  {
    Fdt::Node node(fdt, node_name(name(), base));
    fdt.strings("compatible", {"arm,pl061", "arm,primecell"});
    fdt.reg(base, layout::kPl061.size);
    fdt.spi(wiring_ ? wiring_->spi : layout::kPl061Spi);
    fdt.property("gpio-controller");
    fdt.cells("#gpio-cells", {2});
    fdt.cells("clocks", {Fdt::kPhandleClock});
    fdt.property("clock-names", "apb_pclk");
    fdt.cells("phandle", {wiring_ ? wiring_->phandle : kPhandle});
    if (wiring_) {
      fdt.property("label", "hvk-channels");
      fdt.strings("gpio-line-names", wiring_->names);
    }
  }
  if (wiring_) return;
  Fdt::Node keys(fdt, "gpio-keys");
  fdt.property("compatible", "gpio-keys");
  Fdt::Node key(fdt, "poweroff");
  fdt.property("label", "GPIO Key Poweroff");
  fdt.cells("linux,code", {kKeyPower});
  fdt.cells("gpios", {kPhandle, kPowerKeyLine, 0});
}

}  // namespace hvk
