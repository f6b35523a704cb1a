// SPDX-License-Identifier: GPL-2.0-only
// A vhost-user back end in a thread of the test: it obeys the protocol, and breaks it where a test
// asks it to. It serves a queue by giving each chain back with bytes of its own.
#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include <array>
#include <atomic>
#include <cstring>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/fd.h"
#include "base/local_socket.h"
#include "vhost/user_protocol.h"
#include "virtio/device.h"

namespace hvk::test {

class BackEnd {
 public:
  using Request = vhost_user::Request;

  struct Answer {
    std::vector<std::byte> bytes;
    int request = 0;    // another number than that of the request, if not 0
    bool none = false;  // it does not answer at all
  };

  struct Options {
    uint64_t features = virtio_feature::kVersion1 | vhost_user::kProtocolFeatures |
                        virtio_feature::kEventIndex | virtio_feature::kIndirect;
    uint64_t protocol = vhost_user::kMultiQueue | vhost_user::kReplyAck |
                        vhost_user::kBackendRequests | vhost_user::kConfig | vhost_user::kInflight;
    uint64_t queues = 4;
    std::vector<std::byte> config = std::vector<std::byte>(60);
    bool serves = true;  // gives chains back
    bool notes = true;   // has a file for its note of requests
    bool skips = false;  // gives back the second chain that is there at once, and not the first
    // What it answers to a request in the place of what it should.
    std::map<Request, Answer> wrong;
    // Ends the connection when it gets this request.
    Request last = Request{0};
  };

  // It listens at `path` when this returns.
  BackEnd(const std::string& path, Options options)
      : options_(std::move(options)), listener_(listen_at("test", path)), path_(path) {
    ::fcntl(listener_.get(), F_SETFL, 0);
    thread_ = std::thread([this] { run(); });
  }
  ~BackEnd() {
    end_.signal();
    thread_.join();
    ::unlink(path_.c_str());
  }

  // Tells the front end of another configuration.
  void change_config(std::vector<std::byte> config) {
    {
      const std::lock_guard lock(mutex_);
      options_.config = std::move(config);
    }
    send_request(vhost_user::kConfigChanged, {});
  }
  void send_request(uint32_t request, std::vector<std::byte> payload) {
    const vhost_user::Header header = {request, vhost_user::kVersion,
                                       static_cast<uint32_t>(payload.size())};
    payload.insert(payload.begin(), reinterpret_cast<const std::byte*>(&header),
                   reinterpret_cast<const std::byte*>(&header + 1));
    const std::lock_guard lock(mutex_);
    EXPECT_EQ(::send(requests_.get(), payload.data(), payload.size(), MSG_NOSIGNAL),
              static_cast<ssize_t>(payload.size()));
  }
  // Says something that nobody has asked for.
  void speak() {
    const std::lock_guard lock(mutex_);
    ::send(peer_.get(), "hello", 5, MSG_NOSIGNAL);
  }
  void give_back(bool on) { options_.serves = on; }

  std::atomic<unsigned> greeted = 0;    // GET_FEATURES
  std::atomic<unsigned> served = 0;     // chains that were given back
  std::atomic<unsigned> inflights = 0;  // how often it was given its file of requests
  std::atomic<unsigned> stops = 0;      // GET_VRING_BASE
  std::atomic<uint64_t> features_set = 0;

 private:
  struct Queue {
    uint32_t size = 0;
    uint16_t next = 0;
    uint64_t descriptors = 0, used = 0, available = 0;
    Fd kick, call;
    bool enabled = false;
  };

  void run() {
    for (;;) {
      pollfd ready[] = {{end_.get(), POLLIN, 0}, {listener_.get(), POLLIN, 0}};
      ::poll(ready, 2, -1);
      if (ready[0].revents) return;
      Fd peer(::accept(listener_.get(), nullptr, nullptr));
      if (!peer) continue;
      {
        const std::lock_guard lock(mutex_);
        peer_ = std::move(peer);
      }
      while (serve()) {
      }
      const std::lock_guard lock(mutex_);
      peer_ = Fd();
      requests_ = Fd();
      queues_.clear();
      if (memory_) ::munmap(memory_, size_);
      memory_ = nullptr;
    }
  }

