# SPDX-License-Identifier: GPL-2.0-only
# hvk's entry points; 'make help' lists them. On a 64-bit Arm machine everything is
# built natively for the running kernel; elsewhere it is cross-built for the lab.
# Each folder's fragment says how its part is built; everything lands in build/.

.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules

TOP := $(CURDIR)
BUILD := build
PREFIX ?= /usr/local
NATIVE := $(if $(filter aarch64,$(shell uname -m)),y)
JOBS ?= $(shell nproc)

# What the demo's guest runs on; /dev/kvm compares. images/lab passes it on.
export HVK_DEV ?= /dev/hvk

# A 64-bit kernel says aarch64 to 32-bit programs too, whose compiler builds none of this.
ifeq ($(NATIVE)$(shell getconf LONG_BIT),y32)
ifneq ($(filter-out help clean,$(or $(MAKECMDGOALS),all)),)
$(error this is a 32-bit system on a 64-bit kernel ('uname -m' says aarch64, 'getconf LONG_BIT' 32), \
where hvk can be neither built nor used: install the 64-bit one (Raspberry Pi OS (64-bit); docs/raspberry-pi.md))
endif
endif

ifneq ($(NATIVE),y)
CROSS_COMPILE ?= aarch64-linux-gnu-
SYSROOT := $(BUILD)/sysroot-arm64
SYSROOT_FLAGS := --sysroot=$(SYSROOT) -L$(SYSROOT)/usr/lib/aarch64-linux-gnu \
	-isystem $(SYSROOT)/usr/include/aarch64-linux-gnu
endif

# Line numbers are enough to read a backtrace by; VMM_OPT='-O2 -g' has more, and takes longer.
VMM_OPT ?= -O2 -g1

include images/images.mk
include vmm/vmm.mk
include guests/guests.mk
include tests/tests.mk
include packaging/packaging.mk

# --- the module, for one kernel a folder ---------------------------------------------

# Kbuild puts objects beside sources, so each kernel gets a tree of links to the
# sources; a link whose source has gone goes too. kmod_build FOLDER KDIR ARGUMENTS
define kmod_build
	@mkdir -p $(1)
	@flock $(1).lock sh -c 'find $(1) -xtype l -delete && \
		cp -rsf $(TOP)/Kbuild $(TOP)/kmod $(TOP)/uapi $(1)'
	+@flock $(1).lock $(MAKE) --no-print-directory -C $(2) M=$(TOP)/$(1) $(3) modules
endef

ifeq ($(NATIVE),y)

KVER ?= $(shell uname -r)
KDIR ?= /lib/modules/$(KVER)/build

hvk.ko: FORCE
	@[ -d $(KDIR) ] || { echo "no headers of kernel $(KVER): install linux-headers-$(KVER)" \
		"(raspberrypi: linux-headers-rpi-v8), or set KDIR"; exit 1; }
	$(call kmod_build,$(BUILD)/kmod-$(KVER),$(KDIR))
	@cmp -s $(BUILD)/kmod-$(KVER)/hvk.ko $@ || cp $(BUILD)/kmod-$(KVER)/hvk.ko $@

kmod: hvk.ko
all: hvk.ko hvk-run hvk-net-user initrd.cpio.gz

else

# Without pahole, which Debian's 6.12 headers would call, there is no BTF. A warning
# is an error here, where it is developed; elsewhere it is the user's compiler's.
KMOD_CROSS = ARCH=arm64 CROSS_COMPILE=$(CROSS_COMPILE) CONFIG_DEBUG_INFO_BTF_MODULES= \
	KCFLAGS=-Werror
$(BUILD)/kmod-%/hvk.ko: $(BUILD)/kernel-%/.fetched FORCE
	$(call kmod_build,$(@D),$(BUILD)/kernel-$*/headers,$(KMOD_CROSS))

$(VMM_ARM64_OBJS): | $(SYSROOT)/.fetched

# Half of hvk-run's compile time is the standard library's headers. ccache, where the compiler
# is one, keeps nothing that includes them precompiled. What gcc 12 warns of in the library itself
# it tells only then: precompiled headers are no system's headers to it.
ifeq ($(findstring ccache,$(shell command -v $(VMM_CROSS_CXX))),)
VMM_PCH := $(VMM_ARM64_DIR)/pch/precompiled.h.gch
VMM_WITH_PCH := $(VMM_SRCS:%.cc=$(VMM_ARM64_DIR)/%.o)
$(VMM_WITH_PCH): $(VMM_PCH)
$(VMM_WITH_PCH): private VMM_CROSS_FLAGS += -I$(dir $(VMM_PCH)) -include precompiled.h -Winvalid-pch \
	-Wno-array-bounds -Wno-stringop-overflow -Wno-stringop-overread -Wno-restrict
