// TfWavenet>FastWaveNetInference: the whole sampling loop of a batch of utterances as one op (the C ABI has the meaning
// of each argument). Stateless and pure: equal inputs give equal outputs, also when graphs fold, move or repeat it.
//
//   voice             uint8  [bytes]    content of a voice file, read in place
//   conditioning      float  [B, F, C]  frames to speak, then frames of lookahead, then anything
//   num_frames        int32  [B]        frames to speak
//   lookahead_frames  int32  [B]        frames after those that a later call will speak; 0 ends the utterance
//   seed              int64  [B]
//   temperature       float  [B] or []
//   speaker           int32  [B] or []  place among the voice's speakers
//   state             uint8  [B, S]     next_state of the call before, or [B, 0] to start afresh
//   -> samples        int32  [B, F * hop]
//   -> next_state     uint8  [B, S]
//   num_threads: int (0 = one for each physical core that the process may use), isa: string ("" = best),
//   nonlinearities: string ("" = the voice's own)
#ifndef TF_WAVENET_CC_OPS_FAST_WAVENET_INFERENCE_OP_H_
#define TF_WAVENET_CC_OPS_FAST_WAVENET_INFERENCE_OP_H_

#include "cc/ops/op_spec.h"
#include "cc/ops/tf_c_api.h"

namespace tf_wavenet {

constexpr OpSpec kFastWaveNetInference = {
    "TfWavenet>FastWaveNetInference",
    8,
    {kVoice, kConditioning, kNumFrames, kLookaheadFrames, kSeed, kTemperature, kSpeaker, kState},
    2,
    {{"samples", "int32", 2}, {"next_state", "uint8", 2}},
    3,
    {"num_threads: int >= 0 = 0", "isa: string = ''", "nonlinearities: string = ''"},
};

// The kernel's three functions, as TF_NewKernelBuilder wants them.
void* CreateFastWaveNetInference(TF_OpKernelConstruction* context);
void ComputeFastWaveNetInference(void* kernel, TF_OpKernelContext* context);
void DeleteFastWaveNetInference(void* kernel);

}  // namespace tf_wavenet

#endif  // TF_WAVENET_CC_OPS_FAST_WAVENET_INFERENCE_OP_H_
