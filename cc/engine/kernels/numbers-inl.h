// The three precisions as the kernels' bodies see them: what a sum is, how a group of columns is added to it, what it
// is worth, how activations are stored. kernels.h and voice.h have the numbers. For ISA files only: internal linkage,
// no STL, nothing that is not templated on Simd.
#ifndef TF_WAVENET_CC_ENGINE_KERNELS_NUMBERS_INL_H_
#define TF_WAVENET_CC_ENGINE_KERNELS_NUMBERS_INL_H_

#include <stdint.h>

#include "cc/engine/numerics/fixed_math-inl.h"

namespace tf_wavenet {
namespace {

template <class Simd>
struct NumbersF32 {
  using Vec = typename Simd::Vec;
  using Sum = Vec;
  using SumElement = float;
  using Activation = float;
  static constexpr int kGroupCols = 1;

  static Sum Zero() { return Simd::Set(0.0f); }
  static Vec Broadcast(const char* x) { return Simd::Set(*reinterpret_cast<const float*>(x)); }
  static Sum MulAdd(Sum sum, const char* w, Vec x) {
    return Simd::Fma(Simd::Load(reinterpret_cast<const float*>(w)), x, sum);
  }
  static void StoreSum(float* p, Sum sum) { Simd::Store(p, sum); }

  // The chain begins at the bias; what another chain has summed is added after it.
  static const float* Before(const float*, const float* bias) { return bias; }
  static const float* After(const float* acc, const float*) { return acc; }
  static Sum LoadSum(const float* p) { return Simd::Load(p); }
  static Vec Real(Sum sum, const float*, int) { return sum; }

  static void StoreSigned(float* p, Vec x, Vec) { Simd::Store(p, x); }
  static void StorePositive(float* p, Vec x, Vec) { Simd::Store(p, x); }
  static void StoreGate(float* p, Vec h) { Simd::Store(p, h); }
  static void StoreFixedGate(float* p, typename Simd::Half h) { Simd::StoreHalfF32(p, h, 0x1p-15f); }
};

// What both integer precisions share.
template <class Simd>
struct NumbersInteger {
  using Vec = typename Simd::Vec;
  using Sum = typename Simd::Sum;
  using SumElement = int32_t;

  static Sum Zero() { return Simd::ZeroSum(); }
  static void StoreSum(int32_t* p, Sum sum) { Simd::StoreSum(p, sum); }

  // Sums go on as integers; the bias is added to what they are worth.
  static const int32_t* Before(const int32_t* acc, const float*) { return acc; }
  static const float* After(const int32_t*, const float* bias) { return bias; }
  static Sum LoadSum(const int32_t* p) { return Simd::LoadSum(p); }
  static Vec Real(Sum sum, const float* scale, int row) {
    return Simd::Mul(Simd::ToFloat(sum), Simd::Load(scale + row));
  }

 protected:
  // In [low, high], and low for NaN.
  static Vec Clamp(Vec x, float low, float high) { return Simd::Min(Simd::Max(x, Simd::Set(low)), Simd::Set(high)); }
};

template <class Simd>
struct NumbersInt16 : NumbersInteger<Simd> {
  using typename NumbersInteger<Simd>::Vec;
  using typename NumbersInteger<Simd>::Sum;
  using Activation = int16_t;
  static constexpr int kGroupCols = 2;
  static constexpr float kMax = 32767.0f;

  static typename Simd::PairI16 Broadcast(const char* x) { return Simd::BroadcastI16(x); }
  static Sum MulAdd(Sum sum, const char* w, typename Simd::PairI16 x) { return Simd::MulAddI16(sum, w, x); }

  static void StoreSigned(int16_t* p, Vec x, Vec inverse_scale) {
    Simd::StoreI16(p, Simd::Round(NumbersInt16::Clamp(Simd::Mul(x, inverse_scale), -kMax, kMax)));
  }
  static void StorePositive(int16_t* p, Vec x, Vec inverse_scale) {
    Simd::StoreI16(p, Simd::Round(Simd::Min(Simd::Mul(x, inverse_scale), Simd::Set(kMax))));
  }
  static void StoreGate(int16_t* p, Vec h) { StoreSigned(p, h, Simd::Set(0x1p15f)); }
  static void StoreFixedGate(int16_t* p, typename Simd::Half h) { Simd::StoreHalfI16(p, h); }
};

template <class Simd>
struct NumbersInt8 : NumbersInteger<Simd> {
  using typename NumbersInteger<Simd>::Vec;
  using typename NumbersInteger<Simd>::Sum;
  using Activation = uint8_t;
  static constexpr int kGroupCols = 4;
  static constexpr float kMax = 127.0f, kMaxPositive = 255.0f;
  static constexpr int kZero = 128;

  static typename Simd::QuadU8 Broadcast(const char* x) { return Simd::BroadcastU8(x); }
  static Sum MulAdd(Sum sum, const char* w, typename Simd::QuadU8 x) { return Simd::MulAddI8(sum, w, x); }

  static void StoreSigned(uint8_t* p, Vec x, Vec inverse_scale) {
    const Sum q = Simd::Round(NumbersInt8::Clamp(Simd::Mul(x, inverse_scale), -kMax, kMax));
    Simd::StoreU8(p, Simd::AddSum(q, Simd::SetSum(kZero)));
  }
  static void StorePositive(uint8_t* p, Vec x, Vec inverse_scale) {
    Simd::StoreU8(p, Simd::Round(Simd::Min(Simd::Mul(x, inverse_scale), Simd::Set(kMaxPositive))));
  }
  static void StoreGate(uint8_t* p, Vec h) { StoreSigned(p, h, Simd::Set(0x1p7f)); }
  static void StoreFixedGate(uint8_t* p, typename Simd::Half h) {
    // (h + 2^7) >> 8, within +-127; cut above before the addition, which would overflow.
    h = Simd::template ShiftRightHalf<8>(Simd::AddHalf(Simd::MinHalf(h, 127 * 256), 128));
    Simd::StoreHalfU8(p, Simd::AddHalf(Simd::MaxHalf(h, -127), kZero));
  }
};

}  // namespace
}  // namespace tf_wavenet

#endif  // TF_WAVENET_CC_ENGINE_KERNELS_NUMBERS_INL_H_
