// SPDX-License-Identifier: GPL-2.0-or-later
#include "machine/machine.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "hv/registers.h"
#include "hv/vcpu_state.h"
#include "machine/linux_limits.h"
#include "machine/tree.h"
#include "uapi/hvk_para.h"

namespace hvk {
namespace {

Parts built(Parts parts, Bus& bus) {
  for (const auto& part : parts) part->build(bus);
  return parts;
}

}  // namespace

Machine::Machine(const Config& config, Identity identity, Composition composition)
    : config_(config),
      identity_(std::move(identity)),
      bus_(identity_.log),
      parts_(built(std::move(composition.parts), bus_)),
      gic_(make_gic_v2()),
      boot_(config, composition.ram->memory(), composition.flash) {
  const layout::Range ram{composition.ram->memory().base(), composition.ram->memory().size()};
  boot_.load_tree([&](const Chosen& chosen) {
    return generate_tree(chosen, ram, config_.cpus, *gic_, bus_, parts_);
  });
}

Machine::~Machine() {
  stop();
  vcpus_.clear();
  for (const auto& part : parts_) part->unbind();
}

Usage Machine::usage() const {
  Usage sum = moved_;
  for (const auto& vcpu : vcpus_) sum += vcpu->usage();
  return sum;
}

ParaAnswer Machine::call(uint64_t function, const ParaArgs& args) {
  for (const auto& part : parts_) {
    if (std::optional<ParaAnswer> answer = part->answer(function, args)) return *answer;
  }
  return {HVK_PARA_ENOSUP, args, std::nullopt};
}

void Machine::create_vm() {
  vm_ = std::make_unique<Vm>(*hypervisor_);
  for (const auto& part : parts_) part->map(*vm_);
  gic_->create(*vm_);
  for (unsigned id = 0; id < config_.cpus; ++id) {
    vcpus_.push_back(
        std::make_unique<Vcpu>(*vm_, id, bus_, identity_.name, static_cast<ParaCalls&>(*this)));
  }
  gic_->finish();
}

void Machine::start(const Hypervisor& hypervisor) {
  hypervisor_ = &hypervisor;
  create_vm();
  for (const auto& part : parts_) part->bind(*vm_, vcpus_);
  check_page_size(boot_.page_size(), id_aa64mmfr0(vcpus_[0]->fd()), config_.kernel);
  vcpus_[0]->set_entry(boot_.entry(), boot_.tree_ipa());
  check_loaded();
  run_vcpus();
}

void Machine::run_vcpus() {
  // vcpu_ended() takes the lock, so that a vCPU that ends at once waits until all the others are
  // started and counted, and can be stopped.
  const std::lock_guard lock(mutex_);
  for (size_t id = 0; id < vcpus_.size(); ++id) {
    std::optional<unsigned> host_cpu;
    if (id < identity_.host_cpus.size()) host_cpu = identity_.host_cpus[id];
    vcpus_[id]->start([this](GuestEnd end) { vcpu_ended(end); }, host_cpu);
    ++running_;
  }
}

bool Machine::can_move() const {
  return std::all_of(parts_.begin(), parts_.end(),
                     [](const auto& part) { return part->can_move(); });
}

void Machine::move() {
  std::vector<VcpuState> states;
  for (const auto& vcpu : vcpus_) states.emplace_back(vcpu->fd());
  const GicState gic = gic_->save(config_.cpus);
  moved_ = usage();
  vcpus_.clear();
  for (const auto& part : parts_) part->unbind();

  create_vm();
  for (size_t id = 0; id < vcpus_.size(); ++id) states[id].restore(vcpus_[id]->fd());
  gic_->restore(gic);
  for (const auto& part : parts_) part->bind(*vm_, vcpus_);
  if (!vm_->counts_offset()) VcpuState::set_counter(vcpus_[0]->fd(), states[0].counter());
  run_vcpus();
}

void Machine::stop() {
  const std::lock_guard lock(mutex_);
  if (running_ == 0) return;
  for (auto& vcpu : vcpus_) vcpu->stop();
}

void Machine::pause() {
  for (auto& vcpu : vcpus_) vcpu->pause();
}

void Machine::resume() {
  for (auto& vcpu : vcpus_) vcpu->resume();
}

void Machine::vcpu_ended(GuestEnd end) {
  stop();
  const std::lock_guard lock(mutex_);
  if (end_ == GuestEnd::kStopped) end_ = end;
  if (--running_ == 0) ended_.signal();
}

}  // namespace hvk
