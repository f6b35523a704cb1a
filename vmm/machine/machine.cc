// SPDX-License-Identifier: GPL-2.0-only
#include "machine/machine.h"

#include <fmt/format.h>
#include <sys/ioctl.h>

#include <algorithm>
#include <cstring>

#include "base/error.h"
#include "base/log.h"
#include "base/units.h"
#include "board/layout.h"
#include "config/grants.h"
#include "hv/registers.h"
#include "hv/vcpu_state.h"
#include "image/image.h"
#include "machine/linux_limits.h"
#include "machine/placement.h"
#include "machine/tree.h"
#include "uapi/hvk.h"
#include "uapi/hvk_para.h"

namespace hvk {
namespace {

// KVM's memory slots.
constexpr uint32_t kRamSlot = 0;
constexpr uint32_t kFlashSlot = 1;  // and the next: a bank each
constexpr uint32_t kFirstSharedSlot = 3;

// Larger than any kernel; what it unpacks to is bounded by the RAM.
constexpr uint64_t kMaxKernelFile = uint64_t{1} << 30;
// Linux's limit (Documentation/arm64/booting.rst, section 2).
constexpr uint64_t kMaxTree = 2 << 20;
// Where QEMU's -M virt puts and starts a -kernel without any header.
constexpr uint64_t kQemuRawEntry = layout::kRamBase + 0x80000;

bool has_windows(const Place* place) {
  return place && window_count(place->system, place->guest) > 0;
}

}  // namespace

Machine::Machine(const Config& config, ByteSink& console_out, const Place* place)
    : config_(config),
      ram_(layout::kRamBase, config.memory),
      gic_(make_gic_v2()),
      pl011_line_(layout::kPl011Spi),
      pl031_line_(layout::kPl031Spi),
      pl061_line_(layout::kPl061Spi),
      pl011_(pl011_line_, console_out),
      pl031_(pl031_line_, host_rtc_clock()),
      pl061_(pl061_line_),
      bus_(place ? place->log : nullptr),
      place_(place) {
  bus_.add(layout::kPl011, pl011_);
  bus_.add(layout::kPl031, pl031_);
  bus_.add(layout::kPl061, pl061_);
  if (place_) para_ = std::make_unique<Para>(*place_, ram_, console_out);
  if (in_system()) channels_ = std::make_unique<ChannelGpio>(*place_, bus_);
  if (has_windows(place_)) ram_.lock();
  fill_virtio_slots(bus_, empty_virtio_);

  if (config_.firmware.empty()) {
    bus_.add(layout::kFlash, erased_flash_);
    load_kernel();
  } else {
    load_firmware();
  }
  load_tree();
}

Machine::~Machine() {
  stop();
  vcpus_.clear();
}

void Machine::load_kernel() {
  const FileContent file = config_.files.read("--kernel", config_.kernel, kMaxKernelFile);
  LoadedImage image;
  try {
    image =
        load_image(file.bytes(), ram_.bytes(), ram_.base(), config_.files.digester(), config_.load);
  } catch (const ImageError& error) {
    throw SetupError("--kernel " + config_.kernel, error.what());
  }
  format_ = image.format;
  entry_ = image.entry;
  linux_ = image.linux_protocol;
  finds_tree_at_base_ = !linux_;
  page_size_ = image.page_size;
  parts_ = std::move(image.parts);
  if (image.guessed) {
    notice_ = fmt::format(
        "--kernel {}: no format that is known, so taken for a raw binary and started at {:#x}; "
        "format=raw says that it is one, load=ADDR where it goes (QEMU's place: {:#x})",
        config_.kernel, entry_, kQemuRawEntry);
  }
  for (const LoadedPart& part : parts_) {
    if (!part.digest) continue;
    load_check_.expect(fmt::format("{} of {}", part.name, config_.kernel),
                       *ram_.at(part.ipa, part.size), part.content_size, *part.digest);
  }
}

void Machine::load_firmware() {
  const auto& [code, vars] = layout::kFlashBanks;
  const FileContent file = config_.files.read("--firmware", config_.firmware, code.size);
  try {
    if (!config_.load.raw) check_firmware(file.bytes());
  } catch (const ImageError& error) {
    throw SetupError("--firmware " + config_.firmware, error.what());
  }
  // The guest cannot change the firmware, so that what is started is what was given.
  flash_.push_back(std::make_unique<CfiFlash>(FlashMemory(code.size), true));
  flash_[0]->load(file.bytes());
  // Without a file the variables last as long as this machine.
  flash_.push_back(std::make_unique<CfiFlash>(
      config_.vars.empty() ? FlashMemory(vars.size)
                           : FlashMemory(vars.size, VarsFile(config_.vars, vars.size)),
      false));
  bus_.add(code, *flash_[0]);
  bus_.add(vars, *flash_[1]);
  entry_ = code.base;
  if (const Digester digester = config_.files.digester()) {
    const size_t size = file.bytes().size();
    load_check_.expect("firmware of " + config_.firmware, flash_[0]->bytes().first(size), size,
                       digester(file.bytes()));
  }
}

void Machine::load_tree() {
  const layout::Range ram{ram_.base(), ram_.size()};
  Chosen chosen;
  chosen.bootargs = config_.append;
  fill_seeds(chosen);
  if (!config_.initrd.empty()) {
    const FileContent file = config_.files.read("--initrd", config_.initrd, ram_.size(), kGiveMore);
    const uint64_t ipa = place_high(ram, parts_, "initrd", file.bytes().size());
    place("initrd", config_.initrd, ipa, file.bytes());
    chosen.initrd = {ipa, file.bytes().size()};
  }

  if (config_.dtb.empty()) {
    tree_ = generate_tree(chosen, ram, config_.cpus, *gic_, bus_, in_system() ? place_ : nullptr);
  } else {
    tree_ = patch_tree(config_.files.read("--dtb", config_.dtb, kMaxTree).bytes(), chosen, ram);
  }
  if (linux_) {
    check_command_line(tree_, config_.append.empty() ? "--dtb " + config_.dtb : "--append");
  }
  // U-Boot for qemu_arm64 looks for it at the RAM's base, as QEMU places it.
  tree_ipa_ =
      config_.firmware.empty() ? place_high(ram, parts_, "device tree", tree_.size()) : ram_.base();
  place("device tree", config_.dtb, tree_ipa_, tree_);
  // QEMU's `virt` has it at the RAM's base for programs that are no Linux kernel,
  // and some look nowhere else. x0 stays with the other one, out of the way of what
  // such a program does with the memory below itself.
  if (finds_tree_at_base_ && is_free({ram_.base(), tree_.size()}, parts_)) {
    place("tree at base", config_.dtb, ram_.base(), tree_);
  }
}

void Machine::place(const std::string& name, const std::string& file, uint64_t ipa,
                    std::span<const std::byte> content) {
  const auto target = ram_.at(ipa, content.size());
  if (!target) {
    throw SetupError(name + " of " + format_size(content.size()),
                     "does not fit into " + format_size(ram_.size()) + " of RAM", kGiveMore);
  }
  std::copy(content.begin(), content.end(), target->begin());
  parts_.push_back({name, ipa, content.size()});
  if (const Digester digester = config_.files.digester()) {
    load_check_.expect(file.empty() ? name : name + " of " + file, *target, content.size(),
                       digester(content));
  }
}

std::string Machine::load_map() const {
  std::string map;
  const auto line = [&](const std::string& name, uint64_t base, uint64_t size) {
    map += fmt::format("  {:<14} {:#012x} - {:#012x}  {}\n", name, base,
                       base + (size ? size - 1 : 0), format_size(size));
  };
  if (!flash_.empty()) {
    const auto& [code, vars] = layout::kFlashBanks;
    line("flash", code.base, code.size);
    line("variables", vars.base, vars.size);
  }
  line("RAM", ram_.base(), ram_.size());
  std::vector<LoadedPart> sorted = parts_;
  std::sort(sorted.begin(), sorted.end(),
            [](const LoadedPart& a, const LoadedPart& b) { return a.ipa < b.ipa; });
  for (const LoadedPart& part : sorted) line(part.name, part.ipa, part.size);
  map += fmt::format("  {:<14} {:#012x}", "entry", entry_);
  if (!format_.empty()) map += fmt::format("  ({})", format_);
  return map;
}

// A bank is the guest's memory to read and to execute while it reads as an array.
void Machine::map_flash() {
  for (uint32_t bank = 0; bank < flash_.size(); ++bank) {
    const uint32_t slot = kFlashSlot + bank;
    const uint64_t ipa = layout::kFlashBanks[bank].base;
    const std::span<const std::byte> bytes = flash_[bank]->bytes();
    if (flash_[bank]->shown()) vm_->map(slot, ipa, bytes, true);
    flash_[bank]->set_show([this, slot, ipa, bytes](bool shown) {
      // A slot that is not there is slower, and no more: its reads come as MMIO.
      if (vm_->remap(slot, ipa, shown ? bytes : bytes.first(0), true)) return;
      log(fmt::format("flash at {:#x}: {}: {}", ipa, shown ? "mapping it" : "unmapping it",
                      std::strerror(errno)));
    });
  }
}

void Machine::share() {
  uint32_t slot = kFirstSharedSlot;
  for (const SharedView& view : shared_views(place_->system, place_->guest)) {
    const SharedConfig& region = place_->system.shared[view.region];
    vm_->map(slot++, region.ipa, place_->links->shared(view.region).bytes(), !view.write);
  }
}

void Machine::bind_channels() {
  channels_->connect(*vm_);
  const auto ends = channel_ends(place_->system, place_->guest);
  for (size_t i = 0; i < ends.size(); ++i) {
    hvk_channel_bind bind = {};
    bind.channel_fd = place_->links->channel(ends[i].channel);
    bind.number = static_cast<uint32_t>(ends[i].channel);
    bind.role = ends[i].sends ? HVK_CHANNEL_SEND : HVK_CHANNEL_RECEIVE;
    bind.intid = ends[i].sends ? 0 : HVK_PARA_EVENT_INTID + bind.number;
    bind.event_fd = channels_->event_fd(i);
    if (::ioctl(vm_->fd(), HVK_BIND_CHANNEL, &bind) != 0) {
      throw_errno(fmt::format("channel '{}'", place_->system.channels[ends[i].channel].name));
    }
  }
}

void Machine::keep_windows() {
  for (auto& vcpu : vcpus_) {
    vcpu->join_frame(place_->links->frame(), static_cast<uint32_t>(place_->guest));
  }
  vm_->prefault(ram_.base(), ram_.size());
  for (const SharedView& view : shared_views(place_->system, place_->guest)) {
    const SharedConfig& region = place_->system.shared[view.region];
    vm_->prefault(region.ipa, region.size);
  }
}

Usage Machine::usage() const {
  Usage sum = moved_;
  for (const auto& vcpu : vcpus_) sum += vcpu->usage();
  return sum;
}

void Machine::check_loaded() const { load_check_.verify(); }

void Machine::create_vm() {
  vm_ = std::make_unique<Vm>(config_.device);
  if (place_ && vm_->hvk()) {
    vm_->enable_hypercalls(HVK_PARA_TO_VMM | (has_windows(place_) ? HVK_PARA_LOCKED : 0));
  }
  if (has_system_clock()) vm_->offset_counts(place_->links->clock().start_ticks());
  vm_->map(kRamSlot, ram_.base(), ram_.bytes(), false);
  map_flash();

  if (in_system()) share();

  const std::string name = place_ ? place_->system.guests[place_->guest].name : "";
  gic_->create(*vm_);
  for (unsigned id = 0; id < config_.cpus; ++id) {
    vcpus_.push_back(std::make_unique<Vcpu>(*vm_, id, bus_, name, para_.get()));
  }
  gic_->finish();
}

void Machine::start() {
  create_vm();
  for (SpiLine* line : lines()) line->connect(vm_.get());
  if (in_system()) bind_channels();
  if (has_windows(place_)) keep_windows();
  check_page_size(page_size_, id_aa64mmfr0(vcpus_[0]->fd()), config_.kernel);
  vcpus_[0]->set_entry(entry_, tree_ipa_);
  check_loaded();
  run_vcpus();
}

void Machine::run_vcpus() {
  const std::vector<unsigned> host_cpus =
      place_ ? place_->system.guests[place_->guest].host_cpus : std::vector<unsigned>{};
  // A vCPU that ends at once must find all the others started.
  const std::lock_guard lock(mutex_);
  for (size_t id = 0; id < vcpus_.size(); ++id) {
    std::optional<unsigned> host_cpu;
    if (id < host_cpus.size()) host_cpu = host_cpus[id];
    vcpus_[id]->start([this](GuestEnd end) { vcpu_ended(end); }, host_cpu);
    ++running_;
  }
}

bool Machine::can_move() const {
  return !place_ || (!has_windows(place_) && channel_ends(place_->system, place_->guest).empty());
}

void Machine::move() {
  std::vector<VcpuState> states;
  for (const auto& vcpu : vcpus_) states.emplace_back(vcpu->fd());
  const GicState gic = gic_->save(config_.cpus);
  moved_ = usage();
  vcpus_.clear();
  for (SpiLine* line : lines()) line->connect(nullptr);

  create_vm();
  for (size_t id = 0; id < vcpus_.size(); ++id) states[id].restore(vcpus_[id]->fd());
  gic_->restore(gic);
  for (SpiLine* line : lines()) line->connect(vm_.get());
  if (in_system()) bind_channels();
  if (!has_system_clock()) VcpuState::set_counter(vcpus_[0]->fd(), states[0].counter());
  {
    const std::lock_guard lock(mutex_);
    stopping_ = false;
  }
  run_vcpus();
}

void Machine::stop() {
  const std::lock_guard lock(mutex_);
  if (stopping_ || running_ == 0) return;
  stopping_ = true;
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
