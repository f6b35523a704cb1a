# SPDX-License-Identifier: BSD-2-Clause
# How a partition is compiled and linked, in this tree and out of it.
# HVK_GUESTS is the path of this folder.

GUESTS_CROSS ?= $(if $(filter aarch64,$(shell uname -m)),,aarch64-linux-gnu-)
GUESTS_CC := $(GUESTS_CROSS)gcc
GUESTS_CXX := $(GUESTS_CROSS)g++
GUESTS_OBJCOPY := $(GUESTS_CROSS)objcopy
GUESTS_LD_SCRIPT := $(HVK_GUESTS)/lib/lib.ld

# General registers only: an exception handler does not save the others.
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

# A line a file; make V=1 shows the commands.
GUESTS_Q := $(if $(filter 1,$(V)),,@)
guests_says = $(if $(filter 1,$(V)),@:,@echo '  $(1)$@')

# What a folder has to compile: the names of objects.
guests_objects = $(addsuffix .o,$(basename $(wildcard $(addprefix $(1)/*.,c S cc))))
# A folder with a main.*, or a linker script, is one program, which is called as $(2) says. In
# any other each source file is a program of its own, by its name.
guests_is_one = $(wildcard $(addprefix $(1)/main.,c S cc) $(1)/*.ld)
guests_programs = $(if $(call guests_is_one,$(1)),$(2),$(notdir $(basename $(call guests_objects,$(1)))))
# Of a program of the folder, its objects there.
guests_objects_of = $(if $(call guests_is_one,$(1)),$(call guests_objects,$(1)),$(1)/$(2).o)
