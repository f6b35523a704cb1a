# SPDX-License-Identifier: BSD-2-Clause
# Builds the partition in the current folder from its .c, .cc and .S files, out of
# hvk's tree: build/NAME.elf and build/NAME.bin. Its Makefile is one line:
#
#   include $(HVK_GUESTS)/partition.mk
#
# with HVK_GUESTS, the path of hvk's guests/, on make's command line, in the
# environment, or in a line above. NAME is the folder's name, unless it is set.

NAME ?= $(notdir $(CURDIR))

.DEFAULT_GOAL := partition
.DELETE_ON_ERROR:

include $(HVK_GUESTS)/flags.mk

PARTITION_OBJS := $(patsubst ./%,build/%,$(call guests_objects,.))
PARTITION_LIB_OBJS := $(patsubst $(HVK_GUESTS)/%,build/%,$(call guests_objects,$(HVK_GUESTS)/lib))

.PHONY: partition clean
partition: build/$(NAME).elf build/$(NAME).bin

clean:
	rm -rf build

build/$(NAME).elf: $(PARTITION_OBJS) $(PARTITION_LIB_OBJS) $(GUESTS_LD_SCRIPT)
	$(GUESTS_CC) $(GUESTS_LDFLAGS) -T $(GUESTS_LD_SCRIPT) -o $@ $(filter %.o,$^)

build/%.bin: build/%.elf
	$(GUESTS_OBJCOPY) -O binary $< $@

build/%.o: %.c
	@mkdir -p $(@D)
	$(GUESTS_CC) $(GUESTS_CFLAGS) -c -o $@ $<

build/%.o: %.cc
	@mkdir -p $(@D)
	$(GUESTS_CXX) $(GUESTS_CXXFLAGS) -c -o $@ $<

build/%.o: %.S
	@mkdir -p $(@D)
	$(GUESTS_CC) $(GUESTS_CFLAGS) -c -o $@ $<

build/lib/%.o: $(HVK_GUESTS)/lib/%.c
	@mkdir -p $(@D)
	$(GUESTS_CC) $(GUESTS_CFLAGS) -c -o $@ $<

build/lib/%.o: $(HVK_GUESTS)/lib/%.cc
	@mkdir -p $(@D)
	$(GUESTS_CXX) $(GUESTS_CXXFLAGS) -c -o $@ $<

build/lib/%.o: $(HVK_GUESTS)/lib/%.S
	@mkdir -p $(@D)
	$(GUESTS_CC) $(GUESTS_CFLAGS) -c -o $@ $<

-include $(PARTITION_OBJS:.o=.d) $(PARTITION_LIB_OBJS:.o=.d)
