# SPDX-License-Identifier: BSD-2-Clause
# How a partition is compiled and linked, in this tree and out of it.
# HVK_GUESTS is the path of this folder.

GUESTS_CROSS ?= $(if $(filter aarch64,$(shell uname -m)),,aarch64-linux-gnu-)
GUESTS_CC := $(GUESTS_CROSS)gcc
GUESTS_CXX := $(GUESTS_CROSS)g++
GUESTS_OBJCOPY := $(GUESTS_CROSS)objcopy
GUESTS_LD_SCRIPT := $(HVK_GUESTS)/lib/lib.ld

# General registers only: exception entry does not save FP and SIMD registers.
GUESTS_FLAGS := -O2 -g -Wall -Wextra -Werror -ffreestanding -fno-common -fno-pic \
	-fno-stack-protector -mgeneral-regs-only -mstrict-align -mno-outline-atomics \
	-march=armv8-a -fno-asynchronous-unwind-tables -fno-builtin \
	-fno-tree-loop-distribute-patterns -I$(HVK_GUESTS)/lib \
	-I$(HVK_GUESTS)/.. -MMD -MP
GUESTS_CFLAGS := -std=gnu11 -Wstrict-prototypes -Wmissing-prototypes $(GUESTS_FLAGS)
# Static objects are constructed before PartitionMain() and never destroyed.
GUESTS_CXXFLAGS := -std=c++20 -fno-exceptions -fno-rtti -fno-threadsafe-statics \
	-fno-use-cxa-atexit $(GUESTS_FLAGS)
GUESTS_LDFLAGS := -nostdlib -static -no-pie -Wl,--no-warn-rwx-segments \
	-Wl,--build-id=none -Wl,-z,max-page-size=4096

# Prints one line for each file; make V=1 shows the commands.
GUESTS_Q := $(if $(filter 1,$(V)),,@)
guests_says = $(if $(filter 1,$(V)),@:,@echo '  $(1)$@')

# The names of the objects that folder $(1) compiles to.
guests_objects = $(addsuffix .o,$(basename $(wildcard $(addprefix $(1)/*.,c S cc))))
# Whether folder $(1) is one program: it has a main.* or a linker script. In any other folder
# each source file is a program.
guests_is_one = $(wildcard $(addprefix $(1)/main.,c S cc) $(1)/*.ld)
guests_programs = $(if $(call guests_is_one,$(1)),$(2),$(notdir $(basename $(call guests_objects,$(1)))))
# The objects of folder $(1) that its program $(2) is linked from.
guests_objects_of = $(if $(call guests_is_one,$(1)),$(call guests_objects,$(1)),$(1)/$(2).o)
