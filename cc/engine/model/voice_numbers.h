// The numbers of an integer voice: what the kernels take for granted and a sum could not show.
#ifndef TF_WAVENET_CC_ENGINE_MODEL_VOICE_NUMBERS_H_
#define TF_WAVENET_CC_ENGINE_MODEL_VOICE_NUMBERS_H_

#include <cstdint>
#include <limits>

#include "cc/engine/base/status.h"
#include "cc/engine/model/voice.h"

namespace tf_wavenet {

// The largest sum|w_q| of a row whose sums cannot overflow, whatever its activations: max|x_q| times it is below 2^31.
constexpr int64_t MaxRowSum(Precision precision) {
  return ((int64_t{1} << 31) - 1) / (precision == Precision::kInt16 ? 32768 : 255);
}

// The largest |w_q| + |w_q'| of two columns side by side in an int8 row: 255 times it stays below 2^15.
constexpr int kMaxInt8PairSum = 128;

// Numbers of an integer voice lie within +- these, inverse scales below the largest float. Then no float of a step can
// leave its range: a sum is worth at most 2^31 * 1e20, and 1024 layers add that and a bias to an embedding.
constexpr float kMaxScale = 1e20f, kMaxNumber = 1e30f, kMaxInverseScale = std::numeric_limits<float>::max();

// Of an integer voice whose tensors are bound, and not yet widened: every row but cond's, and every pair of int8, keeps
// its bound; scales and inverse scales are not negative, and they and embeddings and biases within their limits
// (infinities and NaN would end in a clamp and be heard as noise, not seen). Names tensor and row. Of f32 voices
// nothing is asked: what is not finite there shows in the logits, but for what a caller's choice of fixed
// nonlinearities clamps in the gates.
Status CheckVoiceNumbers(const Voice& voice);

}  // namespace tf_wavenet

#endif  // TF_WAVENET_CC_ENGINE_MODEL_VOICE_NUMBERS_H_
