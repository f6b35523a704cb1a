# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
# What there is to run, in order: a line a test, its name and the function with its
# arguments. KVM comes first, on a host that hvk has not touched; then hvk; last the
# way back. ($host and $long are run-suite's.)

# Whether the kernel is at EL2 itself (VHE): then it ticks by one of EL2's timers.
is_vhe() {
	grep -q ' 2[68] Level *arch_timer' /proc/interrupts 2>/dev/null
}

bare_guests="boot tree mmio uart psci sysreg fault gic timer wfi fp smp gic_smp virtio library cxx"

# Kernels that Linux guests boot here.
guest_kernels() {
	case $host in
	here) echo here ;;
	debug) echo 6.1 ;;
	6.12-rt | raspi4b) echo 6.12 ;;
	*) echo 6.1 6.12 ;;
	esac
}

# by_turns: of the plan on standard input, without what `make check` runs on the other one of
# the hosts 6.1 and 6.12, or not at all (the table by-turns). Other hosts, the long suite, and
# who asks for tests by name have everything.
by_turns() {
	# shellcheck disable=SC2154  # $named is run-suite's
	case $named$long$host in
	6.1 | 6.12) ;;
	*) cat; return ;;
	esac
	awk -v host="$host" '
		FNR == NR { if ($1 !~ /^#/) for (i = 2; i <= NF; i++) turn[$i] = $1; next }
		!($1 in turn) || turn[$1] == host' "$folder/by-turns" -
}

plan_guests() { # PREFIX DEVICE
	for guest in $bare_guests; do
		echo "$1guest/$guest guest_test $2 $guest 2"
	done
	echo "$1guest/boot-raw guest_raw $2"
	echo "$1guest/uart-input guest_uart_input $2"
	echo "$1guest/smp-4 guest_test $2 smp 4"
	echo "$1guest/crash guest_crash $2"
	echo "$1guest/reset guest_reset $2"
	echo "$1guest/restart guest_restart $2"
}

plan_linux() { # PREFIX DEVICE
	for kernel in $(guest_kernels); do
		for count in 1 2 4; do
			echo "$1linux/$kernel-smp$count linux_boot $2 $kernel $count"
		done
	done
}

# plan_virtio PREFIX DEVICE: Linux and the devices of its hvk-run.
plan_virtio() {
	[ "$host" != here ] || return 0
	echo "${1}virtio/disk disk_linux $2"
	echo "${1}virtio/disk-again disk_again $2"
}

plan_samples() {
	echo "sample/hello sample_hello"
	echo "sample/threads sample_threads"
	echo "sample/raw sample_raw"
	echo "sample/elsewhere sample_elsewhere"
	echo "sample/pingpong sample_pingpong"
	echo "sample/stamp sample_stamp"
	echo "sample/ring sample_ring 1000000"
	echo "sample/linux sample_linux"
	echo "sample/secure sample_secure $([ -n "$long" ] && echo 2 || echo 1)"
	echo "sample/frame sample_frame"
	echo "sample/window sample_window"
}

plan_space() {
	echo "space/ipa space_test space_ipa"
	echo "space/registers space_test space_regs"
	echo "space/registers-kept space_kept"
	echo "space/fuzz space_test fuzz"
	echo "space/mmio space_test space_mmio $([ "$host" != raspi4b ] || echo unaligned)"
	echo "space/el0 space_test el0"
	[ -n "$long" ] || return 0
	[ "$host" != 6.12 ] || { echo "long/ioctl-fuzz api_fuzz 600"; return; }
	echo "long/space-every-page space_test space_ipa all"
	echo "long/space-fuzz space_test fuzz rounds=1000000"
	echo "long/space-mmio space_test space_mmio all"
	echo "long/space-el0 space_test el0 rounds=100000"
}

plan_partitions() {
	echo "partition/two partition_two"
	echo "partition/crash partition_crash"
	echo "partition/control partition_control"
	echo "partition/events partition_events"
	echo "partition/sigterm partition_sigterm"
	echo "partition/full-disk partition_full_disk"
	echo "partition/trace partition_trace"
	plan_every_cpu partition/every-cpu partition_everywhere
}

plan_fit() {
	[ "$host" != here ] || return 0
	echo "fit/boots fit_boots"
	echo "fit/refused fit_refused"
	echo "fit/source fit_source"
}

# plan_api PREFIX DEVICE: programs that hold on both devices.
plan_api() {
	for program in ahead slots vgic eventfds irqfds dirty coalesced clock debug suspend smccc; do
		echo "${1}api/$program api_program $program $2"
	done
	echo "${1}api/stuck api_stuck $2"
	echo "${1}api/compat api_compat $2"
}

# Bare guests under hvk.
plan_bare() {
	plan_guests '' /dev/hvk
	plan_every_cpu guest/every-cpu "guest_everywhere /dev/hvk"
	echo "guest/gic_split guest_test /dev/hvk gic_split 2"
	echo "guest/mmio_writeback guest_test /dev/hvk mmio_writeback 1"
}

# All bare guests once more with fastpath=0, and the programs that ask what EL2 then leaves
# to EL1. That is the same code on each host: 6.1 takes the names of odd length, 6.12 the
# others, and who asks for tests by name has them all.
plan_slow() {
	# shellcheck disable=SC2154  # $named is run-suite's
	[ -n "$long$named" ] || return 0
	turn=
	case $host in
	6.1) [ -n "$named" ] || turn=1 ;;
	6.12) [ -n "$named" ] || turn=0 ;;
	here) ;;
	*) return 0 ;;
	esac
	{
		plan_bare
		plan_api '' /dev/hvk | grep -E '^api/(vgic|eventfds|irqfds|clock|debug|suspend|smccc) '
	} | awk -v turn="$turn" '
		turn == "" || length($1) % 2 == turn { sub(/ /, " without_fastpath "); print "slow/" $0 }'
}

