// SPDX-License-Identifier: GPL-2.0-only
/* A Linux process's links, built for the machine that tests, on link_bench.h's bench. */
#include <sys/ioctl.h>

#include "link_bench.h"

#define ioctl(fd, request, arg)	link_bench_ioctl(fd, request, arg)

#include "../../guests/linux/link.c"
