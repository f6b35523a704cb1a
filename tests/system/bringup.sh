# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
# The ladder of a module that was loaded with take_only. How it looks when a rung
# fails is in `bringup`: that costs a host a CPU.

# The last word of `insmod hvk.ko take_only=N` is that there are no VMs.
bringup_has_no_vms() {
	expect_status 1 'creating a VM' \
		"$hvk_run" --dev /dev/hvk --kernel "$guests/boot.elf" --memory 64
	"$hvk_run" --doctor >"$work/test/doctor"
	has "$work/test/doctor" 'last refusal .*take_only' || {
		cat "$work/test/doctor"
		fail "the module does not say why it has no VMs"
	}
}

# Every rung on every CPU; afterwards KVM works as before, and hvk without take_only.
el2_bringup() {
	[ ! -e /dev/hvk ] || fail "hvk.ko is loaded"
	[ -d /sys/kernel/debug/tracing ] || skip "debugfs is not mounted"
	for cpu in $(seq 0 $(($(cpus) - 1))); do
		insmod ./hvk.ko take_only="$cpu" || fail "insmod failed"
		"$hvk_run" --doctor --bringup >"$work/test/ladder"
		status=$?
		cat "$work/test/ladder"
		[ $status = 0 ] || fail "the ladder does not hold on CPU $cpu"
		has "$work/test/ladder" '^rung [a-z]*: passed in ' 5 || fail "not all rungs"
		wait_until 5 test -c /dev/hvk || fail "no /dev/hvk"
		bringup_has_no_vms
		rmmod hvk || fail "rmmod failed"
		[ ! -c /dev/kvm ] || el2_kvm_everywhere
	done
	! insmod ./hvk.ko take_only=4096 2>/dev/null || fail "insmod takes any CPU's number"
	module_again
}