# Under hvk: what is held, and memory.
plan_lost() {
	[ "$host" != here ] || return 0
	echo "lost/kills lost_kills 10"
	echo "lost/pressure api_pressure /dev/hvk"
	[ "$host" = 6.1 ] || echo "lost/storm lost_storm 20"
	case $host in debug | nokvm) echo "lost/enomem api_enomem" ;; esac
	[ -n "$long" ] || return 0
	echo "long/lost-kills lost_kills 200"
	[ "$host" = 6.1 ] || echo "long/lost-storm lost_storm 300"
}

# What the debug host runs: not what only takes long there, or needs files of other
# kernels; what it finds is in its log.
plan_debug() {
	plan_all | grep -v '^kvm/\|^format/\|^fit/\|^firmware/\|^long/\|^linux/.*-smp[14]\|^sample/linux\|^move/\|^qemu/\|net/\|virtio/\|^vmm/bad-input'
	echo "debug/leaks debug_leaks"
}

# What runs otherwise where the host's kernel preempts everywhere and its spinlocks
# sleep (PREEMPT_RT): guests, interrupts, windows, ownership, memory. The rest does not
# know the difference.
plan_rt() {
	plan_all | grep -v '^kvm/guest/\|^kvm/api/\|^kvm/firmware/\|^format/\|^fit/\|^firmware/\|^long/\|^linux/.*-smp1\|^kvm/linux/.*-smp[14]\|^qemu/\|net/\|virtio/\|^vmm/\|^lost/storm\|^api/oracle'
}

