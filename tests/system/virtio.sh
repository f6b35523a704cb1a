# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
# hvk-run's own virtio devices, with Linux's drivers for them in the guest.

need_virtio() { # DEVICE
	need "$1"
	[ -r virtio/virtio_blk.ko ] || skip "the lab alone has a guest's drivers"
}

# virtio_initrd MODULE...: the guests' initrd, and behind it these drivers and the script on
# standard input as /guest.
virtio_initrd() {
	mkdir -p "$work/test/root/virtio"
	{
		echo '#!/bin/sh'
		for module in "$@"; do
			cp "virtio/$module.ko" "$work/test/root/virtio"
			echo "insmod /virtio/$module.ko || exit"
		done
		cat
	} >"$work/test/root/guest"
	chmod +x "$work/test/root/guest"
	cp "$initrd" "$work/test/initrd"
	(cd "$work/test/root" && find . | cpio -o -H newc 2>/dev/null | gzip -1) >>"$work/test/initrd"
}

# virtio_guest DEVICE OPTIONS...: Linux with that initrd.
virtio_guest() {
	virtio_device=$1
	shift
	vm "$virtio_device" 200 --kernel Image-6.1 --initrd "$work/test/initrd" --memory 256 \
		--append 'quiet hvk.exec=/guest' "$@" </dev/null
}

# Whether a hvk-run that is there has the threads that do the work of io_uring.
disk_threads() {
	cat /proc/[0-9]*/task/[0-9]*/comm 2>/dev/null | grep -q '^disk-io$'
}

# disk_content FILE SECTOR TEXT: the text is in that sector of the file.
disk_content() {
	dd if="$1" bs=512 skip="$2" count=1 2>/dev/null | grep -q "^$3\$"
}

# disk_linux DEVICE: three disks. One is read, written, locked for another guest, and has what
# was flushed after a SIGKILL; one is read-only; the host has no space for the third one.
disk_linux() {
	need_virtio "$1"
	disk=$work/test/disk
	seq 1 200000 >"$disk"
	truncate -s 8M "$disk"
	seq 1 20000 >"$disk-ro"
	truncate -s 128K "$disk-ro"
	mkdir "$work/test/small"
	mount -t tmpfs -o size=1M small "$work/test/small" || fail "no tmpfs"
	trap 'umount -l "$work/test/small"; end_processes' EXIT
	truncate -s 8M "$work/test/small/disk"
	sum=$(md5sum <"$disk") sum_ro=$(md5sum <"$disk-ro")
	virtio_initrd virtio_mmio virtio_blk <<-'END'
		echo "serial $(cat /sys/block/vda/serial)"
		echo "cache $(cat /sys/block/vda/queue/write_cache)"
		echo "sum $(md5sum </dev/vda)"
		echo "sum-ro $(cat /sys/block/vdb/ro) $(md5sum </dev/vdb)"
		echo "by the guest" | dd of=/dev/vda bs=512 seek=16000 conv=fsync 2>/dev/null && echo "vda-written"
		echo "by the guest" | dd of=/dev/vdb bs=512 conv=fsync 2>/dev/null || echo "vdb-refused"
		dd if=/dev/zero of=/dev/vdc bs=64k count=64 conv=fsync 2>/dev/null || echo "vdc-full"
		blkdiscard -o 4096 -l 65536 /dev/vda && echo "discarded"
		sync
		echo "all-done"
		sleep 1000
	END
	console=$work/test/console
	background virtio_guest "$1" --disk "$disk,id=the-first" --disk "$disk-ro,ro=on" \
		--disk "$work/test/small/disk" >"$console"
	guest=$!
	console_shows 190 '^all-done' "the guest did not come to its end"
	cat "$console"
	tr -d '\r' <"$console" >"$work/test/lines"
	for line in "serial the-first" "cache write back" "sum $sum" "sum-ro 1 $sum_ro" vda-written \
		vdb-refused vdc-full discarded; do
		grep -qxF "$line" "$work/test/lines" || fail "the guest does not say '$line'"
	done
	has "$console" 'small/disk: writing: No space left on device' || fail "no word of the full disk"
	disk_threads && fail "it does not use io_uring"
	refuses 'another guest has it' --dev "$1" --kernel "$guests/boot.elf" --disk "$disk"
	refuses 'another guest has it' --dev "$1" --kernel "$guests/boot.elf" --disk "$disk-ro"
	kill -s KILL -- "-$guest" 2>/dev/null || kill -KILL "$guest"
	wait "$guest" 2>/dev/null
	disk_content "$disk" 16000 "by the guest" || fail "what was flushed is not in the file"
	[ "$(md5sum <"$disk-ro")" = "$sum_ro" ] || fail "the read-only disk has changed"
	[ "$(dd if="$disk" bs=4096 skip=1 count=16 2>/dev/null | tr -d '\0' | wc -c)" = 0 ] ||
		fail "what was discarded is there"
}

# disk_again DEVICE: a guest that restarts finds what it wrote, on the image that was opened at
# first. Where the host can forbid io_uring, threads do the work.
disk_again() {
	need_virtio "$1"
	disk=$work/test/disk
	truncate -s 1M "$disk"
	forbidden=/proc/sys/kernel/io_uring_disabled
	if [ -e $forbidden ]; then
		trap 'echo 0 >$forbidden; end_processes' EXIT
		echo 2 >$forbidden
	fi
	virtio_initrd virtio_mmio virtio_blk <<-'END'
		if grep -q "first boot" /dev/vda; then
			echo "second boot"
			sleep 1000
		fi
		echo "first boot" | dd of=/dev/vda bs=512 seek=8 conv=fsync 2>/dev/null
		reboot -f
	END
	console=$work/test/console
	background virtio_guest "$1" --disk "$disk" >"$console"
	# A name that is gone is not looked for again.
	wait_until 30 disk_open "$disk" || fail "the disk is not opened"
	mv "$disk" "$disk-moved"
	console_shows 190 '^second boot' "the guest did not find what it wrote"
	[ ! -e $forbidden ] || disk_threads || fail "there are no threads in place of io_uring"
	disk_content "$disk-moved" 8 "first boot" || fail "it is not in the file"
	[ ! -e "$disk" ] || fail "the image was made again"
}

disk_open() { # FILE
	ls -l /proc/[0-9]*/fd 2>/dev/null | grep -q -- "-> $1\$"
}
