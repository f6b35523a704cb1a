# SPDX-License-Identifier: GPL-2.0-or-later
# Builds hvk-run: build/vmm-arm64/hvk-run, cross-compiled and static (PIE), for the
# lab's nested host; on an arm64 machine also ./hvk-run, with that machine's own
# compiler and libraries. Included by the top-level Makefile: all paths are
# relative to the top-level directory.

HVK_VERSION ?= 0.1.0

# make V=1 shows the commands.
VMM_Q := $(if $(filter 1,$(V)),,@)

# hvk-net-user is a program of its own.
VMM_SRCS := $(filter-out vmm/base/static_fmt.cc vmm/net_user/%,$(wildcard vmm/*/*.cc))
# The sources that talk to a VM by the arm64 KVM ABI, and those that use them.
# All others, VMM_PORTABLE_SRCS, also compile for x86-64, for the unit tests.
VMM_ARM64_SRCS := $(addprefix vmm/,hv/vm.cc hv/vcpu.cc hv/registers.cc hv/vcpu_state.cc \
	hv/gic_v2.cc machine/boot.cc machine/machine.cc machine/flash.cc machine/virtio_part.cc partition/channel_gpio.cc \
	partition/hypercalls.cc partition/membership.cc partition/shared_regions.cc \
	partition/windows.cc run/composition.cc run/control_desk.cc run/session.cc run/guest.cc \
	run/system_command.cc cli/main.cc)
VMM_PORTABLE_SRCS := $(filter-out $(VMM_ARM64_SRCS),$(VMM_SRCS))

VMM_OPT ?= -O2 -g
VMM_CXXFLAGS := -std=c++20 $(VMM_OPT) -Wall -Wextra -Werror -pthread -I. -Ivmm -MMD -MP \
	-DHVK_VERSION='"$(HVK_VERSION)"'
VMM_LIBS := -luring -lseccomp -levent_pthreads -levent_core -lfdt -lcrypto -lzstd -lz

VMM_SYSROOT := build/sysroot-arm64
VMM_CROSS := aarch64-linux-gnu-
VMM_CROSS_CXX := $(VMM_CROSS)g++
VMM_CROSS_FLAGS := --sysroot=$(VMM_SYSROOT) -L$(VMM_SYSROOT)/usr/lib/aarch64-linux-gnu

VMM_ARM64_DIR := build/vmm-arm64
VMM_STATIC_FMT := $(VMM_ARM64_DIR)/vmm/base/static_fmt.o
VMM_ARM64_OBJS := $(VMM_SRCS:%.cc=$(VMM_ARM64_DIR)/%.o) $(VMM_STATIC_FMT)

$(VMM_ARM64_DIR)/%.o: %.cc vmm/vmm.mk | $(VMM_SYSROOT)/.fetched
	@mkdir -p $(@D)
	@echo '  CXX     $@'
	$(VMM_Q)$(VMM_CROSS_CXX) $(VMM_CROSS_FLAGS) $(VMM_CXXFLAGS) -c -o $@ $<

# Position-independent, so that the unwinder finds the program's table of FDEs by its header, as
# in a dynamic one. In a plain static program the first exception that is thrown sorts all FDEs:
# 47 million instructions for each error message, --version and --help.
#
# A static link warns of glibc functions that hvk-run never calls (getaddrinfo, dlopen). The
# linker's output is therefore shown only if the link fails; 'ld --no-warnings' would hide
# errors as well.
VMM_LINK = $(VMM_CROSS_CXX) $(VMM_CROSS_FLAGS) -static-pie
vmm_link_log = 2>$(1) || { cat $(1) >&2; exit 1; }

# The lab copies hvk-run into its RAM disk, so it is stripped to a tenth of its
# size. The debug information is in hvk-run.debug beside it.
$(VMM_ARM64_DIR)/hvk-run: $(VMM_ARM64_OBJS)
	@echo '  LINK    $@'
	$(VMM_Q)$(VMM_LINK) -pthread -o $@.debug $^ $(VMM_LIBS) $(call vmm_link_log,$@.log)
	$(VMM_Q)$(VMM_CROSS)strip -o $@ $@.debug

-include $(VMM_ARM64_OBJS:.o=.d)

ifeq ($(shell uname -m),aarch64)
VMM_NATIVE_DIR := build/vmm-native
VMM_NATIVE_OBJS := $(VMM_SRCS:%.cc=$(VMM_NATIVE_DIR)/%.o)

$(VMM_NATIVE_DIR)/%.o: %.cc vmm/vmm.mk
	@mkdir -p $(@D)
	@echo '  CXX     $@'
	$(VMM_Q)$(CXX) $(VMM_CXXFLAGS) -c -o $@ $<

hvk-run: $(VMM_NATIVE_OBJS)
	@echo '  LINK    $@'
	$(VMM_Q)$(CXX) -pthread -o $@ $^ -lfmt $(VMM_LIBS)

-include $(VMM_NATIVE_OBJS:.o=.d)
endif

include vmm/net_user/net_user.mk
