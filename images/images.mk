# SPDX-License-Identifier: GPL-2.0-only
# images.mk - the images of guests and of the lab's host, and what they are made from.
#
#   initrd      the guests' initrd, natively ./initrd.cpio.gz on an Arm machine
#   host        the root file system of the lab's host
#   lab         everything that images/lab itself needs
#   lab-debug   what it needs for --host debug, which is built once
#   lab-nokvm   the same for --host nokvm
#   lab-6.12-rt what it needs for --host 6.12-rt, which is fetched when it is asked for

RAMDISK := images/ramdisk images/cpio.py
FETCHED := $(BUILD)/kernel-6.1/.fetched $(BUILD)/kernel-6.12/.fetched \
	   $(BUILD)/sysroot-arm64/.fetched $(BUILD)/busybox/.fetched $(BUILD)/u-boot/.fetched \
	   $(BUILD)/zram-6.1/.fetched $(BUILD)/zram-6.12/.fetched $(BUILD)/net-6.1/.fetched \
	   $(BUILD)/net-6.12/.fetched $(BUILD)/kexec/.fetched \
	   $(BUILD)/qemu/.fetched $(BUILD)/virtio-6.1/.fetched $(BUILD)/raspi4b/.fetched

ifeq ($(NATIVE),y)

BUSYBOX ?= /bin/busybox

MAKE_INITRD := images/ramdisk --busybox $(BUSYBOX) --init images/guest-init --gzip

initrd.cpio.gz: images/guest-init $(RAMDISK)
	$(MAKE_INITRD) $@

initrd: initrd.cpio.gz

else

$(FETCHED): $(BUILD)/%/.fetched:
	images/fetch $*

# Modules are taken out of the kernels' packages, which stay where they were fetched.
$(BUILD)/zram-6.1/.fetched $(BUILD)/net-6.1/.fetched $(BUILD)/virtio-6.1/.fetched: | $(BUILD)/kernel-6.1/.fetched
$(BUILD)/zram-6.12/.fetched $(BUILD)/net-6.12/.fetched $(BUILD)/raspi4b/.fetched: | $(BUILD)/kernel-6.12/.fetched

MAKE_INITRD := images/ramdisk --busybox $(BUILD)/busybox/busybox \
	--applets $(BUILD)/busybox/applets --init images/guest-init --gzip

$(BUILD)/images/initrd.cpio.gz: images/guest-init $(RAMDISK) $(BUILD)/busybox/.fetched
	@mkdir -p $(@D)
	$(MAKE_INITRD) $@

$(BUILD)/images/agent: images/agent.c $(BUILD)/sysroot-arm64/.fetched
	@mkdir -p $(@D)
	$(CROSS_COMPILE)gcc -std=gnu11 -O2 -Wall -Wextra -Werror -static $(SYSROOT_FLAGS) -o $@ $<

$(BUILD)/images/host.cpio: $(BUILD)/images/agent $(RAMDISK) $(BUILD)/busybox/.fetched
	images/ramdisk --busybox $(BUILD)/busybox/busybox --applets $(BUILD)/busybox/applets \
		--init $< $@

initrd: $(BUILD)/images/initrd.cpio.gz

$(BUILD)/images/raspi4b.dtb: images/raspi4b-tree $(BUILD)/raspi4b/.fetched
	images/raspi4b-tree $(BUILD)/raspi4b/bcm2711-rpi-4-b.dtb $@

host: $(BUILD)/images/host.cpio

lab: $(FETCHED) host $(BUILD)/images/raspi4b.dtb

# It looks itself whether there is anything to do: a checkout's dates are no reason.
BUILT_KERNELS := debug nokvm
$(BUILT_KERNELS:%=$(BUILD)/kernel-%/.fetched): $(BUILD)/kernel-%/.fetched: \
		$(BUILD)/kernel-6.1/.fetched FORCE
	@images/build-kernel $*

$(BUILT_KERNELS:%=lab-%): lab-%: lab $(BUILD)/kernel-%/.fetched $(BUILD)/kmod-%/hvk.ko

$(BUILD)/kernel-6.12-rt/.fetched: $(BUILD)/kernel-6.12/.fetched
	images/fetch kernel-6.12-rt

lab-6.12-rt: lab $(BUILD)/kernel-6.12-rt/.fetched $(BUILD)/kmod-6.12-rt/hvk.ko

.PHONY: host lab $(BUILT_KERNELS:%=lab-%) lab-6.12-rt

endif

.PHONY: initrd
