# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
# Debian's own qemu-system-aarch64 on /dev/hvk: a VMM that knows nothing of hvk. It has
# another GIC layout, devices on virtio, firmware in flash, and migration.

need_qemu() {
	need_hvk
	[ -x qemu/qemu-system-aarch64 ] || skip "the lab alone has Debian's QEMU"
}

# qemu ACCEL CPUS ARGUMENTS...: with the libraries that it was built for.
qemu() {
	qemu_accel=$1 qemu_cpus=$2
	shift 2
	# shellcheck disable=SC2086  # a command, or nothing
	${last:-} timeout -s KILL $((150 * patience)) ${qemu_within:-} env LD_LIBRARY_PATH="$PWD/qemu" \
		qemu/ld-linux-aarch64.so.1 qemu/qemu-system-aarch64 -L qemu \
		-nodefaults -display none -no-reboot -M virt,gic-version=2 \
		-accel "$qemu_accel" -cpu host -smp "$qemu_cpus" -m 256 -serial stdio "$@" 2>&1
}

hvk_accel=kvm,device=/dev/hvk

# qemu_initrd: the guests' initrd, and behind it drivers for virtio and the script on
# standard input as /guest.
qemu_initrd() {
	mkdir -p "$work/test/root/virtio"
	cp virtio/*.ko "$work/test/root/virtio"
	{
		echo '#!/bin/sh'
		echo 'for module in virtio_mmio virtio_blk failover net_failover virtio_net; do'
		echo '	insmod /virtio/$module.ko || exit'
		echo 'done'
		cat
	} >"$work/test/root/guest"
	chmod +x "$work/test/root/guest"
	cp "$initrd" "$work/test/initrd"
	(cd "$work/test/root" && find . | cpio -o -H newc 2>/dev/null | gzip -1) >>"$work/test/initrd"
}

# qemu_linux_guest ACCEL CPUS: with a disk of numbered lines and a network behind which
# this machine has a web server.
qemu_linux_guest() {
	qemu "$1" "$2" -kernel Image-6.1 -initrd "$work/test/initrd" \
		-append "console=ttyAMA0 quiet hvk.exec=/guest" \
		-drive "file=$work/test/disk,format=raw,if=none,id=disk" \
		-device virtio-blk-device,drive=disk \
		-netdev user,id=net -device virtio-net-device,netdev=net
}

# qemu_boots_linux ACCEL CPUS: it reads and writes its disk, fetches a file from the
# host, has its CPUs, and powers off.
qemu_boots_linux() {
	seq 1 200000 >"$work/test/disk"
	truncate -s 4M "$work/test/disk"
	mkdir "$work/test/www"
	head -c 300000 /dev/urandom >"$work/test/www/file"
	ifconfig lo up
	background serve "$work/test/www"
	qemu_initrd <<-END
		echo "cpus \$(grep -c ^processor /proc/cpuinfo)"
		echo "disk \$(md5sum </dev/vda)"
		echo "written by the guest" | dd of=/dev/vda bs=512 seek=8000 conv=fsync 2>/dev/null
		ifconfig eth0 10.0.2.15 netmask 255.255.255.0 up
		wget -q -O /tmp/file http://10.0.2.2:8080/file
		echo "net \$(md5sum </tmp/file)"
	END
	disk=$(md5sum <"$work/test/disk")
	qemu_linux_guest "$1" "$2" </dev/null >"$work/test/raw"
	status=$?
	tr -d '\r' <"$work/test/raw" >"$work/test/console"
	cat "$work/test/console"
	[ $status = 0 ] || fail "status $status"
	has "$work/test/console" "^cpus $2$" || fail "not $2 CPUs"
	has "$work/test/console" "^disk $disk" || fail "the disk was read wrong"
	has "$work/test/console" "^net $(md5sum <"$work/test/www/file")" || fail "the file came wrong"
	dd if="$work/test/disk" bs=512 skip=8000 count=1 2>/dev/null |
		grep -q "written by the guest" || fail "the disk was not written"
}

serve() {
	${last:-} httpd -f -p 127.0.0.1:8080 -h "$1"
}

# qemu_linux CPUS: /dev/kvm is there as well, and QEMU is told of the other one.
qemu_linux() {
	need_qemu
	qemu_boots_linux "$hvk_accel" "$1"
}

# qemu_in_place_of_kvm CPUS: where a program opens /dev/kvm, hvk answers.
qemu_in_place_of_kvm() {
	need_qemu
	[ -c /dev/kvm ] || {
		trap 'rm -f /dev/kvm; end_processes' EXIT
		mknod /dev/kvm c 10 232
	}
	echo 'mount --bind /dev/hvk /dev/kvm && exec "$@"' >"$work/test/as-kvm"
	qemu_within="unshare -m sh $work/test/as-kvm"
	qemu_boots_linux kvm "$1"
}

# qemu_uboot CPUS: U-Boot in QEMU's flash reaches its prompt, obeys, powers off.
qemu_uboot() {
	need_qemu
	console=$work/test/console
	mkfifo "$work/test/in"
	exec 4<>"$work/test/in"
	background uboot_in_qemu "$1" >"$console"
	console_shows 100 'Hit any key' "no autoboot message"
	echo >&4
	console_shows 30 '^=> ' "no prompt"
	echo 'echo seen-$board_name; poweroff' >&4
	console_shows 30 '^seen-' "the prompt does not obey"
	wait "$!"
	status=$?
	cat "$console"
	[ $status = 0 ] || fail "status $status after poweroff"
}

uboot_in_qemu() { # CPUS
	qemu "$hvk_accel" "$1" -bios u-boot.bin <"$work/test/in"
}

# migrating_guest [ARGUMENTS...]: one that counts, and its monitor on two pipes.
migrating_guest() {
	qemu "$hvk_accel" 2 -kernel Image-6.1 -initrd "$work/test/initrd" \
		-append "console=ttyAMA0 quiet hvk.exec=/guest" \
		-chardev "pipe,id=monitor,path=$work/test/monitor" -mon monitor "$@" </dev/null
}

# qemu_migrates: into a file and out of it again, under load; the guest counts on and
# finds its memory as it was.
qemu_migrates() {
	need_qemu
	mkfifo "$work/test/monitor.in" "$work/test/monitor.out"
	exec 4<>"$work/test/monitor.in" 5<>"$work/test/monitor.out"
	cat <&5 >"$work/test/said" &
	pids="${pids:-} $!"
	qemu_initrd <<-END
		head -c 3000000 /dev/urandom >/tmp/pattern
		sum=\$(md5sum </tmp/pattern)
		turn=0
		while [ \$turn -lt 400 ]; do
			turn=\$((turn + 1))
			[ "\$(md5sum </tmp/pattern)" = "\$sum" ] || echo "the memory is not what it was"
			echo "turn \$turn"
		done
		echo "all turns"
	END
	background migrating_guest >"$work/test/first"
	first=$!
	wait_until 100 has "$work/test/first" '^turn 3' || { cat "$work/test/first"; fail "no turns"; }
	echo "migrate file:$work/test/state" >&4
	echo "info migrate" >&4
	wait_until 60 migrated || { cat "$work/test/said"; fail "it is not written"; }
	echo quit >&4
	wait "$first" || fail "status $? of the first"
	tr -d '\r' <"$work/test/first" >"$work/test/before"
	turn=$(sed -n 's/^turn \([0-9]*\)$/\1/p' "$work/test/before" | tail -n 1)

	background migrating_guest -incoming "file:$work/test/state" >"$work/test/second"
	second=$!
	wait_until 60 has "$work/test/second" "^turn $((turn + 20))" || {
		tail -n 5 "$work/test/first" "$work/test/second" "$work/test/said"
		fail "it does not go on after turn $turn"
	}
	echo quit >&4
	wait "$second" || fail "status $? of the second"
	tr -d '\r' <"$work/test/second" >>"$work/test/before"
	! has "$work/test/before" "not what it was" || fail "the memory is not what it was"
	sed -n 's/^turn \([0-9]*\)$/\1/p' "$work/test/before" >"$work/test/turns"
	cat "$work/test/turns"
	# A line may be cut in two by the move itself.
	awk 'NR > 1 && ($1 < before || $1 > before + 2) { exit 1 } { before = $1 }' \
		"$work/test/turns" || fail "turns are missing"
}

migrated() {
	echo "info migrate" >&4
	has "$work/test/said" 'status: completed'
}
