# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
# Who has EL2: loading and unloading, KVM before, meanwhile and after.

module_load() {
	[ -r hvk.ko ] || fail "hvk.ko is not there"
	insmod ./hvk.ko || fail "insmod failed"
	wait_until 5 test -c /dev/hvk || fail "no /dev/hvk"
}

module_unload() {
	need_hvk
	rmmod hvk || fail "rmmod failed"
	[ ! -e /dev/hvk ] || fail "/dev/hvk is still there"
}

# Loaded, used and unloaded on a host whose EL2 went back and forth before.
module_again() {
	module_load
	quick_guest /dev/hvk || fail "a guest does not run after loading again"
	module_unload
	if [ -c /dev/kvm ]; then
		quick_guest /dev/kvm || fail "KVM does not run afterwards"
	fi
}

# quick_guest DEVICE: the smallest guest, passed.
quick_guest() {
	vm "$1" 30 --kernel "$guests/boot.elf" --memory 64 | tr -d '\r' >"$work/test/quick"
	cat "$work/test/quick"
	has "$work/test/quick" '^tests: .* 0 failed'
}

# start_idle DEVICE: a guest that sleeps until it is ended; its process is $idle.
start_idle() {
	"$hvk_run" --dev "$1" --kernel "$guests/idle.elf" --memory 64 --cpus 2 \
		>"$work/test/idle" 2>&1 </dev/null &
	idle=$!
	pids="${pids:-} $idle"
	wait_until 20 has "$work/test/idle" idle || {
		cat "$work/test/idle"
		fail "the idle guest did not start"
	}
}

end_idle() {
	kill -KILL "$idle"
	wait "$idle" 2>/dev/null
}

# KVM works on each CPU by itself.
el2_kvm_everywhere() {
	need_kvm
	guest_everywhere /dev/kvm
}

# A KVM guest holds EL2: hvk says so, with a remedy, and works when it is gone.
el2_refused() {
	need_kvm
	need_hvk
	start_idle /dev/kvm
	expect_status 1 'another hypervisor has EL2: end its VMs first' \
		"$hvk_run" --dev /dev/hvk --kernel "$guests/boot.elf" --memory 64
	kill -0 "$idle" || fail "the KVM guest did not survive"
	end_idle
	quick_guest /dev/hvk || fail "hvk does not run after the KVM guest ended"
}

# The other way round: KVM's guest is refused cleanly, hvk's lives on.
el2_kvm_refused() {
	need_kvm
	need_hvk
	start_idle /dev/hvk
	vm /dev/kvm 30 --kernel "$guests/boot.elf" --memory 64
	status=$?
	[ $status != 137 ] || fail "KVM's guest hangs"
	[ $status != 0 ] || fail "KVM's guest ran while hvk had EL2"
	kill -0 "$idle" || fail "hvk's guest did not survive"
	quick_guest /dev/hvk || fail "a second hvk guest does not run"
	end_idle
	el2_kvm_everywhere
}

# owned TEST [ARGUMENT...]: a test of who has EL2, which is skipped where nobody has it.
owned() {
	! is_vhe || skip "this kernel is at EL2 itself: nobody owns that"
	"$@"
}

# el2_beside_kvm SECONDS: VMs of KVM and of hvk, of which each watches its memory and registers,
# while others of both come and go, and all are moved from CPU to CPU.
el2_beside_kvm() {
	need_kvm
	need_hvk
	is_vhe || skip "this kernel is at EL1: EL2 has one owner"
	count=0 watchers=
	for device in /dev/kvm /dev/hvk /dev/kvm /dev/hvk; do
		count=$((count + 1))
		mkfifo "$work/test/input-$count"
		"$hvk_run" --dev $device --kernel "$guests/victim.elf" --memory 64 --no-reboot \
			<>"$work/test/input-$count" >"$work/test/watcher-$count" 2>&1 &
		watchers="$watchers $!"
		pids="${pids:-} $!"
		wait_until 60 has "$work/test/watcher-$count" '^victim ready' || fail "watcher $count does not start"
	done
	end=$(($(clock) + $1 * 100)) rounds=0
	while [ "$(clock)" -lt $end ] || [ $rounds -lt 3 ]; do
		for mask in 1 2 3; do
			for watcher in $watchers; do
				taskset -ap $mask "$watcher" >/dev/null || fail "a watcher has ended"
			done
			quick_guest /dev/kvm >/dev/null || fail "KVM runs no guest beside hvk's"
			quick_guest /dev/hvk >/dev/null || fail "hvk runs no guest beside KVM's"
		done
		rounds=$((rounds + 1))
	done
	for n in 1 2 3 4; do
		printf x >"$work/test/input-$n"
		wait_until 60 has "$work/test/watcher-$n" '^tests: ' || fail "watcher $n does not end"
		has "$work/test/watcher-$n" '^tests: .* 0 failed' || {
			cat "$work/test/watcher-$n"
			fail "watcher $n saw a change"
		}
	done
	echo "$rounds rounds"
}

