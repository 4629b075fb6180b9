// Elementwise kernels of a step: embedding, quantization, gate, relu, softmax numerators. kernels.h has their
// equations. One body for every ISA. For ISA files only: internal linkage, no STL, nothing that is not templated on
// Simd. Math is a set of nonlinearities (numerics/), Numbers a precision (numbers-inl.h).
#ifndef TF_WAVENET_CC_ENGINE_KERNELS_ELEMENTWISE_INL_H_
#define TF_WAVENET_CC_ENGINE_KERNELS_ELEMENTWISE_INL_H_

#include "cc/engine/kernels/kernels.h"
#include "cc/engine/numerics/fixed_math-inl.h"

namespace tf_wavenet {
namespace {

template <class Simd, class Math>
void Embed(const float* a, const float* b, int n, bool tanh, float* out) {
  for (int i = 0; i < n; i += Simd::kLanes) {
    const typename Simd::Vec sum = Simd::Add(Simd::Load(a + i), Simd::Load(b + i));
    Simd::Store(out + i, tanh ? Math::Tanh(sum) : sum);
  }
}

template <class Simd, class Numbers>
void Quantize(const float* x, float inverse_scale, int n, void* q) {
  auto* const out = static_cast<typename Numbers::Activation*>(q);
  for (int i = 0; i < n; i += Simd::kLanes) Numbers::StoreSigned(out + i, Simd::Load(x + i), Simd::Set(inverse_scale));
}

template <class Simd, class Numbers>
void Relu(float* x, float inverse_scale, int n, void* q) {
  auto* const out = static_cast<typename Numbers::Activation*>(q);
  for (int i = 0; i < n; i += Simd::kLanes) {
    const typename Simd::Vec positive = Simd::Max(Simd::Set(0.0f), Simd::Load(x + i));  // NaN passes
    Simd::Store(x + i, positive);
    Numbers::StorePositive(out + i, positive, Simd::Set(inverse_scale));
  }
}

// What tanh, or sigmoid, gets: sums and conditioning.
template <class Simd>
struct GateArgument {
  const float* pre;
  const float* frame;
  const float* slope;
  float weight;

  typename Simd::Vec operator()(int i) const {
    const auto conditioning = Simd::Fma(Simd::Set(weight), Simd::Load(slope + i), Simd::Load(frame + i));
    return Simd::Add(Simd::Load(pre + i), conditioning);
  }
};

template <class Simd, class Numbers, class Math>
void Gate(const float* pre, const GateConditioning& conditioning, int n, void* h) {
  auto* const out = static_cast<typename Numbers::Activation*>(h);
  const auto [frame, slope, half, weight] = conditioning;
  const GateArgument<Simd> f{pre, frame, slope, weight}, g{pre + n, frame + half, slope + half, weight};
  for (int j = 0; j < n; j += Simd::kLanes) {
    Numbers::StoreGate(out + j, Simd::Mul(Math::Tanh(f(j)), Math::Sigmoid(g(j))));
  }
}

template <class Simd, class Numbers>
void GateFixed(const float* pre, const GateConditioning& conditioning, int n, void* h) {
  using Vec = typename Simd::Vec;
  auto* const out = static_cast<typename Numbers::Activation*>(h);
  const auto [frame, slope, half, weight] = conditioning;
  const GateArgument<Simd> f{pre, frame, slope, weight}, g{pre + n, frame + half, slope + half, weight};
  const auto fixed = [](Vec x, float units) {
    const Vec scaled = Simd::Max(Simd::Mul(x, Simd::Set(units)), Simd::Set(-kFixedBound));
    return Simd::Round(Simd::Min(scaled, Simd::Set(kFixedBound)));
  };
  for (int j = 0; j < n; j += Simd::kHalf) {
    const auto tanh = [&](int row) { return fixed(f(j + row), kFixedTanhUnits); };
    const auto sigmoid = [&](int row) { return fixed(g(j + row), kFixedSigmoidUnits); };
    Numbers::StoreFixedGate(out + j, FixedMath<Simd>::Gate(Simd::Pack(tanh, sigmoid)));
  }
}

template <class Simd, class Math>
void SoftmaxNumerators(const float* logits, int n, float temperature, float* e) {
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
