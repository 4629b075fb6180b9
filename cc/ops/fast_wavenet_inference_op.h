// TfWavenet>FastWaveNetInference: the whole sampling loop of a batch of utterances as one op (the C ABI has the meaning
// of each argument). Stateless and pure: equal inputs give equal outputs, also when graphs fold, move or repeat it.
//
//   voice             uint8  [bytes]    content of a voice file, read in place
//   conditioning      float  [B, F, C]  frames to speak, then frames of lookahead, then anything
//   num_frames        int32  [B]        frames to speak
//   lookahead_frames  int32  [B]        frames after those that a later call will speak; 0 ends the utterance
//   seed              int64  [B]
//   temperature       float  []
//   state             uint8  [B, S]     next_state of the call before, or [B, 0] to start afresh
//   -> samples        int32  [B, F * hop]
//   -> next_state     uint8  [B, S]
//   num_threads: int (at least 0; one thread runs for now), isa: string ("" = best)
#ifndef TF_WAVENET_CC_OPS_FAST_WAVENET_INFERENCE_OP_H_
#define TF_WAVENET_CC_OPS_FAST_WAVENET_INFERENCE_OP_H_

#include "cc/ops/tf_c_api.h"

namespace tf_wavenet {

constexpr char kOpName[] = "TfWavenet>FastWaveNetInference";

enum Input { kVoice, kConditioning, kNumFrames, kLookaheadFrames, kSeed, kTemperature, kState, kNumInputs };
enum Output { kSamples, kNextState };

struct InputSpec {
  const char* name;
  const char* dtype;
  int rank;
  const char* shape;  // for messages
};

// In the order of Input.
constexpr InputSpec kInputs[kNumInputs] = {
    {"voice", "uint8", 1, "[bytes]"},
    {"conditioning", "float", 3, "[batch, frames, conditioning_channels]"},
    {"num_frames", "int32", 1, "[batch]"},
    {"lookahead_frames", "int32", 1, "[batch]"},
    {"seed", "int64", 1, "[batch]"},
    {"temperature", "float", 0, "[]"},
    {"state", "uint8", 2, "[batch, state bytes or 0]"},
};

// Leaves `status` InvalidArgument and returns false unless `rank` is what kInputs[input] wants.
bool CheckRank(Input input, int64_t rank, TF_Status* status);

// The kernel's three functions, as TF_NewKernelBuilder wants them.
void* CreateFastWaveNetInference(TF_OpKernelConstruction* context);
void ComputeFastWaveNetInference(void* kernel, TF_OpKernelContext* context);
void DeleteFastWaveNetInference(void* kernel);

}  // namespace tf_wavenet

#endif  // TF_WAVENET_CC_OPS_FAST_WAVENET_INFERENCE_OP_H_
