#include "cc/engine/synth/sampler.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include "cc/engine/numerics/philox.h"
#include "cc/engine/runtime/dispatch.h"

namespace tf_wavenet {
namespace {

constexpr float kInf = std::numeric_limits<float>::infinity();
constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
constexpr float kAlmostOne = 1 - 0x1p-24f;  // the largest u

int Draw(std::vector<float> logits, float u, float temperature = 1) {
  const int levels = static_cast<int>(logits.size());
  logits.resize(PadRows(levels));
  return Sampler(levels, *BuiltKernels()[0], Nonlinearities::kRational).Draw(logits.data(), temperature, u);
}

std::vector<float> RandomLogits(int levels, uint32_t seed, float scale) {
  std::mt19937 random(seed);
  std::normal_distribution<float> normal(0, scale);
  std::vector<float> logits(levels);
  for (float& logit : logits) logit = normal(random);
  return logits;
}

TEST(SamplerTest, TakesTheFirstLevelWhoseSumExceedsU) {
  const std::vector<float> even(4, 0.25f);
  EXPECT_EQ(Draw(even, 0.0f), 0);
  EXPECT_EQ(Draw(even, std::nextafter(0.25f, 0.0f)), 0);
  EXPECT_EQ(Draw(even, 0.25f), 1);
  EXPECT_EQ(Draw(even, 0.5f), 2);
  EXPECT_EQ(Draw(even, kAlmostOne), 3);
}

TEST(SamplerTest, CrossesBlocks) {
  const std::vector<float> even(256, -3.0f);
  for (int level : {0, 15, 16, 17, 31, 32, 255}) EXPECT_EQ(Draw(even, level / 256.0f), level);
}

TEST(SamplerTest, NeverDrawsWhatHasNoProbability) {
  std::vector<float> logits(33, -200.0f);
  logits[20] = 5;
  for (float u : {0.0f, 0.5f, kAlmostOne}) EXPECT_EQ(Draw(logits, u), 20);
  EXPECT_EQ(Draw(std::vector<float>(1, -7.0f), kAlmostOne), 0);
}

TEST(SamplerTest, AgreesWithPlainSumsInDouble) {
  int differing = 0, draws = 0;
  for (int levels : {2, 17, 80, 256}) {
    for (float temperature : {0.3f, 1.0f, 2.0f}) {
      const std::vector<float> logits = RandomLogits(levels, levels, 2.0f);
      double total = 0;
      for (float logit : logits) total += std::exp(double{logit} / temperature);
      for (int t = 0; t < 500; ++t, ++draws) {
        const float u = Uniform(1, t);
        double sum = 0;
        int wanted = -1;
        while (sum <= u * total && wanted + 1 < levels) sum += std::exp(double{logits[++wanted]} / temperature);
        differing += Draw(logits, u, temperature) != wanted;
      }
    }
  }
  EXPECT_LE(differing, draws / 1000);  // float sums move a boundary by about 1e-6
}

TEST(SamplerTest, FallsBackWithinTheBlockWhereRoundingLeavesNone) {
  // Walks the thresholds around every prefix: whatever rounding does, the level drawn must have a probability.
  for (uint32_t seed = 0; seed < 200; ++seed) {
    std::vector<float> logits = RandomLogits(64, seed, 8.0f);
    for (int level = 0; level < 64; level += 3) logits[level] = -500;
    double total = 0, sum = 0;
    for (float logit : logits) total += std::exp(double{logit});
    for (int block = 0; block < 4; ++block) {
      for (int k = 0; k < 16; ++k) sum += std::exp(double{logits[block * 16 + k]});
      float u = std::min(static_cast<float>(sum / total), kAlmostOne);
      for (int step = 0; step < 4; ++step, u = std::nextafter(u, 0.0f)) {
        const int level = Draw(logits, u);
        ASSERT_GE(level, 0);
        ASSERT_LT(level, 64);
        ASSERT_NE(level % 3, 0);
      }
    }
  }
}

TEST(SamplerTest, ColdTakesTheMaximum) {
  const std::vector<float> logits = RandomLogits(100, 5, 1.0f);
  const int best = static_cast<int>(std::max_element(logits.begin(), logits.end()) - logits.begin());
  for (float u : {0.0f, 0.5f, kAlmostOne}) EXPECT_EQ(Draw(logits, u, 1e-6f), best);
}

TEST(SamplerTest, SaysWhenTheLogitsHaveNoDistribution) {
  EXPECT_EQ(Draw({0, kNan, 0}, 0.5f), Sampler::kNotFinite);
  EXPECT_EQ(Draw({0, kInf, 0}, 0.5f), Sampler::kNotFinite);
  EXPECT_EQ(Draw({-kInf, -kInf}, 0.5f), Sampler::kNotFinite);
  EXPECT_EQ(Draw({-kInf, 0}, 0.0f), 1);
}

TEST(SamplerTest, EveryIsaDrawsTheSame) {
  for (int levels : {1, 15, 16, 17, 256}) {
    std::vector<float> logits = RandomLogits(levels, 9, 3.0f);
    logits.resize(PadRows(levels));
    for (const Kernels* kernels : AvailableKernels(DetectCpu())) {
      Sampler scalar(levels, *BuiltKernels()[0], Nonlinearities::kRational),
          sampler(levels, *kernels, Nonlinearities::kRational);
      for (int t = 0; t < 1000; ++t) {
        const float u = Uniform(3, t);
        ASSERT_EQ(sampler.Draw(logits.data(), 0.8f, u), scalar.Draw(logits.data(), 0.8f, u)) << kernels->isa;
      }
    }
  }
}

}  // namespace
}  // namespace tf_wavenet
