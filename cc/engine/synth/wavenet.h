// One step of the network: from the two newest levels and the conditioning to the logits of the next level.
//
//   x_0    = E_prev[y(t-1)] + E_cur[y(t)]                                        (optionally tanh of it)
//   pre_i  = W_prev_i x_{i-1}(t - d_i) + W_cur_i x_{i-1}(t)                      filter half, then gate half
//   h_i    = tanh(pre_i[0:r] + L_i[0:r]) * sigmoid(pre_i[r:2r] + L_i[r:2r])
//   x_i    = x_{i-1} + (b_res_i + W_res_i h_i)                                   not after the last layer
//   q      = b_skip + sum_i W_skip_i h_i
//   z_s    = relu(q),   z_a = relu(b_relu + W_relu z_s),   logits = b_out + W_out z_a
//
// The grouping above is the order of the sums, the same on every ISA. What a matrix multiplies is an activation of the
// voice's precision: x, h and z are quantized on the way into it (voice.h has the numbers), everything else is float32,
// the residual stream x and the skip sums q included.
//
// A WaveNet is one thread's part of the step: its share of the rows, for all lanes of its team in one pass over the
// weights. Which thread does what, and when it may, is the schedule's business (schedule.h). The left half W_prev
// x(t-d) needs nothing newer than x(t-d), so a layer can take it for up to d steps at once: it takes min(d,
// steps_ahead), in the steps in which its phase is 0. Each step is the turn of another stretch of layers, so that all
// steps have as much of it and read it in one piece.
#ifndef TF_WAVENET_CC_ENGINE_SYNTH_WAVENET_H_
#define TF_WAVENET_CC_ENGINE_SYNTH_WAVENET_H_

#include <cstdint>
#include <vector>

#include "cc/engine/kernels/kernels.h"
#include "cc/engine/model/voice.h"
#include "cc/engine/synth/lane.h"
#include "cc/engine/synth/share.h"

namespace tf_wavenet {

// The lanes of a team for a run of steps, during which they stay the same.
struct Lockstep {
  std::vector<Lane*> lanes;
  std::vector<uint64_t> begin;  // position of each before the first step
  int64_t steps = 0;
};

class WaveNet {
 public:
  // For at most `max_lanes` lanes, which keep left halves for `steps_ahead` steps, a power of two.
  WaveNet(const Voice& voice, const Kernels& kernels, Nonlinearities nonlinearities, const Division& division,
          int max_lanes, int steps_ahead);

  const Division& division() const { return share_.division; }

  // What each reads must have been written by all threads of the team before. Left of a step comes before its Quantize,
  // which takes a place in the ring that Left reads; the others in this order.
  void Embed(const Lockstep& team);                              // x_0, and q begins
  void Left(const Lockstep& team, int64_t step, int layer);      // left halves of x before `step`, if it is its turn
  void Quantize(const Lockstep& team, int64_t step, int layer);  // x into the ring
  void Gate(const Lockstep& team, int64_t step, int layer);      // all of x in the ring -> h
  void Residual(const Lockstep& team, int layer);                // all of h -> x
  void Skip(const Lockstep& team, int layer);                    // all of h -> q
  void SkipEnd(const Lockstep& team);                            // q -> z_s
  void Relu(const Lockstep& team);                               // all of z_s -> z_a
  void Out(const Lockstep& team);                                // all of z_a -> logits

 private:
  // When the left halves of a layer are taken.
  struct Turn {
    int ahead;       // for how many steps at once, a power of two
    int offset;      // its phase in step 0
    uint64_t slots;  // position & slots is the slot of the ring

    int Phase(int64_t step) const { return static_cast<int>((step + offset) & (ahead - 1)); }
  };

  char* Slot(const Lockstep& team, size_t lane, int layer, int64_t step) const;

  const Voice& voice_;
  const Kernels& kernels_;
  const PrecisionKernels& k_;
  const int nonlinearities_;
  const int rp_;
  const Share share_;
  std::vector<Turn> turns_;  // of each layer
  std::vector<Column> columns_;
};

}  // namespace tf_wavenet

#endif  // TF_WAVENET_CC_ENGINE_SYNTH_WAVENET_H_
