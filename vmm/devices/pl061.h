// SPDX-License-Identifier: GPL-2.0-or-later
// PL061: eight GPIO lines (DDI 0190B). One has the power key as its line 3;
// others lead to and from elsewhere.
//
// Modelled: data through the address mask, direction, edge and level
// interrupts. Lines that nobody wired are low and lead nowhere. Not modelled: hardware control of
// the lines (AFSEL keeps what is written), the test registers.
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
  // Of the device's node, beside those of Fdt.
  static constexpr uint32_t kPhandle = 3;

  // Lines that are wired to something else than a power key.
  struct Wiring {
    uint32_t spi;  // of `irq`, for the tree
    uint32_t phandle;
    std::vector<std::string> names;  // of the lines from 0 on, for the tree
    // An output has gone from low to high. In the vCPU's thread; must not
    // throw.
    std::function<void(unsigned line)> rose;
  };

  // The one with the power key. `irq` must outlive the device.
  explicit Pl061(IrqLine& irq);
  Pl061(IrqLine& irq, Wiring wiring);

  // Raises an input and lowers it again: an edge for a guest that waits for
  // edges, which stays latched until it is cleared. Any thread.
  void pulse(unsigned line);

  // Presses the power key. It stays down until the guest has seen it, which
  // is when it reads the line as high: drivers look some milliseconds after
  // the interrupt, and a guest may be slow. Any thread.
  void press_power_key();
  // Whether it was pressed and the guest has not seen it. Any thread.
  bool power_key_unseen();

  std::string_view name() const override { return "pl061"; }
  uint64_t read(uint64_t offset, unsigned size) override;
  void write(uint64_t offset, unsigned size, uint64_t value) override;
  // The device's node, and the `gpio-keys` node of a power key.
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
  uint8_t inputs_ = 0;     // what comes from outside
  uint8_t outputs_ = 0;    // what the guest wrote
  uint8_t direction_ = 0;  // a bit set: output
  uint8_t level_ = 0;      // IS, a bit set: level-sensitive
  uint8_t both_ = 0;       // IBE
  uint8_t event_ = 0;      // IEV, a bit set: high or rising
  uint8_t enabled_ = 0;    // IE
  uint8_t afsel_ = 0;
  uint8_t edges_ = 0;      // latched until cleared
  bool asserted_ = false;  // what the line was last set to
};

}  // namespace hvk
