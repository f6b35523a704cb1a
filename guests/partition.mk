# SPDX-License-Identifier: BSD-2-Clause
# Builds a partition outside of hvk's tree, from the .c, .cc and .S files in the current
# folder: build/NAME.elf and build/NAME.bin. The folder's Makefile is one line:
#
#   include $(HVK_GUESTS)/partition.mk
#
# HVK_GUESTS, the path of hvk's guests/, is set on make's command line, in the environment,
# or in a line above. NAME is the folder's name unless it is set. In a folder without main.c
# (.cc, .S) each file is a program, called as the file.

NAME ?= $(notdir $(CURDIR))

.DEFAULT_GOAL := partition
.DELETE_ON_ERROR:

include $(HVK_GUESTS)/flags.mk

PARTITION_PROGRAMS := $(call guests_programs,.,$(NAME))
PARTITION_OBJS := $(patsubst ./%,build/%,$(call guests_objects,.))
PARTITION_LIB_OBJS := $(patsubst $(HVK_GUESTS)/%,build/%,$(call guests_objects,$(HVK_GUESTS)/lib))

.PHONY: partition clean
partition: $(patsubst %,build/%.elf,$(PARTITION_PROGRAMS)) $(patsubst %,build/%.bin,$(PARTITION_PROGRAMS))

clean:
	rm -rf build

define partition_program
build/$(1).elf: $(patsubst ./%,build/%,$(call guests_objects_of,.,$(1))) $(PARTITION_LIB_OBJS) \
		$(GUESTS_LD_SCRIPT)
	$$(call guests_says,LD      )
	$(GUESTS_Q)$(GUESTS_CC) $(GUESTS_LDFLAGS) -T $(GUESTS_LD_SCRIPT) -o $$@ $$(filter %.o,$$^)
endef
$(foreach program,$(PARTITION_PROGRAMS),$(eval $(call partition_program,$(program))))

build/%.bin: build/%.elf
	$(call guests_says,OBJCOPY )
	$(GUESTS_Q)$(GUESTS_OBJCOPY) -O binary $< $@

build/%.o: %.c
	@mkdir -p $(@D)
	$(call guests_says,CC      )
	$(GUESTS_Q)$(GUESTS_CC) $(GUESTS_CFLAGS) -c -o $@ $<

build/%.o: %.cc
	@mkdir -p $(@D)
	$(call guests_says,CXX     )
	$(GUESTS_Q)$(GUESTS_CXX) $(GUESTS_CXXFLAGS) -c -o $@ $<

build/%.o: %.S
	@mkdir -p $(@D)
	$(call guests_says,AS      )
	$(GUESTS_Q)$(GUESTS_CC) $(GUESTS_CFLAGS) -c -o $@ $<

build/lib/%.o: $(HVK_GUESTS)/lib/%.c
	@mkdir -p $(@D)
	$(call guests_says,CC      )
	$(GUESTS_Q)$(GUESTS_CC) $(GUESTS_CFLAGS) -c -o $@ $<

build/lib/%.o: $(HVK_GUESTS)/lib/%.cc
	@mkdir -p $(@D)
	$(call guests_says,CXX     )
	$(GUESTS_Q)$(GUESTS_CXX) $(GUESTS_CXXFLAGS) -c -o $@ $<

build/lib/%.o: $(HVK_GUESTS)/lib/%.S
	@mkdir -p $(@D)
	$(call guests_says,AS      )
	$(GUESTS_Q)$(GUESTS_CC) $(GUESTS_CFLAGS) -c -o $@ $<

-include $(PARTITION_OBJS:.o=.d) $(PARTITION_LIB_OBJS:.o=.d)