# What a thread of the host has in SVE registers is there after guests ran on its CPU, which use
# FP registers themselves.
el2_sve() {
	need_hvk
	"$api/sve" 1 >"$work/test/sve" || skip "$(cat "$work/test/sve")"
	taskset -c 0 "$hvk_run" --dev /dev/hvk --kernel "$guests/victim.elf" --memory 64 \
		--no-reboot </dev/null >"$work/test/victim" 2>&1 &
	idle=$!
	pids="${pids:-} $idle"
	wait_until 30 has "$work/test/victim" '^victim ready' || fail "the guest does not start"
	taskset -c 0 "$api/sve" 5000 >"$work/test/sve" &
	keeper=$!
	rounds=0
	while kill -0 $keeper 2>/dev/null; do
		taskset -c 0 "$hvk_run" --dev /dev/hvk --kernel "$guests/fp.elf" --memory 64 \
			</dev/null >"$work/test/fp" 2>&1 || fail "a guest's FP registers are wrong"
		rounds=$((rounds + 1))
	done
	wait $keeper || fail "$(cat "$work/test/sve")"
	end_idle
	echo "$rounds guests beside $(cat "$work/test/sve")"
}

# users_of_module: the reference count of hvk.
users_of_module() {
	sed -n 's/^hvk [0-9]* \([0-9]*\) .*/\1/p' /proc/modules
}

unused() {
	[ "$(users_of_module)" = 0 ]
}

# VMMs that are killed, before their guests run and while they do.
kill_at_moments() {
	for delay in 0 20000 50000 100000 200000 400000; do
		"$hvk_run" --dev /dev/hvk --kernel "$guests/smp.elf" --memory 64 --cpus 4 \
			>/dev/null 2>&1 </dev/null &
		idle=$!
		usleep $delay
		end_idle
	done
}

# VMMs killed at arbitrary moments leave nothing behind.
el2_killed() {
	need_hvk
	kill_at_moments
	start_idle /dev/hvk
	end_idle
	wait_until 10 unused || fail "the module is still used $(users_of_module) times"
	quick_guest /dev/hvk || fail "no guest runs afterwards"
}

# CPUs go and come, without a VM and with some, one of which watches its memory.
el2_hotplug() {
	control=/sys/devices/system/cpu/cpu1/online
	[ -w $control ] || skip "this kernel has no CPU hotplug"
	module_load
	quick_guest /dev/hvk || fail "no guest before"
	echo 0 >$control || fail "CPU 1 does not go"
	quick_guest /dev/hvk || fail "no guest with one CPU"
	start_idle /dev/hvk
	echo 1 >$control || fail "CPU 1 does not come back"
	taskset -c 1 timeout -s KILL $((60 * patience)) "$hvk_run" --dev /dev/hvk --kernel "$guests/timer.elf" \
		--memory 64 </dev/null 2>&1 | tr -d '\r' >"$work/test/plugged"
	cat "$work/test/plugged"
	has "$work/test/plugged" '^tests: .* 0 failed' || fail "no guest on the CPU that came back"
	start_victim
	for round in 1 2 3; do
		echo 0 >$control || fail "CPU 1 does not go while guests run (round $round)"
		quick_guest /dev/hvk || fail "no guest on the CPU that is left"
		echo 1 >$control || fail "CPU 1 does not come back again"
		kill -0 "$idle" || fail "the guest did not survive"
	done
	end_victim
	end_idle
	quick_guest /dev/hvk || fail "no guest afterwards"
	module_unload
}

