# SPDX-License-Identifier: GPL-2.0-only
# make install, uninstall and deb. What is installed beside the module and hvk-run is
# made of hvk-run's --help. Included by the top-level Makefile, after all other fragments.

PACKAGING_DIR := $(BUILD)/packaging
INSTALL_DOCS := $(PACKAGING_DIR)/hvk-run.1 $(PACKAGING_DIR)/hvk-run.bash

ifeq ($(NATIVE),y)

HELP_PROGRAM := ./hvk-run
$(PACKAGING_DIR)/hvk-run.help: hvk-run
MODULE ?= hvk.ko
PROGRAM ?= hvk-run
NET_USER ?= hvk-net-user
all: $(INSTALL_DOCS)

else

# An arm64 hvk-run does not run here; its options do, with what they call.
HELP_PROGRAM := $(UNIT_DIR)/hvk-help
$(PACKAGING_DIR)/hvk-run.help: $(HELP_PROGRAM)
$(HELP_PROGRAM): $(patsubst %,$(UNIT_DIR)/%.o,packaging/help \
		$(basename $(wildcard vmm/config/*_option.cc)) $(addprefix vmm/,cli/command_line \
		config/config_check config/console_spec config/device_options config/mac \
		config/vhost_kind base/units base/keyed_value base/mistakes base/utf8))
	@echo "  LINK    $@"
	@$(UNIT_CXX) $(UNIT_SANITIZE) -o $@ $^ -lfmt

$(UNIT_DIR)/packaging/%.o: packaging/%.cc
	@mkdir -p $(@D)
	@echo "  CXX     $<"
	@$(UNIT_CXX) $(UNIT_CXXFLAGS) -c -o $@ $<

-include $(UNIT_DIR)/packaging/help.d

# For the kernel that RELEASE names, if it is one of the lab's.
MODULE ?= $(firstword $(wildcard $(foreach host,6.1 6.12,$(if $(filter $(host).%,$(RELEASE)),\
	$(BUILD)/kmod-$(host)/hvk.ko))) $(BUILD)/kmod-6.1/hvk.ko)
PROGRAM ?= $(BUILD)/vmm-arm64/hvk-run
NET_USER ?= $(BUILD)/vmm-arm64/hvk-net-user
install deb: $(INSTALL_DOCS)

endif

$(PACKAGING_DIR)/hvk-run.help:
	@mkdir -p $(@D)
	@$(HELP_PROGRAM) --help >$@

$(PACKAGING_DIR)/hvk-run.1: packaging/usage $(PACKAGING_DIR)/hvk-run.help
	@packaging/usage --man --version $(HVK_VERSION) <$(word 2,$^) >$@

$(PACKAGING_DIR)/hvk-run.bash: packaging/usage $(PACKAGING_DIR)/hvk-run.help
	@packaging/usage --bash <$(word 2,$^) >$@

INSTALL = packaging/install --destdir '$(DESTDIR)' --prefix '$(PREFIX)'

# Nothing is built here: this is what is run as root.
install:
	@$(if $(NATIVE)$(DESTDIR),,echo "this is not an Arm machine: give DESTDIR=, or 'make shell' has it" >&2; exit 1)
	@$(INSTALL) --module '$(MODULE)' --program '$(PROGRAM)' \
		--net-user '$(NET_USER)' $(if $(RELEASE),--release '$(RELEASE)')

uninstall:
	@$(INSTALL) --remove

deb:
	@packaging/deb --version $(HVK_VERSION) --program '$(PROGRAM)' --net-user '$(NET_USER)' $(if $(NATIVE),--native)

print-version:
	@echo $(HVK_VERSION)

.PHONY: install uninstall deb print-version
