// One step of the network: from the two newest levels and the conditioning to the logits of the next level.
//
//   x_0    = E_prev[y(t-1)] + E_cur[y(t)]                                        (optionally tanh of it)
//   pre_i  = W_prev_i x_{i-1}(t - d_i) + W_cur_i x_{i-1}(t)                      filter half, then gate half
//   h_i    = tanh(pre_i[0:r] + L_i[0:r]) * sigmoid(pre_i[r:2r] + L_i[r:2r])
//   x_i    = x_{i-1} + (b_res_i + W_res_i h_i)                                   not after the last layer
//   q      = b_skip + sum_i W_skip_i h_i
//   z_s    = relu(q),   z_a = relu(b_relu + W_relu z_s),   logits = b_out + W_out z_a
//
// The grouping above is the order of the sums, the same on every ISA. Weights are read once, forward. What a matrix
// multiplies is an activation of the voice's precision: x, h and z are quantized on the way into it (voice.h has the
// numbers), everything else is float32, the residual stream x and the skip sums q included.
#ifndef TF_WAVENET_CC_ENGINE_SYNTH_WAVENET_H_
#define TF_WAVENET_CC_ENGINE_SYNTH_WAVENET_H_

#include "cc/engine/base/aligned.h"
#include "cc/engine/kernels/kernels.h"
#include "cc/engine/model/voice.h"
#include "cc/engine/synth/conditioning.h"
#include "cc/engine/synth/state.h"

namespace tf_wavenet {

class WaveNet {
 public:
  WaveNet(const Voice& voice, const Kernels& kernels, Nonlinearities nonlinearities);

  // Computes the logits of sample `state.header.position` and moves the rings on; the caller moves levels and position.
  // `trace` may be null. The result [ap] holds until the next step.
  const float* Step(State& state, const SampleConditioning& conditioning, float* trace);

 private:
  const Voice& voice_;
  const Kernels& kernels_;
  const int nonlinearities_;
  AlignedFloats x_, pre_, q_, z_, logits_;
  Aligned<char> sums_, h_, zq_;  // int32 or float; activations
};

}  // namespace tf_wavenet

#endif  // TF_WAVENET_CC_ENGINE_SYNTH_WAVENET_H_
