# SPDX-License-Identifier: GPL-2.0-only
# Tests of the ioctl ABI, for an arm64 host: static, so that the lab can run them.
#
#   api-tests	build/tests/api/{memory,interrupts}

API_DIR := build/tests/api
API_CROSS := $(if $(filter aarch64,$(shell uname -m)),,aarch64-linux-gnu-)
API_FLAGS := -D_GNU_SOURCE -std=gnu11 -O2 -Wall -Wextra -Werror -static -pthread

.PHONY: api-tests
api-tests: $(API_DIR)/memory $(API_DIR)/interrupts

$(API_DIR)/%: tests/api/%.c $(addprefix tests/api/,vm.c suite.c guest.S vm.h suite.h api.mk)
	@mkdir -p $(@D)
	@echo "  CC      $@"
	@$(API_CROSS)gcc $(API_FLAGS) -o $@ $(filter %.c %.S,$^)
