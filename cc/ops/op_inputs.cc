#include "cc/ops/op_inputs.h"

#include <cstdlib>
#include <cstring>
#include <limits>
#include <string>

namespace tf_wavenet {
namespace {

constexpr size_t kAlignment = 64;  // what the engine asks of a voice

std::string Size(int64_t value) { return std::to_string(value); }

std::string Dimension(Input input, int axis) { return std::string(kInputs[input].name) + ".shape[" + Size(axis) + "]"; }

}  // namespace

bool CheckRank(Input input, int64_t rank, TF_Status* status) {
  const InputSpec& wanted = kInputs[input];
  if (rank == wanted.rank) return true;
  return Fail(status, std::string(wanted.name) + " has rank " + Size(rank) + ", wanted rank " + Size(wanted.rank) +
                          ": " + wanted.shape);
}

bool OpInputs::Fetch(const OpSpec& op, TF_OpKernelContext* context, TF_Status* status) {
  for (int i = 0; i < op.num_inputs; ++i) {
    TF_Tensor* tensor = nullptr;
    TF_GetInput(context, i, &tensor, status);
    if (TF_GetCode(status) != TF_OK) return false;
    tensors_[op.inputs[i]].reset(tensor);
    if (!CheckRank(op.inputs[i], TF_NumDims(tensor), status)) return false;
  }
  if (!CheckSizes(status) || !AlignVoice(status)) return false;
  const auto size = static_cast<size_t>(Dim(kVoice, 0));
  const auto open = [&](char* message, size_t message_size) {
    return tfwn_voice_info_of(voice_, size, &info_, message, message_size);
  };
  return CallEngine(open, status) && CheckSamples(status);
}

bool OpInputs::CheckSizes(TF_Status* status) const {
  constexpr int64_t kMax = std::numeric_limits<int32_t>::max();
  for (int axis = 0; axis < 3; ++axis) {
    if (Dim(kConditioning, axis) > kMax) {
      return Fail(status, Dimension(kConditioning, axis) + " is " + Size(Dim(kConditioning, axis)) +
                              ", wanted at most " + Size(kMax));
    }
  }
  if (batch() == 0) {
    return Fail(status, Dimension(kConditioning, 0) + " is 0: the batch is empty, wanted at least 1 utterance");
  }
  for (int i = 0; i < kNumInputs; ++i) {
    const Input input = static_cast<Input>(i);
    if (!Has(input) || !kInputs[i].has_batch || Dim(input, 0) == batch()) continue;
    return Fail(status, Dimension(input, 0) + " is " + Size(Dim(input, 0)) + ", wanted " + Size(batch()) +
                            ": the batch of conditioning");
  }
  return true;
}

// TensorFlow aligns its own tensors, but one that borrows its memory (DLPack) may lie anywhere.
bool OpInputs::AlignVoice(TF_Status* status) {
  voice_ = Data<void>(kVoice);
  if (reinterpret_cast<uintptr_t>(voice_) % kAlignment == 0) return true;
  const auto size = static_cast<size_t>(Dim(kVoice, 0));
  voice_copy_.reset(std::aligned_alloc(kAlignment, (size / kAlignment + 1) * kAlignment));
  if (voice_copy_ == nullptr) {
    const std::string message = "no memory for an aligned copy of the voice's " + std::to_string(size) + " bytes";
    TF_SetStatus(status, TF_RESOURCE_EXHAUSTED, message.c_str());
    return false;
  }
  voice_ = std::memcpy(voice_copy_.get(), voice_, size);
  return true;
}

bool OpInputs::CheckSamples(TF_Status* status) const {
  if (!Has(kSamples) || Dim(kSamples, 1) == num_samples()) return true;
  return Fail(status, Dimension(kSamples, 1) + " is " + Size(Dim(kSamples, 1)) + ", wanted " + Size(num_samples()) +
                          ": conditioning.shape[1] * hop_samples");
}

template <class T>
const T* OpInputs::Data(Input input) const {
  return Has(input) ? static_cast<const T*>(TF_TensorData(tensors_[input].get())) : nullptr;
}

tfwn_request OpInputs::Request() const {
  tfwn_request request = {};
  request.voice = voice_;
  request.voice_size = static_cast<size_t>(Dim(kVoice, 0));
  request.batch = static_cast<int32_t>(batch());
  request.frames = static_cast<int32_t>(Dim(kConditioning, 1));
  request.conditioning_channels = static_cast<int32_t>(Dim(kConditioning, 2));
  request.conditioning = Data<float>(kConditioning);
  request.num_frames = Data<int32_t>(kNumFrames);
  request.lookahead_frames = Data<int32_t>(kLookaheadFrames);
  request.seed = Data<int64_t>(kSeed);
  request.forced = Data<int32_t>(kSamples);
  request.temperature = *Data<float>(kTemperature);
  request.state_in_size = static_cast<size_t>(Dim(kState, 1));
  request.state_in = request.state_in_size > 0 ? Data<void>(kState) : nullptr;
  return request;
}

}  // namespace tf_wavenet
