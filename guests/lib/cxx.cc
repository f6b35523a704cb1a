// SPDX-License-Identifier: BSD-2-Clause
// What a C++ compiler expects of a program without a C++ library. There is no
// heap: objects are static or on a stack, and static ones are never destroyed.

#include "partition.h"

extern "C" void __cxa_pure_virtual() { panic("a pure virtual function was called"); }

// Static objects of functions register their destructors here; none ever runs.
extern "C" int atexit(void (*)()) { return 0; }

// Virtual destructors refer to these.
void operator delete(void*) noexcept { panic("delete: there is no heap"); }
void operator delete(void*, size_t) noexcept { panic("delete: there is no heap"); }
