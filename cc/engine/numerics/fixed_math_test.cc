// Walks the whole range of arguments of fixed_math-inl.h and holds its numbers, on every ISA, through the kernels.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include "cc/engine/kernels/kernels.h"
#include "cc/engine/kernels/simd_scalar.h"
#include "cc/engine/numerics/fixed_math-inl.h"
#include "cc/engine/runtime/dispatch.h"

namespace tf_wavenet {
namespace {

constexpr double kTanhMaxAbsError = 2.3e-4;
constexpr double kTanhMaxAbsErrorOfArguments = 1.04e-4;  // without the argument's rounding, of half of 2^-12
constexpr double kSigmoidMaxAbsError = 1.5e-4;
constexpr int kFixed = static_cast<int>(Nonlinearities::kFixed);

int16_t Tanh(int16_t x) { return FixedMath<SimdScalar>::Tanh({x, x}).first; }

TEST(FixedMathTest, TanhOfEveryArgument) {
  double worst = 0;
  for (int x = -32767; x <= 32767; ++x) {
    const int y = Tanh(static_cast<int16_t>(x));
    worst = std::max(worst, std::fabs(y / 32768.0 - std::tanh(x / 4096.0)));
    ASSERT_EQ(y, -Tanh(static_cast<int16_t>(-x))) << x;
  }
  EXPECT_EQ(Tanh(0), 0);
  EXPECT_LE(worst, kTanhMaxAbsErrorOfArguments);
  EXPECT_GT(worst, 0.9 * kTanhMaxAbsErrorOfArguments);  // what is stated is what there is
}

TEST(FixedMathTest, TanhNeverFallsByMoreThanItsSteps) {  // where segments meet, too
  for (int x = -32766; x <= 32767; ++x) ASSERT_GE(Tanh(x), Tanh(x - 1) - 4) << x;
}

class FixedMathIsaTest : public testing::TestWithParam<const Kernels*> {
 protected:
  // tanh(f) sigmoid(g), as h in units of 2^-15.
  static std::vector<int16_t> Gate(const Kernels* kernels, const std::vector<float>& f, const std::vector<float>& g) {
    const int n = static_cast<int>(PadRows(f.size()));
    std::vector<float> pre(2 * n), none(2 * n);
    std::copy(f.begin(), f.end(), pre.begin());
    std::copy(g.begin(), g.end(), pre.begin() + n);
    std::vector<int16_t> h(n);
    kernels->For(Precision::kInt16).gate[kFixed](pre.data(), {none.data(), none.data(), n, 0}, n, h.data());
    h.resize(f.size());
    return h;
  }

  // Every argument of fixed point, and in between; beyond the range; no number at all.
  static std::vector<float> Walk(float units) {
    std::vector<float> xs = {0.0f, -0.0f, 1e-40f, 1e6f, -1e6f, 3e38f, -3e38f};
    for (int i = -33000 * 3; i <= 33000 * 3; ++i) xs.push_back(static_cast<float>(i) / 3.0f / units);
    return xs;
  }
};

TEST_P(FixedMathIsaTest, TanhOfFloats) {
  const std::vector<float> xs = Walk(kFixedTanhUnits);
  const std::vector<int16_t> h = Gate(GetParam(), xs, std::vector<float>(xs.size(), 100.0f));  // sigmoid 1 - 2^-15
  double worst = 0;
  for (size_t i = 0; i < xs.size(); ++i) {
    worst = std::max(worst, std::fabs(h[i] / 32768.0 - std::tanh(double{xs[i]})));
  }
  EXPECT_LE(worst, kTanhMaxAbsError + 2 * 0x1p-15);
}

TEST_P(FixedMathIsaTest, SigmoidOfFloats) {
  const std::vector<float> xs = Walk(kFixedSigmoidUnits);
  const std::vector<int16_t> h = Gate(GetParam(), std::vector<float>(xs.size(), 100.0f), xs);  // tanh 1 - 2^-15
  double worst = 0;
  for (size_t i = 0; i < xs.size(); ++i) {
    worst = std::max(worst, std::fabs(h[i] / 32768.0 - 1 / (1 + std::exp(-double{xs[i]}))));
  }
  EXPECT_LE(worst, kSigmoidMaxAbsError + 2 * 0x1p-15);
}

TEST_P(FixedMathIsaTest, EveryIsaGivesTheNumbersOfScalar) {
  const std::vector<float> f = Walk(kFixedTanhUnits);
  std::vector<float> g = Walk(kFixedSigmoidUnits);
  std::reverse(g.begin(), g.end());
  g[11] = std::numeric_limits<float>::quiet_NaN();
  EXPECT_EQ(Gate(GetParam(), f, g), Gate(BuiltKernels()[0], f, g));
  std::rotate(g.begin(), g.begin() + 33333, g.end());
  EXPECT_EQ(Gate(GetParam(), f, g), Gate(BuiltKernels()[0], f, g));
}

INSTANTIATE_TEST_SUITE_P(Isa, FixedMathIsaTest, testing::ValuesIn(AvailableKernels(DetectCpu())),
                         [](const auto& info) { return info.param->isa; });

}  // namespace
}  // namespace tf_wavenet
