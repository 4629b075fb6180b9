// tanh and sigmoid in int16 lanes, both halves of a gate at once: the integer voices' default nonlinearities.
//
//   arguments   int16, units of 2^-12 (tanh), 2^-11 (sigmoid): from -8 to 8 and from -16 to 16; beyond, they saturate
//   results     int16, units of 2^-15
//
//                     max abs error      of which the argument's rounding
//   Tanh(x)           2.3e-4             1.2e-4
//   Sigmoid(x)        1.5e-4             0.6e-4
// for all floats. fixed_math_test walks all 65535 arguments, and floats, on every ISA and holds the same numbers.
//
// sigmoid(x) = (1 + tanh(x / 2)) / 2, and x in units of 2^-11 is x / 2 in units of 2^-12: one function serves both.
// It is odd; |x| has 16 segments of width 1/2, each a cubic in Horner's form about the segment's middle, every product
// rounded to 2^-15. The coefficients are minimax fits, then improved as integers against the same arithmetic.
#ifndef TF_WAVENET_CC_ENGINE_NUMERICS_FIXED_MATH_INL_H_
#define TF_WAVENET_CC_ENGINE_NUMERICS_FIXED_MATH_INL_H_

#include <stdint.h>

#include "cc/engine/kernels/table16.h"

namespace tf_wavenet {
namespace {

constexpr float kFixedTanhUnits = 4096.0f;
constexpr float kFixedSigmoidUnits = 2048.0f;
constexpr float kFixedBound = 32767.0f;  // arguments lie within +- this

constexpr Table16 kFixedTanh[] = {
    MakeTable16({8023, 20811, 27797, 30847, 32049, 32501, 32670, 32732, 32755, 32763, 32766, 32767, 32767, 32767, 32767,
                 32767}),
    MakeTable16({7701, 4888, 2297, 932, 356, 133, 49, 18, 6, 2, 1, 0, 0, 0, 0, 0}),
    MakeTable16({-453, -763, -489, -222, -90, -33, -13, -5, -2, -1, 0, 0, 0, 0, 0, 0}),
    MakeTable16({-131, 19, 55, 33, 14, 5, 2, 1, 1, 0, 0, 0, 0, 0, 0, 0}),
};

template <class Simd>
struct FixedMath {
  using I16 = typename Simd::I16;

  static I16 Tanh(I16 x) {
    const I16 magnitude = Simd::AbsI16(x);
    const I16 segment = Simd::template ShiftRightI16<11>(magnitude);
    // The place within the segment, from -1 to 1 in units of 2^-15: the low 11 bits, less the half of their range.
    const I16 u = Simd::XorI16(Simd::template ShiftLeftI16<5>(magnitude), INT16_MIN);
    I16 p = Simd::LookUpI16(kFixedTanh[3], segment);
    for (int k = 2; k >= 0; --k) {
      p = Simd::AddI16(Simd::LookUpI16(kFixedTanh[k], segment), Simd::MulRoundI16(p, u));
    }
    return Simd::NegateI16(p, x);
  }

  // tanh of the first half times sigmoid of the second.
  static typename Simd::Half Gate(I16 arguments) {
    const I16 t = Tanh(arguments);
    const auto half = Simd::template ShiftRightHalf<1>(Simd::SecondHalf(t));
    return Simd::MulRoundHalf(Simd::FirstHalf(t), Simd::AddHalf(half, int16_t{1 << 14}));
  }
};

}  // namespace
}  // namespace tf_wavenet

#endif  // TF_WAVENET_CC_ENGINE_NUMERICS_FIXED_MATH_INL_H_
