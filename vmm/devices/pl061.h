// SPDX-License-Identifier: GPL-2.0-or-later
// PL061: eight GPIO lines (DDI 0190B). One PL061 has the power key at line 3; the lines of
// others are wired by the code that creates them.
//
// Modelled: data through the address mask, direction, edge and level interrupts. Lines that are not
// wired read as low, and output to them has no effect. Not modelled: hardware control of the lines
// (AFSEL keeps what is written), the test registers.
#pragma once

#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "board/device.h"
#include "board/irq.h"

namespace hvk {

class Pl061 final : public Device {
 public:
  static constexpr unsigned kLines = 8;
  static constexpr unsigned kPowerKeyLine = 3;
  // The phandle of the power key's device in the tree; Fdt has the smaller ones.
  static constexpr uint32_t kPhandle = 3;

  // How the lines of a device without a power key are wired and described in the tree.
  struct Wiring {
    uint32_t spi;                    // the number of `irq`, as an SPI
    uint32_t phandle;                // of the device's node
    std::vector<std::string> names;  // of the lines from 0 on
    // Called when the guest has driven output `line` from low to high: in the vCPU's thread,
    // without the device's lock. Must not throw. May be empty.
    std::function<void(unsigned line)> rose;
  };

  // Makes the device with the power key. `irq` must outlive the device.
  explicit Pl061(IrqLine& irq);
  // Makes a device without a power key. `irq` must outlive the device.
  Pl061(IrqLine& irq, Wiring wiring);

  // Raises input `line` and lowers it again. If the guest has set the line to interrupt at edges,
  // the interrupt stays latched until the guest clears it. Any thread.
  void pulse(unsigned line);

  // Presses the power key. It stays down until the guest has read its line as high: drivers look
  // some milliseconds after the interrupt, and a guest may be slow. Any thread.
  void press_power_key();
  // Whether the key is down, because the guest has not read its line since. Any thread.
  bool power_key_unseen();

  std::string_view name() const override { return "pl061"; }
  uint64_t read(uint64_t offset, unsigned size) override;
  void write(uint64_t offset, unsigned size, uint64_t value) override;
  // Writes the device's node and, if it has the power key, the `gpio-keys` node.
  void describe(Fdt& fdt, uint64_t base) const override;

 private:
  enum class Reg : uint32_t;

  // All of these are called with `mutex_` held.
  uint32_t read_register(uint64_t offset);
  void write_register(uint64_t offset, uint8_t value);
  uint8_t read_data(uint8_t mask);
  uint8_t lines() const;
  uint8_t raw() const;
  void set_input(unsigned line, bool high);
  void catch_edges(uint8_t before);
  void update_irq();

  IrqLine& irq_;
  const std::optional<Wiring> wiring_;

  std::mutex mutex_;
  uint8_t inputs_ = 0;     // levels that come from outside
  uint8_t outputs_ = 0;    // levels that the guest wrote
  uint8_t direction_ = 0;  // DIR, a bit set: output
  uint8_t level_ = 0;      // IS, a bit set: level-sensitive
  uint8_t both_ = 0;       // IBE, a bit set: both edges
  uint8_t event_ = 0;      // IEV, a bit set: high or rising
  uint8_t enabled_ = 0;    // IE
  uint8_t afsel_ = 0;
  uint8_t edges_ = 0;      // edge interrupts, latched until the guest clears them
  bool asserted_ = false;  // what the line was last set to
};

}  // namespace hvk
