// SPDX-License-Identifier: BSD-2-Clause
// Functions that a C++ compiler calls by itself, for a program without a C++ library. There
// is no heap: objects are static or on a stack, and static ones are never destroyed.

#include "partition.h"

extern "C" void __cxa_pure_virtual() { panic("a pure virtual function was called"); }

// Registers destructors of static objects, which never run.
extern "C" int atexit(void (*)()) { return 0; }

// Needed to link classes with virtual destructors.
void operator delete(void*) noexcept { panic("delete: there is no heap"); }
void operator delete(void*, size_t) noexcept { panic("delete: there is no heap"); }
