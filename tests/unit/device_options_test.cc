// SPDX-License-Identifier: GPL-2.0-only
// The options of devices that other programs or the kernel serve: what they read is what they
// write, and each mistake is told.
#include "config/device_options.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace hvk {
namespace {

const DeviceOption& option(std::string_view name) {
  const auto all = device_options();
  return *std::find_if(all.begin(), all.end(),
                       [&](const DeviceOption& one) { return one.name == name; });
}

TEST(DeviceOptions, WriteWhatTheyRead) {
  const struct {
    const char* name;
    std::vector<const char*> texts;
  } rows[] = {
      {"vsock", {"3"}},
      {"vsock", {"4294967294"}},
      {"port", {"agent,unix=/tmp/a,,b", "log,file=guest.log", "tty.0,pty"}},
      {"share", {"/srv/a,,b,tag=one", "../two,tag=the second,ro=on"}},
      {"vhost-user",
       {"blk,socket=/tmp/disk", "blk,socket=/tmp/disk2,queues=4", "fs,socket=fs,tag=a,,b",
        "fs,socket=fs2,queues=2,tag=b", "net,socket=net", "net,socket=net2,mac=52:54:00:12:34:56",
        "rng,socket=x", "scsi,socket=x,queues=16", "vsock,socket=x", "i2c,socket=x",
        "gpio,socket=x", "sound,socket=x"}},
  };
  for (const auto& row : rows) {
    Config config;
    for (const char* text : row.texts) {
      EXPECT_EQ(read_device(option(row.name), text, config), "") << text;
    }
    EXPECT_EQ(option(row.name).write(config),
              std::vector<std::string>(row.texts.begin(), row.texts.end()));
  }
}

TEST(DeviceOptions, RefuseMistakes) {
  const std::string long_path(108, 'x'), long_tag(37, 't'), long_name(65, 'n');
  const struct {
    const char* name;
    std::vector<std::string> texts;  // the last of them is wrong
    const char* why;
  } rows[] = {
      {"vsock", {""}, "expected the guest's context ID, 3 to"},
      {"vsock", {"2"}, "expected the guest's context ID, 3 to"},
      {"vsock", {"3x"}, "expected the guest's context ID, 3 to"},
      {"vsock", {"4294967295"}, "expected the guest's context ID, 3 to"},
      {"vsock", {"3", "4"}, "one vsock device at most"},
      {"vsock", {"3,x=y"}, "unknown key"},
      {"port", {",pty"}, "is no name of a port"},
      {"port", {"a/b,pty"}, "is no name of a port"},
      {"port", {".a,pty"}, "is no name of a port"},
      {"port", {long_name + ",pty"}, "is no name of a port"},
      {"port", {"a"}, "expected one of"},
      {"port", {"a,pty,unix=b"}, "expected one of"},
      {"port", {"a,pty=off"}, "expected one of"},
      {"port", {"a,unix=b,file=c"}, "expected one of"},
      {"port", {"a,unix=" + long_path}, "at most 107 characters"},
      {"port", {"a,file="}, "the file name is empty"},
      {"port", {"a,unix"}, "is no key=value"},
      {"port", {"a,pty", "a,file=b"}, "two ports have the name a"},
      {"share", {",tag=x"}, "the folder's name is empty"},
      {"share", {"/a"}, "tag=TAG is needed"},
      {"share", {"/a,tag="}, "tag=TAG is needed"},
      {"share", {"/a,tag=" + long_tag}, "1 to 36 bytes"},
      {"share", {"/a,tag=x,ro=yes"}, "expected on or off"},
      {"vhost-user", {"disk,socket=x"}, "is no type of device"},
      {"vhost-user", {"blc,socket=x"}, "blk"},
      {"vhost-user", {"blk"}, "socket=PATH is needed"},
      {"vhost-user", {"blk,socket=" + long_path}, "socket=PATH is needed"},
      {"vhost-user", {"blk,socket=x,queues=0"}, "expected 1 to 16"},
      {"vhost-user", {"blk,socket=x,queues=17"}, "expected 1 to 16"},
      {"vhost-user", {"blk,socket=x,tag=y"}, "tag is not of blk, but of fs"},
      {"vhost-user", {"net,socket=x,queues=2"}, "queues is not of net"},
      {"vhost-user", {"net,socket=x,mac=1"}, "mac="},
      {"vhost-user", {"rng,socket=x,mac=52:54:00:12:34:56"}, "mac is not of rng, but of net"},
      {"vhost-user", {"fs,socket=x"}, "tag=TAG is needed"},
  };
  for (const auto& row : rows) {
    Config config;
    std::string why;
    for (const std::string& text : row.texts) {
      EXPECT_EQ(why, "") << text;
      why = read_device(option(row.name), text, config);
    }
    EXPECT_NE(why.find(row.why), std::string::npos) << row.texts.back() << ": " << why;
  }
}

TEST(DeviceOptions, HaveNoMorePortsThanQueues) {
  Config config;
  for (int i = 0; i < 15; ++i) {
    EXPECT_EQ(read_device(option("port"), "p" + std::to_string(i) + ",pty", config), "");
  }
  EXPECT_NE(read_device(option("port"), "p15,pty", config).find("at most 15 ports"),
            std::string::npos);
}

}  // namespace
}  // namespace hvk
