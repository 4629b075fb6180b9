// The elementwise kernels on every ISA: close to libm (float_math_test holds the nonlinearities' own errors), and
// the bits of scalar everywhere.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <random>
#include <vector>

#include "cc/engine/kernels/kernels.h"
#include "cc/engine/runtime/dispatch.h"

namespace tf_wavenet {
namespace {

constexpr float kInf = std::numeric_limits<float>::infinity();
constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
constexpr float kOdd[] = {0.0f, -0.0f, kInf, -kInf, kNan, 1e-40f, -1e-40f, 3e38f, -3e38f};
constexpr int kSizes[] = {16, 32, 48, 80, 256};

// Tanh and sigmoid err by 3.5e-7 and 1.8e-7 at most, their product by no more than both and its own rounding.
constexpr double kGateTolerance = 6e-7;
// The same of fixed_math-inl.h: 2.3e-4 and 1.5e-4, and the product's rounding.
constexpr double kFixedGateTolerance = 4.0e-4;

std::vector<float> Random(int size, uint32_t seed) {
  std::mt19937 random(seed);
  std::normal_distribution<float> normal(0, 2);
  std::vector<float> values(size);
  for (float& value : values) value = normal(random);
  return values;
}

std::vector<float> RandomWithOdd(int size, uint32_t seed) {
  std::vector<float> values = Random(size, seed);
  for (size_t i = 0; i < std::size(kOdd); ++i) values[(i * 5 + seed) % size] = kOdd[i];
  return values;
}

void ExpectSame(const std::vector<float>& a, const std::vector<float>& b) {
  ASSERT_EQ(a.size(), b.size());
  for (size_t i = 0; i < a.size(); ++i) {
    const bool same = std::memcmp(&a[i], &b[i], sizeof(float)) == 0 || (std::isnan(a[i]) && std::isnan(b[i]));
    ASSERT_TRUE(same) << "[" << i << "]: " << a[i] << " and " << b[i];
  }
}

constexpr int kRational = static_cast<int>(Nonlinearities::kRational);

class ElementwiseTest : public testing::TestWithParam<const Kernels*> {
 protected:
  static const Kernels* Scalar() { return BuiltKernels()[0]; }

