// SPDX-License-Identifier: GPL-2.0-or-later
// Getting a thread out of a system call that blocks.
#pragma once

#include <thread>

namespace hvk {

// Makes the kick's signal known to the process; as often as one likes.
void install_kick();

// To be called by a thread that wants to be kicked.
void unblock_kick();

// Interrupts the thread's system call, or lets the next one begin if there is
// none: whoever kicks has said elsewhere why, and the thread looks there first.
void kick(std::thread& thread);

}  // namespace hvk
