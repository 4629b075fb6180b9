// Simd traits, one lane: what the kernels do where there are no wide registers, and the meaning of every operation.
// For one translation unit: everything has internal linkage.
#ifndef TF_WAVENET_CC_ENGINE_KERNELS_SIMD_SCALAR_H_
#define TF_WAVENET_CC_ENGINE_KERNELS_SIMD_SCALAR_H_

#include <stdint.h>

#include "cc/engine/kernels/table16.h"

namespace tf_wavenet {
namespace {

struct SimdScalar {
  static constexpr int kLanes = 1;
  // Rows, in units of kRowAlign, that kTileColumns columns share at a time: their sums are to fit the registers.
  static constexpr int kTileUnits = 1;

  // Floats.
  using Vec = float;
  static Vec Load(const float* p) { return *p; }
  static void Store(float* p, Vec v) { *p = v; }
  static Vec Set(float v) { return v; }
  static Vec Add(Vec a, Vec b) { return a + b; }
  static Vec Sub(Vec a, Vec b) { return a - b; }
  static Vec Mul(Vec a, Vec b) { return a * b; }
  static Vec Div(Vec a, Vec b) { return a / b; }
  static Vec Fma(Vec a, Vec b, Vec c) { return __builtin_fmaf(a, b, c); }  // a b + c, rounded once
  static Vec Max(Vec a, Vec b) { return a > b ? a : b; }                   // b where one is NaN
  static Vec Min(Vec a, Vec b) { return a < b ? a : b; }                   // b where one is NaN
  static Vec IfLess(Vec a, Vec b, Vec yes, Vec no) { return a < b ? yes : no; }
  static Vec IfNan(Vec a, Vec yes, Vec no) { return a != a ? yes : no; }

  // a * 2^n, where the low bits of `shifted`, as an integer, are n. The result must be a normal float.
  static Vec AddToExponent(Vec a, Vec shifted) {
    uint32_t bits, n;
    __builtin_memcpy(&bits, &a, sizeof(bits));
    __builtin_memcpy(&n, &shifted, sizeof(n));
    bits += n << 23;
    __builtin_memcpy(&a, &bits, sizeof(a));
    return a;
  }

  // Sums of int32, one row in each lane.
  using Sum = int32_t;
  static Sum ZeroSum() { return 0; }
  static Sum SetSum(int32_t v) { return v; }
  static Sum LoadSum(const int32_t* p) { return *p; }
  static void StoreSum(int32_t* p, Sum sum) { *p = sum; }
  static Sum AddSum(Sum a, Sum b) { return a + b; }
  static Vec ToFloat(Sum sum) { return static_cast<float>(sum); }  // rounded to nearest
  // v rounded to nearest, halves to even; |v| <= 2^22. Adding 1.5 * 2^23 leaves the integer in the low bits.
  static Sum Round(Vec v) {
    const float shifted = v + 12582912.0f;
    int32_t bits;
    __builtin_memcpy(&bits, &shifted, sizeof(bits));
    return bits - 0x4B400000;
  }
  static void StoreI16(int16_t* p, Sum v) { *p = static_cast<int16_t>(v); }  // v fits
  static void StoreU8(uint8_t* p, Sum v) { *p = static_cast<uint8_t>(v); }   // v fits

  // sum + w[0] x[0] + w[1] x[1], with int16 w of each row and x the same for all. No sum may exceed int32.
  using PairI16 = const int16_t*;
  static PairI16 BroadcastI16(const void* x) { return static_cast<const int16_t*>(x); }
  static Sum MulAddI16(Sum sum, const void* weights, PairI16 x) {
    const int16_t* w = static_cast<const int16_t*>(weights);
    return sum + w[0] * x[0] + w[1] * x[1];
  }

