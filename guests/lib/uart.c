// SPDX-License-Identifier: BSD-2-Clause
/* The PL011, polled. */

#include "uart.h"

#include "arch.h"
#include "board.h"

#define UARTDR	  (BOARD_PL011 + 0x00)
#define UARTFR	  (BOARD_PL011 + 0x18)
#define UARTFR_RXFE (1u << 4)
#define UARTFR_TXFF (1u << 5)

void uart_put(char c)
{
	while (mmio_read32(UARTFR) & UARTFR_TXFF)
		relax();
	mmio_write32(UARTDR, (uint8_t)c);
}

int uart_get(void)
{
	if (mmio_read32(UARTFR) & UARTFR_RXFE)
		return -1;
	return mmio_read32(UARTDR) & 0xff;
}
