// SPDX-License-Identifier: GPL-2.0-only
/* Setting up and removing all of el2/ (EL1, process context), and its part of HVK_HOST_INFO. */
#include <linux/preempt.h>
#include <linux/string.h>

#include "el2/call.h"
#include "el2/el2.h"
#include "el2/own.h"
#include "el2/pages.h"
#include "el2/power.h"
#include "el2/take.h"
#include "uapi/hvk.h"

int hvk_el2_init(const struct hvk_el2_hooks *hooks)
{
	int err;

	hvk_el2_set_hooks(hooks);
	err = hvk_el2_pages_init();
	if (err)
		return err;
	err = hvk_el2_power_init();
	if (err)
		hvk_el2_pages_exit();
	return err;
}

void hvk_el2_exit(void)
{
	hvk_el2_power_exit();
	hvk_el2_pages_exit();
}

void hvk_el2_host_info(struct hvk_host_info *info)
{
	preempt_disable();
	info->el2_owner = hvk_el2_probe();
	preempt_enable();
	strscpy(info->refusal, hvk_el2_refusal(), sizeof(info->refusal));
}
