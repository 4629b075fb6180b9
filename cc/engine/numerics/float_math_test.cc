// Walks the ranges that rational_math-inl.h and libm_math-inl.h state and holds their numbers, on every ISA, through
// the kernels.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <functional>
#include <limits>
#include <string>
#include <tuple>
#include <vector>

#include "cc/engine/kernels/kernels.h"
#include "cc/engine/runtime/dispatch.h"

namespace tf_wavenet {
namespace {

struct Stated {
  const char* name;
  Nonlinearities nonlinearities;
  double tanh_max_abs_error, sigmoid_max_abs_error, exp_max_rel_error;
};
constexpr Stated kStated[] = {
    {"rational", Nonlinearities::kRational, 3.5e-7, 1.8e-7, 1.0e-7},
    {"libm", Nonlinearities::kLibm, 1.8e-7, 1.2e-7, 1.2e-7},
};

constexpr float kInf = std::numeric_limits<float>::infinity();
constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

class FloatMathTest : public testing::TestWithParam<std::tuple<const Kernels*, Stated>> {
 protected:
  const Stated& stated() const { return std::get<1>(GetParam()); }
  const Kernels* kernels() const { return std::get<0>(GetParam()); }
  int math() const { return static_cast<int>(stated().nonlinearities); }

  // Each function of xs, by the kernel that shows it bare. Sizes are padded with zeros.
  std::vector<float> Tanh(std::vector<float> x) const {
    return Padded(x, [&](const float* in, int n, float* out) {
      const std::vector<float> zeros(n);
      kernels()->embed[math()](in, zeros.data(), n, true, out);
    });
  }
  std::vector<float> Sigmoid(std::vector<float> x) const {
    return Padded(x, [&](const float* in, int n, float* out) {
      std::vector<float> pre(2 * n, 20.0f);  // tanh(20) = 1, which leaves the gate alone
      std::copy_n(in, n, pre.data() + n);
      const std::vector<float> none(2 * n);
      kernels()->For(Precision::kF32).gate[math()](pre.data(), {none.data(), none.data(), n, 0}, n, out);
    });
  }
  std::vector<float> Exp(std::vector<float> x) const {  // x <= 0: the padding's zero is the maximum
    x.push_back(0);
    std::vector<float> e =
        Padded(x, [&](const float* in, int n, float* out) { kernels()->softmax_numerators[math()](in, n, 1.0f, out); });
    e.pop_back();
    return e;
  }

