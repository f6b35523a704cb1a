// SPDX-License-Identifier: GPL-2.0-or-later
// The engine over io_uring(7).
#include <fcntl.h>
#include <liburing.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "disk/engine.h"

namespace hvk {
namespace {

// Bounds the kernel's threads for operations that have to wait, for files and others.
constexpr unsigned kWorkers = 8;
constexpr int kOperations[] = {IORING_OP_READV, IORING_OP_WRITEV, IORING_OP_FSYNC,
                               IORING_OP_FALLOCATE};

class Ring {
 public:
  // It takes nothing before `enable`.
  Ring() : error_(::io_uring_queue_init(DiskEngine::kMost, &ring_, IORING_SETUP_R_DISABLED)) {}
  ~Ring() {
    if (error_ == 0) ::io_uring_queue_exit(&ring_);
  }
  Ring(const Ring&) = delete;
  Ring& operator=(const Ring&) = delete;

  io_uring* get() { return &ring_; }

  // Whether the kernel has io_uring, lets this process use it, and knows all operations.
  bool is_good() {
    if (error_ != 0) return false;
    const std::unique_ptr<io_uring_probe, decltype(&::io_uring_free_probe)> probe(
        ::io_uring_get_probe_ring(&ring_), &::io_uring_free_probe);
    if (!probe) return false;
    for (const int operation : kOperations) {
      if (!::io_uring_opcode_supported(probe.get(), operation)) return false;
    }
    return true;
  }

  // From now on the ring takes these operations and no others, nor can that be changed. Seccomp's
  // filter does not see what a ring is asked for.
  bool enable() {
    std::array<io_uring_restriction, std::size(kOperations) + 1> allowed = {};
    for (size_t i = 0; i < std::size(kOperations); ++i) {
      allowed[i].opcode = IORING_RESTRICTION_SQE_OP;
      allowed[i].sqe_op = static_cast<uint8_t>(kOperations[i]);
    }
    allowed.back().opcode = IORING_RESTRICTION_SQE_FLAGS_ALLOWED;
    allowed.back().sqe_flags = IOSQE_ASYNC;
    return do_register(IORING_REGISTER_RESTRICTIONS, allowed.data(), allowed.size()) &&
           do_register(IORING_REGISTER_ENABLE_RINGS, nullptr, 0);
  }

 private:
  // Debian's liburing.so does not export its functions for these.
  bool do_register(unsigned operation, void* argument, size_t count) const {
    return ::syscall(SYS_io_uring_register, ring_.ring_fd, operation, argument, count) == 0;
  }

  io_uring ring_ = {};
  const int error_;
};

class UringEngine final : public DiskEngine {
 public:
  UringEngine(EventLoop& loop, std::unique_ptr<Ring> ring, Ended ended)
      : ended_(std::move(ended)), ring_(std::move(ring)), watch_(loop, event_.get(), [this] {
          event_.take();
          start();
          harvest();
        }) {}

  // Has the kernel signal each operation that has ended. Returns whether it can.
  bool connect() {
    std::array<unsigned, 2> workers = {kWorkers, kWorkers};
    // From Linux 5.15 on; without it there are more threads.
    ::io_uring_register_iowq_max_workers(ring_->get(), workers.data());
    return ::io_uring_register_eventfd(ring_->get(), event_.get()) == 0 && ring_->enable();
  }

  std::string_view name() const override { return "io_uring"; }

  void submit(DiskOperation& operation) override {
    operation.prepare();
    ++under_way_;
    queue(operation);
  }

  void start() override {
    while (::io_uring_sq_ready(ring_->get()) > 0) {
      const int n = ::io_uring_submit(ring_->get());
      if (n > 0 || n == -EINTR) continue;
      // EAGAIN, EBUSY: the kernel has no memory for them now. They stay in the ring, and the loop
      // tries again after it has served what else is ready.
      event_.signal();
      return;
    }
  }

  void harvest() override {
    std::array<io_uring_cqe*, kMost> entries;
    std::array<DiskOperation*, kMost> operations;
    const unsigned n = ::io_uring_peek_batch_cqe(ring_->get(), entries.data(), kMost);
    size_t count = 0;
    bool again = false;
    for (unsigned i = 0; i < n; ++i) {
      auto* const operation = static_cast<DiskOperation*>(::io_uring_cqe_get_data(entries[i]));
      if (operation->proceed(entries[i]->res)) {
        operations[count++] = operation;
      } else {
        queue(*operation);
        again = true;
      }
    }
    ::io_uring_cq_advance(ring_->get(), n);
    if (again) start();
    if (count == 0) return;
    under_way_ -= static_cast<unsigned>(count);
    ended_(std::span(operations).first(count));
  }

  void wait() override {
    start();
    // If none of them could be begun, there is nothing to wait for.
    if (::io_uring_sq_ready(ring_->get()) < under_way_) {
      io_uring_cqe* entry;
      while (::io_uring_wait_cqe(ring_->get(), &entry) == -EINTR) {
      }
    }
    harvest();
  }

 private:
  // Puts the rest of an operation into the ring, which has room for all that may be under way.
  void queue(DiskOperation& operation) {
    io_uring_sqe* const entry = ::io_uring_get_sqe(ring_->get());
    const auto left = operation.left();
    const auto count = static_cast<unsigned>(left.size());
    switch (operation.kind) {
      case DiskOperation::Kind::kRead:
        ::io_uring_prep_readv(entry, operation.fd, left.data(), count, operation.offset);
        break;
      case DiskOperation::Kind::kWrite:
        ::io_uring_prep_writev2(entry, operation.fd, left.data(), count, operation.offset,
                                operation.through ? RWF_DSYNC : 0);
        break;
      case DiskOperation::Kind::kSync:
        ::io_uring_prep_fsync(entry, operation.fd, IORING_FSYNC_DATASYNC);
        break;
      case DiskOperation::Kind::kPunch:
      case DiskOperation::Kind::kZero:
        ::io_uring_prep_fallocate(
            entry, operation.fd,
            FALLOC_FL_KEEP_SIZE |
                (operation.kind == DiskOperation::Kind::kPunch ? FALLOC_FL_PUNCH_HOLE
                                                               : FALLOC_FL_ZERO_RANGE),
            static_cast<off_t>(operation.offset), static_cast<off_t>(operation.length));
        break;
    }
    // Else the kernel may say once more that it would have to wait.
    if (operation.must_wait()) ::io_uring_sqe_set_flags(entry, IOSQE_ASYNC);
    ::io_uring_sqe_set_data(entry, &operation);
  }

  const Ended ended_;
  const std::unique_ptr<Ring> ring_;
  EventFd event_;
  Watch watch_;
  unsigned under_way_ = 0;
};

}  // namespace

std::unique_ptr<DiskEngine> make_uring_engine(EventLoop& loop, DiskEngine::Ended ended) {
  auto ring = std::make_unique<Ring>();
  if (!ring->is_good()) return nullptr;
  auto engine = std::make_unique<UringEngine>(loop, std::move(ring), std::move(ended));
  return engine->connect() ? std::move(engine) : nullptr;
}

}  // namespace hvk
