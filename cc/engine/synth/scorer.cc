#include "cc/engine/synth/scorer.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace tf_wavenet {

Scorer::Scorer(const float* logits, int levels, float temperature)
    : logits_(logits), temperature_(temperature), max_(*std::max_element(logits, logits + levels)) {
  double sum = 0;  // at least 1: the largest logit's
  for (int level = 0; level < levels; ++level) sum += std::exp((logits[level] - max_) / temperature_);
  log_sum_ = std::log(sum);
}

float Scorer::LogProb(int level) const {
  const double log_prob = (logits_[level] - max_) / temperature_ - log_sum_;
  return static_cast<float>(std::max<double>(log_prob, std::numeric_limits<float>::lowest()));
}

}  // namespace tf_wavenet
