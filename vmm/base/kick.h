// SPDX-License-Identifier: GPL-2.0-or-later
// Getting a thread out of a system call that blocks.
#pragma once

#include <thread>

namespace hvk {

// Installs the handler of the kick's signal. Calling it again does nothing.
void install_kick();

// To be called by each thread that is to be kicked: others have the signal blocked.
void unblock_kick();

// Interrupts the system call that the thread is in. If it is in none, the kick has no effect: so
// the caller first stores what it wants where the thread looks before it makes such a call.
void kick(std::thread& thread);

}  // namespace hvk
