# SPDX-License-Identifier: GPL-2.0-only
# Bare-metal guests, each build/guests/NAME.elf and NAME.bin, and the system files
# that name them, build/guests/*.toml:
#
#   guests/test/NAME.c, guests/bench/NAME.c    one program for each file
#   guests/NAME/, guests/*/NAME/               one partition from all its .c .cc .S files, if
#                                              one of them is main.*; else one from each file
#
# All are linked with the library in guests/lib, except those of a folder with a linker script
# of its own, which are linked without the library. Included by the top-level Makefile.

HVK_GUESTS := guests
include guests/flags.mk

GUESTS_BUILD := build/guests

GUESTS_LIB_OBJS := $(patsubst %,$(GUESTS_BUILD)/%,$(call guests_objects,guests/lib))
GUESTS_CHECK_OBJ := $(GUESTS_BUILD)/guests/test/check.o
GUESTS_TESTS := $(filter-out check,$(notdir $(basename $(wildcard guests/test/*.c guests/test/*.cc))))
GUESTS_BENCHES := $(notdir $(basename $(wildcard guests/bench/*.c)))
GUESTS_NOT_PARTITIONS := guests/lib guests/test guests/bench guests/linux
GUESTS_PARTITIONS := $(filter-out $(GUESTS_NOT_PARTITIONS),$(patsubst %/,%,\
	$(sort $(dir $(wildcard $(foreach ext,c cc S,guests/*/*.$(ext) guests/*/*/*.$(ext)))))))
programs_of = $(call guests_programs,$(1),$(notdir $(1)))
GUESTS_PROGRAMS := $(GUESTS_TESTS) $(GUESTS_BENCHES) \
	$(foreach folder,$(GUESTS_PARTITIONS),$(call programs_of,$(folder)))
$(foreach name,$(GUESTS_PROGRAMS),$(if $(word 2,$(filter $(name),$(GUESTS_PROGRAMS))),\
	$(error two programs in guests/ are called '$(name)': rename one)))
