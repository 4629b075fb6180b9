#if !defined(__AVX512F__) || !defined(__AVX512BW__) || !defined(__AVX512DQ__) || !defined(__AVX512VL__) || \
    !defined(__FMA__) || !defined(__AVX512VNNI__)
#error "compile this file with -mavx512f -mavx512bw -mavx512dq -mavx512vl -mavx512vnni -mfma"
#endif

#include "cc/engine/kernels/kernels-inl.h"
#include "cc/engine/kernels/simd_avx512vnni.h"

namespace tf_wavenet {

constexpr Kernels kKernelsAvx512Vnni = MakeKernels<SimdAvx512Vnni>("avx512vnni");

}  // namespace tf_wavenet