# To idle, until the clock's alarm.
suspend() {
	slept=$(cat /sys/power/suspend_stats/success)
	echo +2 >/sys/class/rtc/rtc0/wakealarm || fail "the clock takes no alarm"
	echo freeze >/sys/power/state || fail "the host does not suspend"
	[ "$(cat /sys/power/suspend_stats/success)" -gt "$slept" ] || fail "the host did not sleep"
}

# The host sleeps under running guests, which go on; EL2 is KVM's again afterwards.
el2_suspend() {
	need_hvk
	[ -w /sys/class/rtc/rtc0/wakealarm ] || skip "this machine has no clock that wakes it"
	start_victim
	start_idle /dev/hvk
	suspend
	quick_guest /dev/hvk || fail "no guest after the host slept"
	suspend
	kill -0 "$idle" || fail "the idle guest did not survive"
	end_idle
	end_victim
	[ ! -c /dev/kvm ] || el2_kvm_everywhere
}

# What holds a VM of KVM is seen, whatever it is.
el2_holders() {
	need_kvm
	api_program holders /dev/hvk
}

# The kernel's own debugfs answers, not what userspace has mounted.
el2_holders_unmounted() {
	need_kvm
	umount /sys/kernel/debug || skip "debugfs cannot be unmounted here"
	trap 'mount -t debugfs debugfs /sys/kernel/debug; end_processes' EXIT
	api_program holders /dev/hvk
}

# beside COMMAND...: while a real-time thread has the last CPU for itself.
beside() {
	"$api/beside" $((60 * patience)) "$@" || fail "beside a real-time thread: '$*' ended with status $?"
}

# A PREEMPT_RT kernel takes no module out beside such a thread, whichever it is:
# delete_module() waits for an RCU grace period when the module's exit has returned, and the
# CPU's part in that is done by a thread of priority 1 (rcuc).
beside_unless_rt() {
	case $(uname -v) in
	*PREEMPT_RT*) "$@" || fail "'$*' ended with status $?" ;;
	*) beside "$@" ;;
	esac
}

# Nothing of ours waits for an ordinary thread's time on a CPU that gives none: VMs are
# made, end and are killed, the module goes and comes, the host sleeps.
el2_beside_realtime() {
	need_hvk
	[ "$(cpus)" -gt 1 ] || skip "this machine has one CPU"
	beside "$hvk_run" --dev /dev/hvk --kernel "$guests/boot.elf" --memory 64 \
		>"$work/test/quick" 2>&1
	tr -d '\r' <"$work/test/quick"
	has "$work/test/quick" '^tests: .* 0 failed' || fail "no guest beside a real-time thread"
	start_idle /dev/hvk
	beside sh -c ". $folder/lib.sh; kill -KILL $idle; until grep -q '^hvk [0-9]* 0 ' /proc/modules; do usleep 10000; done"
	wait "$idle" 2>/dev/null
	beside_unless_rt rmmod hvk
	beside_unless_rt insmod ./hvk.ko
	if [ -w /sys/class/rtc/rtc0/wakealarm ]; then
		start_idle /dev/hvk
		beside sh -c 'echo +2 >/sys/class/rtc/rtc0/wakealarm && echo freeze >/sys/power/state'
		kill -0 "$idle" || fail "the idle guest did not survive"
		end_idle
	fi
	quick_guest /dev/hvk || fail "no guest afterwards"
	[ ! -c /dev/kvm ] || el2_kvm_everywhere
}

module_busy() {
	need_hvk
	start_idle /dev/hvk
	! rmmod hvk 2>/dev/null || fail "rmmod succeeded under a running guest"
	kill -0 "$idle" || fail "the guest did not survive"
	end_idle
	wait_until 10 unused || fail "the module is still used $(users_of_module) times"
}

# What nothing refers to any more; the log tells of it, which fails the lab.
debug_leaks() {
	leaks=/sys/kernel/debug/kmemleak
	[ -w $leaks ] || skip "this kernel does not look for leaks"
	[ ! -e /dev/hvk ] || rmmod hvk || fail "rmmod failed"
	# Younger memory is not looked at.
	sleep 6
	echo scan >$leaks
	cat $leaks
	! grep -q . $leaks || fail "$(grep -c ^unreferenced $leaks) leaks"
}