GUESTS_ELFS := $(patsubst %,$(GUESTS_BUILD)/%.elf,$(GUESTS_PROGRAMS))
GUESTS_SYSTEMS := $(addprefix $(GUESTS_BUILD)/,$(notdir $(wildcard guests/*/*.toml)))

GUESTS_LINUX := $(patsubst guests/linux/%.c,$(GUESTS_BUILD)/linux/%,\
	$(filter-out %/link.c,$(wildcard guests/linux/*.c)))

.PHONY: guests
guests: $(GUESTS_BUILD)/samples.cpio.gz $(GUESTS_ELFS) $(GUESTS_ELFS:.elf=.bin) $(GUESTS_SYSTEMS)

# The targets for names on the command line of guests/Makefile: programs and folders.
GUESTS_NAMES := $(addprefix guest-,$(GUESTS_PROGRAMS))
GUESTS_FOLDERS := $(foreach folder,$(GUESTS_PARTITIONS),$(if $(call guests_is_one,$(folder)),,$(folder)))
.PHONY: $(GUESTS_NAMES) $(addprefix guest-,$(notdir $(GUESTS_FOLDERS)))
$(foreach folder,$(GUESTS_FOLDERS),$(eval \
	guest-$(notdir $(folder)): $(addprefix guest-,$(call programs_of,$(folder)))))
$(GUESTS_NAMES): guest-%: $(GUESTS_BUILD)/%.elf $(GUESTS_BUILD)/%.bin $(GUESTS_SYSTEMS)

$(GUESTS_BUILD)/%.o: %.c guests/flags.mk
	@mkdir -p $(@D)
	$(call guests_says,CC      )
	$(GUESTS_Q)$(GUESTS_CC) $(GUESTS_CFLAGS) -c -o $@ $<

$(GUESTS_BUILD)/%.o: %.cc guests/flags.mk
	@mkdir -p $(@D)
	$(call guests_says,CXX     )
	$(GUESTS_Q)$(GUESTS_CXX) $(GUESTS_CXXFLAGS) -c -o $@ $<

$(GUESTS_BUILD)/%.o: %.S guests/flags.mk
	@mkdir -p $(@D)
	$(call guests_says,AS      )
	$(GUESTS_Q)$(GUESTS_CC) $(GUESTS_CFLAGS) -c -o $@ $<

$(patsubst %,$(GUESTS_BUILD)/%.elf,$(GUESTS_TESTS)): $(GUESTS_BUILD)/%.elf: \
		$(GUESTS_BUILD)/guests/test/%.o $(GUESTS_CHECK_OBJ) $(GUESTS_LIB_OBJS) $(GUESTS_LD_SCRIPT)
	$(call guests_says,LD      )
	$(GUESTS_Q)$(GUESTS_CC) $(GUESTS_LDFLAGS) -T $(GUESTS_LD_SCRIPT) -o $@ $(filter %.o,$^)

# Assembly that runs one instruction for fuzz.c.
$(GUESTS_BUILD)/fuzz.elf: $(GUESTS_BUILD)/guests/test/fuzz_run.o
# Assembly that runs code at EL0 for el0.c.
$(GUESTS_BUILD)/el0.elf: $(GUESTS_BUILD)/guests/test/el0_run.o

$(patsubst %,$(GUESTS_BUILD)/%.elf,$(GUESTS_BENCHES)): $(GUESTS_BUILD)/%.elf: \
		$(GUESTS_BUILD)/guests/bench/%.o $(GUESTS_LIB_OBJS) $(GUESTS_LD_SCRIPT)
	$(call guests_says,LD      )
	$(GUESTS_Q)$(GUESTS_CC) $(GUESTS_LDFLAGS) -T $(GUESTS_LD_SCRIPT) -o $@ $(filter %.o,$^)

# Links program $(2) of folder $(1), with the folder's own linker script, or else with the
# library and its script.
define guests_partition
$(GUESTS_BUILD)/$(2).elf: $(patsubst %,$(GUESTS_BUILD)/%,$(call guests_objects_of,$(1),$(2))) \
		$(or $(wildcard $(1)/*.ld),$(GUESTS_LD_SCRIPT) $(GUESTS_LIB_OBJS))
	$$(call guests_says,LD      )
	$(GUESTS_Q)$(GUESTS_CC) $(GUESTS_LDFLAGS) -T $$(filter %.ld,$$^) -o $$@ $$(filter %.o,$$^)
endef
$(foreach folder,$(GUESTS_PARTITIONS),$(foreach program,$(call programs_of,$(folder)),\
	$(eval $(call guests_partition,$(folder),$(program)))))

$(GUESTS_BUILD)/%.bin: $(GUESTS_BUILD)/%.elf
	$(call guests_says,OBJCOPY )
	$(GUESTS_Q)$(GUESTS_OBJCOPY) -O binary $< $@

define guests_system
$(GUESTS_BUILD)/$(notdir $(1)): $(1)
	@mkdir -p $$(@D)
	$$(call guests_says,COPY    )
	$(GUESTS_Q)cp $$< $$@
endef
$(foreach file,$(wildcard guests/*/*.toml),$(eval $(call guests_system,$(file))))

# Programs for Linux guests, and an initrd that has them. The top-level Makefile defines the
# toolchain and MAKE_INITRD.
GUESTS_LINUX_OBJS := $(GUESTS_BUILD)/linux/link.o $(GUESTS_BUILD)/linux/ring-lib.o
GUESTS_LINUX_CFLAGS := -std=gnu11 -O2 -Wall -Wextra -Werror $(SYSROOT_FLAGS) -MMD -MP

$(GUESTS_BUILD)/linux/%.o: guests/linux/%.c guests/guests.mk
	@mkdir -p $(@D)
	$(call guests_says,CC      )
	$(GUESTS_Q)$(GUESTS_CC) $(GUESTS_LINUX_CFLAGS) -c -o $@ $<

$(GUESTS_BUILD)/linux/ring-lib.o: guests/lib/ring.c guests/guests.mk
	@mkdir -p $(@D)
	$(call guests_says,CC      )
	$(GUESTS_Q)$(GUESTS_CC) $(GUESTS_LINUX_CFLAGS) -c -o $@ $<

$(GUESTS_LINUX): $(GUESTS_BUILD)/linux/%: $(GUESTS_BUILD)/linux/%.o $(GUESTS_LINUX_OBJS)
	$(call guests_says,LD      )
	$(GUESTS_Q)$(GUESTS_CC) -static $(SYSROOT_FLAGS) -o $@ $^

$(GUESTS_BUILD)/samples.cpio.gz: $(GUESTS_LINUX) images/guest-init $(RAMDISK)
	$(call guests_says,CPIO    )
	$(GUESTS_Q)$(MAKE_INITRD) $(addprefix --program ,$(GUESTS_LINUX)) $@

-include $(shell find $(GUESTS_BUILD) -name '*.d' 2>/dev/null)
