// Threads that live as long as their owner and run one job after another, all of them together, each on a core of its
// own as far as there are enough. Between jobs they sleep.
#ifndef TF_WAVENET_CC_ENGINE_RUNTIME_POOL_H_
#define TF_WAVENET_CC_ENGINE_RUNTIME_POOL_H_

#include <sys/types.h>

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "cc/engine/base/status.h"

namespace tf_wavenet {

class Pool {
 public:
  // In a process that was forked off, the copy of a pool has no threads and can only be left as it is: to destroy it
  // would wait for them.
  struct Delete {
    void operator()(Pool* pool) const {
      if (CheckProcess(pool->process_).ok()) delete pool;
    }
  };
  using Ptr = std::unique_ptr<Pool, Delete>;

  // Starts `threads` threads, pinned to cpus[0], cpus[1], ..., and around again; where `cpus` is empty they run
  // anywhere. Throws std::system_error if the system has no more threads to give.
  Pool(int threads, const std::vector<int>& cpus);
  ~Pool();
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  int size() const { return static_cast<int>(threads_.size()); }

  // The process that a pool's threads are in; Unavailable in one that was forked off.
  pid_t process() const { return process_; }
  static Status CheckProcess(pid_t process);

  // Runs job(0) .. job(size() - 1), each in its thread, and returns when all are done. `job` must not throw. One call
  // at a time, in the pool's own process.
  void Run(const std::function<void(int thread)>& job);

 private:
  void Work(int thread, int cpu);
  void Stop();

  const pid_t process_;
  std::mutex mutex_;
  std::condition_variable start_, done_;
  const std::function<void(int)>* job_ = nullptr;
  uint64_t round_ = 0;  // counts jobs
  int running_ = 0;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace tf_wavenet

#endif  // TF_WAVENET_CC_ENGINE_RUNTIME_POOL_H_
