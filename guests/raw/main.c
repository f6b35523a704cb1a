// SPDX-License-Identifier: BSD-2-Clause
/*
 * A program for QEMU's `virt` machine as in armvisor's tutorial: it has only a stack and the
 * address of the UART.
 */

#define UART ((volatile unsigned int *)0x09000000ul)

void main(void);

static void print(const char *s)
{
	while (*s)
		*UART = (unsigned char)*s++;
}

void main(void)
{
	print("hello from a raw image at 0x40000000\r\n");
}
