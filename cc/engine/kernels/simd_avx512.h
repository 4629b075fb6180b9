// Simd traits, sixteen lanes of AVX-512. simd_scalar.h says what each operation means.
// For one translation unit: everything has internal linkage.
#ifndef TF_WAVENET_CC_ENGINE_KERNELS_SIMD_AVX512_H_
#define TF_WAVENET_CC_ENGINE_KERNELS_SIMD_AVX512_H_

#include <immintrin.h>
#include <stdint.h>

namespace tf_wavenet {
namespace {

struct SimdAvx512 {
  static constexpr int kLanes = 16;
  using Vec = __m512;

  static Vec Load(const float* p) { return _mm512_loadu_ps(p); }
  static void Store(float* p, Vec v) { _mm512_storeu_ps(p, v); }
  static Vec Set(float v) { return _mm512_set1_ps(v); }

  static Vec Add(Vec a, Vec b) { return _mm512_add_ps(a, b); }
  static Vec Sub(Vec a, Vec b) { return _mm512_sub_ps(a, b); }
  static Vec Mul(Vec a, Vec b) { return _mm512_mul_ps(a, b); }
  static Vec Div(Vec a, Vec b) { return _mm512_div_ps(a, b); }
  static Vec Fma(Vec a, Vec b, Vec c) { return _mm512_fmadd_ps(a, b, c); }
  static Vec Max(Vec a, Vec b) { return _mm512_max_ps(a, b); }
  static Vec Min(Vec a, Vec b) { return _mm512_min_ps(a, b); }
  static Vec IfLess(Vec a, Vec b, Vec yes, Vec no) {
    return _mm512_mask_blend_ps(_mm512_cmp_ps_mask(a, b, _CMP_LT_OQ), no, yes);
  }
  static Vec IfNan(Vec a, Vec yes, Vec no) {
    return _mm512_mask_blend_ps(_mm512_cmp_ps_mask(a, a, _CMP_UNORD_Q), no, yes);
  }

  static Vec AddToExponent(Vec a, Vec shifted) {
    const __m512i n = _mm512_slli_epi32(_mm512_castps_si512(shifted), 23);
    return _mm512_castsi512_ps(_mm512_add_epi32(_mm512_castps_si512(a), n));
  }

  static constexpr int kWords = 8;
  using Words = __m512i;
  static Words ZeroWords() { return _mm512_setzero_si512(); }
  static Words AddWords(Words sum, const uint64_t* p) { return _mm512_add_epi64(sum, _mm512_loadu_si512(p)); }
  static uint64_t SumWords(Words sum) {  // _mm512_reduce_add_epi64 adds signed words, which may not overflow
    uint64_t words[kWords], total = 0;
    _mm512_storeu_si512(words, sum);
    for (int i = 0; i < kWords; ++i) total += words[i];
    return total;
  }

  static void Prefetch(const void* p) { _mm_prefetch(static_cast<const char*>(p), _MM_HINT_T0); }
};

}  // namespace
}  // namespace tf_wavenet

#endif  // TF_WAVENET_CC_ENGINE_KERNELS_SIMD_AVX512_H_
