// The intermediates of a step, for layer-by-layer comparison with a reference. One sample's trace is, in this order,
//
//   x_0 .. x_{l-1} [l][r]   q [s]   z_s [s]   z_a [a]   logits [a]
//
// without padding.
#ifndef TF_WAVENET_CC_ENGINE_SYNTH_TRACE_H_
#define TF_WAVENET_CC_ENGINE_SYNTH_TRACE_H_

#include <cstdint>
#include <cstring>

#include "cc/engine/model/voice.h"

namespace tf_wavenet {

inline int64_t TraceFloatsPerSample(const VoiceConfig& config) {
  return int64_t{config.layers} * config.residual_channels + 2 * (config.skip_channels + config.output_channels);
}

// Writes one sample's trace front to back; does nothing where there is none to write.
class TraceWriter {
 public:
  explicit TraceWriter(float* to = nullptr) : to_(to) {}

  void Add(const float* values, int count) {
    if (to_ == nullptr) return;
    std::memcpy(to_, values, count * sizeof(float));
    to_ += count;
  }

 private:
  float* to_;
};

}  // namespace tf_wavenet

#endif  // TF_WAVENET_CC_ENGINE_SYNTH_TRACE_H_
