// A voice: the checked, typed view of a voice file in memory. Nothing is copied: pointers lead into the file's bytes,
// which must outlive the view.
//
// The file is GGUF v3 (little endian, alignment 64). Its key-values are listed in voice_keys.h, its tensors below in
// file order, which is the order in which a step reads them. rp, sp, ap: channel counts padded to kRowAlign.
//
//   embed.prev              f32 [a * rp]      row y: the embedding of level y
//   embed.cur               f32 [a * rp]      the embedding's bias is added in
//   skip.bias               f32 [sp]          sum over layers
//   layers.I.prev           packed [2rp, r]   rows 0..rp-1 feed tanh, rp..2rp-1 feed sigmoid
//   layers.I.cur            packed [2rp, r]
//   layers.I.res            packed [rp, r]    \  absent in the last layer
//   layers.I.res.bias       f32 [rp]          /
//   layers.I.skip           packed [sp, r]
//   relu                    packed [ap, s]
//   relu.bias               f32 [ap]
//   out                     packed [ap, a]
//   out.bias                f32 [ap]
//   cond                    packed [l * 2rp, (2k + 1) * C]   columns: oldest frame first, channels within it
//   cond.bias               f32 [l * 2rp]
//   checksum                i64 [1]           of all bytes before it (checksum.h)
//
// Packed tensors are listed as f32 [rows * cols] (layout.h has their order). Everything is contiguous, and the file
// ends 64 bytes after the checksum's offset.
#ifndef TF_WAVENET_CC_ENGINE_MODEL_VOICE_H_
#define TF_WAVENET_CC_ENGINE_MODEL_VOICE_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "cc/engine/base/status.h"
#include "cc/engine/kernels/layout.h"

namespace tf_wavenet {

enum class Upsampling { kRepeat, kLinear };

// The fields of WaveNetConfig and AudioConfig that a step depends on (tf_wavenet/config.py explains each).
struct VoiceConfig {
  int layers = 0;
  int residual_channels = 0;  // r
  int skip_channels = 0;      // s
  int output_channels = 0;    // a: mu-law levels
  int dilation_cycle = 0;
  int conditioning_channels = 0;  // C
  int conditioning_context = 0;   // k frames on each side
  Upsampling upsampling = Upsampling::kLinear;
  bool embed_tanh = false;
  int hop_samples = 0;
  int sample_rate_hz = 0;

  int Dilation(int layer) const { return 1 << (layer % dilation_cycle); }
  int LookaheadFrames() const { return conditioning_context + (upsampling == Upsampling::kLinear ? 1 : 0); }
  int SilenceLevel() const { return output_channels / 2; }
};

struct Layer {
  MatrixF32 prev, cur, res, skip;  // res.data is null in the last layer
  const float* res_bias = nullptr;
};

struct Voice {
  VoiceConfig config;
  const float* embed_prev = nullptr;
  const float* embed_cur = nullptr;
  const float* skip_bias = nullptr;
  std::vector<Layer> layers;
  MatrixF32 relu, out, cond;
  const float* relu_bias = nullptr;
  const float* out_bias = nullptr;
  const float* cond_bias = nullptr;
  uint64_t checksum = 0;                // also the voice's identity: a state remembers it
  int64_t weight_bytes_per_sample = 0;  // what a step streams: layers, relu, out and their biases
};

// Checks every byte that matters and fills `voice`. `data` must be 64-byte aligned (kernels stream whole cache lines).
// Refusals are InvalidArgument and name the field, what was found, what was wanted.
Status OpenVoice(const void* data, size_t size, Voice* voice);

}  // namespace tf_wavenet

#endif  // TF_WAVENET_CC_ENGINE_MODEL_VOICE_H_
