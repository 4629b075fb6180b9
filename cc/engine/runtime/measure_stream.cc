#include "cc/engine/runtime/measure_stream.h"

#include <algorithm>
#include <chrono>
#include <vector>

#include "cc/engine/base/format.h"

namespace tf_wavenet {

Status MeasureStream(const Kernels& kernels, const void* data, int64_t bytes, int repeats, double* seconds) {
  if (data == nullptr || reinterpret_cast<uintptr_t>(data) % 64 != 0) {
    return InvalidArgument(Format("data is %p, must be 64-byte aligned", data));
  }
  if (bytes <= 0 || bytes % 64 != 0) {
    return InvalidArgument(Format("bytes is %lld, must be a positive multiple of 64", static_cast<long long>(bytes)));
  }
  if (repeats < 1) return InvalidArgument(Format("repeats is %d, must be at least 1", repeats));
  volatile uint64_t sink = kernels.stream(data, bytes);
  std::vector<double> passes(repeats);
  for (double& pass : passes) {
    const auto begin = std::chrono::steady_clock::now();
    sink = kernels.stream(data, bytes);
    pass = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  }
  (void)sink;
  std::nth_element(passes.begin(), passes.begin() + repeats / 2, passes.end());
  *seconds = passes[repeats / 2];
  return {};
}

}  // namespace tf_wavenet
