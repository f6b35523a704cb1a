// SPDX-License-Identifier: GPL-2.0-or-later
#include "virtio/worker.h"

#include <future>
#include <memory>
#include <utility>

namespace hvk {

ThreadWorker::ThreadWorker(const std::string& name, ThreadKind kind)
    : thread_(name, kind), watch_(thread_.loop(), wake_.get(), [this] { work(); }) {
  run([this] { thread_.loop().set_awaited(awaited_.get()); });
}

void ThreadWorker::post(std::function<void()> work) {
  {
    const std::lock_guard lock(mutex_);
    posted_.push_back(std::move(work));
  }
  wake_.signal();
}

void ThreadWorker::run(std::function<void()> work) {
  // Shared, because the waiting thread may go on before set_value has returned.
  const auto done = std::make_shared<std::promise<void>>();
  {
    const std::lock_guard lock(mutex_);
    ++waiting_;
    awaited_.signal();
  }
  post([work = std::move(work), done] {
    work();
    done->set_value();
  });
  done->get_future().wait();
  const std::lock_guard lock(mutex_);
  if (--waiting_ == 0) awaited_.take();
}

void ThreadWorker::work() {
  wake_.take();
  std::deque<std::function<void()>> posted;
  {
    const std::lock_guard lock(mutex_);
    posted.swap(posted_);
  }
  for (const auto& work : posted) work();
}

}  // namespace hvk
