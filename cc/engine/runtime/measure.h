// The two limits of a step on one core, which speeds are compared with: how long it takes to read as many bytes as the
// weights have, once, forward, and how many multiply-adds it does in a second where nothing has to be waited for.
#ifndef TF_WAVENET_CC_ENGINE_RUNTIME_MEASURE_H_
#define TF_WAVENET_CC_ENGINE_RUNTIME_MEASURE_H_

#include <cstdint>

#include "cc/engine/base/status.h"
#include "cc/engine/kernels/kernels.h"

namespace tf_wavenet {

// Seconds per pass over `data` (64-byte aligned, a multiple of 64 bytes): the median of `repeats` passes after one that
// is not counted and leaves what fits in the caches, by the faster of the two ways to read.
Status MeasureStream(const Kernels& kernels, const void* data, int64_t bytes, int repeats, double* seconds);

// Multiply-adds per second with weights in the innermost cache: the median of `repeats` runs of about a millisecond
// after one that is not counted.
Status MeasureMultiplyAdds(const PrecisionKernels& kernels, int repeats, double* per_second);

}  // namespace tf_wavenet

#endif  // TF_WAVENET_CC_ENGINE_RUNTIME_MEASURE_H_
