// What the ops look like to TensorFlow: inputs, outputs and attributes as data, which registration, shape function and
// kernels all read. An op has some of the inputs below, in an order of its own.
#ifndef TF_WAVENET_CC_OPS_OP_SPEC_H_
#define TF_WAVENET_CC_OPS_OP_SPEC_H_

#include <cstdint>

namespace tf_wavenet {

enum Input {
  kVoice,
  kConditioning,
  kNumFrames,
  kLookaheadFrames,
  kSeed,
  kSamples,
  kTemperature,
  kSpeaker,
  kState,
  kNumInputs
};

struct InputSpec {
  const char* name;
  const char* dtype;
  int rank;
  const char* shape;  // for messages
  bool has_batch;     // its first dimension is the batch
  bool may_be_one;    // a scalar then stands for all utterances
};

// In the order of Input.
constexpr InputSpec kInputs[kNumInputs] = {
    {"voice", "uint8", 1, "[bytes]", false, false},
    {"conditioning", "float", 3, "[batch, frames, conditioning_channels]", true, false},
    {"num_frames", "int32", 1, "[batch]", true, false},
    {"lookahead_frames", "int32", 1, "[batch]", true, false},
    {"seed", "int64", 1, "[batch]", true, false},
    {"samples", "int32", 2, "[batch, frames * hop_samples]", true, false},
    {"temperature", "float", 1, "[batch] or []", true, true},
    {"speaker", "int32", 1, "[batch] or []", true, true},
    {"state", "uint8", 2, "[batch, state bytes or 0]", true, false},
};

// The first dimension of every output is the batch; the others depend on the voice.
struct OutputSpec {
  const char* name;
  const char* dtype;
  int rank;
};

struct OpSpec {
  static constexpr int kMaxInputs = kNumInputs, kMaxOutputs = 3, kMaxAttributes = 4;

  const char* name;
  int num_inputs;
  Input inputs[kMaxInputs];
  int num_outputs;
  OutputSpec outputs[kMaxOutputs];
  int num_attributes;
  const char* attributes[kMaxAttributes];  // as TF_OpDefinitionBuilderAddAttr reads them
};

}  // namespace tf_wavenet

#endif  // TF_WAVENET_CC_OPS_OP_SPEC_H_
