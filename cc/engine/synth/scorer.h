// Scorer: natural log-probabilities of levels under softmax(logits / temperature), the distribution that Sampler draws
// from.
//
//   log_prob[k] = x[k] - log(sum over j of exp(x[j])),   x[k] = (logits[k] - max) / temperature
//
// All in double, rounded to float32 once: relative error at most 2^-24, plus 1e-13 absolute (scorer_test holds both).
// What float32 cannot hold becomes its lowest number, so that the result is finite whenever the logits are. It calls
// the C library's exp and log: equal on every ISA of one machine, not promised to be the same bits under another libm.
#ifndef TF_WAVENET_CC_ENGINE_SYNTH_SCORER_H_
#define TF_WAVENET_CC_ENGINE_SYNTH_SCORER_H_

namespace tf_wavenet {

// The distribution of one sample. `logits` [levels] are read as long as it lives, and must be finite.
class Scorer {
 public:
  Scorer(const float* logits, int levels, float temperature);

  float LogProb(int level) const;

 private:
  const float* const logits_;
  const double temperature_;
  double max_;
  double log_sum_;
};

}  // namespace tf_wavenet

#endif  // TF_WAVENET_CC_ENGINE_SYNTH_SCORER_H_
