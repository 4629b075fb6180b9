// The table of kernels for one Simd: what every ISA file exports.
#ifndef TF_WAVENET_CC_ENGINE_KERNELS_KERNELS_INL_H_
#define TF_WAVENET_CC_ENGINE_KERNELS_KERNELS_INL_H_

#ifdef __FAST_MATH__
#error "kernels promise the same bits on every ISA: compile without -ffast-math"
#endif

#include "cc/engine/kernels/elementwise-inl.h"
#include "cc/engine/kernels/gemv-inl.h"
#include "cc/engine/kernels/kernels.h"
#include "cc/engine/kernels/numbers-inl.h"
#include "cc/engine/kernels/tables.h"
#include "cc/engine/numerics/libm_math-inl.h"
#include "cc/engine/numerics/rational_math-inl.h"

namespace tf_wavenet {
namespace {

template <class Simd, class Numbers>
constexpr PrecisionKernels MakePrecisionKernels() {
  return {
      Quantize<Simd, Numbers>,
      Relu<Simd, Numbers>,
      GemvAcc<Simd, Numbers>,
      Gemv<Simd, Numbers>,
      {Gate<Simd, Numbers, LibmMath<Simd>>, Gate<Simd, Numbers, RationalMath<Simd>>, GateFixed<Simd, Numbers>},
      MultiplyAdds<Simd, Numbers>,
  };
}

// In the order of Precision and of Nonlinearities.
template <class Simd>
constexpr Kernels MakeKernels(const char* isa) {
  using Libm = LibmMath<Simd>;
  using Rational = RationalMath<Simd>;
  return {
      isa,
      {MakePrecisionKernels<Simd, NumbersF32<Simd>>(), MakePrecisionKernels<Simd, NumbersInt16<Simd>>(),
       MakePrecisionKernels<Simd, NumbersInt8<Simd>>()},
      {Embed<Simd, Libm>, Embed<Simd, Rational>, Embed<Simd, Rational>},
      {SoftmaxNumerators<Simd, Libm>, SoftmaxNumerators<Simd, Rational>, SoftmaxNumerators<Simd, Rational>},
      {Stream<Simd, false>, Stream<Simd, true>},
  };
}

}  // namespace
}  // namespace tf_wavenet

#endif  // TF_WAVENET_CC_ENGINE_KERNELS_KERNELS_INL_H_
