// SPDX-License-Identifier: GPL-2.0-only
/* Another process that is given fds, without the memory that they are about. */
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "fuzz.h"

static int friend;

void fuzz_give_away(struct rng *r)
{
	int fd = fuzz_fd(r, below(r, NR_KINDS));
	char byte = 0, control[CMSG_SPACE(sizeof(fd))] = {};
	struct iovec iov = { &byte, 1 };
	struct msghdr message = {
		.msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = control, .msg_controllen = sizeof(control),
	};
	struct cmsghdr *header = CMSG_FIRSTHDR(&message);

	header->cmsg_level = SOL_SOCKET;
	header->cmsg_type = SCM_RIGHTS;
	header->cmsg_len = CMSG_LEN(sizeof(fd));
	memcpy(CMSG_DATA(header), &fd, sizeof(fd));
	sendmsg(friend, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
}

static int receive(int from)
{
	int fd = -1;
	char byte, control[CMSG_SPACE(sizeof(fd))];
	struct iovec iov = { &byte, 1 };
	struct msghdr message = {
		.msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = control, .msg_controllen = sizeof(control),
	};
	struct cmsghdr *header;

	if (recvmsg(from, &message, MSG_CMSG_CLOEXEC) <= 0)
		return -2;
	header = CMSG_FIRSTHDR(&message);
	if (header)
		memcpy(&fd, CMSG_DATA(header), sizeof(fd));
	return fd;
}

/* Uses them, and has the last of them a little longer than the VMs' own process. */
static void be_friend(int from, uint64_t seed)
{
	struct rng r = rng_from(seed, 1000);
	int last[16];
	unsigned int n = 0;

	memset(last, 0xff, sizeof(last));
	for (;;) {
		int fd = receive(from);

		if (fd == -2)
			break;
		fuzz_ioctl_on(&r, fd);
		/* A mapping outlives its fd. */
		if (one_in(&r, 4))
			mmap(NULL, FUZZ_PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
		close(last[n % 16]);
		last[n++ % 16] = fd;
	}
	for (n = 0; n < 256; n++)
		fuzz_ioctl_on(&r, last[below(&r, 16)]);
	_exit(0);
}

void fuzz_make_friend(uint64_t seed)
{
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair))
		_exit(1);
	switch (fork()) {
	case -1:
		_exit(1);
	case 0:
		close(pair[0]);
		be_friend(pair[1], seed);
	}
	close(pair[1]);
	friend = fuzz_hide(pair[0]);
}
