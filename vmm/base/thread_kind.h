// SPDX-License-Identifier: GPL-2.0-or-later
// Kinds of threads, by what they do once the guests run.
#pragma once

namespace hvk {

enum class ThreadKind {
  kMain,    // the session: restarts guests, and so starts threads
  kVcpu,    // runs a vCPU, and devices that have no thread
  kDevice,  // serves a device: sockets, vhost, interrupt lines
  kDisk,    // serves a disk: as kDevice, by io_uring
  kPlain,   // reads and writes descriptors that are open: consoles, the trace
};

}  // namespace hvk
