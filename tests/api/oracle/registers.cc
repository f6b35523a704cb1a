// SPDX-License-Identifier: GPL-2.0-only
// Registers: which GET_REG_LIST names, what each is after ARM_VCPU_INIT, what it takes.
#include <fmt/format.h>
#include <string.h>

#include <array>
#include <set>
#include <vector>

#include "hv/kvm_calls.h"
#include "tests/api/oracle/probes.h"

namespace hvk::oracle {
namespace {

constexpr size_t kWidest = 256;
constexpr std::byte kPoison{0xa5};
using Value = std::array<std::byte, kWidest>;

size_t size_of(uint64_t id) { return KVM_REG_SIZE(id); }

// Counters: what they are worth is chance.
bool is_volatile(uint64_t id) {
  return id == KVM_REG_ARM_TIMER_CNT || id == KVM_REG_ARM_PTIMER_CNT;
}

// ID_* of AArch32 and AArch64: op0 3, op1 0, CRn 0, CRm 1 to 7.
bool is_id_register(uint64_t id) {
  constexpr uint64_t kFirst = ARM64_SYS_REG(3, 0, 0, 1, 0), kLast = ARM64_SYS_REG(3, 0, 0, 7, 7);
  return id >= kFirst && id <= kLast;
}

// What is on the host's side of the buffer but beyond the register.
bool spilt(const Value& value, size_t size) {
  for (size_t i = size; i < value.size(); i++) {
    if (value[i] != kPoison) return true;
  }
  return false;
}

class Registers {
 public:
  Registers(Bench& bench, const Vcpu& vcpu) : bench_(bench), vcpu_(vcpu) {}

  // The number that the device told, and what it told after that.
  std::set<uint64_t> listed() {
    uint64_t count = 0;
    note_list("no room", text(call(vcpu_.fd(), hvk::kvm_get_reg_list, &count)));
    std::vector<uint64_t> list(count + 1);
    list[0] = count;
    note_list("room", text(call(vcpu_.fd(), hvk::kvm_get_reg_list, list.data())));
    note_list("the same number", list[0] == count ? "yes" : "no");
    const std::set<uint64_t> ids(list.begin() + 1, list.end());
    note_list("twice the same", ids.size() == count ? "no" : "yes");
    return ids;
  }

  void ask_all() {
    const std::set<uint64_t> listed = this->listed();
    std::set<uint64_t> ids = listed;
    for (const auto& [id, name] : bench_.inventory().registers) ids.insert(id);
    for (uint64_t id : ids) {
      note(name(id), "listed", listed.contains(id) ? "yes" : "no");
      ask(id);
    }
  }

 private:
  void note_list(const std::string& question, const std::string& answer) {
    bench_.note("ioctl/vcpu GET_REG_LIST/" + question, answer);
  }

  void note(const std::string& item, const std::string& question, const std::string& answer) {
    bench_.note(fmt::format("register/{}/{}", item, question), answer);
  }

  std::string name(uint64_t id) const {
    const auto& known = bench_.inventory().registers;
    const auto found = known.find(id);
    return found != known.end() ? found->second : fmt::format("({:#x})", id);
  }

  std::string show(uint64_t id, const Value& value) const {
    const size_t size = size_of(id);
    uint64_t number = 0;
    if (size > sizeof(number)) return bytes({value.data(), size});
    ::memcpy(&number, value.data(), size);
    return hex(number);
  }

  Outcome get(uint64_t id, Value& value) const {
    value.fill(kPoison);
    return vcpu_.get(id, value.data());
  }

  std::string set_and_look(uint64_t id, const Value& value) const {
    const Outcome outcome = vcpu_.set(id, value.data());
    Value now;
    if (is_volatile(id) || get(id, now) != 0) return text(outcome);
    return text(outcome) + ", then " + show(id, now);
  }

