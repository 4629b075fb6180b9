// Elementwise kernels of a step: embedding, gate, relu, softmax numerators. kernels.h has their equations.
// One body for every ISA. For ISA files only: internal linkage, no STL, nothing that is not templated on Simd.
// Math is a set of nonlinearities (numerics/).
#ifndef TF_WAVENET_CC_ENGINE_KERNELS_ELEMENTWISE_INL_H_
#define TF_WAVENET_CC_ENGINE_KERNELS_ELEMENTWISE_INL_H_

#include "cc/engine/kernels/layout.h"

namespace tf_wavenet {
namespace {

template <class Simd, class Math>
void EmbedF32(const float* a, const float* b, int n, bool tanh, float* out) {
  for (int i = 0; i < n; i += Simd::kLanes) {
    const typename Simd::Vec sum = Simd::Add(Simd::Load(a + i), Simd::Load(b + i));
    Simd::Store(out + i, tanh ? Math::Tanh(sum) : sum);
  }
}

template <class Simd, class Math>
void GateF32(const float* pre, const float* frame, const float* next, float weight, int n, float* h) {
  using Vec = typename Simd::Vec;
  const Vec w = Simd::Set(weight);
  const auto conditioned = [&](int i) {
    const Vec from = Simd::Load(frame + i);
    return Simd::Add(Simd::Load(pre + i), Simd::Fma(w, Simd::Sub(Simd::Load(next + i), from), from));
  };
  for (int j = 0; j < n; j += Simd::kLanes) {
    Simd::Store(h + j, Simd::Mul(Math::Tanh(conditioned(j)), Math::Sigmoid(conditioned(n + j))));
  }
}

template <class Simd>
void ReluF32(float* x, int n) {
  const typename Simd::Vec zero = Simd::Set(0.0f);
  for (int i = 0; i < n; i += Simd::kLanes) Simd::Store(x + i, Simd::Max(zero, Simd::Load(x + i)));  // NaN passes
}

template <class Simd, class Math>
void SoftmaxNumeratorsF32(const float* logits, int n, float temperature, float* e) {
  using Vec = typename Simd::Vec;
  const float kLowest = -__builtin_inff();
  const int padded = (n + kRowAlign - 1) / kRowAlign * kRowAlign;
  for (int i = 0; i < n; ++i) e[i] = logits[i];
  for (int i = n; i < padded; ++i) e[i] = kLowest;

  Vec maxima = Simd::Set(kLowest);
  for (int i = 0; i < padded; i += Simd::kLanes) maxima = Simd::Max(Simd::Load(e + i), maxima);  // passes over NaN
  float lanes[Simd::kLanes];
  Simd::Store(lanes, maxima);
  float max = lanes[0];
  for (int i = 1; i < Simd::kLanes; ++i) max = lanes[i] > max ? lanes[i] : max;

  const Vec top = Simd::Set(max);
  const Vec divisor = Simd::Set(temperature);
  for (int i = 0; i < padded; i += Simd::kLanes) {
    Simd::Store(e + i, Math::Exp(Simd::Div(Simd::Sub(Simd::Load(e + i), top), divisor)));
  }
}

}  // namespace
}  // namespace tf_wavenet

#endif  // TF_WAVENET_CC_ENGINE_KERNELS_ELEMENTWISE_INL_H_
