// SPDX-License-Identifier: GPL-2.0-or-later
// PL011: the guest's serial port (DDI 0183G, revision r1p5: 32-byte FIFOs).
//
// Modelled: data in both directions, the receive FIFO, the transmit, receive,
// receive time-out, overrun and modem interrupts, loopback, identification.
// Time on the wire is not: a byte written is sent at once, so the transmit FIFO
// is always empty, and the 32-bit period of the receive time-out is over as soon
// as a character has come.
//
// Each character that comes raises the receive interrupt and the time-out, with
// FIFOs and without, whatever level IFLS selects; reading the last one clears
// both, ICR each. So QEMU's model has it, where the level is always one character,
// and so do guests need it that were only run there: a handler that unmasks the
// receive interrupt alone would wait for half a FIFO of typed characters in vain.
// ICR clears while characters wait, too, for handlers that acknowledge first and
// have a thread read later; the next character raises both again, where QEMU keeps
// silent for ever.
//
// Like the boards that people wrote their first programs for, it sends and
// receives without having been enabled, and always eight bits.
//
// Not modelled: baud rate, parity, framing and break; IrDA; DMA requests (the
// registers keep what is written); flow control of the transmitter; the
// levels of the receive FIFO; integration test registers.
#pragma once

#include <array>
#include <functional>
#include <mutex>
#include <optional>
#include <span>

#include "board/device.h"
#include "board/irq.h"

namespace hvk {

class Pl011 final : public Device {
 public:
  static constexpr size_t kFifoDepth = 32;

  // Both must outlive the device. `out` gets bytes from vCPU threads, one at
  // a time and in the order of the guest's writes.
  Pl011(IrqLine& irq, ByteSink& out);

  // Hands the guest bytes that arrived for it, as many as there is room for;
  // returns how many were taken. The rest stays the caller's, who offers it
  // again after the call-back of `set_receive_ready`. A guest that does not
  // listen yet gets none of it: what is piped in before its driver is up would
  // be thrown away there. Any thread, but not from within a call-back.
  size_t receive(std::span<const uint8_t> bytes);

  // `ready` is called, from a vCPU thread and without locks held, when a
  // `receive` that took less than it was offered should be tried again. To be
  // set before the guest runs.
  void set_receive_ready(std::function<void()> ready);

  std::string_view name() const override { return "pl011"; }
  uint64_t read(uint64_t offset, unsigned size) override;
  void write(uint64_t offset, unsigned size, uint64_t value) override;
  void describe(Fdt& fdt, uint64_t base) const override;

 private:
  enum class Reg : uint32_t;

  // All of these are called with `mutex_` held.
  uint32_t read_register(uint64_t offset);
  void write_register(uint64_t offset, uint32_t value);
  uint32_t read_data();
  uint32_t flags() const;
  uint32_t modem_inputs() const;
  void write_control(uint32_t value);
  void push(uint8_t byte);
  size_t depth() const;
  uint32_t raw() const;
  bool receiving() const;
  bool offered() const;
  void listen();
  void listen_to_receive_interrupt();
  void settle();
  void update_irq();
  bool take_ready();

  IrqLine& irq_;
  ByteSink& out_;
  std::function<void()> ready_;

  std::mutex out_mutex_;  // orders the output; taken without `mutex_`
  std::mutex mutex_;      // everything below

  std::array<uint16_t, kFifoDepth> fifo_{};  // character and its error bits
  size_t head_ = 0;
  size_t level_ = 0;
  bool lost_ = false;            // a character was lost since the last one stored
  bool listening_ = false;       // the guest asks for input
  std::optional<uint8_t> wire_;  // arrived before the guest listens
  unsigned flag_reads_ = 0;      // of FR, since the guest last wrote a character
  bool refused_ = false;         // `receive` did not take everything
  bool asserted_ = false;        // what the line was last set to

  uint32_t rsr_ = 0;
  uint32_t ilpr_ = 0;
  uint32_t ibrd_ = 0;
  uint32_t fbrd_ = 0;
  uint32_t lcr_h_ = 0;
  uint32_t cr_;
  uint32_t ifls_;
  uint32_t imsc_ = 0;
  uint32_t ris_ = 0;
  uint32_t dmacr_ = 0;
};

}  // namespace hvk
