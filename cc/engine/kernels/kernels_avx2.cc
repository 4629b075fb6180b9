#if !defined(__AVX2__) || !defined(__FMA__) || defined(__AVX512F__)
#error "compile this file with -mavx2 -mfma and no more"
#endif

#include "cc/engine/kernels/kernels-inl.h"
#include "cc/engine/kernels/simd_avx2.h"

namespace tf_wavenet {

constexpr Kernels kKernelsAvx2 = MakeKernels<SimdAvx2>("avx2");

}  // namespace tf_wavenet
