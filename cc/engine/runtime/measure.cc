#include "cc/engine/runtime/measure.h"

#include <algorithm>
#include <chrono>
#include <limits>
#include <vector>

#include "cc/engine/base/aligned.h"
#include "cc/engine/base/format.h"

namespace tf_wavenet {
namespace {

// The median of the seconds that `run` takes, `repeats` times after one that is not counted.
template <class Run>
Status MedianSeconds(int repeats, Run run, double* seconds) {
  if (repeats < 1) return InvalidArgument(Format("repeats is %d, must be at least 1", repeats));
  run();
  std::vector<double> runs(repeats);
  for (double& run_seconds : runs) {
    const auto begin = std::chrono::steady_clock::now();
    run();
    run_seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  }
  std::nth_element(runs.begin(), runs.begin() + repeats / 2, runs.end());
  *seconds = runs[repeats / 2];
  return {};
}

}  // namespace

Status MeasureStream(const Kernels& kernels, const void* data, int64_t bytes, int repeats, double* seconds) {
  if (data == nullptr || reinterpret_cast<uintptr_t>(data) % 64 != 0) {
    return InvalidArgument(Format("data is %p, must be 64-byte aligned", data));
  }
  if (bytes <= 0 || bytes % 64 != 0) {
    return InvalidArgument(Format("bytes is %lld, must be a positive multiple of 64", static_cast<long long>(bytes)));
  }
  volatile uint64_t sink;
  *seconds = std::numeric_limits<double>::infinity();
  for (const auto stream : kernels.stream) {
    double median = 0;
    if (Status status = MedianSeconds(
            repeats, [&] { sink = stream(data, bytes); }, &median);
        !status.ok())
      return status;
    *seconds = std::min(*seconds, median);
  }
  (void)sink;
  return {};
}

Status MeasureMultiplyAdds(const PrecisionKernels& kernels, int repeats, double* per_second) {
  constexpr int64_t kRounds = 200000;
  const Aligned<char> weights(kMultiplyAddBytes), activations(64);  // zeros: no instruction is quicker for them
  int64_t count = 0;
  double seconds = 0;
  const Status status = MedianSeconds(
      repeats, [&] { count = kernels.multiply_adds(weights.data(), activations.data(), kRounds); }, &seconds);
  if (status.ok()) *per_second = static_cast<double>(count) / seconds;
  return status;
}

}  // namespace tf_wavenet