  static std::vector<float> Embed(const Kernels* k, const std::vector<float>& a, const std::vector<float>& b, bool tanh,
                                  int math = kRational) {
    std::vector<float> out(a.size());
    k->embed[math](a.data(), b.data(), static_cast<int>(a.size()), tanh, out.data());
    return out;
  }
  template <class Activation = float>
  static std::vector<Activation> Gate(const Kernels* k, const std::vector<float>& pre, const std::vector<float>& frame,
                                      const std::vector<float>& slope, float weight, int math = kRational,
                                      Precision precision = Precision::kF32) {
    std::vector<Activation> h(pre.size() / 2);
    const GateConditioning conditioning{frame.data(), slope.data(), static_cast<int64_t>(h.size()), weight};
    k->For(precision).gate[math](pre.data(), conditioning, static_cast<int>(h.size()), h.data());
    return h;
  }
  static std::vector<float> Relu(const Kernels* k, std::vector<float> x) {
    std::vector<float> q(x.size());
    k->For(Precision::kF32).relu(x.data(), 1.0f, static_cast<int>(x.size()), q.data());
    EXPECT_EQ(std::memcmp(q.data(), x.data(), x.size() * sizeof(float)), 0);
    return x;
  }
  static std::vector<float> Numerators(const Kernels* k, const std::vector<float>& logits, float temperature,
                                       int math = kRational) {
    std::vector<float> e(PadRows(logits.size()), kNan);
    k->softmax_numerators[math](logits.data(), static_cast<int>(logits.size()), temperature, e.data());
    return e;
  }
  template <class Activation>
  static std::vector<Activation> Quantize(const Kernels* k, Precision precision, const std::vector<float>& x,
                                          float inverse_scale) {
    std::vector<Activation> q(x.size());
    k->For(precision).quantize(x.data(), inverse_scale, static_cast<int>(x.size()), q.data());
    return q;
  }
  template <class Activation>
  static std::vector<Activation> QuantizeRelu(const Kernels* k, Precision precision, std::vector<float> x,
                                              float inverse_scale) {
    std::vector<Activation> q(x.size());
    k->For(precision).relu(x.data(), inverse_scale, static_cast<int>(x.size()), q.data());
    return q;
  }
};

TEST_P(ElementwiseTest, EmbedAdds) {
  for (int n : kSizes) {
    const std::vector<float> a = Random(n, 1), b = Random(n, 2), sum = Embed(GetParam(), a, b, false),
                             squashed = Embed(GetParam(), a, b, true);
    for (int i = 0; i < n; ++i) {
      EXPECT_EQ(sum[i], a[i] + b[i]);
      EXPECT_NEAR(squashed[i], std::tanh(double{sum[i]}), kGateTolerance);
    }
  }
}

TEST_P(ElementwiseTest, GateIsTanhTimesSigmoidOfTheConditionedSums) {
  for (int n : kSizes) {
    for (float weight : {0.0f, 0.3f, 0.995f}) {
      const std::vector<float> pre = Random(2 * n, 3), frame = Random(2 * n, 4), slope = Random(2 * n, 5);
      const std::vector<float> h = Gate(GetParam(), pre, frame, slope, weight);
      const auto sum = [&](int i) { return double{pre[i] + std::fma(weight, slope[i], frame[i])}; };
      for (int j = 0; j < n; ++j) EXPECT_NEAR(h[j], std::tanh(sum(j)) / (1 + std::exp(-sum(n + j))), kGateTolerance);
    }
  }
}

TEST_P(ElementwiseTest, ReluClipsAndKeepsNan) {
  const std::vector<float> x = Relu(GetParam(), RandomWithOdd(32, 6)), before = RandomWithOdd(32, 6);
  for (int i = 0; i < 32; ++i) {
    if (std::isnan(before[i])) {
      EXPECT_TRUE(std::isnan(x[i]));
    } else {
      EXPECT_EQ(x[i], std::max(before[i], 0.0f));
    }
  }
}

TEST_P(ElementwiseTest, NumeratorsAreOneAtTheMaximumAndZeroInThePadding) {
  for (int n : {1, 2, 15, 16, 17, 255, 256}) {
    for (float temperature : {0.5f, 1.0f, 3.0f}) {
      const std::vector<float> logits = Random(n, 7), e = Numerators(GetParam(), logits, temperature);
      const float max = *std::max_element(logits.begin(), logits.end());
      for (int i = 0; i < n; ++i) {
        const double wanted = std::exp(double{(logits[i] - max) / temperature});
        EXPECT_NEAR(e[i], wanted, 1.0e-7 * wanted);  // Exp's own error
      }
      for (size_t i = n; i < e.size(); ++i) EXPECT_EQ(e[i], 0.0f);
    }
  }
}

TEST_P(ElementwiseTest, NumeratorsOfBrokenLogitsAreNotFinite) {
  EXPECT_TRUE(std::isnan(Numerators(GetParam(), {1, kNan, 2}, 1)[1]));
  EXPECT_TRUE(std::isnan(Numerators(GetParam(), {1, kInf, 2}, 1)[1]));
  EXPECT_TRUE(std::isnan(Numerators(GetParam(), {-kInf, -kInf}, 1)[0]));
  EXPECT_EQ(Numerators(GetParam(), {1, -kInf}, 1)[1], 0.0f);
}

TEST_P(ElementwiseTest, ExtremeTemperaturesStayFinite) {
  const std::vector<float> cold = Numerators(GetParam(), {1, 2, 2}, 1e-40f),
                           hot = Numerators(GetParam(), {1, 2}, 3e38f);
  EXPECT_EQ(std::vector<float>(cold.begin(), cold.begin() + 3), (std::vector<float>{0, 1, 1}));
  EXPECT_EQ(std::vector<float>(hot.begin(), hot.begin() + 2), (std::vector<float>{1, 1}));
}

TEST_P(ElementwiseTest, QuantizesToNearestEvenWithinItsRange) {
  const std::vector<float> x = {0,    -0.0f, 0.5f, 1.5f,  2.5f,   -0.5f, -1.5f,      0.49999997f,
                                1e9f, -1e9f, kInf, -kInf, 126.6f, 300,   1.4999999f, -126.5f};
  EXPECT_EQ(Quantize<int16_t>(GetParam(), Precision::kInt16, x, 1),
            (std::vector<int16_t>{0, 0, 0, 2, 2, 0, -2, 0, 32767, -32767, 32767, -32767, 127, 300, 1, -126}));
  EXPECT_EQ(Quantize<uint8_t>(GetParam(), Precision::kInt8, x, 1),
            (std::vector<uint8_t>{128, 128, 128, 130, 130, 128, 126, 128, 255, 1, 255, 1, 255, 255, 129, 2}));
  EXPECT_EQ(QuantizeRelu<int16_t>(GetParam(), Precision::kInt16, x, 2),
            (std::vector<int16_t>{0, 0, 1, 3, 5, 0, 0, 1, 32767, 0, 32767, 0, 253, 600, 3, 0}));
  EXPECT_EQ(QuantizeRelu<uint8_t>(GetParam(), Precision::kInt8, x, 2),
            (std::vector<uint8_t>{0, 0, 1, 3, 5, 0, 0, 1, 255, 0, 255, 0, 253, 255, 3, 0}));
}

// The quantized gates are the float gate, rounded: within half a unit, and its own error for fixed point.
TEST_P(ElementwiseTest, QuantizedGatesAreTheGate) {
  for (int n : kSizes) {
    const std::vector<float> pre = Random(2 * n, 3), frame = Random(2 * n, 4), slope = Random(2 * n, 5);
    for (int math = 0; math < kNumNonlinearities; ++math) {
      const double error = math == static_cast<int>(Nonlinearities::kFixed) ? kFixedGateTolerance : kGateTolerance;
      const auto wide = Gate<int16_t>(GetParam(), pre, frame, slope, 0.3f, math, Precision::kInt16);
      const auto narrow = Gate<uint8_t>(GetParam(), pre, frame, slope, 0.3f, math, Precision::kInt8);
      const auto real = Gate(GetParam(), pre, frame, slope, 0.3f, math);
      for (int j = 0; j < n; ++j) {
        const auto sum = [&](int i) { return double{pre[i] + std::fma(0.3f, slope[i], frame[i])}; };
        const double h = std::tanh(sum(j)) / (1 + std::exp(-sum(n + j)));
        EXPECT_NEAR(real[j], h, error);
        EXPECT_NEAR(wide[j], h * 32768, 0.5 + error * 32768 + (std::fabs(h) > 0.9999 ? 1 : 0));
        EXPECT_NEAR(narrow[j] - 128, h * 128, 0.5 + error * 128 + (std::fabs(h) > 0.99 ? 1 : 0));
      }
    }
  }
}

TEST_P(ElementwiseTest, SaturatedGatesStayInRange) {
  for (float f : {9.0f, 1e6f, 1e30f, kInf}) {
    for (float sign : {1.0f, -1.0f}) {
      std::vector<float> pre(32, sign * f);
      std::fill(pre.begin() + 16, pre.end(), f);
      const std::vector<float> none(32);
      for (int math = 0; math < kNumNonlinearities; ++math) {
        EXPECT_NEAR(Gate<int16_t>(GetParam(), pre, none, none, 0, math, Precision::kInt16)[3], sign * 32767, 8);
        EXPECT_EQ(Gate<uint8_t>(GetParam(), pre, none, none, 0, math, Precision::kInt8)[3], 128 + sign * 127);
      }
    }
  }
}

TEST_P(ElementwiseTest, EveryIsaGivesTheBitsOfScalar) {
  const Kernels *const k = GetParam(), *const scalar = Scalar();
  for (int n : kSizes) {
    const std::vector<float> a = RandomWithOdd(2 * n, 8), b = RandomWithOdd(2 * n, 9), c = RandomWithOdd(2 * n, 10);
    const std::vector<float> logits = Random(n - 3, 11);
    ExpectSame(Relu(k, a), Relu(scalar, a));
    for (Precision precision : {Precision::kInt16, Precision::kInt8}) {
      EXPECT_EQ(Quantize<int16_t>(k, precision, a, 100), Quantize<int16_t>(scalar, precision, a, 100));
      EXPECT_EQ(QuantizeRelu<int16_t>(k, precision, a, 100), QuantizeRelu<int16_t>(scalar, precision, a, 100));
    }
    for (int math = 0; math < kNumNonlinearities; ++math) {
      for (bool tanh : {false, true}) ExpectSame(Embed(k, a, b, tanh, math), Embed(scalar, a, b, tanh, math));
      ExpectSame(Numerators(k, logits, 0.7f, math), Numerators(scalar, logits, 0.7f, math));
      ExpectSame(Numerators(k, a, 0.7f, math), Numerators(scalar, a, 0.7f, math));
      for (float weight : {0.0f, 0.7f}) {
        ExpectSame(Gate(k, a, b, c, weight, math), Gate(scalar, a, b, c, weight, math));
        for (Precision precision : {Precision::kInt16, Precision::kInt8}) {
          EXPECT_EQ(Gate<int16_t>(k, a, b, c, weight, math, precision),
                    Gate<int16_t>(scalar, a, b, c, weight, math, precision));
        }
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Isa, ElementwiseTest, testing::ValuesIn(AvailableKernels(DetectCpu())),
                         [](const auto& info) { return info.param->isa; });

}  // namespace
}  // namespace tf_wavenet
