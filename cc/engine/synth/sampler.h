// Sampler: draws a level from softmax(logits / temperature) with a given uniform u in [0, 1).
//
//   e[k] = exp((logits[k] - max) / temperature);   the first k with e[0] + ... + e[k] > u * (sum of all e)
//
// Sums run in blocks of 16 levels, in one order on every machine: each block's sum in level order, then the prefix
// sums over blocks, of which the last is the total. The first block whose prefix exceeds u * total holds the level:
// within it the sum goes on, level by level, from the prefix before it. Where rounding leaves no level that exceeds
// the threshold, the block's last level with e > 0 is drawn.
#ifndef TF_WAVENET_CC_ENGINE_SYNTH_SAMPLER_H_
#define TF_WAVENET_CC_ENGINE_SYNTH_SAMPLER_H_

#include "cc/engine/base/aligned.h"
#include "cc/engine/kernels/kernels.h"

namespace tf_wavenet {

class Sampler {
 public:
  static constexpr int kBlockLevels = 16;
  static constexpr int kNotFinite = -1;

  Sampler(int levels, const Kernels& kernels, Nonlinearities nonlinearities);

  // The level drawn, or kNotFinite if the logits have no distribution (NaN or infinite).
  int Draw(const float* logits, float temperature, float u);

 private:
  void (*const softmax_numerators_)(const float* logits, int n, float temperature, float* e);
  const int levels_;
  AlignedFloats e_;       // zeros in the padding
  AlignedFloats prefix_;  // per block: the sum up to its end
};

}  // namespace tf_wavenet

#endif  // TF_WAVENET_CC_ENGINE_SYNTH_SAMPLER_H_
