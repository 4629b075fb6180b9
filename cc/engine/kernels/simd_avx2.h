// Simd traits, eight lanes of AVX2 with FMA. simd_scalar.h says what each operation means.
// For one translation unit: everything has internal linkage.
#ifndef TF_WAVENET_CC_ENGINE_KERNELS_SIMD_AVX2_H_
#define TF_WAVENET_CC_ENGINE_KERNELS_SIMD_AVX2_H_

#include <immintrin.h>
#include <stdint.h>

#include "cc/engine/kernels/table16.h"

namespace tf_wavenet {
namespace {

struct SimdAvx2 {
  static constexpr int kLanes = 8;
  static constexpr int kTileUnits = 1;
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

  using Sum = __m256i;
  static Sum ZeroSum() { return _mm256_setzero_si256(); }
  static Sum SetSum(int32_t v) { return _mm256_set1_epi32(v); }
  static Sum LoadSum(const int32_t* p) { return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p)); }
  static void StoreSum(int32_t* p, Sum sum) { _mm256_storeu_si256(reinterpret_cast<__m256i*>(p), sum); }
  static Sum AddSum(Sum a, Sum b) { return _mm256_add_epi32(a, b); }
  static Vec ToFloat(Sum sum) { return _mm256_cvtepi32_ps(sum); }
  static Sum Round(Vec v) { return _mm256_cvtps_epi32(v); }
  static void StoreI16(int16_t* p, Sum v) {
    const __m256i packed = _mm256_permute4x64_epi64(_mm256_packs_epi32(v, v), 0x88);
    _mm_storeu_si128(reinterpret_cast<__m128i*>(p), _mm256_castsi256_si128(packed));
  }
  static void StoreU8(uint8_t* p, Sum v) {
    const __m256i words = _mm256_permute4x64_epi64(_mm256_packs_epi32(v, v), 0x88);
    const __m128i bytes = _mm_packus_epi16(_mm256_castsi256_si128(words), _mm256_castsi256_si128(words));
    _mm_storel_epi64(reinterpret_cast<__m128i*>(p), bytes);
  }

  using PairI16 = __m256i;
  static PairI16 BroadcastI16(const void* x) { return Broadcast(x); }
  static Sum MulAddI16(Sum sum, const void* w, PairI16 x) {
    return _mm256_add_epi32(sum, _mm256_madd_epi16(LoadBytes(w), x));
  }

  // vpmaddubsw adds two products of bytes into int16 and would saturate; that no pair of weights gets there is proven
  // when a voice is opened (model/voice_numbers.h).
  using QuadU8 = __m256i;
  static QuadU8 BroadcastU8(const void* x) { return Broadcast(x); }
  static Sum MulAddI8(Sum sum, const void* w, QuadU8 x) {
    return _mm256_add_epi32(sum, _mm256_madd_epi16(_mm256_maddubs_epi16(x, LoadBytes(w)), _mm256_set1_epi16(1)));
  }

  static constexpr int kHalf = 16;
  struct I16 {
    __m256i first, second;
  };
  template <class First, class Second>
  static I16 Pack(First first, Second second) {
    return {PackSums(first(0), first(kLanes)), PackSums(second(0), second(kLanes))};
  }
  static I16 AbsI16(I16 a) { return {_mm256_abs_epi16(a.first), _mm256_abs_epi16(a.second)}; }
  static I16 AddI16(I16 a, I16 b) { return {_mm256_add_epi16(a.first, b.first), _mm256_add_epi16(a.second, b.second)}; }
  static I16 XorI16(I16 a, int16_t b) {
    const __m256i bits = _mm256_set1_epi16(b);
    return {_mm256_xor_si256(a.first, bits), _mm256_xor_si256(a.second, bits)};
  }
  template <int kBits>
  static I16 ShiftLeftI16(I16 a) {
    return {_mm256_slli_epi16(a.first, kBits), _mm256_slli_epi16(a.second, kBits)};
  }
  template <int kBits>
  static I16 ShiftRightI16(I16 a) {
    return {_mm256_srai_epi16(a.first, kBits), _mm256_srai_epi16(a.second, kBits)};
  }
  static I16 MulRoundI16(I16 a, I16 b) {
    return {_mm256_mulhrs_epi16(a.first, b.first), _mm256_mulhrs_epi16(a.second, b.second)};
  }
  static I16 LookUpI16(const Table16& table, I16 index) {
    return {LookUp(table, index.first), LookUp(table, index.second)};
  }
  static I16 NegateI16(I16 a, I16 where) { return {Negate(a.first, where.first), Negate(a.second, where.second)}; }

  using Half = __m256i;
  static Half FirstHalf(I16 a) { return a.first; }
  static Half SecondHalf(I16 a) { return a.second; }
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
    const __m256i bytes = _mm256_permute4x64_epi64(_mm256_packus_epi16(a, a), 0x08);
    _mm_storeu_si128(reinterpret_cast<__m128i*>(p), _mm256_castsi256_si128(bytes));
  }
  static void StoreHalfF32(float* p, Half a, float unit) {
    const __m128i low = _mm256_castsi256_si128(a), high = _mm256_extracti128_si256(a, 1);
    Store(p, Mul(ToFloat(_mm256_cvtepi16_epi32(low)), Set(unit)));
    Store(p + kLanes, Mul(ToFloat(_mm256_cvtepi16_epi32(high)), Set(unit)));
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

  static void Prefetch(const void* p) { _mm_prefetch(static_cast<const char*>(p), _MM_HINT_T1); }

 private:
  static __m256i PackSums(Sum low, Sum high) { return _mm256_permute4x64_epi64(_mm256_packs_epi32(low, high), 0xd8); }
  static __m256i LookUp(const Table16& table, __m256i index) {  // a byte index of 0x80 gives zero
    const __m256i in_low = _mm256_or_si256(index, _mm256_set1_epi16(-0x8000));
    const __m256i in_high = _mm256_or_si256(_mm256_slli_epi16(index, 8), _mm256_set1_epi16(0x80));
    return _mm256_or_si256(_mm256_shuffle_epi8(Repeat(table.low), in_low),
                           _mm256_shuffle_epi8(Repeat(table.high), in_high));
  }
  static __m256i Negate(__m256i a, __m256i where) {  // vpsignw would make lanes zero in which `where` is
    const __m256i sign = _mm256_srai_epi16(where, 15);
    return _mm256_sub_epi16(_mm256_xor_si256(a, sign), sign);
  }
  static __m256i LoadBytes(const void* p) { return _mm256_loadu_si256(static_cast<const __m256i*>(p)); }
  static __m256i Repeat(const uint8_t* p) {
    return _mm256_broadcastsi128_si256(_mm_load_si128(reinterpret_cast<const __m128i*>(p)));
  }
  static __m256i Broadcast(const void* x) {  // 32 bits
    int32_t word;
    __builtin_memcpy(&word, x, sizeof(word));
    return _mm256_set1_epi32(word);
  }
};

}  // namespace
}  // namespace tf_wavenet

#endif  // TF_WAVENET_CC_ENGINE_KERNELS_SIMD_AVX2_H_
