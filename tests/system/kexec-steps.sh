# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
# What tests/system/kexec does in each kernel: sh kexec-steps.sh STEP IMAGE. A step
# ends in the next kernel, whose initramfs is this one's files with the next step as
# its command.

folder=$(dirname "$0")
. "$folder/lib.sh"
. "$folder/guest.sh"
. "$folder/el2.sh"

step=$1
image=$2
find_files
work=/tmp/kexec
mkdir -p "$work/test"
arguments="console=ttyAMA0 quiet panic=-1"

fail() {
	echo "$step: failed: $*"
	exit 1
}

kexec() {
	kexec/ld-linux-aarch64.so.1 --library-path kexec kexec/kexec "$@" ||
		fail "kexec $1 ended with status $?"
}

# next STEP FILES...: writes the initramfs of the next step, with these of /root.
next() {
	printf '%s\0' sh system/kexec-steps.sh "$1" "$image" >/lab/argv
	: >/lab/again
	shift
	(cd / && {
		printf '%s\n' dev proc sys tmp run root root/guests
		find bin sbin init etc lab root/guests/boot.elf root/guests/idle.elf
		for file in hvk.ko hvk-run system "$@"; do find "root/$file"; done
	} | cpio -o -H newc 2>/dev/null) >"$work/initramfs" || fail "no initramfs"
}

# The kernel was started at EL2, and both hypervisors find it as they expect it.
check() {
	dmesg | grep -q 'CPU: All CPU(s) started at EL2' || fail "not started at EL2"
	insmod ./hvk.ko || fail "insmod"
	quick_guest /dev/hvk || fail "no guest under hvk"
	(el2_kvm_everywhere) || fail "no guest under KVM"
}

start_guests() {
	start_idle /dev/hvk
	start_idle /dev/hvk
}

# go: into the kernel that was loaded, guests or not.
go() {
	kexec -e
	fail "the next kernel did not start"
}

# Said first, not last: what is said just before a kernel ends is lost with it.
echo "$step: begun"
case $step in
first)	# with guests, which nobody stops
	check
	next second kexec "$image"
	kexec -l "$image" --no-checks --initrd="$work/initramfs" \
		--append="$arguments crashkernel=320M"
	start_guests
	go
	;;
second)	# hvk loaded; KVM has EL2, or the stub
	check
	next third kexec "$image"
	kexec -l "$image" --no-checks --initrd="$work/initramfs" \
		--append="$arguments crashkernel=320M"
	go
	;;
third)	# a crash, with guests: no notifier runs
	check
	next crash
	kexec -p "$image" --initrd="$work/initramfs" --append="$arguments maxcpus=1"
	start_guests
	echo c >/proc/sysrq-trigger
	fail "the host did not crash"
	;;
crash)
	check
	echo "$step: done"
	;;
esac
