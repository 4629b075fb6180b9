// The floor of a step: how long one core takes to read the same number of bytes, once, forward, and do nothing else.
#ifndef TF_WAVENET_CC_ENGINE_RUNTIME_MEASURE_STREAM_H_
#define TF_WAVENET_CC_ENGINE_RUNTIME_MEASURE_STREAM_H_

#include <cstdint>

#include "cc/engine/base/status.h"
#include "cc/engine/kernels/kernels.h"

namespace tf_wavenet {

// Seconds per pass over `data` (64-byte aligned, a multiple of 64 bytes): the median of `repeats` passes after one that
// is not counted and leaves what fits in the caches.
Status MeasureStream(const Kernels& kernels, const void* data, int64_t bytes, int repeats, double* seconds);

}  // namespace tf_wavenet

#endif  // TF_WAVENET_CC_ENGINE_RUNTIME_MEASURE_STREAM_H_
