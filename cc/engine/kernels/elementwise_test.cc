// The elementwise kernels on every ISA: close to libm (rational_math_test holds the nonlinearities' own errors), and
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

class ElementwiseTest : public testing::TestWithParam<const Kernels*> {
 protected:
  static const Kernels* Scalar() { return BuiltKernels()[0]; }

  static std::vector<float> Embed(const Kernels* k, const std::vector<float>& a, const std::vector<float>& b,
                                  bool tanh) {
    std::vector<float> out(a.size());
    k->embed_f32(a.data(), b.data(), static_cast<int>(a.size()), tanh, out.data());
    return out;
  }
  static std::vector<float> Gate(const Kernels* k, const std::vector<float>& pre, const std::vector<float>& frame,
                                 const std::vector<float>& next, float weight) {
    std::vector<float> h(pre.size() / 2);
    k->gate_f32(pre.data(), frame.data(), next.data(), weight, static_cast<int>(h.size()), h.data());
    return h;
  }
  static std::vector<float> Relu(const Kernels* k, std::vector<float> x) {
    k->relu_f32(x.data(), static_cast<int>(x.size()));
    return x;
  }
  static std::vector<float> Numerators(const Kernels* k, const std::vector<float>& logits, float temperature) {
    std::vector<float> e(PadRows(logits.size()), kNan);
    k->softmax_numerators_f32(logits.data(), static_cast<int>(logits.size()), temperature, e.data());
    return e;
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
      const std::vector<float> pre = Random(2 * n, 3), frame = Random(2 * n, 4), next = Random(2 * n, 5);
      const std::vector<float> h = Gate(GetParam(), pre, frame, next, weight);
      const auto sum = [&](int i) { return double{pre[i] + std::fma(weight, next[i] - frame[i], frame[i])}; };
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

TEST_P(ElementwiseTest, EveryIsaGivesTheBitsOfScalar) {
  for (int n : kSizes) {
    const std::vector<float> a = RandomWithOdd(2 * n, 8), b = RandomWithOdd(2 * n, 9), c = RandomWithOdd(2 * n, 10);
    for (bool tanh : {false, true}) ExpectSame(Embed(GetParam(), a, b, tanh), Embed(Scalar(), a, b, tanh));
    for (float weight : {0.0f, 0.7f}) ExpectSame(Gate(GetParam(), a, b, c, weight), Gate(Scalar(), a, b, c, weight));
    ExpectSame(Relu(GetParam(), a), Relu(Scalar(), a));
    const std::vector<float> logits = Random(n - 3, 11);
    ExpectSame(Numerators(GetParam(), logits, 0.7f), Numerators(Scalar(), logits, 0.7f));
    ExpectSame(Numerators(GetParam(), a, 0.7f), Numerators(Scalar(), a, 0.7f));
  }
}

INSTANTIATE_TEST_SUITE_P(Isa, ElementwiseTest, testing::ValuesIn(AvailableKernels(DetectCpu())),
                         [](const auto& info) { return info.param->isa; });

}  // namespace
}  // namespace tf_wavenet