$(VMM_PCH): vmm/base/precompiled.h vmm/vmm.mk | $(SYSROOT)/.fetched
	@mkdir -p $(@D)
	@echo '  PCH     $@'
	@$(VMM_CROSS_CXX) $(VMM_CROSS_FLAGS) $(VMM_CXXFLAGS) -x c++-header -o $@ $<
endif

kmod: $(BUILD)/kmod-6.1/hvk.ko $(BUILD)/kmod-6.12/hvk.ko
all: lab kmod $(BUILD)/vmm-arm64/hvk-run $(BUILD)/vmm-arm64/hvk-net-user initrd guests

endif

FORCE:

# --- what a user does -----------------------------------------------------------------

deps:
	@images/deps

# The packages must be there before anything is built with them.
ready:
	@JOBS=$(JOBS) images/setup $(SETUP_FLAGS)

check-long: SETUP_FLAGS := --long
bench: SETUP_FLAGS := --bench
demo: SETUP_FLAGS := --demo
debian check-debian: SETUP_FLAGS := --debian
partitions: SETUP_FLAGS := --demo --guests

demo: ready
	@images/demo

partitions: ready
	@images/partitions

debian: ready
	@images/debian $(if $(COMMAND),-- $(COMMAND))

check-debian: ready
	@tests/system/debian $(if $(HOST),--host $(HOST)) $(if $(DEV),--dev $(DEV)) $(if $(LONG),--long)

shell: ready
	@images/lab

check: ready
	@tests/run

check-long: ready
	@tests/run --long $(if $(PART),--part $(PART))

# The debug host is built with the first of these, which takes its time.
check-debug: ready
	@$(MAKE) --no-print-directory -j$(JOBS) lab-debug
	@tests/run --debug

check-here: all guests
	@tests/run --here

bench: ready
	@$(MAKE) --no-print-directory $(addprefix $(BUILD)/tests/api/,cost notifier start)
	@tests/system/bench

clean:
	rm -rf $(filter-out $(KEEP),$(wildcard $(BUILD)/*)) hvk.ko hvk-run hvk-net-user initrd.cpio.gz

# What was fetched is kept; 'rm -r build' starts from nothing.
KEEP = $(addprefix $(BUILD)/,apt debs kernel-6.1 kernel-6.12 kernel-6.12-rt kernel-debug \
	kernel-nokvm sysroot-arm64 busybox u-boot edk2 zram-6.1 zram-6.12 net-6.1 net-6.12 kexec qemu virtio-6.1 \
	vhost-6.1 vhost-6.12 peers raspi4b service debian)

help:
	@echo "make             build: on a 64-bit Arm machine ./hvk.ko ./hvk-run ./hvk-net-user ./initrd.cpio.gz,"
	@echo "                 elsewhere all that the lab needs, under build/"
	@echo "make deps        install the packages that are needed, fetch kernels and libraries"
	@echo "make demo        boot the nested host, and Linux under hvk in it (HVK_DEV=/dev/kvm: under KVM)"
	@echo "make partitions  two bare partitions and a Linux guest in one frame, in the nested host"
	@echo "make debian      Debian as a guest in the nested host, to its login prompt; COMMAND='uname -a' runs"
	@echo "                 that in it and ends (images/debian)"
	@echo "make check-debian  what is expected of that guest (HOST=6.12 DEV=/dev/kvm LONG=y)"
	@echo "make shell       a root shell in the nested host; 'images/lab --help' tells more"
	@echo "make check       all tests; the last line is 'N passed, N failed'"
	@echo "make check-long  all tests, for hours; PART=1/4 and so on are four runs that make up one"
	@echo "make check-debug the system tests on a host kernel that checks itself, built once (20 minutes)"
	@echo "make check-here  the system tests on this Arm machine itself, as root; ends in a report"
	@echo "make bench       what each operation costs, on /dev/hvk and on /dev/kvm: build/bench/"
	@echo "make install     onto this Arm machine, or under DESTDIR (PREFIX, RELEASE): docs/install.md"
	@echo "make uninstall   take all of that off again"
	@echo "make deb         Debian packages, in build/deb"
	@echo "make clean       remove what was built; what was fetched stays"

.PHONY: all kmod deps ready demo partitions debian check-debian shell check check-long check-debug check-here bench \
	clean help FORCE
