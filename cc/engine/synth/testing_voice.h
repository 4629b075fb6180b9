// For tests: a voice with random weights of any sizes, packed in memory in the order of a voice file, beside the same
// weights unpacked. Integers are rounded to nearest, their activations' scales guessed; the unpacked weights are what
// the integers stand for.
#ifndef TF_WAVENET_CC_ENGINE_SYNTH_TESTING_VOICE_H_
#define TF_WAVENET_CC_ENGINE_SYNTH_TESTING_VOICE_H_

#include <cstdint>
#include <random>
#include <vector>

#include "cc/engine/base/aligned.h"
#include "cc/engine/model/voice.h"

namespace tf_wavenet {

// Row-major, no padding.
struct DenseMatrix {
  int rows = 0;
  int cols = 0;
  std::vector<float> values;

  float At(int row, int col) const { return values[int64_t{row} * cols + col]; }
  float& At(int row, int col) { return values[int64_t{row} * cols + col]; }
};

struct DenseLayer {
  DenseMatrix prev, cur, cond;  // [2r, ...]
  DenseMatrix res, skip;
  std::vector<float> res_bias;
  std::vector<std::vector<float>> cond_bias;  // of each speaker
};

// A matrix as kernels read it. With `halves`, the first and the second half of the rows are padded separately, as the
// gate's are. Integers are the values as they stand, which must fit.
std::vector<char> Pack(const DenseMatrix& dense, Precision precision = Precision::kF32, bool halves = false);

class TestVoice {
 public:
  TestVoice(const VoiceConfig& config, uint32_t seed, Precision precision = Precision::kF32);

  Voice voice;
  DenseMatrix embed_prev, embed_cur;  // [a, r]
  std::vector<float> skip_bias, relu_bias, out_bias;
  std::vector<DenseLayer> layers;
  DenseMatrix relu, out;

 private:
  DenseMatrix Random(int rows, int cols, float scale);
  std::vector<float> RandomBias(int rows);
  void Build();

  std::mt19937 random_;
  Aligned<char> memory_{0};
};

// A small voice of odd sizes: 3 dilation cycles of 2, conditioning context 1, 17 levels.
VoiceConfig SmallConfig();

// `count` values of conditioning, normal(0, 1).
std::vector<float> RandomConditioning(int64_t count, uint32_t seed);

}  // namespace tf_wavenet

#endif  // TF_WAVENET_CC_ENGINE_SYNTH_TESTING_VOICE_H_
