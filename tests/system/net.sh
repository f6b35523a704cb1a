# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
# Networks of Linux guests: a tap interface of the host, the host's own connections, and
# two guests on one socket.

need_net() { # DEVICE
	need "$1"
	[ -d virtio ] && [ -d qemu ] || skip "the lab alone has a guest's drivers"
}

# net_guest DEVICE NET...: the guest of qemu_initrd, with a network card for each NET.
net_guest() {
	net_device=$1
	shift
	for net in "$@"; do
		shift
		set -- "$@" --net "$net"
	done
	vm "$net_device" 170 --kernel Image-6.1 --initrd "$work/test/initrd" --memory 192 \
		--no-reboot --append "quiet hvk.exec=/guest" "$@" </dev/null
}

# net_runs DEVICE NET...: as net_guest, to its end; its console is $console then.
net_runs() {
	console=$work/test/console
	net_guest "$@" >"$work/test/raw"
	status=$?
	tr -d '\r' <"$work/test/raw" >"$console"
	cat "$console"
	[ $status = 0 ] || fail "status $status"
}

# serve_file ADDRESS: a web server with a file of 300 kB, whose sum is $sum.
serve_file() {
	mkdir -p "$work/test/www"
	head -c 300000 /dev/urandom >"$work/test/www/file"
	sum=$(md5sum <"$work/test/www/file")
	background serve_at "$1" "$work/test/www"
}

serve_at() { # ADDRESS FOLDER
	${last:-} httpd -f -p "$1:8080" -h "$2"
}

fetched() {
	has "$console" "^net $sum" || fail "the file came wrong"
}

# make_tap NAME ADDRESS
make_tap() {
	[ -e /dev/net/tun ] || insmod modules/tun.ko
	[ -e /dev/net/tun ] || { mkdir -p /dev/net && mknod /dev/net/tun c 10 200; }
	tunctl -t "$1" >/dev/null || fail "no interface $1"
	ifconfig "$1" "$2" netmask 255.255.255.0 up
}

# net_tap DEVICE: it fetches a file from the host, and packets go both ways.
net_tap() {
	need_net "$1"
	trap 'tunctl -d hvk0 >/dev/null; end_processes' EXIT
	make_tap hvk0 10.9.0.1
	serve_file 10.9.0.1
	qemu_initrd <<-END
		ifconfig eth0 10.9.0.2 netmask 255.255.255.0 up
		wget -q -O /tmp/file http://10.9.0.1:8080/file
		echo "net \$(md5sum </tmp/file)"
		ping -c 5 10.9.0.1
		ping -c 2 -s 20000 10.9.0.1
		head -c 3000000 /dev/zero | nc 10.9.0.1 7001
	END
	background sink 7001
	net_runs "$1" tap,ifname=hvk0
	fetched
	has "$console" ' 0% packet loss' 2 || fail "pings are lost"
	wait_until 10 [ -s "$work/test/received" ]
	[ "$(cat "$work/test/received")" = 3000000 ] ||
		fail "the host has received $(cat "$work/test/received") of 3000000 bytes"
}

# sink PORT: counts what one client sends, to whom nothing is sent, nor an end.
sink() {
	mkfifo "$work/test/silence"
	nc -l -p "$1" <>"$work/test/silence" | wc -c >"$work/test/received"
}

