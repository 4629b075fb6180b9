#if defined(__AVX__) || defined(__FMA__)
#error "the scalar kernels must run on every x86-64: compile them without -m options"
#endif

#include "cc/engine/kernels/kernels-inl.h"
#include "cc/engine/kernels/simd_scalar.h"

namespace tf_wavenet {

constexpr Kernels kKernelsScalar = MakeKernels<SimdScalar>("scalar");

}  // namespace tf_wavenet