  void ask(uint64_t id) {
    Value value;
    const Outcome outcome = get(id, value);
    const std::string what = name(id);
    note(what, "get", outcome != 0 || is_volatile(id) ? text(outcome) : show(id, value));
    if (outcome == 0 && spilt(value, size_of(id))) note(what, "get writes", "too much");
    for (const auto& [bits, size] :
         {std::pair{KVM_REG_SIZE_U32, 4}, {KVM_REG_SIZE_U64, 8}, {KVM_REG_SIZE_U128, 16}}) {
      const uint64_t other = (id & ~KVM_REG_SIZE_MASK) | bits;
      Value ignored;
      if (other != id) note(what, fmt::format("get {} bytes", size), text(get(other, ignored)));
    }
    ask_set(id, what, outcome == 0 ? value : Value{});
  }

  void ask_set(uint64_t id, const std::string& what, const Value& value) {
    Value zeros = {}, ones;
    ones.fill(std::byte{0xff});
    note(what, "set the same", set_and_look(id, value));
    note(what, "set 0", set_and_look(id, zeros));
    note(what, "set ~0", set_and_look(id, ones));
    vcpu_.set(id, value.data());
    note(what, "set at 0", text(vcpu_.set(id, static_cast<const void*>(nullptr))));
    if (is_id_register(id)) ask_fields(id, what, value);
  }

  // Each field one less than it is, and one more.
  void ask_fields(uint64_t id, const std::string& what, const Value& value) {
    uint64_t was = 0;
    ::memcpy(&was, value.data(), sizeof(was));
    std::string less, more;
    for (unsigned bit = 0; bit < 64; bit += 4) {
      const uint64_t mask = 0xfull << bit, one = 1ull << bit;
      less += took(id, (was & ~mask) | ((was - one) & mask));
      more += took(id, (was & ~mask) | ((was + one) & mask));
      vcpu_.set(id, was);
    }
    note(what, "fields that may be one less", less);
    note(what, "fields that may be one more", more);
  }

  char took(uint64_t id, uint64_t value) const { return vcpu_.set(id, value) == 0 ? 'y' : '.'; }

  Bench& bench_;
  const Vcpu& vcpu_;
};

}  // namespace

void probe_registers(Bench& bench) {
  const Vm vm(bench);
  const Vcpu vcpu(vm);
  vcpu.init();
  Registers(bench, vcpu).ask_all();
}

// Identifiers that are no register's.
void probe_register_ids(Bench& bench) {
  const Vm vm(bench);
  const Vcpu vcpu(vm);
  uint64_t value[32] = {};
  const auto ask = [&](const std::string& what, uint64_t id) {
    bench.note("ioctl/vcpu GET_ONE_REG/" + what, vcpu.get(id, value));
    bench.note("ioctl/vcpu SET_ONE_REG/" + what, vcpu.set(id, value));
  };
  ask("not initialised", kRegX0);
  vcpu.init();
  for (unsigned architecture = 0; architecture < 10; architecture++) {
    ask(fmt::format("architecture {}", architecture),
        (kRegX0 & ~KVM_REG_ARCH_MASK) | static_cast<uint64_t>(architecture) << 60);
  }
  for (unsigned kind = 0; kind < 64; kind++) {
    ask(fmt::format("kind {:#x}", kind),
        (kRegX0 & ~0xffffffffull) | static_cast<uint64_t>(kind) << KVM_REG_ARM_COPROC_SHIFT);
  }
  for (unsigned size = 0; size < 16; size++) {
    ask(fmt::format("size {}", size), (kRegX0 & ~KVM_REG_SIZE_MASK) | static_cast<uint64_t>(size)
                                                                          << KVM_REG_SIZE_SHIFT);
  }
  for (unsigned word = 0; word < 0x110; word++)
    ask(fmt::format("core word {:#x}", word), kRegX0 + word);
  for (unsigned bit = 32; bit < 60; bit++) {
    ask(fmt::format("bit {}", bit), kRegX0 ^ (1ull << bit));
  }
}

}  // namespace hvk::oracle
