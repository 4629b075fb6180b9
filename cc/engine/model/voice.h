// A voice: the checked, typed view of a voice file in memory. Pointers lead into the file's bytes, which must outlive
// the view; nothing is copied but the conditioning matrix of an integer voice, which is widened to float32 (widen.h):
// 5 MB and a millisecond or two for the large preset.
//
// The file is GGUF v3 (little endian, alignment 64). Its key-values are listed in voice_keys.h, its tensors below in
// file order. The matrices of a step lie one after another, in the order in which it reads them, so that it reads
// forward without a gap; left halves, which it takes now and then for several steps at once, and what is small lie
// apart. rp, sp, ap: channel counts padded to kRowAlign. W is the voice's precision: f32, i16 or i8; [rows, cols] of a
// packed tensor are listed as [rows * cols], columns padded to whole groups (layout.h has their order). Tensors marked
// * are there if W is an integer. V is i16 then, else f32: conditioning is computed in float32, once for each frame,
// and its matrix is the largest of a small voice; with a scale for each row 16 bits are as good and take half the room.
//
//   act.inverse_scale     * f32 [pad(l + 2)]    1 / act_scale of x_0 .. x_{l-1}, z_s, z_a
//   embed.prev              f32 [a * rp]        row y: the embedding of level y
//   embed.cur               f32 [a * rp]        the embedding's bias is added in
//   skip.bias               f32 [sp]            sum over layers
//   for each layer I:
//     layers.I.gate.scale * f32 [2rp]           of prev and cur, which share their row scales
//     layers.I.res.scale  * f32 [rp]            \ absent in the last layer
//     layers.I.res.bias     f32 [rp]            /
//     layers.I.skip.scale * f32 [sp]
//   relu.scale            * f32 [ap]
//   relu.bias               f32 [ap]
//   out.scale             * f32 [ap]
//   out.bias                f32 [ap]
//   for each layer I:
//     layers.I.prev         W packed [2rp, r]   rows 0..rp-1 feed tanh, rp..2rp-1 feed sigmoid
//   for each layer I:
//     layers.I.cur          W packed [2rp, r]
//     layers.I.res          W packed [rp, r]    absent in the last layer
//     layers.I.skip         W packed [sp, r]
//   relu                    W packed [ap, s]
//   out                     W packed [ap, a]
//   cond.scale            * f32 [l * 2rp]
//   cond                    V packed [l * 2rp, (2k + 1) * C]   columns: oldest frame first, channels within it
//   cond.bias               f32 [speakers * l * 2rp]   each speaker's own biases of the gates, one speaker at least
//   checksum                i64 [1]             of all bytes before it (checksum.h)
//
// Everything is contiguous, each tensor padded with zeros to a multiple of 64 bytes, and the file ends 64 bytes after
// the checksum's offset.
//
// Integer numbers. Weights are symmetric, one scale per row: w = row_scale w_q. Activations have one scale per tensor:
// x = act_scale (x_q - zero). A scale tensor holds row_scale * act_scale, so that real = scale * sum(w_q x_q) + bias.
//
//             w_q    x_q                  x_0 .. x_{l-1}             h                       z_s, z_a
//   int16     i16    i16, -32767..32767   zero 0                     act_scale 2^-15, zero 0   zero 0
//   int8      i8     u8, 0..255           zero 128, 128 +- 127       act_scale 2^-7, zero 128  zero 0
//
// What the zero of int8 adds to a sum, -128 scale sum(w_q), is constant and folded into the biases when the voice is
// exported: that of gate into cond.bias, of res into res.bias, of skip into skip.bias. History before the first sample
// is x_q = zero. No sum overflows, proven per row by the loader: sum|w_q| * max|x_q| < 2^31, where max|x_q| is what the
// type can hold (32768 or 255) and a gate's row is that of prev and cur together. Of int8 the loader also proves that
// two products side by side fit 16 bits, which is all that AVX2 gives them: |w_q[2k]| + |w_q[2k + 1]| <= 128 in every
// row. Of cond nothing of that is asked: its weights are cond.scale w_q, in float32, and never meet an integer.
#ifndef TF_WAVENET_CC_ENGINE_MODEL_VOICE_H_
#define TF_WAVENET_CC_ENGINE_MODEL_VOICE_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "cc/engine/base/aligned.h"
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
  int speakers = 1;          // rows of cond.bias
  float temperature = 1.0f;  // that a caller who has none of its own is to use
  std::string_view names;    // of the speakers, joined by commas, in the file's memory; "" = one without a name
  int hop_samples = 0;
  int sample_rate_hz = 0;
  float preemphasis = 0;  // that is to be undone in what is spoken: x(t) = e(t) + preemphasis x(t - 1)

  int ConditioningCols() const { return (2 * conditioning_context + 1) * conditioning_channels; }
  int Dilation(int layer) const { return 1 << (layer % dilation_cycle); }
  int LookaheadFrames() const { return conditioning_context + (upsampling == Upsampling::kLinear ? 1 : 0); }
  int SilenceLevel() const { return output_channels / 2; }
};

struct Layer {
  Matrix prev, cur, res, skip;  // res.data is null in the last layer; prev and cur have one scale
  const float* res_bias = nullptr;
};

struct Voice {
  VoiceConfig config;
  Precision precision = Precision::kF32;
  const float* inverse_scale = nullptr;  // of the activations x_0 .. x_{l-1}, z_s, z_a; null for f32
  const float* embed_prev = nullptr;
  const float* embed_cur = nullptr;
  const float* skip_bias = nullptr;
  std::vector<Layer> layers;
  Matrix relu, out, cond;  // cond is always f32, whatever the file has
  const float* relu_bias = nullptr;
  const float* out_bias = nullptr;
  const float* cond_bias = nullptr;
  std::shared_ptr<const AlignedFloats> widened_cond;  // what cond points to if the file's is of integers
  uint64_t checksum = 0;                              // also the voice's identity: a state remembers it
  int64_t weight_bytes_per_sample = 0;                // what a step streams: layers, relu, out, their scales and biases

  // Of the activations that layer i reads (i < layers), of z_s (i = layers) and z_a (i = layers + 1). f32 has none.
  float InverseScale(int i) const { return inverse_scale != nullptr ? inverse_scale[i] : 1.0f; }
};

// Checks every byte that matters and fills `voice`. `data` must be 64-byte aligned (kernels stream whole cache lines).
// Refusals are InvalidArgument and name the field, what was found, what was wanted.
Status OpenVoice(const void* data, size_t size, Voice* voice);

}  // namespace tf_wavenet

#endif  // TF_WAVENET_CC_ENGINE_MODEL_VOICE_H_
