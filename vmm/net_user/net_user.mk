# SPDX-License-Identifier: GPL-2.0-or-later
# Builds hvk-net-user, which hvk-run starts for --net user. Unlike hvk-run it is a dynamic program:
# libslirp and glib, which it needs, exist as shared libraries only. The C++ library is in it, so
# that it needs nothing else. Included by vmm.mk.

NET_USER_SRCS := $(wildcard vmm/net_user/*.cc) vmm/net/frame_stream.cc
NET_USER_LIBS := -lslirp
NET_USER_LINK := -static-libstdc++ -static-libgcc

NET_USER_ARM64_OBJS := $(NET_USER_SRCS:%.cc=$(VMM_ARM64_DIR)/%.o)
$(VMM_ARM64_DIR)/hvk-net-user: $(NET_USER_ARM64_OBJS)
	@echo '  LINK    $@'
	$(VMM_Q)$(VMM_CROSS_CXX) $(VMM_CROSS_FLAGS) $(NET_USER_LINK) -s -o $@ $^ $(NET_USER_LIBS)

-include $(NET_USER_ARM64_OBJS:.o=.d)

ifeq ($(shell uname -m),aarch64)
NET_USER_NATIVE_OBJS := $(NET_USER_SRCS:%.cc=$(VMM_NATIVE_DIR)/%.o)
hvk-net-user: $(NET_USER_NATIVE_OBJS)
	@echo '  LINK    $@'
	$(VMM_Q)$(CXX) -o $@ $^ $(NET_USER_LIBS)

-include $(NET_USER_NATIVE_OBJS:.o=.d)
endif
