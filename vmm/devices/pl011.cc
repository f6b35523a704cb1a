// SPDX-License-Identifier: GPL-2.0-or-later
#include "devices/pl011.h"

#include <algorithm>
#include <utility>

#include "board/fdt.h"
#include "board/layout.h"
#include "board/node_name.h"
#include "devices/primecell.h"

namespace hvk {

// Offsets, DDI 0183G table 3-1.
enum class Pl011::Reg : uint32_t {
  kDr = 0x000,
  kRsrEcr = 0x004,
  kFr = 0x018,
  kIlpr = 0x020,
  kIbrd = 0x024,
  kFbrd = 0x028,
  kLcrH = 0x02c,
  kCr = 0x030,
  kIfls = 0x034,
  kImsc = 0x038,
  kRis = 0x03c,
  kMis = 0x040,
  kIcr = 0x044,
  kDmacr = 0x048,
};

namespace {

// DR has error bits above the character, and RSR has the same bits.
constexpr uint32_t kDrOverrun = 1u << 11;
constexpr uint32_t kRsrOverrun = 1u << 3;
constexpr unsigned kDrErrorShift = 8;

constexpr uint32_t kFrCts = 1u << 0;
constexpr uint32_t kFrDsr = 1u << 1;
constexpr uint32_t kFrDcd = 1u << 2;
constexpr uint32_t kFrRxEmpty = 1u << 4;
constexpr uint32_t kFrRxFull = 1u << 6;
constexpr uint32_t kFrTxEmpty = 1u << 7;
constexpr uint32_t kFrRi = 1u << 8;

constexpr uint32_t kLcrFifoEnable = 1u << 4;

constexpr uint32_t kCrLoopback = 1u << 7;
constexpr uint32_t kCrTxEnable = 1u << 8;
constexpr uint32_t kCrRxEnable = 1u << 9;
constexpr uint32_t kCrDtr = 1u << 10;
constexpr uint32_t kCrRts = 1u << 11;
constexpr uint32_t kCrOut1 = 1u << 12;
constexpr uint32_t kCrOut2 = 1u << 13;
constexpr uint32_t kCrMask = 0xff87;

constexpr uint32_t kIntRi = 1u << 0;
constexpr uint32_t kIntCts = 1u << 1;
constexpr uint32_t kIntDcd = 1u << 2;
constexpr uint32_t kIntDsr = 1u << 3;
constexpr uint32_t kIntRx = 1u << 4;
constexpr uint32_t kIntTx = 1u << 5;
constexpr uint32_t kIntRxTimeout = 1u << 6;
constexpr uint32_t kIntOverrun = 1u << 10;
constexpr uint32_t kIntMask = 0x7ff;

// Drivers see by revision 3 that the FIFOs have 32 bytes.
constexpr primecell::Ids kIds = {0x11, 0x10, 0x34, 0x00, 0x0d, 0xf0, 0x05, 0xb1};

// A guest that reads FR this often without sending a character is taken to wait for input. A driver
// that sends reads FR at most twice for each character, to see if there is room and if it is out.
constexpr unsigned kPollingReads = 4;

}  // namespace

Pl011::Pl011(IrqLine& irq, ByteSink& out)
    : irq_(irq), out_(out), cr_(kCrRxEnable | kCrTxEnable), ifls_(0x12) {}

void Pl011::set_receive_ready(std::function<void()> ready) { ready_ = std::move(ready); }

size_t Pl011::receive(std::span<const uint8_t> bytes) {
  std::lock_guard lock(mutex_);
  size_t taken = 0;
  if (receiving() && !wire_) {
    taken = level_ < depth() ? std::min(bytes.size(), depth() - level_) : 0;
    for (uint8_t byte : bytes.first(taken)) push(byte);
  } else if (!wire_ && !bytes.empty()) {
    wire_ = bytes[0];
    taken = 1;
  }
  refused_ = taken < bytes.size();
  update_irq();
  return taken;
}

uint64_t Pl011::read(uint64_t offset, unsigned size) {
  const uint64_t reg = offset & primecell::kRegisterMask;
  if (reg >= primecell::kFirstId) {
    return primecell::lanes(primecell::read_id(kIds, reg), offset, size);
  }
  uint32_t value;
  bool ready;
  {
    std::lock_guard lock(mutex_);
    value = read_register(reg);
    settle();
    update_irq();
    ready = take_ready();
  }
  if (ready) ready_();
  return primecell::lanes(value, offset, size);
}

void Pl011::write(uint64_t offset, unsigned, uint64_t value) {
  if (!primecell::starts_register(offset)) return;
  bool ready;
  bool send;
  {
    std::unique_lock out_lock(out_mutex_, std::defer_lock);
    {
      std::lock_guard lock(mutex_);
      send = Reg(offset) == Reg::kDr && !(cr_ & kCrLoopback);
    }
    // The sink may block as long as nobody reads from it. `mutex_` is not held here, so that
    // `receive` never waits for the sink.
    if (send) {
      out_lock.lock();
      out_.put(static_cast<uint8_t>(value));
    }
    std::lock_guard lock(mutex_);
    write_register(offset, static_cast<uint32_t>(value));
    settle();
    update_irq();
    ready = take_ready();
  }
  if (ready) ready_();
}

uint32_t Pl011::read_register(uint64_t offset) {
  switch (Reg(offset)) {
    case Reg::kDr:
      listen();
      settle();
      return read_data();
    case Reg::kRsrEcr:
      return rsr_;
    case Reg::kFr:
      if (++flag_reads_ >= kPollingReads) {
        flag_reads_ = kPollingReads;
        listen();
        settle();
      }
      return flags();
    case Reg::kIlpr:
      return ilpr_;
    case Reg::kIbrd:
      return ibrd_;
    case Reg::kFbrd:
      return fbrd_;
    case Reg::kLcrH:
      return lcr_h_;
    case Reg::kCr:
      return cr_;
    case Reg::kIfls:
      return ifls_;
    case Reg::kImsc:
      return imsc_;
    case Reg::kRis:
    case Reg::kMis: {
      const uint32_t value = raw() & (Reg(offset) == Reg::kMis ? imsc_ : kIntMask);
      // The guest looks at the cause of the interrupt that offers the first character: see
      // offered().
      if (offered() && (imsc_ & kIntRxTimeout)) listen();
      return value;
    }
    case Reg::kDmacr:
      return dmacr_;
    default:
      tell_ignored(offset, false);
      return 0;
  }
}

void Pl011::write_register(uint64_t offset, uint32_t value) {
  switch (Reg(offset)) {
    case Reg::kDr:
      flag_reads_ = 0;
      if (cr_ & kCrLoopback) push(static_cast<uint8_t>(value));
      // The byte is sent at once: the transmit FIFO has already drained through its trigger level.
      ris_ |= kIntTx;
      break;
    case Reg::kRsrEcr:
      rsr_ = 0;
      break;
    case Reg::kIlpr:
      ilpr_ = value & 0xff;
      break;
    case Reg::kIbrd:
      ibrd_ = value & 0xffff;
      break;
    case Reg::kFbrd:
      fbrd_ = value & 0x3f;
      break;
    case Reg::kLcrH:
      // To turn the FIFOs off also flushes them, DDI 0183G 3.3.8.
      if ((lcr_h_ & kLcrFifoEnable) && !(value & kLcrFifoEnable)) {
        level_ = 0;
        ris_ &= ~(kIntRx | kIntRxTimeout);
      }
      lcr_h_ = value & 0xff;
      break;
    case Reg::kCr:
      write_control(value & kCrMask);
      break;
    case Reg::kIfls:
      ifls_ = value & 0x3f;
      break;
    case Reg::kImsc:
      imsc_ = value & kIntMask;
      listen_to_receive_interrupt();
      break;
    case Reg::kIcr:
      ris_ &= ~value;
      break;
    case Reg::kDmacr:
      dmacr_ = value & 7;
      break;
    default:
      tell_ignored(offset, true);
      break;
  }
}

uint32_t Pl011::read_data() {
  // What an empty FIFO reads as is undefined; zero has no error bits.
  if (level_ == 0) return 0;
  const uint16_t entry = fifo_[head_];
  head_ = (head_ + 1) % kFifoDepth;
  --level_;
  if (level_ == 0) ris_ &= ~(kIntRx | kIntRxTimeout);
  // RSR's overrun bit is about the FIFO and stays set until the guest clears it. The other bits are
  // about the character that was read last.
  rsr_ = (rsr_ & kRsrOverrun) | (entry >> kDrErrorShift & ~kRsrOverrun & 0xf);
  return entry;
}

uint32_t Pl011::flags() const {
  return kFrTxEmpty | modem_inputs() | (level_ == 0 ? kFrRxEmpty : 0) |
         (level_ >= depth() ? kFrRxFull : 0);
}

uint32_t Pl011::modem_inputs() const {
  // Without loopback the inputs show a terminal that is always there and ready.
  if (!(cr_ & kCrLoopback)) return kFrCts | kFrDsr | kFrDcd;
  return ((cr_ & kCrRts) ? kFrCts : 0) | ((cr_ & kCrDtr) ? kFrDsr : 0) |
         ((cr_ & kCrOut1) ? kFrDcd : 0) | ((cr_ & kCrOut2) ? kFrRi : 0);
}

void Pl011::write_control(uint32_t value) {
  const uint32_t before = modem_inputs();
  cr_ = value;
  const uint32_t changed = before ^ modem_inputs();
  if (changed & kFrCts) ris_ |= kIntCts;
  if (changed & kFrDsr) ris_ |= kIntDsr;
  if (changed & kFrDcd) ris_ |= kIntDcd;
  if (changed & kFrRi) ris_ |= kIntRi;
  if (!(cr_ & kCrRxEnable)) {
    listening_ = false;
    flag_reads_ = 0;
  }
  listen_to_receive_interrupt();
}

void Pl011::push(uint8_t byte) {
  if (level_ >= depth()) {
    // An overrun: the FIFO keeps its content and the new character is lost, DDI 0183G 3.3.1.
    lost_ = true;
    rsr_ |= kRsrOverrun;
    ris_ |= kIntOverrun;
    return;
  }
  fifo_[(head_ + level_) % kFifoDepth] =
      static_cast<uint16_t>(byte | (std::exchange(lost_, false) ? kDrOverrun : 0));
  ++level_;
  ris_ |= kIntRx | kIntRxTimeout;
}

size_t Pl011::depth() const { return (lcr_h_ & kLcrFifoEnable) ? kFifoDepth : 1; }

uint32_t Pl011::raw() const { return ris_ | (offered() ? kIntRxTimeout : 0); }

// Whether input goes into the FIFO. In loopback it does not, since the receiver is connected to the
// transmitter.
bool Pl011::receiving() const { return listening_ && !(cr_ & kCrLoopback); }

// Whether a character that came before the guest listened (`wire_`) is offered to it: the time-out
// interrupt announces it while it is not yet in the FIFO. A read of RIS or MIS, as by the handler
// of that interrupt, then shows that the guest is ready. That the interrupt is unmasked does not
// show it: Linux's driver (amba-pl011.c) unmasks it early too, and later discards the FIFO's
// content.
bool Pl011::offered() const {
  return wire_ && !listening_ && (cr_ & kCrRxEnable) && !(cr_ & kCrLoopback);
}

void Pl011::listen() { listening_ |= (cr_ & kCrRxEnable) != 0; }

// A guest that unmasks the receive interrupt but not the time-out is taken to listen at once, since
// without the time-out interrupt no character can be offered to it.
void Pl011::listen_to_receive_interrupt() {
  if ((imsc_ & kIntRx) && !(imsc_ & kIntRxTimeout)) listen();
}

// Moves the character that waited in `wire_` into the FIFO, ahead of all later ones.
void Pl011::settle() {
  if (!wire_ || !receiving() || level_ >= depth()) return;
  push(*wire_);
  wire_.reset();
}

void Pl011::update_irq() {
  const bool asserted = (raw() & imsc_) != 0;
  if (asserted == asserted_) return;
  asserted_ = asserted;
  irq_.set(asserted);
}

// Whether `ready_` is to be called now: after a refusal, once the FIFO is at least half empty. That
// is early enough, and one call then serves for many bytes.
bool Pl011::take_ready() {
  if (!refused_ || !ready_ || !receiving() || level_ > depth() / 2) return false;
  refused_ = false;
  return true;
}

void Pl011::describe(Fdt& fdt, uint64_t base) const {
  Fdt::Node node(fdt, node_name(name(), base));
  fdt.strings("compatible", {"arm,pl011", "arm,primecell"});
  fdt.reg(base, layout::kPl011.size);
  fdt.spi(layout::kPl011Spi);
  fdt.cells("clocks", {Fdt::kPhandleClock, Fdt::kPhandleClock});
  fdt.strings("clock-names", {"uartclk", "apb_pclk"});
}

}  // namespace hvk