# A kernel without KVM: memory is pinned, each entry is a stay of its own. What needs KVM
# is not there; what is about memory that the host takes back has no ground to stand on, and
# system/nokvm.sh and api/pins have what is true instead.
plan_nokvm() {
	echo "nokvm/doctor nokvm_doctor"
	plan_all | grep -v '^kvm/\|^el2/.*kvm\|^el2/owner\|^el2/holders\|^api/oracle\|^api/stuck\|^format/\|^fit/\|^firmware/\|^long/\|^linux/6.1-smp[14]\|^linux/6.12-smp[12]\|^qemu/\|net/\|^vmm/bad-input\|^vmm/group-kvm\|^lost/pressure\|^lost/storm' |
		while read -r name command; do
			case $name in
			api/memory)
				echo "$name api_program memory /dev/hvk on-demand zero-page" \
					"copy-on-write skewed-block outside read-only regions" \
					"many-regions dirty-log roll-over churn killed other-mm"
				echo "api/pins api_program pins /dev/hvk"
				;;
			api/ahead)
				echo "$name api_program ahead /dev/hvk uncached scattered reading there-already" \
					"unmapped-neighbour protected-neighbour read-only-slot logged file" \
					"advised locked-on-fault limited limited-above throttled"
				;;
			api/slots) echo "$name api_program slots /dev/hvk prefault-race faults-wait largest large-log" ;;
			module/busy-while-used)
				echo "nokvm/limit nokvm_limit /dev/hvk 6.1"
				echo "nokvm/killed nokvm_killed"
				echo "qemu/linux-1-as-kvm qemu_in_place_of_kvm 1"
				echo "$name $command"
				;;
			*) echo "$name $command" ;;
			esac
		done
}

# Where there are more CPUs than the lab's two.
plan_every_cpu() {
	case $host in
	here | raspi4b) echo "$1 $2" ;;
	esac
}

# A Raspberry Pi 4 as QEMU has it: four CPUs, a GIC-400, spin tables instead of PSCI, little
# memory. In `make check` what would not work if one of these were not understood.
plan_raspi4b() {
	if [ -n "$long" ]; then
		plan_all | grep -v '^kvm/api/\|^kvm/firmware/\|^kvm/move/\|^kvm/vmm/\|^format/\|^fit/\|^firmware/\|^qemu/\|net/\|virtio/\|^vmm/\|^long/\|^lost/storm\|^linux/.*-smp1'
	else
		plan_all | grep -E '^(module/load|guest/(every-cpu|timer|gic_smp|smp-4)|linux/6.12-smp4|partition/every-cpu|module/unload|el2/kvm-runs-on-every-cpu-unloaded) '
	fi
}

plan_long_firmware() {
	[ -n "$long" ] && [ "$host" != here ] || return 0
	echo "firmware/u-boot-variables uboot_variables /dev/hvk"
	echo "firmware/edk2 edk2_variables /dev/hvk"
}

# Debian's QEMU: each way to the device, each number of CPUs.
plan_qemu() {
	echo "qemu/linux-4-as-kvm qemu_in_place_of_kvm 4"
	[ "$host" != here ] || [ -n "$long" ] || return 0
	echo "qemu/linux-1 qemu_linux 1"
	echo "qemu/u-boot-1 qemu_uboot 1"
	echo "qemu/migrate qemu_migrates"
	[ -n "$long" ] || return 0
	echo "qemu/linux-4 qemu_linux 4"
	echo "qemu/linux-1-as-kvm qemu_in_place_of_kvm 1"
	echo "qemu/u-boot-4 qemu_uboot 4"
}

# plan_net PREFIX DEVICE: networks of Linux guests.
plan_net() {
	[ "$host" != here ] || return 0
	echo "${1}net/tap net_tap $2"
	echo "${1}net/user net_user $2"
	echo "${1}net/pair net_pair $2"
}

plan() {
	case $host in
	debug) plan_debug ;;
	nokvm) plan_nokvm ;;
	6.12-rt) plan_rt ;;
	raspi4b) plan_raspi4b ;;
	*) plan_all | by_turns ;;
	esac
}

