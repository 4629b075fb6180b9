// The limits of a step, which speeds are compared with: how long it takes to read as many bytes as the weights have,
// once, forward; how many multiply-adds are done in a second where nothing has to be waited for; how long one core
// waits for a word from another.
#ifndef TF_WAVENET_CC_ENGINE_RUNTIME_MEASURE_H_
#define TF_WAVENET_CC_ENGINE_RUNTIME_MEASURE_H_

#include <cstdint>

#include "cc/engine/base/status.h"
#include "cc/engine/kernels/kernels.h"

namespace tf_wavenet {

// Seconds per pass over `data` (64-byte aligned, a multiple of 64 bytes), of which each of `threads` threads, on a core
// of its own, reads its part: the median of `repeats` passes after one that is not counted and leaves what fits in the
// caches, by the faster of the two ways to read. One thread is the caller's.
Status MeasureStream(const Kernels& kernels, const void* data, int64_t bytes, int threads, int repeats,
                     double* seconds);

// Multiply-adds per second of `threads` threads together with weights in the innermost caches: the median of `repeats`
// runs of about a millisecond after one that is not counted.
Status MeasureMultiplyAdds(const PrecisionKernels& kernels, int threads, int repeats, double* per_second);

// Seconds from one core's write to the other's seeing it: the median of `repeats` runs of a thousand there and back,
// between the first two CPUs that the process may use. Unavailable if it may use only one.
Status MeasureHandover(int repeats, double* seconds);

}  // namespace tf_wavenet

#endif  // TF_WAVENET_CC_ENGINE_RUNTIME_MEASURE_H_
