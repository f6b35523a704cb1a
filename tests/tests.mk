# SPDX-License-Identifier: GPL-2.0-only
# Unit tests and fuzz targets, built for the machine that builds.
#
#   unit       builds and runs build/vmm-x86/unit-tests
#   fuzz       runs each libFuzzer target for FUZZ_SECONDS
#
# A new tests/unit/*.cc (GoogleTest) or *.c is picked up by its name.

UNIT_DIR := build/vmm-x86
UNIT_CC ?= gcc
UNIT_CXX ?= g++
FUZZ_CXX ?= clang++
FUZZ_SECONDS ?= 60

# What needs no arm64 KVM headers; the list is vmm/vmm.mk's, included before.
UNIT_VMM_SRC := $(VMM_PORTABLE_SRCS)
UNIT_TEST_SRC := $(wildcard tests/unit/*.cc)
UNIT_C_SRC := $(wildcard tests/unit/*.c)

UNIT_SANITIZE := -fsanitize=address,undefined -fno-sanitize-recover=all
UNIT_OPT := -O1
UNIT_FLAGS = $(UNIT_OPT) -g1 -fno-omit-frame-pointer $(UNIT_SANITIZE) -Wall -Wextra -Werror -I. -MMD -MP
UNIT_CXXFLAGS = -std=c++20 -Ivmm $(UNIT_FLAGS)
# The module's sources see the kernel through tests/unit/kshim, and the arm64
# KVM ABI through the cross compiler's headers.
UNIT_ARM64_INCLUDE ?= $(patsubst %/asm/kvm.h,%,$(firstword $(wildcard \
	/usr/aarch64-linux-gnu/include/asm/kvm.h /usr/include/aarch64-linux-gnu/asm/kvm.h)))
UNIT_KSHIM := -Itests/unit/kshim -Ikmod -idirafter $(UNIT_ARM64_INCLUDE) \
	-DHVK_ARM64_KVM_H='"$(UNIT_ARM64_INCLUDE)/asm/kvm.h"' \
	-DHVK_ARM64_PTRACE_H='"$(UNIT_ARM64_INCLUDE)/asm/ptrace.h"'
# As the kernel's own build has them.
UNIT_CFLAGS = -std=gnu11 $(UNIT_FLAGS) $(UNIT_KSHIM) -include config.h -DHVK_HOST_TEST \
	-D__KERNEL__ -Wno-unused-parameter -Wno-sign-compare -Wno-missing-field-initializers \
	-Wno-override-init
UNIT_LIBS := -lgtest_main -lgtest -luring -lseccomp -levent_pthreads -levent_core -lfdt -lfmt -lcrypto -lz -lzstd -lpthread

UNIT_VMM_OBJ := $(UNIT_VMM_SRC:%.cc=$(UNIT_DIR)/%.o)
UNIT_OBJ := $(UNIT_VMM_OBJ) $(UNIT_TEST_SRC:%.cc=$(UNIT_DIR)/%.o) \
	$(UNIT_C_SRC:%.c=$(UNIT_DIR)/%.o)

# Most of a test's compile time is GoogleTest's headers: once for all.
UNIT_PCH := $(UNIT_DIR)/pch/pch.h.gch
# Half of the VMM's is the standard library's, unless ccache keeps it: as for the lab.
UNIT_VMM_PCH := $(if $(findstring ccache,$(shell command -v $(UNIT_CXX))),,$(UNIT_DIR)/vmm-pch/precompiled.h.gch)
UNIT_VMM_WITH_PCH := $(if $(UNIT_VMM_PCH),-I$(dir $(UNIT_VMM_PCH)) -include precompiled.h -Winvalid-pch)
# The optimiser's time is worth it for the module's tables, which are walked a million times.
$(UNIT_PCH) $(UNIT_VMM_PCH) $(UNIT_TEST_SRC:%.cc=$(UNIT_DIR)/%.o) $(UNIT_VMM_OBJ): UNIT_OPT := -O0

.PHONY: unit unit-build fuzz

unit: $(UNIT_DIR)/unit-tests
	$< --gtest_brief=1

unit-build: $(UNIT_DIR)/unit-tests

$(UNIT_DIR)/unit-tests: $(UNIT_OBJ)
	@echo "  LINK    $@"
	@$(UNIT_CXX) $(UNIT_SANITIZE) -o $@ $^ $(UNIT_LIBS)

$(UNIT_PCH): tests/unit/pch.h
	@mkdir -p $(@D)
	@echo "  PCH     $<"
	@$(UNIT_CXX) $(UNIT_CXXFLAGS) -x c++-header -o $@ $<

$(UNIT_VMM_PCH): vmm/base/precompiled.h
	@mkdir -p $(@D)
	@echo "  PCH     $<"
	@$(UNIT_CXX) $(UNIT_CXXFLAGS) -x c++-header -o $@ $<

$(UNIT_DIR)/tests/unit/%.o: tests/unit/%.cc $(UNIT_PCH)
	@mkdir -p $(@D)
	@echo "  CXX     $<"
	@$(UNIT_CXX) $(UNIT_CXXFLAGS) $(UNIT_KSHIM) -Wno-narrowing -Wno-missing-field-initializers \
		-I$(UNIT_DIR)/pch -include pch.h -Winvalid-pch -c -o $@ $<

# A module's source is built with what its bench provides in the place of the rest of
# the module; those names are this object's own, because other benches provide them too.
UNIT_OBJCOPY ?= objcopy
UNIT_BENCHES := $(patsubst tests/unit/%_bench.h,%_kmod,$(wildcard tests/unit/*_bench.h))
$(UNIT_DIR)/tests/unit/%.o: tests/unit/%.c
	@mkdir -p $(@D)
	@echo "  CC      $<"
	@$(UNIT_CC) $(UNIT_CFLAGS) -c -o $@ $<
	$(if $(filter $*,$(UNIT_BENCHES)),@$(UNIT_OBJCOPY) -w -L 'hvk_*' -L 'kshim_*_sysreg' -L '__odr_asan.*' $@)

$(UNIT_DIR)/vmm/%.o: vmm/%.cc $(UNIT_VMM_PCH)
	@mkdir -p $(@D)
	@echo "  CXX     $<"
	@$(UNIT_CXX) $(UNIT_VMM_WITH_PCH) $(UNIT_CXXFLAGS) -c -o $@ $<

# --- fuzzing: each target is compiled whole, with clang's coverage ------------

FUZZ_DIR := build/fuzz-x86
FUZZ_TARGETS := $(patsubst tests/fuzz/%_fuzz.cc,%,$(wildcard tests/fuzz/*_fuzz.cc))
FUZZ_FLAGS := -std=c++20 -O1 -g -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all \
	-Wall -Wextra -Werror -I. -Ivmm -MMD -MP
# The fuzzed code.
FUZZ_SYSTEM := $(addprefix sysfile/,system_file system_reader system_rules system_dump \
	device_reader table_reader toml_text window_load)
FUZZ_SRC := $(wildcard vmm/config/*.cc vmm/image/*.cc vmm/virtio/*.cc vmm/disk/*.cc \
	vmm/vhost/*.cc) $(patsubst %,vmm/%.cc,$(FUZZ_SYSTEM) \
	base/child base/event_loop base/file base/keyed_value base/local_socket base/log base/mistakes base/progress base/sandbox base/system_calls base/units base/utf8 \
	board/device board/fdt board/memory host/host_facts host/hostfiles host/rt_limit \
	net/frame_stream net/tap net/virtio_net)
FUZZ_LIBS := -luring -lseccomp -levent_pthreads -levent_core -lfdt -lfmt -lcrypto -lz -lzstd
FUZZ_OBJ := $(FUZZ_SRC:%.cc=$(FUZZ_DIR)/%.o)

fuzz: $(FUZZ_TARGETS:%=fuzz-%)

# A crash leaves its input as build/fuzz-x86/TARGET-crash-*; the corpus is kept
# between runs.
fuzz-%: $(FUZZ_DIR)/% $(FUZZ_DIR)/%_seeds
	@mkdir -p $(FUZZ_DIR)/seeds-$* $(FUZZ_DIR)/corpus-$*
	$(FUZZ_DIR)/$*_seeds $(FUZZ_DIR)/seeds-$*
	$< -max_total_time=$(FUZZ_SECONDS) -max_len=4096 -timeout=10 -rss_limit_mb=1024 \
		-artifact_prefix=$(FUZZ_DIR)/$*- $(FUZZ_DIR)/corpus-$* $(FUZZ_DIR)/seeds-$*

$(FUZZ_DIR)/%_seeds: $(UNIT_DIR)/tests/fuzz/%_seeds.o $(UNIT_DIR)/tests/unit/image_files.o \
		$(UNIT_DIR)/vmm/board/fdt.o
	@echo "  LINK    $@"
	@mkdir -p $(@D)
	@$(UNIT_CXX) $(UNIT_SANITIZE) -o $@ $^ -lfdt -lfmt -lcrypto -lz -lzstd

# --- what each target has found, and its seeds, once more with the unit tests ----------

REPLAYS := $(FUZZ_TARGETS:%=$(UNIT_DIR)/replay/%)
REPLAY_OBJ := $(FUZZ_TARGETS:%=$(UNIT_DIR)/tests/fuzz/%_fuzz.o) $(UNIT_DIR)/tests/fuzz/replay.o
unit-build: $(REPLAYS) $(FUZZ_TARGETS:%=$(FUZZ_DIR)/%_seeds)

$(UNIT_DIR)/vmm.a: $(UNIT_VMM_OBJ)
	@rm -f $@
	@ar rcs $@ $^

$(REPLAYS): $(UNIT_DIR)/replay/%: $(UNIT_DIR)/tests/fuzz/%_fuzz.o $(UNIT_DIR)/tests/fuzz/replay.o \
		$(UNIT_DIR)/vmm.a
	@mkdir -p $(@D)
	@echo "  LINK    $@"
	@$(UNIT_CXX) $(UNIT_SANITIZE) -o $@ $^ $(FUZZ_LIBS)

# Prints each input and their number; the last one before an abort is the one that it was about.
replay-%: $(UNIT_DIR)/replay/% $(FUZZ_DIR)/%_seeds
	@mkdir -p $(FUZZ_DIR)/seeds-$*
	@$(FUZZ_DIR)/$*_seeds $(FUZZ_DIR)/seeds-$*
	@$< $(FUZZ_DIR)/seeds-$* $(wildcard tests/fuzz/corpus/$*)

$(UNIT_DIR)/tests/fuzz/%.o: tests/fuzz/%.cc
	@mkdir -p $(@D)
	@echo "  CXX     $<"
	@$(UNIT_CXX) $(UNIT_CXXFLAGS) -Wno-missing-field-initializers -c -o $@ $<

$(FUZZ_DIR)/%: $(FUZZ_DIR)/tests/fuzz/%_fuzz.o $(FUZZ_OBJ)
	@echo "  LINK    $@"
	@$(FUZZ_CXX) -fsanitize=fuzzer,address,undefined -o $@ $^ $(FUZZ_LIBS)

$(FUZZ_DIR)/%.o: %.cc
	@mkdir -p $(@D)
	@echo "  FUZZCXX $<"
	@$(FUZZ_CXX) $(FUZZ_FLAGS) -c -o $@ $<

.SECONDARY: $(REPLAY_OBJ) $(FUZZ_TARGETS:%=$(UNIT_DIR)/tests/fuzz/%_seeds.o) $(FUZZ_TARGETS:%=$(FUZZ_DIR)/%) $(FUZZ_TARGETS:%=$(FUZZ_DIR)/%_seeds) $(FUZZ_OBJ) $(FUZZ_TARGETS:%=$(FUZZ_DIR)/tests/fuzz/%_fuzz.o)

include tests/api/api.mk

-include $(UNIT_OBJ:.o=.d) $(UNIT_PCH:.gch=.d) $(UNIT_VMM_PCH:.gch=.d) $(FUZZ_OBJ:.o=.d) \
	$(FUZZ_TARGETS:%=$(FUZZ_DIR)/tests/fuzz/%_fuzz.d) $(REPLAY_OBJ:.o=.d)

# --- a plugin of QEMU that counts instructions by who executes them, and its mark ---------

WORLDS := build/tests/worlds
$(WORLDS)/worlds.so: tests/worlds/worlds.c
	@mkdir -p $(@D)
	@echo "  CC      $@"
	@$(UNIT_CC) -std=gnu11 -O2 -Wall -Wextra -Werror -fPIC -shared -fvisibility=hidden -o $@ $<

$(WORLDS)/mark: tests/worlds/mark.S
	@mkdir -p $(@D)
	@echo "  AS      $@"
	@$(API_CROSS)gcc -static -nostdlib -o $@ $<

# --- the module by clang. Debian's headers are configured for the gcc that they were made
# with, by which Kbuild chooses its flags: here it hears of clang instead -------------

KMOD_CLANG = LLVM=1 CC=clang LD=ld.lld AR=llvm-ar NM=llvm-nm OBJCOPY=llvm-objcopy \
	CONFIG_CC_IS_GCC= CONFIG_GCC_VERSION=0 CONFIG_CC_IS_CLANG=y CONFIG_CLANG_VERSION=140006 \
	CONFIG_AS_IS_GNU= CONFIG_AS_IS_LLVM=y CONFIG_AS_VERSION=140006 \
	CONFIG_LD_IS_BFD= CONFIG_LD_VERSION=0 CONFIG_LD_IS_LLD=y CONFIG_LLD_VERSION=140006 \
	CONFIG_CC_HAS_AUTO_VAR_INIT_ZERO_ENABLER=y CONFIG_CC_IMPLICIT_FALLTHROUGH=-Wimplicit-fallthrough
CLANG_TARGETS := kmod-clang-6.1 kmod-clang-6.12
.PHONY: $(CLANG_TARGETS)
$(CLANG_TARGETS): kmod-clang-%: $(BUILD)/kernel-%/.fetched
	$(call kmod_build,$(BUILD)/$@,$(BUILD)/kernel-$*/headers,$(KMOD_CROSS) $(KMOD_CLANG))

