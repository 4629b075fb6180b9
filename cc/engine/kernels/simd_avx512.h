// Simd traits, sixteen lanes of AVX-512. simd_scalar.h says what each operation means.
// For one translation unit: everything has internal linkage.
#ifndef TF_WAVENET_CC_ENGINE_KERNELS_SIMD_AVX512_H_
#define TF_WAVENET_CC_ENGINE_KERNELS_SIMD_AVX512_H_

#include <immintrin.h>
#include <stdint.h>

#include "cc/engine/kernels/table16.h"

namespace tf_wavenet {
namespace {

struct SimdAvx512 {
  static constexpr int kLanes = 16;
  static constexpr int kTileUnits = 4;
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

  using Sum = __m512i;
  static Sum ZeroSum() { return _mm512_setzero_si512(); }
  static Sum SetSum(int32_t v) { return _mm512_set1_epi32(v); }
  static Sum LoadSum(const int32_t* p) { return _mm512_loadu_si512(p); }
  static void StoreSum(int32_t* p, Sum sum) { _mm512_storeu_si512(p, sum); }
  static Sum AddSum(Sum a, Sum b) { return _mm512_add_epi32(a, b); }
  static Vec ToFloat(Sum sum) { return _mm512_cvtepi32_ps(sum); }
  static Sum Round(Vec v) { return _mm512_cvtps_epi32(v); }
  static void StoreI16(int16_t* p, Sum v) {
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(p), _mm512_cvtepi32_epi16(v));
  }
  static void StoreU8(uint8_t* p, Sum v) { _mm_storeu_si128(reinterpret_cast<__m128i*>(p), _mm512_cvtepi32_epi8(v)); }

  using PairI16 = __m512i;
  static PairI16 BroadcastI16(const void* x) { return Broadcast(x); }
  static Sum MulAddI16(Sum sum, const void* w, PairI16 x) {
    return _mm512_add_epi32(sum, _mm512_madd_epi16(_mm512_loadu_si512(w), x));
  }

  // Pairs do not saturate, as in simd_avx2.h.
  using QuadU8 = __m512i;
  static QuadU8 BroadcastU8(const void* x) { return Broadcast(x); }
  static Sum MulAddI8(Sum sum, const void* w, QuadU8 x) {
    const __m512i pairs = _mm512_maddubs_epi16(x, _mm512_loadu_si512(w));
    return _mm512_add_epi32(sum, _mm512_madd_epi16(pairs, _mm512_set1_epi16(1)));
  }

  static constexpr int kHalf = 16;
  using I16 = __m512i;
  template <class First, class Second>
  static I16 Pack(First first, Second second) {
    const __m512i order = _mm512_setr_epi64(0, 2, 4, 6, 1, 3, 5, 7);
    return _mm512_permutexvar_epi64(order, _mm512_packs_epi32(first(0), second(0)));
  }
  static I16 AbsI16(I16 a) { return _mm512_abs_epi16(a); }
  static I16 AddI16(I16 a, I16 b) { return _mm512_add_epi16(a, b); }
  static I16 XorI16(I16 a, int16_t b) { return _mm512_xor_si512(a, _mm512_set1_epi16(b)); }
  template <int kBits>
  static I16 ShiftLeftI16(I16 a) {
    return _mm512_slli_epi16(a, kBits);
  }
  template <int kBits>
  static I16 ShiftRightI16(I16 a) {
    return _mm512_srai_epi16(a, kBits);
  }
  static I16 MulRoundI16(I16 a, I16 b) { return _mm512_mulhrs_epi16(a, b); }
  static I16 LookUpI16(const Table16& table, I16 index) {
    const __m256i words = _mm256_load_si256(reinterpret_cast<const __m256i*>(table.words));
    return _mm512_permutexvar_epi16(index, _mm512_broadcast_i64x4(words));
  }
  static I16 NegateI16(I16 a, I16 where) {
    return _mm512_mask_sub_epi16(a, _mm512_movepi16_mask(where), _mm512_setzero_si512(), a);
  }

  using Half = __m256i;
  static Half FirstHalf(I16 a) { return _mm512_castsi512_si256(a); }
  static Half SecondHalf(I16 a) { return _mm512_extracti64x4_epi64(a, 1); }
  static Half MulRoundHalf(Half a, Half b) { return _mm256_mulhrs_epi16(a, b); }
  static Half AddHalf(Half a, int16_t b) { return _mm256_add_epi16(a, _mm256_set1_epi16(b)); }
  static Half MinHalf(Half a, int16_t b) { return _mm256_min_epi16(a, _mm256_set1_epi16(b)); }
  static Half MaxHalf(Half a, int16_t b) { return _mm256_max_epi16(a, _mm256_set1_epi16(b)); }
  template <int kBits>
  static Half ShiftRightHalf(Half a) {
    return _mm256_srai_epi16(a, kBits);
  }
  static void StoreHalfI16(int16_t* p, Half a) { _mm256_storeu_si256(reinterpret_cast<__m256i*>(p), a); }
  static void StoreHalfU8(uint8_t* p, Half a) {
    _mm_storeu_si128(reinterpret_cast<__m128i*>(p), _mm256_cvtepi16_epi8(a));
  }
  static void StoreHalfF32(float* p, Half a, float unit) {
    Store(p, Mul(ToFloat(_mm512_cvtepi16_epi32(a)), Set(unit)));
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

  static void Prefetch(const void* p) { _mm_prefetch(static_cast<const char*>(p), _MM_HINT_T1); }

 protected:
  static __m512i Broadcast(const void* x) {  // 32 bits
    int32_t word;
    __builtin_memcpy(&word, x, sizeof(word));
    return _mm512_set1_epi32(word);
  }
};

}  // namespace
}  // namespace tf_wavenet

#endif  // TF_WAVENET_CC_ENGINE_KERNELS_SIMD_AVX512_H_
