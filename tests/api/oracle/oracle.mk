# SPDX-License-Identifier: GPL-2.0-only
# The comparison of /dev/hvk with /dev/kvm: static, for an arm64 host.
#
#   oracle		build/tests/api/oracle/{oracle,inventory.toml,differences.toml}
#   docs/abi.md		made anew of the two tables

ORACLE_DIR := $(API_DIR)/oracle
ORACLE_SRCS := $(wildcard tests/api/oracle/*.cc)
# Not where the lab takes the tests from: it would carry them.
ORACLE_OBJ_DIR := build/tests/oracle
ORACLE_OBJS := $(ORACLE_SRCS:tests/api/oracle/%.cc=$(ORACLE_OBJ_DIR)/%.o)
ORACLE_TABLES := $(addprefix $(ORACLE_DIR)/,inventory.toml differences.toml)
ORACLE_CXXFLAGS := -std=c++20 -O1 -g1 -Wall -Wextra -Werror \
	-Wno-missing-field-initializers -pthread -I. -Ivmm -MMD -MP

.PHONY: oracle docs/abi.md
docs/abi.md:
	@tests/api/oracle/abi-page

oracle: $(ORACLE_DIR)/oracle $(ORACLE_TABLES)

$(ORACLE_OBJ_DIR)/%.o: tests/api/oracle/%.cc tests/api/oracle/oracle.mk | $(VMM_SYSROOT)/.fetched
	@mkdir -p $(@D)
	@echo "  CXX     $@"
	@$(VMM_CROSS_CXX) $(VMM_CROSS_FLAGS) $(ORACLE_CXXFLAGS) -c -o $@ $<

# Without debug information, which the lab would have to carry.
$(ORACLE_DIR)/oracle: $(ORACLE_OBJS) $(VMM_STATIC_FMT)
	@echo "  LINK    $@"
	@mkdir -p $(@D)
	@$(VMM_LINK) -pthread -s -o $@ $^ -lgtest $(call vmm_link_log,$(ORACLE_OBJ_DIR)/link.log)

$(ORACLE_TABLES): $(ORACLE_DIR)/%: tests/api/oracle/%
	@mkdir -p $(@D)
	@cp $< $@

-include $(ORACLE_OBJS:.o=.d)
