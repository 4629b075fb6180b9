#if !defined(__AVX512F__) || !defined(__AVX512BW__) || !defined(__AVX512DQ__) || !defined(__AVX512VL__) || \
    !defined(__FMA__) || defined(__AVX512VNNI__)
#error "compile this file with -mavx512f -mavx512bw -mavx512dq -mavx512vl -mfma and no more"
#endif

#include "cc/engine/kernels/kernels-inl.h"
#include "cc/engine/kernels/simd_avx512.h"

namespace tf_wavenet {

constexpr Kernels kKernelsAvx512 = MakeKernels<SimdAvx512>("avx512");

}  // namespace tf_wavenet
