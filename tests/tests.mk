# SPDX-License-Identifier: GPL-2.0-only
# Unit tests and fuzz targets, built for the machine that builds.
#
#   unit       builds and runs build/vmm-x86/unit-tests
#   fuzz       runs each libFuzzer target for FUZZ_SECONDS
#
# A new tests/unit/*.cc (GoogleTest) or *_kmod.c (see the README there)
# is picked up by its name.

UNIT_DIR := build/vmm-x86
UNIT_CC ?= gcc
UNIT_CXX ?= g++
FUZZ_CXX ?= clang++
FUZZ_SECONDS ?= 60

# What needs no arm64 KVM headers; the list is vmm/vmm.mk's, included before.
UNIT_VMM_SRC := $(VMM_PORTABLE_SRCS)
UNIT_TEST_SRC := $(wildcard tests/unit/*.cc)
UNIT_KMOD_SRC := $(wildcard tests/unit/*_kmod.c)

UNIT_SANITIZE := -fsanitize=address,undefined -fno-sanitize-recover=all
UNIT_OPT := -O1
UNIT_FLAGS = $(UNIT_OPT) -g1 -fno-omit-frame-pointer $(UNIT_SANITIZE) -Wall -Wextra -Werror -I. -MMD -MP
UNIT_CXXFLAGS = -std=c++20 $(UNIT_FLAGS)
# Half of the build's time would be the optimiser's on CLI11's templates.
$(UNIT_DIR)/vmm/options.o: UNIT_OPT := -O0
# The module's sources see the kernel through tests/unit/kshim, and the arm64
# KVM ABI from the cross compiler's headers.
UNIT_ARM64_ASM ?= $(firstword $(wildcard /usr/aarch64-linux-gnu/include/asm \
	/usr/include/aarch64-linux-gnu/asm))
UNIT_KMOD_CFLAGS := -std=gnu11 $(UNIT_FLAGS) -Wno-unused-parameter -Wno-sign-compare \
	-Itests/unit/kshim -DHVK_HOST_TEST -D__KERNEL__ -DHVK_ARM64_ASM=$(UNIT_ARM64_ASM)
UNIT_LIBS := -lgtest_main -lgtest -lfdt -lfmt -lz -lzstd -lpthread

UNIT_VMM_OBJ := $(UNIT_VMM_SRC:%.cc=$(UNIT_DIR)/%.o)
UNIT_OBJ := $(UNIT_VMM_OBJ) $(UNIT_TEST_SRC:%.cc=$(UNIT_DIR)/%.o) \
	$(UNIT_KMOD_SRC:%.c=$(UNIT_DIR)/%.o)

# Most of a test's compile time is GoogleTest's headers: once for all.
UNIT_PCH := $(UNIT_DIR)/pch/pch.h.gch

.PHONY: unit unit-build fuzz

unit: $(UNIT_DIR)/unit-tests
	$< --gtest_brief=1

unit-build: $(UNIT_DIR)/unit-tests

$(UNIT_DIR)/unit-tests: $(UNIT_OBJ)
	@echo "  LINK    $@"
	@$(UNIT_CXX) $(UNIT_SANITIZE) -o $@ $^ $(UNIT_LIBS)

$(UNIT_PCH): tests/unit/pch.h tests/tests.mk
	@mkdir -p $(@D)
	@echo "  PCH     $<"
	@$(UNIT_CXX) $(UNIT_CXXFLAGS) -x c++-header -o $@ $<

$(UNIT_DIR)/tests/unit/%.o: tests/unit/%.cc $(UNIT_PCH) tests/tests.mk
	@mkdir -p $(@D)
	@echo "  CXX     $<"
	@$(UNIT_CXX) $(UNIT_CXXFLAGS) -I$(UNIT_DIR)/pch -include pch.h -Winvalid-pch -c -o $@ $<

$(UNIT_DIR)/tests/unit/%.o: tests/unit/%.c tests/tests.mk
	@mkdir -p $(@D)
	@echo "  CC      $<"
	@$(UNIT_CC) $(UNIT_KMOD_CFLAGS) -c -o $@ $<

$(UNIT_DIR)/vmm/%.o: vmm/%.cc tests/tests.mk
	@mkdir -p $(@D)
	@echo "  CXX     $<"
	@$(UNIT_CXX) $(UNIT_CXXFLAGS) -c -o $@ $<

# --- fuzzing: each target is compiled whole, with clang's coverage ------------

FUZZ_DIR := build/fuzz-x86
FUZZ_TARGETS := $(patsubst tests/fuzz/%_fuzz.cc,%,$(wildcard tests/fuzz/*_fuzz.cc))
FUZZ_FLAGS := -std=c++20 -O1 -g -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all \
	-Wall -Wextra -Werror -I. -MMD -MP
# The fuzzed code.
FUZZ_OBJ := $(patsubst %.cc,$(FUZZ_DIR)/%.o,$(wildcard vmm/image/*.cc))

fuzz: $(FUZZ_TARGETS:%=fuzz-%)

# A crash leaves its input beside the corpus, which is kept between runs.
fuzz-%: $(FUZZ_DIR)/%
	@mkdir -p $(FUZZ_DIR)/corpus-$*
	$< -max_total_time=$(FUZZ_SECONDS) -max_len=4096 -timeout=10 -rss_limit_mb=1024 \
		-print_final_stats=1 -artifact_prefix=$(FUZZ_DIR)/$*- $(FUZZ_DIR)/corpus-$* tests/fuzz/$*

$(FUZZ_DIR)/%: $(FUZZ_DIR)/tests/fuzz/%_fuzz.o $(FUZZ_OBJ)
	@echo "  LINK    $@"
	@$(FUZZ_CXX) -fsanitize=fuzzer,address,undefined -o $@ $^ -lz -lzstd

$(FUZZ_DIR)/%.o: %.cc tests/tests.mk
	@mkdir -p $(@D)
	@echo "  FUZZCXX $<"
	@$(FUZZ_CXX) $(FUZZ_FLAGS) -c -o $@ $<

.SECONDARY: $(FUZZ_OBJ) $(FUZZ_TARGETS:%=$(FUZZ_DIR)/tests/fuzz/%_fuzz.o)

-include $(UNIT_OBJ:.o=.d) $(UNIT_PCH:.gch=.d) $(FUZZ_OBJ:.o=.d)