# --- sparse over every source of the module; objects that are up to date stay ------

SPARSE_TARGETS := kmod-sparse-6.1 kmod-sparse-6.12
.PHONY: $(SPARSE_TARGETS)
$(SPARSE_TARGETS): kmod-sparse-%: $(BUILD)/kmod-%/hvk.ko
	+@$(MAKE) -s -C $(BUILD)/kernel-$*/headers M=$(TOP)/$(BUILD)/kmod-$* \
		$(KMOD_CROSS) C=2 modules

# --- the module for kernels that lack one of what KVM selects ------------------------
# The lab's nokvm host lacks all of them at once. As far as the objects: no such kernel is
# here to be linked for. The option is taken from make, and from the compiler after the
# kernel's own configuration.

KMOD_WITHOUT := kmod-without-MMU_NOTIFIER kmod-without-PREEMPT_NOTIFIERS
.PHONY: $(KMOD_WITHOUT)
$(KMOD_WITHOUT): kmod-without-%: $(BUILD)/kernel-6.1/.fetched
	@mkdir -p $(BUILD)/$@
	@echo '#undef CONFIG_$*' >$(BUILD)/$@/without.h
	$(call kmod_build,$(BUILD)/$@,$(BUILD)/kernel-6.1/headers,$(KMOD_CROSS) CONFIG_$*= \
		KCFLAGS='-Werror -include $(TOP)/$(BUILD)/$@/without.h')
