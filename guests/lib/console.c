// SPDX-License-Identifier: BSD-2-Clause
/* The console: by hypercall, or by the PL011. */

#include "console.h"

#include "para.h"
#include "uart.h"

void console_write(const char *bytes, size_t size)
{
	if (hvk_has(HVK_PARA_CONSOLE_WRITE)) {
		while (size) {
			size_t chunk = size < HVK_PARA_WRITE_MAX ? size : HVK_PARA_WRITE_MAX;
			int64_t taken = hvk_console_write(bytes, chunk);

			if (taken < 0)
				break; /* hvk cannot read this memory: use the PL011 */
			bytes += taken;
			size -= (size_t)taken;
			if (!taken)
				hvk_yield(); /* full, and its reader may need this CPU */
		}
	}
	for (; size; size--)
		uart_put(*bytes++);
}

int console_get(void)
{
	return uart_get();
}
