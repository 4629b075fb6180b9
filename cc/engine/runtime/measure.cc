#include "cc/engine/runtime/measure.h"

#include <algorithm>
#include <chrono>
#include <limits>
#include <vector>

#include "cc/engine/base/aligned.h"
#include "cc/engine/base/format.h"
#include "cc/engine/runtime/cores.h"
#include "cc/engine/runtime/pool.h"
#include "cc/engine/runtime/spin.h"

namespace tf_wavenet {
namespace {

constexpr int kMaxThreads = 256;

Status CheckCounts(int threads, int repeats) {
  if (threads < 1 || threads > kMaxThreads) {
    return InvalidArgument(Format("threads is %d, must be in 1..%d", threads, kMaxThreads));
  }
  return repeats >= 1 ? Status() : InvalidArgument(Format("repeats is %d, must be at least 1", repeats));
}

// The median of the seconds from when all threads begin run(thread) until all have ended it, `repeats` times after one
// that is not counted.
template <class Run>
double MedianSeconds(int threads, int repeats, Run run) {
  std::vector<double> runs(repeats);
  Barrier barrier(threads, kPatientLooks);
  const auto work = [&](int thread) {
    for (int i = -1; i < repeats; ++i) {
      barrier.Wait(thread);
      const auto begin = std::chrono::steady_clock::now();
      run(thread);
      barrier.Wait(thread);
      const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - begin;
      if (thread == 0 && i >= 0) runs[i] = elapsed.count();
    }
  };
  if (threads == 1) {
    work(0);
  } else {
    Pool(threads, AllowedCores().cpus).Run(work);
  }
  std::nth_element(runs.begin(), runs.begin() + repeats / 2, runs.end());
  return runs[repeats / 2];
}

}  // namespace

Status MeasureStream(const Kernels& kernels, const void* data, int64_t bytes, int threads, int repeats,
                     double* seconds) {
  constexpr int64_t kLine = 64;
  if (Status status = CheckCounts(threads, repeats); !status.ok()) return status;
  if (data == nullptr || reinterpret_cast<uintptr_t>(data) % kLine != 0) {
    return InvalidArgument(Format("data is %p, must be 64-byte aligned", data));
  }
  if (bytes <= 0 || bytes % kLine != 0) {
    return InvalidArgument(Format("bytes is %lld, must be a positive multiple of 64", static_cast<long long>(bytes)));
  }
  volatile uint64_t sink;
  *seconds = std::numeric_limits<double>::infinity();
  for (const auto stream : kernels.stream) {
    const auto read_part = [&](int thread) {
      const int64_t lines = bytes / kLine, begin = lines * thread / threads, end = lines * (thread + 1) / threads;
      const uint64_t sum = stream(static_cast<const char*>(data) + begin * kLine, (end - begin) * kLine);
      if (thread == 0) sink = sum;
    };
    *seconds = std::min(*seconds, MedianSeconds(threads, repeats, read_part));
  }
  (void)sink;
  return {};
}

Status MeasureMultiplyAdds(const PrecisionKernels& kernels, int threads, int repeats, double* per_second) {
  constexpr int64_t kRounds = 200000;
  if (Status status = CheckCounts(threads, repeats); !status.ok()) return status;
  const Aligned<char> weights(kMultiplyAddBytes), activations(64);  // zeros: no instruction is quicker for them
  int64_t count = 0;
  const double seconds = MedianSeconds(threads, repeats, [&](int thread) {
    const int64_t done = kernels.multiply_adds(weights.data(), activations.data(), kRounds);
    if (thread == 0) count = done;
  });
  *per_second = static_cast<double>(count) * threads / seconds;
  return {};
}

Status MeasureHandover(int repeats, double* seconds) {
  constexpr int kTimes = 1000;
  if (Status status = CheckCounts(2, repeats); !status.ok()) return status;
  if (AllowedCores().cpus.size() < 2) {
    return {StatusCode::kUnavailable, "this process may use only one CPU: there is nobody to hand over to"};
  }
  Progress there, back;
  uint64_t asked = 0, answered = 0;  // each of its thread
  *seconds = MedianSeconds(2, repeats,
                           [&](int thread) {
                             for (int i = 0; i < kTimes; ++i) {
                               if (thread == 0) {
                                 there.Raise(++asked);
                                 back.Await(asked, kPatientLooks);
                               } else {
                                 there.Await(++answered, kPatientLooks);
                                 back.Raise(answered);
                               }
                             }
                           }) /
             (2 * kTimes);
  return {};
}

}  // namespace tf_wavenet
