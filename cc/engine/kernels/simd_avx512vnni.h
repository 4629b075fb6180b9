// Simd traits, AVX-512 with VNNI: those of simd_avx512.h but for the multiply-adds of integers, one instruction each.
// For one translation unit: everything has internal linkage.
#ifndef TF_WAVENET_CC_ENGINE_KERNELS_SIMD_AVX512VNNI_H_
#define TF_WAVENET_CC_ENGINE_KERNELS_SIMD_AVX512VNNI_H_

#include <immintrin.h>

#include "cc/engine/kernels/simd_avx512.h"

namespace tf_wavenet {
namespace {

struct SimdAvx512Vnni : SimdAvx512 {
  static Sum MulAddI16(Sum sum, const void* w, PairI16 x) {  // vpdpwssd
    return _mm512_dpwssd_epi32(sum, _mm512_loadu_si512(w), x);
  }

  static Sum MulAddI8(Sum sum, const void* w, QuadU8 x) {  // vpdpbusd: unsigned first, then signed
    return _mm512_dpbusd_epi32(sum, x, _mm512_loadu_si512(w));
  }
};

}  // namespace
}  // namespace tf_wavenet

#endif  // TF_WAVENET_CC_ENGINE_KERNELS_SIMD_AVX512VNNI_H_