# net_user DEVICE: behind the host's own connections, with a port that leads into it.
net_user() {
	need_net "$1"
	[ -x hvk-net-user ] || fail "hvk-net-user is not built"
	mkdir -p /lib
	[ -e /lib/ld-linux-aarch64.so.1 ] || ln -s "$PWD/qemu/ld-linux-aarch64.so.1" /lib
	export LD_LIBRARY_PATH="$PWD/qemu"
	ifconfig lo up
	serve_file 127.0.0.1
	qemu_initrd <<-END
		ifconfig eth0 up
		udhcpc -i eth0 -n -q -f -t 5 -s /bin/true 2>&1 | grep -o 'lease of [0-9.]* obtained'
		ifconfig eth0 10.0.2.15 netmask 255.255.255.0
		ping -c 3 10.0.2.2
		wget -q -O /tmp/file http://10.0.2.2:8080/file
		echo "net \$(md5sum </tmp/file)"
		mkdir /tmp/www
		cp /tmp/file /tmp/www
		httpd -p 7000 -h /tmp/www
		echo "the guest serves"
		sleep 1000
	END
	console=$work/test/console
	background net_guest "$1" user,hostfwd=tcp:127.0.0.1:7002-:7000 >"$console"
	guest=$!
	console_shows 160 'the guest serves' "the guest does not serve"
	cat "$console"
	fetched
	has "$console" 'lease of 10.0.2.15 obtained' || fail "no DHCP"
	has "$console" ' 0% packet loss' || fail "pings are lost"
	wget -q -O "$work/test/back" http://127.0.0.1:7002/file || fail "the port leads nowhere"
	[ "$(md5sum <"$work/test/back")" = "$sum" ] || fail "the file came back wrong"
	# However hvk-run ends, the other program does too.
	pidof hvk-net-user >/dev/null || fail "there is no hvk-net-user"
	kill_guest "$guest"
	wait_until 10 no_helper || fail "hvk-net-user has not ended"

	# A port that is not free is told before the guest starts.
	"$hvk_run" --dev "$1" --kernel Image-6.1 --net user,hostfwd=tcp:127.0.0.1:8080-:80 \
		>"$work/test/refused" 2>&1 </dev/null
	status=$?
	cat "$work/test/refused"
	[ $status = 1 ] || fail "status $status with a port that is not free"
	has "$work/test/refused" 'hostfwd=tcp:127.0.0.1:8080' || fail "the port is not named"
}

kill_guest() { # PID: of `background`
	kill -KILL "-$1" 2>/dev/null || kill -KILL "$1"
}

no_helper() {
	! pidof hvk-net-user >/dev/null
}

# net_pair DEVICE: two guests on a socket; the first one sees the other one go and another
# one come.
net_pair() {
	need_net "$1"
	qemu_initrd <<-END
		mkdir /tmp/www
		head -c 300000 /dev/urandom >/tmp/www/file
		ifconfig eth0 10.8.0.1 netmask 255.255.255.0 up
		httpd -p 80 -h /tmp/www
		echo "sum \$(md5sum </tmp/www/file)"
		before=
		while :; do
			now=\$(cat /sys/class/net/eth0/carrier)
			[ "\$now" = "\$before" ] || echo "carrier \$now"
			before=\$now
			usleep 50000
		done
	END
	mv "$work/test/initrd" "$work/test/first-initrd"
	background pair_first "$1" >"$work/test/first"
	console=$work/test/first
	console_shows 120 '^carrier 0' "the first guest does not wait"
	sum=$(tr -d '\r' <"$console" | sed -n 's/^sum //p')

	qemu_initrd <<-END
		ifconfig eth0 10.8.0.2 netmask 255.255.255.0 up
		ping -c 3 10.8.0.1
		wget -q -O /tmp/file http://10.8.0.1/file
		echo "net \$(md5sum </tmp/file)"
		echo "the second is done"
		sleep 1000
	END
	for round in 1 2; do
		background net_guest "$1" "socket,path=$work/test/net,mac=52:54:00:00:00:02" \
			>"$work/test/second$round"
		second=$!
		console=$work/test/second$round
		console_shows 120 'the second is done' "round $round: the second guest is not done"
		has "$console" ' 0% packet loss' || fail "round $round: pings are lost"
		tr -d '\r' <"$console" | grep -q "^net $sum" || fail "round $round: the file came wrong"
		console=$work/test/first
		console_shows 10 '^carrier 1' "round $round: no link"
		kill_guest "$second"
		wait_until 30 has "$work/test/first" '^carrier 0' $((round + 1)) || {
			cat "$work/test/first"
			fail "round $round: the link does not go down"
		}
	done
	cat "$work/test/first"
	has "$work/test/first" '^carrier 1' 2 || fail "the link was not up twice"
}

pair_first() { # DEVICE
	vm "$1" 300 --kernel Image-6.1 --initrd "$work/test/first-initrd" --memory 192 --no-reboot \
		--append "quiet hvk.exec=/guest" --net "socket,path=$work/test/net" </dev/null
}
