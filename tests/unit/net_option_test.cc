// SPDX-License-Identifier: GPL-2.0-only
#include "config/net_option.h"

#include <gtest/gtest.h>

#include "config/device_options.h"
#include "config/mac.h"

namespace hvk {
namespace {

TEST(NetOption, ParsesAddressesOfCards) {
  const struct {
    const char* text;
    std::optional<MacAddress> mac;
  } table[] = {
      {"52:54:00:12:34:56", MacAddress{0x52, 0x54, 0x00, 0x12, 0x34, 0x56}},
      {"02:AB:cd:Ef:00:01", MacAddress{0x02, 0xab, 0xcd, 0xef, 0x00, 0x01}},
      {"00:00:00:00:00:01", MacAddress{0, 0, 0, 0, 0, 1}},
      {"00:00:00:00:00:00", {}},  // nobody's
      {"53:54:00:12:34:56", {}},  // of a group
      {"ff:ff:ff:ff:ff:ff", {}},
      {"", {}},
      {"52:54:00:12:34", {}},
      {"52:54:00:12:34:5", {}},
      {"52:54:00:12:34:567", {}},
      {"52-54-00-12-34-56", {}},
      {"52:54:00:12:34:5g", {}},
      {"52:54:00:12: 4:56", {}},
      {"52:54:00:12:-4:56", {}},
      {"525:4:00:12:34:56", {}},
  };
  for (const auto& row : table) EXPECT_EQ(parse_mac(row.text), row.mac) << row.text;
}

TEST(NetOption, ParsesForwards) {
  const struct {
    const char* text;
    bool good, udp;
    const char* host;
    uint16_t host_port;
    const char* guest;
    uint16_t guest_port;
  } table[] = {
      {"tcp::8080-:80", true, false, "", 8080, "", 80},
      {"udp:127.0.0.1:5353-10.0.2.15:53", true, true, "127.0.0.1", 5353, "10.0.2.15", 53},
      {"tcp::65535-:1", true, false, "", 65535, "", 1},
      {"tcp::65536-:1", false},
      {"tcp::0-:1", false},
      {"tcp::1-:0", false},
      {"tcp::-1-:1", false},
      {"tcp:8080-:80", false},
      {"tcp::8080-80", false},
      {"tcp::8080", false},
      {"tcp::8080:80", false},
      {"sctp::8080-:80", false},
      {"tcp:localhost:8080-:80", false},
      {"tcp:1.2.3:8080-:80", false},
      {"tcp:[::1]:8080-:80", false},
      {"tcp", false},
      {"", false},
  };
  for (const auto& row : table) {
    const auto forward = parse_forward(row.text);
    ASSERT_EQ(forward.has_value(), row.good) << row.text;
    if (!forward) continue;
    EXPECT_EQ(forward->udp, row.udp) << row.text;
    EXPECT_EQ(forward->host, row.host) << row.text;
    EXPECT_EQ(forward->host_port, row.host_port) << row.text;
    EXPECT_EQ(forward->guest, row.guest) << row.text;
    EXPECT_EQ(forward->guest_port, row.guest_port) << row.text;
  }
}

TEST(NetOption, WritesWhatItReads) {
  for (const char* text : {
           "user",
           "user,hostfwd=tcp::8080-:80,hostfwd=udp:127.0.0.1:53-10.0.2.16:53,restrict=on",
           "tap,ifname=tap0",
           "tap,ifname=tap,,0,vhost=on,mac=52:54:00:12:34:56",
           "tap,ifname=tap0,queues=4",
           "socket,path=/run/a,,b",
           "socket,path=net,mac=02:00:00:00:00:01",
       }) {
    Config config;
    EXPECT_EQ(read_device(net_option(), text, config), "") << text;
    ASSERT_EQ(config.nets.size(), 1u) << text;
    EXPECT_EQ(net_option().write(config), std::vector<std::string>{text});
  }
}

TEST(NetOption, RefusesMistakes) {
  const struct {
    const char* text;
    const char* why;
  } table[] = {
      {"", "is no kind of network"},
      {"bridge", "is no kind of network"},
      {"usr", "user"},
      {"tap", "tap needs ifname=NAME"},
      {"tap,ifname=", "tap needs ifname=NAME"},
      {"tap,ifname=abcdefghijklmnop", "at most 15 characters"},
      {"tap,ifname=a,queues=0", "expected 1 to 8"},
      {"tap,ifname=a,queues=9", "expected 1 to 8"},
      {"tap,ifname=a,queues=2x", "expected 1 to 8"},
      {"tap,ifname=a,queues=2,vhost=on", "with vhost=on, a card has queues=1"},
      {"tap,ifname=a,vhost=yes", "expected on or off"},
      {"tap,ifname=a,path=b", "path is not of tap"},
      {"user,ifname=a", "ifname is not of user"},
      {"user,hostfwd=8080", "hostfwd="},
      {"user,mac=1", "mac="},
      {"socket", "socket needs path=PATH"},
      {"socket,path=", "socket needs path=PATH"},
      {"user,restrict=on,restrict=on", "restrict"},
      {"user,dns=1.1.1.1", "dns"},
  };
  for (const auto& row : table) {
    Config config;
    const std::string why = read_device(net_option(), row.text, config);
    EXPECT_NE(why.find(row.why), std::string::npos) << row.text << ": " << why;
    EXPECT_TRUE(config.nets.empty()) << row.text;
  }
}

}  // namespace
}  // namespace hvk
