/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KSHIM_OF_H
#define KSHIM_OF_H

struct device_node;

/* The bench's. */
extern struct device_node *of_chosen;
int of_property_read_string(const struct device_node *node, const char *name,
			    const char **value);

#endif
