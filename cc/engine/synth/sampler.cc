#include "cc/engine/synth/sampler.h"

#include <cmath>

namespace tf_wavenet {

Sampler::Sampler(int levels, const Kernels& kernels, Nonlinearities nonlinearities)
    : softmax_numerators_(kernels.softmax_numerators[static_cast<int>(nonlinearities)]),
      levels_(levels),
      e_(PadRows(levels)),
      prefix_(PadRows(levels) / kBlockLevels) {}

int Sampler::Draw(const float* logits, float temperature, float u) {
  float* const e = e_.data();
  float* const prefix = prefix_.data();
  const int blocks = static_cast<int>(prefix_.size());
  softmax_numerators_(logits, levels_, temperature, e);

  for (int block = 0; block < blocks; ++block) {
    float sum = 0;
    for (int k = 0; k < kBlockLevels; ++k) sum += e[block * kBlockLevels + k];
    prefix[block] = sum;
  }
  for (int block = 1; block < blocks; ++block) prefix[block] += prefix[block - 1];
  const float total = prefix[blocks - 1];
  if (!std::isfinite(total)) return kNotFinite;

  const float threshold = u * total;
  int block = 0;
  while (prefix[block] <= threshold) ++block;  // ends: u < 1 keeps the threshold below the total, which is at least 1
  float sum = block > 0 ? prefix[block - 1] : 0.0f;
  int last = block * kBlockLevels;
  for (int level = block * kBlockLevels; level < (block + 1) * kBlockLevels; ++level) {
    sum += e[level];
    if (sum > threshold) return level;
    if (e[level] > 0) last = level;
  }
  return last;
}

}  // namespace tf_wavenet