 private:
  static std::vector<float> Padded(std::vector<float> x, const std::function<void(const float*, int, float*)>& run) {
    const size_t size = x.size();
    x.resize(PadRows(size));
    std::vector<float> y(x.size());
    run(x.data(), static_cast<int>(x.size()), y.data());
    y.resize(size);
    return y;
  }
};

// Floats from `low` to `high`, both of one sign, evenly spaced over bit patterns: every magnitude gets its share.
std::vector<float> Walk(float low, float high, int count) {
  uint32_t from, to;
  std::memcpy(&from, &low, sizeof(from));
  std::memcpy(&to, &high, sizeof(to));
  std::vector<float> xs;
  for (int i = 0; i < count; ++i) {
    const uint32_t bits = from + static_cast<int64_t>(static_cast<int64_t>(to) - from) * i / (count - 1);
    float x;
    std::memcpy(&x, &bits, sizeof(x));
    xs.push_back(x);
  }
  return xs;
}

std::vector<float> WalkBothSigns(float high, int count) {
  std::vector<float> xs = Walk(0.0f, high, count);
  for (int i = 0; i < count; ++i) xs.push_back(-xs[i]);
  return xs;
}

constexpr int kSteps = 300007;  // prime: no rhythm with the exponent's steps

TEST_P(FloatMathTest, TanhHoldsItsErrorAndStaysWithinOne) {
  for (float high : {1e-3f, 1.0f, 10.0f, std::numeric_limits<float>::max()}) {
    const std::vector<float> xs = WalkBothSigns(high, kSteps), ys = Tanh(xs);
    double worst = 0;
    for (size_t i = 0; i < xs.size(); ++i) {
      ASSERT_LE(std::fabs(ys[i]), 1.0f) << xs[i];
      worst = std::max(worst, std::fabs(ys[i] - std::tanh(double{xs[i]})));
    }
    EXPECT_LE(worst, stated().tanh_max_abs_error);
  }
}

TEST_P(FloatMathTest, SigmoidHoldsItsErrorAndStaysBetweenZeroAndOne) {
  for (float high : {1e-3f, 1.0f, 20.0f, std::numeric_limits<float>::max()}) {
    const std::vector<float> xs = WalkBothSigns(high, kSteps), ys = Sigmoid(xs);
    double worst = 0;
    for (size_t i = 0; i < xs.size(); ++i) {
      ASSERT_GE(ys[i], 0.0f) << xs[i];
      ASSERT_LE(ys[i], 1.0f) << xs[i];
      worst = std::max(worst, std::fabs(ys[i] - 1 / (1 + std::exp(-double{xs[i]}))));
    }
    EXPECT_LE(worst, stated().sigmoid_max_abs_error);
  }
}

TEST_P(FloatMathTest, ExpHoldsItsRelativeErrorDownToMinus87AndIsZeroBelow) {
  const std::vector<float> xs = Walk(-0.0f, -87.0f, 4 * kSteps), ys = Exp(xs);
  double worst = 0;
  for (size_t i = 0; i < xs.size(); ++i) worst = std::max(worst, std::fabs(ys[i] / std::exp(double{xs[i]}) - 1));
  EXPECT_LE(worst, stated().exp_max_rel_error);
  if (stated().nonlinearities == Nonlinearities::kLibm) return;  // which goes on through the subnormals
  for (float y : Exp(Walk(std::nextafter(-87.0f, -100.0f), -kInf, kSteps))) ASSERT_EQ(y, 0.0f);
}

TEST_P(FloatMathTest, InfinitiesSaturateAndNanStays) {
  EXPECT_EQ(Tanh({kInf, -kInf}), (std::vector<float>{1, -1}));
  EXPECT_EQ(Sigmoid({kInf, -kInf}), (std::vector<float>{1, 0}));
  EXPECT_EQ(Exp({-kInf}), (std::vector<float>{0}));
  EXPECT_EQ(Exp({0, -0.0f}), (std::vector<float>{1, 1}));
  EXPECT_TRUE(std::isnan(Tanh({kNan})[0]));
  EXPECT_TRUE(std::isnan(Sigmoid({kNan})[0]));
  EXPECT_TRUE(std::isnan(Exp({kNan})[0]));
}

TEST_P(FloatMathTest, EveryIsaGivesTheBitsOfScalar) {
  const Kernels* const best = kernels();
  const std::vector<float> xs = WalkBothSigns(100.0f, kSteps);
  std::vector<float> ours(PadRows(xs.size())), scalars(ours.size()), in(ours.size()), zeros(ours.size());
  std::copy(xs.begin(), xs.end(), in.begin());
  const int n = static_cast<int>(in.size());
  best->embed[math()](in.data(), zeros.data(), n, true, ours.data());
  BuiltKernels()[0]->embed[math()](in.data(), zeros.data(), n, true, scalars.data());
  EXPECT_EQ(std::memcmp(ours.data(), scalars.data(), n * sizeof(float)), 0);
  best->softmax_numerators[math()](in.data(), n, 1.5f, ours.data());
  BuiltKernels()[0]->softmax_numerators[math()](in.data(), n, 1.5f, scalars.data());
  EXPECT_EQ(std::memcmp(ours.data(), scalars.data(), n * sizeof(float)), 0);
}

INSTANTIATE_TEST_SUITE_P(Isa, FloatMathTest,
                         testing::Combine(testing::ValuesIn(AvailableKernels(DetectCpu())), testing::ValuesIn(kStated)),
                         [](const auto& info) {
                           return std::string(std::get<0>(info.param)->isa) + "_" + std::get<1>(info.param).name;
                         });

}  // namespace
}  // namespace tf_wavenet
