// TfWavenet>FastWaveNetScore: the sampling loop run over given samples (teacher forcing); it returns how probable each
// was to the voice. Inputs and attributes as in TfWavenet>FastWaveNetInference, but
//
//   samples           int32  [B, F * hop]     mu-law levels, read in the frames to speak; in place of seed
//   temperature       float  [B] or []            of the softmax that log-probabilities are taken of
//   -> log_probs      float  [B, F * hop]     natural log of each sample's probability given those before it, 0 past
//                                             the frames to speak
//   -> all_log_probs  float  [B, F * hop, a]  that of every level, or [B, F * hop, 0] unless all_levels
//   -> next_state     uint8  [B, S]
//   all_levels: bool
#ifndef TF_WAVENET_CC_OPS_FAST_WAVENET_SCORE_OP_H_
#define TF_WAVENET_CC_OPS_FAST_WAVENET_SCORE_OP_H_

#include "cc/ops/op_spec.h"
#include "cc/ops/tf_c_api.h"

namespace tf_wavenet {

constexpr OpSpec kFastWaveNetScore = {
    "TfWavenet>FastWaveNetScore",
    8,
    {kVoice, kConditioning, kNumFrames, kLookaheadFrames, kSamples, kTemperature, kSpeaker, kState},
    3,
    {{"log_probs", "float", 2}, {"all_log_probs", "float", 3}, {"next_state", "uint8", 2}},
    4,
    {"num_threads: int >= 0 = 0", "isa: string = ''", "nonlinearities: string = ''", "all_levels: bool = false"},
};

// The kernel's three functions, as TF_NewKernelBuilder wants them.
void* CreateFastWaveNetScore(TF_OpKernelConstruction* context);
void ComputeFastWaveNetScore(void* kernel, TF_OpKernelContext* context);
void DeleteFastWaveNetScore(void* kernel);

}  // namespace tf_wavenet

#endif  // TF_WAVENET_CC_OPS_FAST_WAVENET_SCORE_OP_H_
