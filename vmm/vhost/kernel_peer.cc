// SPDX-License-Identifier: GPL-2.0-or-later
#include "vhost/kernel_peer.h"

#include <fcntl.h>
#include <fmt/format.h>
// Leaves out functions of the header that are no C++.
#define VIRTIO_RING_NO_LEGACY
#include <linux/vhost.h>
#include <sys/ioctl.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "base/error.h"

namespace hvk {
namespace {

std::string open_remedy(const std::string& path) {
  switch (errno) {
    case ENOENT:
    case ENODEV:
      return "the kernel has no such device: modprobe vhost_" + path.substr(path.rfind('-') + 1);
    case EACCES:
    case EPERM:
      return "run as a user that may use it (on Debian, group kvm), or as root";
    default:
      return {};
  }
}

}  // namespace

KernelPeer::KernelPeer(const std::string& what, const std::string& path)
    : fd_(::open(path.c_str(), O_RDWR | O_CLOEXEC)) {
  if (!fd_) throw_errno(what + ": " + path, open_remedy(path));
  if (::ioctl(fd_.get(), VHOST_SET_OWNER) != 0 ||
      ::ioctl(fd_.get(), VHOST_GET_FEATURES, &features_) != 0) {
    throw_errno(what + ": " + path);
  }
}

bool KernelPeer::call(unsigned long request, const char* name, const void* argument) {
  if (::ioctl(fd_.get(), request, argument) == 0) return true;
  const int error = errno;
  why_ = fmt::format("the kernel refuses {}: {}", name, std::strerror(error));
  errno = error;
  return false;
}

bool KernelPeer::begin(uint64_t features, GuestMemory& memory) {
  features &= features_;
  // The structure ends in an array, here of one region.
  alignas(vhost_memory) std::array<std::byte, sizeof(vhost_memory) + sizeof(vhost_memory_region)>
      table = {};
  auto* header = reinterpret_cast<vhost_memory*>(table.data());
  header->nregions = 1;
  header->regions[0] = {memory.base(), memory.size(), address_of(memory.bytes()), 0};
  return call(VHOST_SET_FEATURES, "SET_FEATURES", &features) &&
         call(VHOST_SET_MEM_TABLE, "SET_MEM_TABLE", header);
}

bool KernelPeer::start_queue(unsigned index, const Virtqueue& queue, const Events& events) {
  const Virtqueue::Areas areas = queue.areas();
  const vhost_vring_state size = {index, queue.size()};
  const vhost_vring_state base = {index, queue.position().next};
  vhost_vring_addr place = {};
  place.index = index;
  place.desc_user_addr = address_of(areas.descriptors);
  place.avail_user_addr = address_of(areas.available);
  place.used_user_addr = address_of(areas.used);
  const vhost_vring_file interrupt = {index, events.call}, kick = {index, events.kick};
  const vhost_vring_file error = {index, events.error};
  return call(VHOST_SET_VRING_NUM, "SET_VRING_NUM", &size) &&
         call(VHOST_SET_VRING_BASE, "SET_VRING_BASE", &base) &&
         call(VHOST_SET_VRING_ADDR, "SET_VRING_ADDR", &place) &&
         call(VHOST_SET_VRING_ERR, "SET_VRING_ERR", &error) &&
         call(VHOST_SET_VRING_CALL, "SET_VRING_CALL", &interrupt) &&
         call(VHOST_SET_VRING_KICK, "SET_VRING_KICK", &kick);
}

bool KernelPeer::stop_queue(unsigned index, Virtqueue& queue) {
  vhost_vring_state base = {index, 0};
  const vhost_vring_file none = {index, -1};
  const bool stopped = call(VHOST_GET_VRING_BASE, "GET_VRING_BASE", &base);
  for (const unsigned long event :
       {VHOST_SET_VRING_KICK, VHOST_SET_VRING_CALL, VHOST_SET_VRING_ERR}) {
    ::ioctl(fd_.get(), event, &none);
  }
  if (stopped) queue.resume_at(static_cast<uint16_t>(base.num));
  return stopped;
}

}  // namespace hvk
