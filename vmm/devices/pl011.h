// SPDX-License-Identifier: GPL-2.0-or-later
// PL011: the guest's serial port (DDI 0183G, revision r1p5: 32-byte FIFOs).
//
// Modelled: data in both directions, the receive FIFO, the transmit, receive,
// receive time-out, overrun and modem interrupts, loopback, identification.
// Time on the wire is not modelled: a byte that the guest writes is sent at once, so the transmit
// FIFO is always empty, and the 32-bit period of the receive time-out is over as soon as a
// character has come.
//
// Each character that comes raises both the receive and the time-out interrupt, with FIFOs and
// without, whatever level IFLS selects. Reading the last character clears both; ICR clears either.
// QEMU's model does the same, as its level is always one character. Guests that were only run there
// need it: a handler that unmasks the receive interrupt alone would wait in vain for half a FIFO of
// typed characters. ICR also clears while characters wait, for handlers that acknowledge first and
// let a thread read later. The next character then raises both again, where QEMU's model raises
// none.
//
// It sends and receives without having been enabled, and always eight bits, like the boards for
// which people wrote their first programs.
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

  // `irq` and `out` must outlive the device. vCPU threads call `out` with the bytes that the guest
  // sends, one at a time and in the order of its writes. `out` may block.
  Pl011(IrqLine& irq, ByteSink& out);

  // Gives the guest input, as many bytes as there is room for, and returns how many were taken. The
  // caller keeps the rest and calls again after the call-back of `set_receive_ready`. Until the
  // guest listens one byte at most is taken, and it waits outside of the FIFO: a driver that starts
  // would discard input that was piped in before. Any thread, but not from within a call-back.
  size_t receive(std::span<const uint8_t> bytes);

  // Sets a call-back, before the guest runs. `ready` is called from a vCPU thread, without the
  // device's locks, when a `receive` that did not take all bytes should be tried again.
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

  std::mutex out_mutex_;  // orders the output; taken before `mutex_`
  std::mutex mutex_;      // guards everything below

  std::array<uint16_t, kFifoDepth> fifo_{};  // characters with their error bits, as DR reads
  size_t head_ = 0;
  size_t level_ = 0;
  bool lost_ = false;            // a character was lost since the last one stored
  bool listening_ = false;       // the guest has shown that it wants input
  std::optional<uint8_t> wire_;  // a character that came before the guest listened
  unsigned flag_reads_ = 0;      // reads of FR since the guest last wrote a character
  bool refused_ = false;         // the last `receive` did not take everything
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
