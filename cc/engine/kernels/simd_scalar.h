// Simd traits, one lane: what the kernels do where there are no wide registers, and the meaning of every operation.
// For one translation unit: everything has internal linkage.
#ifndef TF_WAVENET_CC_ENGINE_KERNELS_SIMD_SCALAR_H_
#define TF_WAVENET_CC_ENGINE_KERNELS_SIMD_SCALAR_H_

#include <stdint.h>

namespace tf_wavenet {
namespace {

struct SimdScalar {
  static constexpr int kLanes = 1;
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

  // Sums of 64-bit words, modulo 2^64.
  static constexpr int kWords = 1;
  using Words = uint64_t;
  static Words ZeroWords() { return 0; }
  static Words AddWords(Words sum, const uint64_t* p) { return sum + *p; }
  static uint64_t SumWords(Words sum) { return sum; }

  static void Prefetch(const void* p) { __builtin_prefetch(p); }
};

}  // namespace
}  // namespace tf_wavenet

#endif  // TF_WAVENET_CC_ENGINE_KERNELS_SIMD_SCALAR_H_
