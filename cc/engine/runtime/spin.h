// How threads of one team wait for each other within a step, where a system call would take longer than the work: they
// look, over and over, at a number that another thread only ever raises. After a bounded number of looks they yield the
// core between them, so that with more threads than free cores everything still goes on.
#ifndef TF_WAVENET_CC_ENGINE_RUNTIME_SPIN_H_
#define TF_WAVENET_CC_ENGINE_RUNTIME_SPIN_H_

#include <sched.h>

#include <atomic>
#include <cstdint>
#include <vector>

namespace tf_wavenet {

// Looks before a waiting thread yields: some 20 to 50 us, several times as long as a thread that has a core to itself
// ever waits.
constexpr int kPatientLooks = 2000;

// A number in a cache line of its own that one thread raises and others wait for. What was written before it was raised
// is seen by whoever has seen it.
class alignas(64) Progress {
 public:
  static constexpr uint64_t kEnd = ~uint64_t{0};  // raised to this, it answers every wait, now and later

  void Raise(uint64_t to) { value_.store(to, std::memory_order_release); }
  uint64_t value() const { return value_.load(std::memory_order_acquire); }

  // Returns the value once it is at least `wanted`.
  uint64_t Await(uint64_t wanted, int looks) const {
    for (int i = 0;; ++i) {
      const uint64_t value = this->value();
      if (value >= wanted) return value;
      if (i < looks) {
        Pause();
      } else {
        sched_yield();
      }
    }
  }

 private:
  static void Pause() {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#endif
  }

  std::atomic<uint64_t> value_{0};
};

// Where `threads` threads meet. Each raises a number of its own and waits for all others', so that nobody writes to a
// line that another one writes to: with two threads that is one handover each way.
class Barrier {
 public:
  Barrier(int threads, int looks) : looks_(looks), arrived_(threads) {}

  void Wait(int thread) {
    const uint64_t epoch = arrived_[thread].value() + 1;
    arrived_[thread].Raise(epoch);
    for (const Progress& other : arrived_) other.Await(epoch, looks_);
  }

 private:
  const int looks_;
  std::vector<Progress> arrived_;
};

}  // namespace tf_wavenet

#endif  // TF_WAVENET_CC_ENGINE_RUNTIME_SPIN_H_
