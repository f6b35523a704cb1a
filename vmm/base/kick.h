// SPDX-License-Identifier: GPL-2.0-or-later
// Kicks: signals that make a thread return from a system call in which it blocks.
#pragma once

#include <thread>

namespace hvk {

// Installs the process's handler of the kick's signal. To call it again is harmless.
void install_kick();

// Unblocks the kick's signal in the calling thread, since start_thread() blocks it. Each thread
// that is to be kicked must call it.
void unblock_kick();

// Interrupts the system call that `thread` is in. If it is in none the kick has no effect, so the
// caller first stores its request where the thread looks before it makes such a call.
void kick(std::thread& thread);

}  // namespace hvk
