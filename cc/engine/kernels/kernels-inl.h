// The table of kernels for one Simd: what every ISA file exports.
#ifndef TF_WAVENET_CC_ENGINE_KERNELS_KERNELS_INL_H_
#define TF_WAVENET_CC_ENGINE_KERNELS_KERNELS_INL_H_

#ifdef __FAST_MATH__
#error "kernels promise the same bits on every ISA: compile without -ffast-math"
#endif

#include "cc/engine/kernels/elementwise-inl.h"
#include "cc/engine/kernels/gemv-inl.h"
#include "cc/engine/kernels/kernels.h"
#include "cc/engine/kernels/tables.h"
#include "cc/engine/numerics/rational_math-inl.h"

namespace tf_wavenet {
namespace {

template <class Simd>
constexpr Kernels MakeKernels(const char* isa) {
  using Math = RationalMath<Simd>;
  return {isa,
          GemvF32<Simd>,
          EmbedF32<Simd, Math>,
          GateF32<Simd, Math>,
          ReluF32<Simd>,
          SoftmaxNumeratorsF32<Simd, Math>,
          Stream<Simd>};
}

}  // namespace
}  // namespace tf_wavenet

#endif  // TF_WAVENET_CC_ENGINE_KERNELS_KERNELS_INL_H_
