/* SPDX-License-Identifier: BSD-2-Clause */
/* The PL011 (ARM DDI 0183), which needs no set-up for output. */
#pragma once

/* Sends one byte; waits while the transmit FIFO is full. */
void uart_put(char c);

/* The next byte received, or -1 if there is none. */
int uart_get(void);
