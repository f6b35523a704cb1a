# SPDX-License-Identifier: GPL-2.0-only
# Bare-metal guests: build/guests/NAME.elf and NAME.bin from guests/test/NAME.c
# and guests/bench/bench.c, each linked with the library in guests/lib.
# Included by the top-level Makefile.

GUESTS_CROSS := $(if $(filter aarch64,$(shell uname -m)),,aarch64-linux-gnu-)
GUESTS_CC := $(GUESTS_CROSS)gcc
GUESTS_BUILD := build/guests

# General registers only: an exception handler does not save the others.
GUESTS_CFLAGS := -std=gnu11 -O2 -g -Wall -Wextra -Werror -Wstrict-prototypes \
	-Wmissing-prototypes -ffreestanding -fno-common -fno-pic -fno-stack-protector \
	-mgeneral-regs-only -mstrict-align -mno-outline-atomics -march=armv8-a \
	-fno-asynchronous-unwind-tables -fno-builtin -fno-tree-loop-distribute-patterns -I. -Iguests/lib -MMD -MP
GUESTS_LDFLAGS := -nostdlib -static -no-pie -Wl,--no-warn-rwx-segments \
	-Wl,--build-id=none -Wl,-z,max-page-size=4096 -T guests/lib/lib.ld

GUESTS_LIB_OBJS := $(patsubst %,$(GUESTS_BUILD)/%.o,\
	$(basename $(wildcard guests/lib/*.c guests/lib/*.S)))
GUESTS_CHECK_OBJ := $(GUESTS_BUILD)/guests/test/check.o
GUESTS_TESTS := $(filter-out check,$(notdir $(basename $(wildcard guests/test/*.c))))
GUESTS_ELFS := $(patsubst %,$(GUESTS_BUILD)/%.elf,$(GUESTS_TESTS) bench)

.PHONY: guests
guests: $(GUESTS_ELFS) $(GUESTS_ELFS:.elf=.bin)

$(GUESTS_BUILD)/%.o: %.c guests/guests.mk
	@mkdir -p $(@D)
	$(GUESTS_CC) $(GUESTS_CFLAGS) -c -o $@ $<

$(GUESTS_BUILD)/%.o: %.S guests/guests.mk
	@mkdir -p $(@D)
	$(GUESTS_CC) $(GUESTS_CFLAGS) -c -o $@ $<

$(patsubst %,$(GUESTS_BUILD)/%.elf,$(GUESTS_TESTS)): $(GUESTS_BUILD)/%.elf: \
		$(GUESTS_BUILD)/guests/test/%.o $(GUESTS_CHECK_OBJ) $(GUESTS_LIB_OBJS) guests/lib/lib.ld
	$(GUESTS_CC) $(GUESTS_LDFLAGS) -o $@ $(filter %.o,$^)

# Runs one instruction for fuzz.c.
$(GUESTS_BUILD)/fuzz.elf: $(GUESTS_BUILD)/guests/test/fuzz_run.o

$(GUESTS_BUILD)/bench.elf: $(GUESTS_BUILD)/guests/bench/bench.o $(GUESTS_LIB_OBJS) \
		guests/lib/lib.ld
	$(GUESTS_CC) $(GUESTS_LDFLAGS) -o $@ $(filter %.o,$^)

$(GUESTS_BUILD)/%.bin: $(GUESTS_BUILD)/%.elf
	$(GUESTS_CROSS)objcopy -O binary $< $@

-include $(shell find $(GUESTS_BUILD) -name '*.d' 2>/dev/null)
