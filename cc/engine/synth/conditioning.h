// Conditioning at frame rate: one GEMV per frame gives the projection of all layers,
//
//   Lf(f) = W_cond [c[f - k], ..., c[f + k]] + b_cond[speaker]        [l][2rp]
//
// where each speaker of the voice has biases of its own: global conditioning, whose V h with a one-hot h (WaveNet,
// arXiv:1609.03499, section 2.5) is a row of biases, costs a sample nothing. The projection is that of some frames
// ahead at once, which share the pass over the weights. A sample lies between two of them:
//   L(t) = fma(weight, Lf(f + 1) - Lf(f), Lf(f)),  t = f hop + j,  weight = j / hop if linear, 0 if repeated.
// Frames before the call come from the state's history. Frame indices are clamped to the utterance's first frame and to
// the last one that the caller brought, lookahead included: edge frames repeat.
#ifndef TF_WAVENET_CC_ENGINE_SYNTH_CONDITIONING_H_
#define TF_WAVENET_CC_ENGINE_SYNTH_CONDITIONING_H_

#include <cstdint>

#include "cc/engine/base/aligned.h"
#include "cc/engine/kernels/kernels.h"
#include "cc/engine/model/voice.h"

namespace tf_wavenet {

// What one step reads: the projection before the sample, what is added up to the one after it, and where it lies.
struct SampleConditioning {
  const float* frame = nullptr;  // [l][2rp]
  const float* slope = nullptr;  // [l][2rp]
  float weight = 0;

  GateConditioning OfLayer(int layer, int64_t rows) const {
    return {frame + layer * rows, slope + layer * rows, rows / 2, weight};
  }
};

class Conditioning {
 public:
  Conditioning(const Voice& voice, const Kernels& kernels);

  // One row of a call: frames [count][C] that are real, of which the first `spoken` are spoken now and the others are
  // lookahead, and history [history_frames][C]. Both must outlive the row. `speaker`: whose biases it takes.
  void Begin(int speaker, const float* frames, int spoken, int count, const float* history, int history_frames);

  // Goes to frame f, which must be 0 first and then each in turn. Projects what is not there yet. False if a projection
  // is not finite: features or weights are absurd, and integers would not show it.
  [[nodiscard]] bool Advance(int64_t f);

  // Sample j of the current frame.
  SampleConditioning At(int j) const {
    const float weight = linear_ ? static_cast<float>(j) * inverse_hop_ : 0.0f;
    return {current_, slope_.data(), weight};
  }

 private:
  static constexpr int kFramesAtOnce = kTileColumns;
  static constexpr int kHeld = kFramesAtOnce + 1;  // and the one before them

  const float* Frame(int64_t f) const;  // after clamping
  float* Projection(int64_t f) { return projections_.data() + f % kHeld * voice_.cond.rows; }
  // Makes sure that Lf(f) is there.
  [[nodiscard]] bool Project(int64_t f);

  const Voice& voice_;
  const Kernels& kernels_;
  const bool linear_;
  const float inverse_hop_;
  AlignedFloats windows_, projections_, slope_;
  const float* bias_ = nullptr;  // of the row's speaker
  const float* current_ = nullptr;
  const float* frames_ = nullptr;
  const float* history_ = nullptr;
  int spoken_ = 0, count_ = 0, history_frames_ = 0;
  int64_t projected_ = 0;  // frames whose projections were computed
};

}  // namespace tf_wavenet

#endif  // TF_WAVENET_CC_ENGINE_SYNTH_CONDITIONING_H_
