# SPDX-License-Identifier: GPL-2.0-only
# Tests of the ioctl ABI, for an arm64 host: static, so that the lab can run them.
#
#   api-tests	build/tests/api/{memory,ahead,slots,dirty,coalesced,vgic,eventfds,clock,debug,suspend,smccc,compat,partition,schedule,frame,notifier,owner,ioctl_fuzz,pressure,enomem,holders,beside,crowd,stuck,ack_cost,irqfds,unmap,pins,cost,start,sve}

API_DIR := build/tests/api
API_CROSS := $(if $(filter aarch64,$(shell uname -m)),,aarch64-linux-gnu-)
API_FLAGS := -D_GNU_SOURCE -std=gnu11 -O2 -Wall -Wextra -Werror -static -pthread -I.

.PHONY: api-tests
api-tests: $(addprefix $(API_DIR)/,memory ahead slots dirty coalesced vgic eventfds clock debug suspend smccc compat partition schedule frame notifier owner ioctl_fuzz pressure enomem holders beside crowd stuck ack_cost irqfds unmap pins cost start sve)

$(API_DIR)/ahead: $(addprefix tests/api/,ahead_host.c ahead_limits.c ahead.h)
$(API_DIR)/eventfds: tests/api/ioeventfds.c tests/api/eventfds.h
$(API_DIR)/frame: tests/api/frame_threads.c tests/api/frame_guest.S tests/api/frame.h
$(addprefix $(API_DIR)/,vgic eventfds irqfds stuck ack_cost partition cost): tests/api/gic.c
$(API_DIR)/vgic: tests/api/vgic_race.c tests/api/vgic_guest.S tests/api/vgic_race.h
$(API_DIR)/partition $(API_DIR)/schedule: tests/api/para.h
$(API_DIR)/cost: $(addprefix tests/api/,cost_irq.c cost_memory.c cost_vm.c cost_window.c cost_kernel.c cost_guest.S cost.h)
$(API_DIR)/start: tests/api/start_guest.S
$(API_DIR)/ioctl_fuzz: $(addprefix tests/api/,fuzz_round.c fuzz_world.c fuzz_friend.c fuzz_calls.c fuzz_race.c fuzz_race_acts.c fuzz_guest.S fuzz.h fuzz_race.h)

$(API_DIR)/%: tests/api/%.c $(addprefix tests/api/,vm.c suite.c guest.S vm.h suite.h gic.h api.mk) uapi/hvk.h uapi/hvk_para.h
	@mkdir -p $(@D)
	@echo "  CC      $@"
	@$(API_CROSS)gcc $(API_FLAGS) -o $@ $(filter %.c %.S,$^)

ifneq ($(NATIVE),y)
include tests/api/oracle/oracle.mk
api-tests: oracle
endif
