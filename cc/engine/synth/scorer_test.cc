// Log-probabilities against long double, at ordinary and absurd logits and temperatures.
#include "cc/engine/synth/scorer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

namespace tf_wavenet {
namespace {

constexpr double kRelative = 0x1p-24;  // rounding to float32
constexpr double kAbsolute = 1e-13;    // 256 terms, a few units in the last place of a double each

std::vector<long double> Expected(const std::vector<float>& logits, float temperature) {
  const long double max = *std::max_element(logits.begin(), logits.end());
  long double sum = 0;
  for (const float logit : logits) sum += std::exp((logit - max) / temperature);
  std::vector<long double> log_probs;
  for (const float logit : logits) log_probs.push_back((logit - max) / temperature - std::log(sum));
  return log_probs;
}

TEST(ScorerTest, LogProbsAreTheLogSoftmax) {
  std::mt19937 random(1);
  for (const int levels : {2, 17, 256}) {
    for (const float spread : {0.0f, 0.1f, 3.0f, 100.0f, 1e30f}) {
      for (const float temperature : {0.01f, 0.8f, 1.0f, 5.0f}) {
        std::vector<float> logits(levels);
        for (float& logit : logits) logit = std::normal_distribution<float>(7, 1)(random) * spread;
        const std::vector<long double> expected = Expected(logits, temperature);
        const Scorer scorer(logits.data(), levels, temperature);
        for (int k = 0; k < levels; ++k) {
          const double tolerance = kRelative * std::fabs(static_cast<double>(expected[k])) + kAbsolute;
          ASSERT_NEAR(scorer.LogProb(k), static_cast<double>(expected[k]), tolerance)
              << "level " << k << " of " << levels << ", spread " << spread << ", temperature " << temperature;
        }
      }
    }
  }
}

TEST(ScorerTest, EqualLogitsShareAlike) {
  const std::vector<float> logits(256, -3.5f);
  EXPECT_FLOAT_EQ(Scorer(logits.data(), 256, 0.7f).LogProb(9), std::log(1.0f / 256));
}

TEST(ScorerTest, WhatIsTooSmallForAFloatIsTheLowestOne) {
  const std::vector<float> logits = {3e38f, -3e38f};
  for (const float temperature : {1.0f, std::numeric_limits<float>::denorm_min()}) {
    const Scorer scorer(logits.data(), 2, temperature);
    EXPECT_EQ(scorer.LogProb(0), 0.0f);
    EXPECT_EQ(scorer.LogProb(1), std::numeric_limits<float>::lowest());
  }
}

}  // namespace
}  // namespace tf_wavenet
