// A lane: one utterance at a time, from its first sample in this call to its last. It holds what belongs to the
// utterance alone: state, conditioning, the activations of the current step. The matrices' work is WaveNet's, which
// takes several lanes at once.
#ifndef TF_WAVENET_CC_ENGINE_SYNTH_LANE_H_
#define TF_WAVENET_CC_ENGINE_SYNTH_LANE_H_

#include <cstdint>

#include "cc/engine/base/aligned.h"
#include "cc/engine/base/status.h"
#include "cc/engine/kernels/kernels.h"
#include "cc/engine/model/voice.h"
#include "cc/engine/synth/conditioning.h"
#include "cc/engine/synth/request.h"
#include "cc/engine/synth/sampler.h"
#include "cc/engine/synth/state.h"
#include "cc/engine/synth/trace.h"

namespace tf_wavenet {

// The activations of one step. x, q, z and logits are float32, the others what the voice's precision has.
struct Activations {
  // `steps_ahead`: for how many steps left halves are kept.
  Activations(const Voice& voice, int steps_ahead);

  char* Left(int layer, int phase) { return left.data() + (int64_t{layer} * steps_ahead + phase) * left_bytes; }
  char* H(int layer) { return h.data() + layer * h_bytes; }

  const int steps_ahead;
  const int64_t left_bytes, h_bytes;
  AlignedFloats x, pre, q, z, logits;
  Aligned<char> left, h;  // sums [l][steps_ahead][2rp]; activations [l][rp]
  Aligned<char> zs, za;   // activations of z_s [sp] and z_a [ap]
};

class Lane {
 public:
  Lane(const Voice& voice, const Kernels& kernels, Nonlinearities nonlinearities, int steps_ahead);

  // Begins row `row` of `request`, which was checked and must live until End.
  void Begin(const Request& request, int row);

  // Samples that are left to speak.
  int64_t remaining() const { return end_ - t_; }

  // Goes to the next sample: where its conditioning lies, where its trace goes. False, with `status` set, if the
  // conditioning is not finite.
  bool BeginSample();

  // Draws the sample from the logits, writes it and what else the request asks for. False, with `status` set, if the
  // logits are not finite.
  bool EndSample();

  // Once all is spoken: silence to the end of the row, and the state.
  void End();

  int row() const { return row_; }
  const Status& status() const { return status_; }
  const SampleConditioning& conditioning() const { return at_; }

  State state;
  Activations step;
  TraceWriter traced;  // of the current sample

 private:
  const Voice& voice_;
  const int64_t hop_;
  Conditioning conditioning_;
  Sampler sampler_;
  const Request* request_ = nullptr;
  int row_ = 0;
  int64_t begin_ = 0, t_ = 0, end_ = 0;  // samples, counted over all rows
  SampleConditioning at_;
  Status status_;
};

}  // namespace tf_wavenet

#endif  // TF_WAVENET_CC_ENGINE_SYNTH_LANE_H_