  // sum + w[0] x[0] + ... + w[3] x[3], with int8 w of each row and uint8 x the same for all. w[0] x[0] + w[1] x[1] fits
  // int16, and so do the other two.
  using QuadU8 = const uint8_t*;
  static QuadU8 BroadcastU8(const void* x) { return static_cast<const uint8_t*>(x); }
  static Sum MulAddI8(Sum sum, const void* weights, QuadU8 x) {
    const int8_t* w = static_cast<const int8_t*>(weights);
    return sum + w[0] * x[0] + w[1] * x[1] + w[2] * x[2] + w[3] * x[3];
  }

  // Fixed point: int16 lanes in two halves of kHalf rows each.
  static constexpr int kHalf = 1;
  struct I16 {
    int16_t first, second;
  };
  // Halves of what the functions give for rows 0, kLanes, ... below kHalf, which fits.
  template <class First, class Second>
  static I16 Pack(First first, Second second) {
    return {static_cast<int16_t>(first(0)), static_cast<int16_t>(second(0))};
  }
  static I16 AbsI16(I16 a) {
    return Each(a, a, [](int x, int) { return x < 0 ? -x : x; });
  }
  static I16 AddI16(I16 a, I16 b) {
    return Each(a, b, [](int x, int y) { return x + y; });
  }
  static I16 XorI16(I16 a, int16_t b) {
    return Each(a, {b, b}, [](int x, int y) { return x ^ y; });
  }
  template <int kBits>
  static I16 ShiftLeftI16(I16 a) {  // modulo 2^16
    return Each(a, a, [](int x, int) { return static_cast<int>(static_cast<uint32_t>(x) << kBits); });
  }
  template <int kBits>
  static I16 ShiftRightI16(I16 a) {  // rounded down
    return Each(a, a, [](int x, int) { return x >> kBits; });
  }
  static I16 MulRoundI16(I16 a, I16 b) {  // (a b + 2^14) >> 15; not both may be -2^15
    return Each(a, b, [](int x, int y) { return (x * y + (1 << 14)) >> 15; });
  }
  static I16 LookUpI16(const Table16& table, I16 index) {  // index in 0..15
    return {table.words[index.first], table.words[index.second]};
  }
  static I16 NegateI16(I16 a, I16 where) {  // -a in lanes in which `where` is negative
    return Each(a, where, [](int x, int sign) { return sign < 0 ? -x : x; });
  }

  // One half.
  using Half = int16_t;
  static Half FirstHalf(I16 a) { return a.first; }
  static Half SecondHalf(I16 a) { return a.second; }
  static Half MulRoundHalf(Half a, Half b) { return static_cast<Half>((a * b + (1 << 14)) >> 15); }
  static Half AddHalf(Half a, int16_t b) { return static_cast<Half>(a + b); }
  static Half MinHalf(Half a, int16_t b) { return a < b ? a : b; }
  static Half MaxHalf(Half a, int16_t b) { return a > b ? a : b; }
  template <int kBits>
  static Half ShiftRightHalf(Half a) {  // rounded down
    return static_cast<Half>(a >> kBits);
  }
  static void StoreHalfI16(int16_t* p, Half a) { *p = a; }
  static void StoreHalfU8(uint8_t* p, Half a) { *p = static_cast<uint8_t>(a); }  // a in 0..255
  static void StoreHalfF32(float* p, Half a, float unit) { *p = static_cast<float>(a) * unit; }

  // Sums of 64-bit words, modulo 2^64.
  static constexpr int kWords = 1;
  using Words = uint64_t;
  static Words ZeroWords() { return 0; }
  static Words AddWords(Words sum, const uint64_t* p) { return sum + *p; }
  static uint64_t SumWords(Words sum) { return sum; }

  static void Prefetch(const void* p) { __builtin_prefetch(p, 0, 2); }  // into the second-level cache

 private:
  template <class Function>
  static I16 Each(I16 a, I16 b, Function f) {
    return {static_cast<int16_t>(f(a.first, b.first)), static_cast<int16_t>(f(a.second, b.second))};
  }
};

}  // namespace
}  // namespace tf_wavenet

#endif  // TF_WAVENET_CC_ENGINE_KERNELS_SIMD_SCALAR_H_
