#include "cc/engine/runtime/pool.h"

#include <unistd.h>

#include "cc/engine/base/format.h"
#include "cc/engine/runtime/cores.h"

namespace tf_wavenet {

Pool::Pool(int threads, const std::vector<int>& cpus) : process_(getpid()) {
  threads_.reserve(threads);
  try {
    for (int i = 0; i < threads; ++i) {
      threads_.emplace_back(&Pool::Work, this, i, cpus.empty() ? -1 : cpus[i % cpus.size()]);
    }
  } catch (...) {
    Stop();
    throw;
  }
}

Pool::~Pool() { Stop(); }

void Pool::Stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  start_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

Status Pool::CheckProcess(pid_t process) {
  if (getpid() == process) return {};
  return {StatusCode::kUnavailable,
          Format("the engine's threads are those of process %d, which forked off this one (%d): open an engine here",
                 static_cast<int>(process), static_cast<int>(getpid()))};
}

void Pool::Run(const std::function<void(int)>& job) {
  std::unique_lock lock(mutex_);
  job_ = &job;
  running_ = size();
  ++round_;
  start_.notify_all();
  done_.wait(lock, [&] { return running_ == 0; });
}

void Pool::Work(int thread, int cpu) {
  if (cpu >= 0) PinThisThread(cpu);
  std::unique_lock lock(mutex_);
  for (uint64_t seen = 0;;) {
    start_.wait(lock, [&] { return stopping_ || round_ != seen; });
    if (stopping_) return;
    seen = round_;
    const std::function<void(int)>& job = *job_;
    lock.unlock();
    job(thread);
    lock.lock();
    if (--running_ == 0) done_.notify_one();
  }
}

}  // namespace tf_wavenet