plan_all() {
	first_kernel=$(guest_kernels | cut -d ' ' -f 1)
	plan_guests kvm/ /dev/kvm
	plan_linux kvm/ /dev/kvm
	[ -z "$long" ] || echo "kvm/api/memory api_memory /dev/kvm"
	plan_api kvm/ /dev/kvm
	plan_virtio kvm/ /dev/kvm
	[ -z "$long" ] || echo "kvm/firmware/variables firmware_variables /dev/kvm"
	[ "$host" = here ] || echo "kvm/vmm/page-size vmm_page_size /dev/kvm"

	plan_net kvm/ /dev/kvm
	[ -z "$long" ] || echo "kvm/move/linux move_linux /dev/kvm 3"

	[ "$host" = here ] || echo "vmm/no-module vmm_no_module"
	echo "module/load module_load"
	plan_bare
	echo "guest/slow without_fastpath guest_several psci sysreg"
	plan_slow
	echo "api/memory api_memory /dev/hvk"
	plan_api '' /dev/hvk
	echo "api/partition api_program partition /dev/hvk"
	echo "api/schedule api_program schedule /dev/hvk"
	echo "api/ioctl-fuzz api_fuzz $([ -n "$long" ] && echo 30 || echo 10)"
	[ "$host" = here ] || echo "api/oracle api_oracle"
	plan_space
	plan_samples
	plan_partitions
	plan_fit
	plan_linux '' /dev/hvk
	echo "linux/reboot linux_reboot /dev/hvk $first_kernel"
	echo "linux/exec linux_exec /dev/hvk $first_kernel"
	echo "move/linux move_linux /dev/hvk 10"
	[ -z "$long" ] || [ "$host" = 6.1 ] || echo "long/move move_linux /dev/hvk 100"
	echo "linux/three-at-once linux_three /dev/hvk $first_kernel"
	for format in gzip zboot-gzip zboot-zstd; do
		[ "$host" = here ] || echo "format/$format linux_format /dev/hvk $format"
	done
	[ "$host" = here ] || echo "firmware/u-boot uboot_prompt /dev/hvk"
	echo "firmware/variables firmware_variables /dev/hvk"
	plan_long_firmware
	plan_virtio '' /dev/hvk
	plan_qemu
	plan_net '' /dev/hvk
	echo "vmm/exit-status vmm_exit_status /dev/hvk"
	[ "$host" = here ] || echo "vmm/bad-input vmm_bad_input"
	echo "vmm/sigterm vmm_sigterm"
	[ "$host" = here ] || echo "vmm/check vmm_check"
	[ "$host" = here ] || echo "vmm/rt-limit vmm_rt_limit"
	echo "vmm/system-file vmm_system_file"
	[ "$host" = here ] || echo "vmm/page-size vmm_page_size /dev/hvk"
	[ "$host" = here ] || echo "vmm/group-kvm vmm_group /dev/hvk $first_kernel"
	echo "el2/kvm-runs-on-every-cpu-after el2_kvm_everywhere"
	echo "el2/refused-while-kvm-runs owned el2_refused"
	echo "el2/kvm-refused-while-hvk-runs owned el2_kvm_refused"
	{ [ -z "$named" ] && ! is_vhe; } || echo "el2/beside-kvm el2_beside_kvm 10"
	[ -z "$named" ] || echo "el2/sve el2_sve"
	echo "el2/owner owned api_owner"
	echo "el2/holders owned el2_holders"
	[ "$host" = here ] || echo "el2/holders-unmounted owned el2_holders_unmounted"
	echo "el2/beside-real-time-thread el2_beside_realtime"
	[ -z "$long" ] || echo "long/el2-race owned api_owner 60"
	[ -z "$named" ] || echo "long/el2-beside-kvm el2_beside_kvm 60"
	[ "$host" = here ] || echo "el2/suspend el2_suspend"
	echo "el2/killed-vmm-leaves-nothing el2_killed"
	plan_lost
	echo "module/busy-while-used module_busy"
	echo "module/unload module_unload"
	echo "el2/kvm-runs-on-every-cpu-unloaded el2_kvm_everywhere"
	echo "module/load-and-unload-again module_again"
	echo "el2/bringup owned el2_bringup"
	echo "lost/cycles lost_cycles 10"
	[ -z "$long" ] || echo "long/lost-cycles lost_cycles 200"
	if [ -n "$long" ]; then
		for round in 1 2 3 4 5 6 7 8; do
			echo "long/load-$round module_again"
		done
	fi
	# Last: KVM by itself hangs on a CPU that came back, on both kernels in QEMU 10.
	[ "$host" = here ] || echo "el2/cpu-hotplug el2_hotplug"
}