  // One message, or one notification. Returns false when the connection is to end.
  bool serve() {
    std::vector<pollfd> ready = {{end_.get(), POLLIN, 0}, {peer_.get(), POLLIN, 0}};
    std::vector<Queue*> kicked;
    for (auto& [index, queue] : queues_) {
      if (!queue.kick || !queue.enabled) continue;
      ready.push_back({queue.kick.get(), POLLIN, 0});
      kicked.push_back(&queue);
    }
    ::poll(ready.data(), ready.size(), -1);
    if (ready[0].revents) return false;
    for (size_t i = 0; i < kicked.size(); ++i) {
      uint64_t count;
      if (ready[2 + i].revents && ::read(kicked[i]->kick.get(), &count, sizeof(count)) > 0) {
        work(*kicked[i]);
      }
    }
    return !ready[1].revents || message();
  }

  bool message() {
    vhost_user::Header header;
    Fd file;
    if (!receive(&header, sizeof(header), &file)) return false;
    std::vector<std::byte> payload(header.size);
    if (header.size > 0 && !receive(payload.data(), payload.size(), &file)) return false;
    const auto request = static_cast<Request>(header.request);
    if (request == options_.last) return false;
    std::vector<std::byte> answer;
    Fd answer_file;
    const bool asked = handle(request, payload, file, answer, answer_file);
    const auto wrong = options_.wrong.find(request);
    if (wrong != options_.wrong.end()) {
      if (wrong->second.none) return true;
      return send(
          wrong->second.request ? static_cast<uint32_t>(wrong->second.request) : header.request,
          wrong->second.bytes, answer_file);
    }
    if (asked) return send(header.request, answer, answer_file);
    if (!(header.flags & vhost_user::kNeedReply)) return true;
    return send(header.request, bytes_of(uint64_t{0}), {});
  }

  template <typename T>
  static std::vector<std::byte> bytes_of(const T& value) {
    const auto bytes = std::as_bytes(std::span(&value, 1));
    return {bytes.begin(), bytes.end()};
  }
  template <typename T>
  static T value_of(const std::vector<std::byte>& bytes) {
    T value = {};
    if (!bytes.empty()) std::memcpy(&value, bytes.data(), std::min(sizeof(value), bytes.size()));
    return value;
  }

  // Returns whether the request has an answer of its own.
  bool handle(Request request, const std::vector<std::byte>& payload, Fd& file,
              std::vector<std::byte>& answer, Fd& answer_file) {
    const auto state = value_of<vhost_user::VringState>(payload);
    switch (request) {
      case Request::kGetFeatures:
        ++greeted;
        answer = bytes_of(options_.features);
        return true;
      case Request::kGetProtocolFeatures:
        answer = bytes_of(options_.protocol);
        return true;
      case Request::kGetQueueNum:
        answer = bytes_of(options_.queues);
        return true;
      case Request::kGetConfig: {
        const std::lock_guard lock(mutex_);
        answer.assign(payload.begin(), payload.begin() + sizeof(vhost_user::ConfigHeader));
        answer.insert(answer.end(), options_.config.begin(), options_.config.end());
        return true;
      }
      case Request::kGetInflightFd: {
        auto place = value_of<vhost_user::Inflight>(payload);
        place.size = 4096;
        EXPECT_EQ(payload.size(), 24u) << "the structure, with its padding";
        if (!options_.notes) place.size = 0;
        answer = bytes_of(place);
        if (options_.notes) answer_file = Fd(::memfd_create("inflight", MFD_CLOEXEC));
        return true;
      }
      case Request::kGetVringBase: {
        ++stops;
        Queue& queue = queues_[state.index];
        answer = bytes_of(vhost_user::VringState{state.index, queue.next});
        queue.kick = Fd();
        return true;
      }
      case Request::kSetInflightFd:
        EXPECT_EQ(payload.size(), 24u);
        ++inflights;
        EXPECT_TRUE(file);
        return false;
      case Request::kSetFeatures:
        features_set = value_of<uint64_t>(payload);
        return false;
      case Request::kSetBackendReqFd: {
        const std::lock_guard lock(mutex_);
        requests_ = std::move(file);
        return false;
      }
      case Request::kSetMemTable: {
        table_ = value_of<vhost_user::MemTable>(payload);
        size_ = table_.size;
        memory_ = ::mmap(nullptr, size_, PROT_READ | PROT_WRITE, MAP_SHARED, file.get(),
                         static_cast<off_t>(table_.offset));
        EXPECT_NE(memory_, MAP_FAILED);
        return false;
      }
      case Request::kSetVringNum:
        queues_[state.index].size = state.number;
        return false;
      case Request::kSetVringBase:
        queues_[state.index].next = static_cast<uint16_t>(state.number);
        return false;
      case Request::kSetVringAddr: {
        const auto place = value_of<vhost_user::VringAddr>(payload);
        Queue& queue = queues_[place.index];
        queue.descriptors = place.descriptors;
        queue.used = place.used;
        queue.available = place.available;
        return false;
      }
      case Request::kSetVringKick:
        queues_[value_of<uint64_t>(payload) & 0xff].kick = std::move(file);
        return false;
      case Request::kSetVringCall:
        queues_[value_of<uint64_t>(payload) & 0xff].call = std::move(file);
        return false;
      case Request::kSetVringEnable:
        queues_[state.index].enabled = state.number != 0;
        if (state.number) work(queues_[state.index]);
        return false;
      default:
        return false;
    }
  }

