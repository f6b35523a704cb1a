# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
# A host kernel without KVM: what it says it lacks, and guest memory that is pinned.

# nokvm_doctor: before the module is there, and with it.
nokvm_doctor() {
	"$hvk_run" --doctor >"$work/test/doctor"
	cat "$work/test/doctor"
	has "$work/test/doctor" 'kernel options .*lacks KVM MMU_NOTIFIER PREEMPT_NOTIFIERS' ||
		fail "the doctor does not see what is not there"
	has "$work/test/doctor" 'no MMU_NOTIFIER .*pinned' || fail "what is lost is not told"
	has "$work/test/doctor" 'RLIMIT_MEMLOCK' || fail "the limit is not told"
	has "$work/test/doctor" 'no PREEMPT_NOTIFIERS' || fail "what is lost is not told"
	has "$work/test/doctor" "^Nothing is in hvk's way here" || fail "something is in the way"
}

none_pinned() {
	[ "$(pinned_pages)" = 0 ]
}

# charged_kib PID: what that process is charged.
charged_kib() {
	sed -n 's/^VmPin:[^0-9]*\([0-9]*\) kB/\1/p' "/proc/$1/status"
}

# nokvm_killed: VMMs that are killed, before their guests run, while they do, with a
# frame and windows, leave no page pinned.
nokvm_killed() {
	need_hvk
	none_pinned || fail "$(pinned_pages) pages are pinned before"
	kill_at_moments
	start_idle /dev/hvk
	[ "$(pinned_pages)" -gt 0 ] || fail "a guest runs and nothing is pinned"
	[ "$(charged_kib "$idle")" -ge 65536 ] || fail "only $(charged_kib "$idle") KiB are charged"
	end_idle
	system=$(sample_file frame)
	start_sample
	wait_until 60 has "$console" '^one| I am partition 1' || { cat "$console"; fail "no partition ran"; }
	end_processes
	pids=
	wait_until 10 none_pinned || fail "$(pinned_pages) pages are still pinned"
	wait_until 10 unused || fail "the module is still used $(users_of_module) times"
}

# nokvm_limit DEVICE KERNEL: a user's guest that is larger than RLIMIT_MEMLOCK is told so,
# with the limit and what would do; one that is not, and any with a higher limit, runs.
nokvm_limit() {
	need "$1"
	make_users "$1"
	ulimit -l 8192 || fail "this shell sets no such limit"
	hvk_run=$work/test/member
	expect_status 1 'RLIMIT_MEMLOCK, which is 8192 KiB: .*ulimit -l' \
		"$hvk_run" --dev "$1" --kernel "$guests/boot.elf" --memory 64
	none_pinned || fail "$(pinned_pages) pages are pinned by who was refused"
	expect_status 0 'passed' "$hvk_run" --dev "$1" --kernel "$guests/boot.elf" --memory 4
	ulimit -l 1000000 || fail "this shell cannot raise the limit"
	boot_file "$1" "$(kernel_image "$2")" 2
	end_users "$1"
	none_pinned || fail "$(pinned_pages) pages are still pinned"
}
