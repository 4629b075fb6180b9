// tanh, sigmoid and exp by the C library, lane by lane: what plain C++ would do, and slow.
//
//                     max abs error      valid range
//   Tanh(x)           1.8e-7             all floats
//   Sigmoid(x)        1.2e-7             all floats
//                     max rel error
//   Exp(x)            1.2e-7             [-87, 88]
// float_math_test walks these ranges and holds the same numbers for the library at hand. Every ISA calls the same
// functions, so that on one machine all give the same bits; another machine's library may give others.
#ifndef TF_WAVENET_CC_ENGINE_NUMERICS_LIBM_MATH_INL_H_
#define TF_WAVENET_CC_ENGINE_NUMERICS_LIBM_MATH_INL_H_

namespace tf_wavenet {
namespace {

template <class Simd>
struct LibmMath {
  using Vec = typename Simd::Vec;

  static Vec Tanh(Vec x) {
    return EachLane(x, [](float v) { return __builtin_tanhf(v); });
  }
  static Vec Sigmoid(Vec x) {
    return EachLane(x, [](float v) { return 1.0f / (1.0f + __builtin_expf(-v)); });
  }
  static Vec Exp(Vec x) {
    return EachLane(x, [](float v) { return __builtin_expf(v); });
  }

 private:
  template <class Function>
  static Vec EachLane(Vec x, Function f) {
    float lanes[Simd::kLanes];
    Simd::Store(lanes, x);
    for (float& lane : lanes) lane = f(lane);
    return Simd::Load(lanes);
  }
};

}  // namespace
}  // namespace tf_wavenet

#endif  // TF_WAVENET_CC_ENGINE_NUMERICS_LIBM_MATH_INL_H_