  // What is at an address of the front end, and at an IPA.
  template <typename T>
  T* at(uint64_t address) {
    return reinterpret_cast<T*>(static_cast<std::byte*>(memory_) + (address - table_.address));
  }
  template <typename T>
  T* at_ipa(uint64_t ipa) {
    return reinterpret_cast<T*>(static_cast<std::byte*>(memory_) + (ipa - table_.ipa));
  }

  void work(Queue& queue) {
    if (!options_.serves || !memory_) return;
    auto* const available = at<std::atomic<uint16_t>>(queue.available);
    auto* const used = at<std::atomic<uint16_t>>(queue.used);
    bool any = false;
    for (bool skip = options_.skips; queue.next != available[1].load(); ++queue.next, any = true) {
      // The first of all is no such chain.
      if (std::exchange(skip, false) && queue.next > 0) continue;
      uint32_t written = 0;
      const uint16_t head = available[2 + queue.next % queue.size];
      for (uint16_t index = head;;) {
        struct Descriptor {
          uint64_t ipa;
          uint32_t size;
          uint16_t flags, next;
        };
        const auto descriptor = *at<Descriptor>(queue.descriptors + sizeof(Descriptor) * index);
        if (descriptor.flags & 2) {
          std::memset(at_ipa<char>(descriptor.ipa), 'v', descriptor.size);
          written += descriptor.size;
        }
        if (!(descriptor.flags & 1)) break;
        index = descriptor.next;
      }
      const uint16_t place = used[1].load();
      auto* const entry = at<uint32_t>(queue.used + 4 + 8u * (place % queue.size));
      entry[0] = head;
      entry[1] = written;
      used[1].store(static_cast<uint16_t>(place + 1));
      ++served;
    }
    const uint64_t one = 1;
    if (any) {
      EXPECT_EQ(::write(queue.call.get(), &one, sizeof(one)), 8);
    }
  }

  bool receive(void* to, size_t size, Fd* file) {
    alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control;
    iovec part = {to, size};
    msghdr message = {};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    const ssize_t n = ::recvmsg(peer_.get(), &message, MSG_CMSG_CLOEXEC | MSG_WAITALL);
    if (const cmsghdr* one = n > 0 ? CMSG_FIRSTHDR(&message) : nullptr) {
      int fd;
      std::memcpy(&fd, CMSG_DATA(one), sizeof(fd));
      *file = Fd(fd);
    }
    return n == static_cast<ssize_t>(size);
  }

  bool send(uint32_t request, const std::vector<std::byte>& payload, const Fd& file) {
    vhost_user::Header header = {request, vhost_user::kVersion | vhost_user::kReply,
                                 static_cast<uint32_t>(payload.size())};
    iovec parts[] = {{&header, sizeof(header)},
                     {const_cast<std::byte*>(payload.data()), payload.size()}};
    alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control = {};
    msghdr message = {};
    message.msg_iov = parts;
    message.msg_iovlen = 2;
    if (file) {
      message.msg_control = control.data();
      message.msg_controllen = control.size();
      cmsghdr* const one = CMSG_FIRSTHDR(&message);
      one->cmsg_level = SOL_SOCKET;
      one->cmsg_type = SCM_RIGHTS;
      one->cmsg_len = CMSG_LEN(sizeof(int));
      const int fd = file.get();
      std::memcpy(CMSG_DATA(one), &fd, sizeof(fd));
    }
    const std::lock_guard lock(mutex_);
    return ::sendmsg(peer_.get(), &message, MSG_NOSIGNAL) > 0;
  }

  Options options_;
  const Fd listener_;
  const std::string path_;
  EventFd end_;
  std::mutex
      mutex_;  // guards peer_ and requests_ against calls of the test's, and the configuration
  Fd peer_, requests_;
  std::map<uint32_t, Queue> queues_;
  vhost_user::MemTable table_ = {};
  void* memory_ = nullptr;
  size_t size_ = 0;
  std::thread thread_;
};

}  // namespace hvk::test
