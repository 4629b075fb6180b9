// Simd traits, eight lanes of AVX2 with FMA. simd_scalar.h says what each operation means.
// For one translation unit: everything has internal linkage.
#ifndef TF_WAVENET_CC_ENGINE_KERNELS_SIMD_AVX2_H_
#define TF_WAVENET_CC_ENGINE_KERNELS_SIMD_AVX2_H_

#include <immintrin.h>
#include <stdint.h>

namespace tf_wavenet {
namespace {

struct SimdAvx2 {
  static constexpr int kLanes = 8;
  using Vec = __m256;

  static Vec Load(const float* p) { return _mm256_loadu_ps(p); }
  static void Store(float* p, Vec v) { _mm256_storeu_ps(p, v); }
  static Vec Set(float v) { return _mm256_set1_ps(v); }

  static Vec Add(Vec a, Vec b) { return _mm256_add_ps(a, b); }
  static Vec Sub(Vec a, Vec b) { return _mm256_sub_ps(a, b); }
  static Vec Mul(Vec a, Vec b) { return _mm256_mul_ps(a, b); }
  static Vec Div(Vec a, Vec b) { return _mm256_div_ps(a, b); }
  static Vec Fma(Vec a, Vec b, Vec c) { return _mm256_fmadd_ps(a, b, c); }
  static Vec Max(Vec a, Vec b) { return _mm256_max_ps(a, b); }
  static Vec Min(Vec a, Vec b) { return _mm256_min_ps(a, b); }
  static Vec IfLess(Vec a, Vec b, Vec yes, Vec no) {
    return _mm256_blendv_ps(no, yes, _mm256_cmp_ps(a, b, _CMP_LT_OQ));
  }
  static Vec IfNan(Vec a, Vec yes, Vec no) { return _mm256_blendv_ps(no, yes, _mm256_cmp_ps(a, a, _CMP_UNORD_Q)); }

  static Vec AddToExponent(Vec a, Vec shifted) {
    const __m256i n = _mm256_slli_epi32(_mm256_castps_si256(shifted), 23);
    return _mm256_castsi256_ps(_mm256_add_epi32(_mm256_castps_si256(a), n));
  }

  static constexpr int kWords = 4;
  using Words = __m256i;
  static Words ZeroWords() { return _mm256_setzero_si256(); }
  static Words AddWords(Words sum, const uint64_t* p) {
    return _mm256_add_epi64(sum, _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p)));
  }
  static uint64_t SumWords(Words sum) {
    uint64_t words[kWords];
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(words), sum);
    return words[0] + words[1] + words[2] + words[3];
  }

  static void Prefetch(const void* p) { _mm_prefetch(static_cast<const char*>(p), _MM_HINT_T0); }
};

}  // namespace
}  // namespace tf_wavenet

#endif  // TF_WAVENET_CC_ENGINE_KERNELS_SIMD_AVX2_H_
