// tanh, sigmoid and exp as rationals and polynomials over SIMD lanes: the kernels' default nonlinearities.
//
//                     max abs error      valid range
//   Tanh(x)           3.5e-7             all floats; +-1 from |x| = 9 on, never beyond
//   Sigmoid(x)        1.8e-7             all floats; within [0, 1]
//                     max rel error
//   Exp(x)            1.0e-7             [-87, 88]; 0 below, +inf above
// NaN gives NaN. float_math_test walks these ranges on every ISA and holds the same numbers.
//
// The coefficients are minimax fits (Lawson's reweighted least squares in double, then rounded to float). Every ISA
// evaluates them with the same fma, division, minimum and maximum, so every ISA gives the same bits.
// A set of nonlinearities is a struct of static functions templated on Simd; kernels take it as their Math parameter.
#ifndef TF_WAVENET_CC_ENGINE_NUMERICS_RATIONAL_MATH_INL_H_
#define TF_WAVENET_CC_ENGINE_NUMERICS_RATIONAL_MATH_INL_H_

namespace tf_wavenet {

template <class Simd>
struct RationalMath {
  using Vec = typename Simd::Vec;

  // x P(x^2) / Q(x^2), P and Q of degree 4 in x^2, fitted on [0, 9] to 1.9e-8. All coefficients are positive, so that
  // nothing cancels.
  static Vec Tanh(Vec x) {
    const Vec one = Simd::Set(1.0f);
    const Vec bound = Simd::Set(9.0f);  // 1 - tanh(9) = 3e-8, half an ulp of 1
    x = Clamp(x, bound);
    const Vec t = Simd::Mul(x, x);
    Vec p = Simd::Set(1.3184205280983065e-08f);
    p = Simd::Fma(p, t, Simd::Set(2.047181580696119e-05f));
    p = Simd::Fma(p, t, Simd::Set(0.003486580937360447f));
    p = Simd::Fma(p, t, Simd::Set(0.13373196869383933f));
    p = Simd::Fma(p, t, Simd::Set(0.9999999063518069f));
    Vec q = Simd::Set(7.702655500036596e-07f);
    q = Simd::Fma(q, t, Simd::Set(0.00032713838675978824f));
    q = Simd::Fma(q, t, Simd::Set(0.025841975488449662f));
    q = Simd::Fma(q, t, Simd::Set(0.4670649373157437f));
    q = Simd::Fma(q, t, one);
    return Clamp(Simd::Div(Simd::Mul(x, p), q), one);
  }

  // sigmoid(x) = (1 + tanh(x / 2)) / 2
  static Vec Sigmoid(Vec x) {
    const Vec half = Simd::Set(0.5f);
    return Simd::Fma(Tanh(Simd::Mul(x, half)), half, half);
  }

  // 2^n e^r with n = round(x / ln 2), |r| <= ln(2) / 2;  e^r = 1 + r + r^2 P(r), P of degree 4 fitted to 3.1e-9
  // relative.
  static Vec Exp(Vec x) {
    const Vec low = Simd::Set(-87.0f), high = Simd::Set(88.0f);  // inside, 2^n e^r is a normal float
    const Vec bounded = Simd::Min(high, Simd::Max(low, x));
    // Adding 1.5 * 2^23 rounds to an integer, which then stands in the low bits of the sum.
    const Vec magic = Simd::Set(12582912.0f);
    const Vec shifted = Simd::Fma(bounded, Simd::Set(1.44269504088896341f), magic);
    const Vec n = Simd::Sub(shifted, magic);
    // ln 2 in two parts; the first has so few bits that n times it is exact.
    Vec r = Simd::Fma(n, Simd::Set(-0.693145751953125f), bounded);
    r = Simd::Fma(n, Simd::Set(-1.428606820286226764e-06f), r);
    Vec p = Simd::Set(0.00138145f);
    p = Simd::Fma(p, r, Simd::Set(0.00836875f));
    p = Simd::Fma(p, r, Simd::Set(0.04166839f));
    p = Simd::Fma(p, r, Simd::Set(0.1666652f));
    p = Simd::Fma(p, r, Simd::Set(0.49999993f));
    const Vec e = Simd::Add(Simd::Fma(Simd::Mul(r, r), p, r), Simd::Set(1.0f));
    Vec result = Simd::AddToExponent(e, shifted);
    result = Simd::IfLess(x, low, Simd::Set(0.0f), result);
    result = Simd::IfLess(high, x, Simd::Set(__builtin_inff()), result);
    return Simd::IfNan(x, x, result);
  }

 private:
  // Min and Max return their second operand where one is NaN, so NaN passes.
  static Vec Clamp(Vec x, Vec bound) { return Simd::Min(bound, Simd::Max(Simd::Sub(Simd::Set(0.0f), bound), x)); }
};

}  // namespace tf_wavenet

#endif  // TF_WAVENET_CC_ENGINE_NUMERICS_RATIONAL_MATH_INL_H_
