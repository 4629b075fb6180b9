#include "cc/ops/op_inputs.h"

#include <limits>
#include <string>
#include <utility>

namespace tf_wavenet {
namespace {

std::string Size(int64_t value) { return std::to_string(value); }

std::string Dimension(Input input, int axis) { return std::string(kInputs[input].name) + ".shape[" + Size(axis) + "]"; }

}  // namespace

bool CheckRank(Input input, int64_t rank, TF_Status* status) {
  const InputSpec& wanted = kInputs[input];
  if (rank == wanted.rank || (rank == 0 && wanted.may_be_one)) return true;
  return Fail(status, std::string(wanted.name) + " has rank " + Size(rank) + ", wanted rank " + Size(wanted.rank) +
                          ": " + wanted.shape);
}

bool OpInputs::Fetch(const OpSpec& op, Engines& engines, TF_OpKernelContext* context, TF_Status* status) {
  for (int i = 0; i < op.num_inputs; ++i) {
    TF_Tensor* tensor = nullptr;
    TF_GetInput(context, i, &tensor, status);
    if (TF_GetCode(status) != TF_OK) return false;
    tensors_[op.inputs[i]].reset(tensor);
    if (!CheckRank(op.inputs[i], TF_NumDims(tensor), status)) return false;
  }
  if (!CheckSizes(status)) return false;
  engine_ = engines.Take(std::move(tensors_[kVoice]), status);
  if (engine_ == nullptr || !CheckSamples(status)) return false;
  temperature_ = Rows<float>(kTemperature);
  speaker_ = Rows<int32_t>(kSpeaker);
  return true;
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
    if (!Has(input) || !kInputs[i].has_batch || TF_NumDims(tensors_[i].get()) == 0) continue;
    if (Dim(input, 0) == batch()) continue;
    return Fail(status, Dimension(input, 0) + " is " + Size(Dim(input, 0)) + ", wanted " + Size(batch()) +
                            ": the batch of conditioning");
  }
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

template <class T>
std::vector<T> OpInputs::Rows(Input input) const {
  const T* values = Data<T>(input);
  const auto size = static_cast<size_t>(batch());
  if (TF_NumDims(tensors_[input].get()) == 1) return std::vector<T>(values, values + size);
  return std::vector<T>(size, *values);
}

tfwn_request OpInputs::Request() const {
  tfwn_request request = {};
  request.batch = static_cast<int32_t>(batch());
  request.frames = static_cast<int32_t>(Dim(kConditioning, 1));
  request.conditioning_channels = static_cast<int32_t>(Dim(kConditioning, 2));
  request.conditioning = Data<float>(kConditioning);
  request.num_frames = Data<int32_t>(kNumFrames);
  request.lookahead_frames = Data<int32_t>(kLookaheadFrames);
  request.seed = Data<int64_t>(kSeed);
  request.forced = Data<int32_t>(kSamples);
  request.temperature = temperature_.data();
  request.speaker = speaker_.data();
  request.state_in_size = static_cast<size_t>(Dim(kState, 1));
  request.state_in = request.state_in_size > 0 ? Data<void>(kState) : nullptr;
  return request;
}

void OpInputs::Run(int (*loop)(tfwn_engine*, const tfwn_request*, char*, size_t), const tfwn_request& request,
                   Engines& engines, TF_Status* status) {
  CallEngine([&](char* message, size_t size) { return loop(engine_->get(), &request, message, size); }, status);
  // One that a fork left without threads is of no use to the next call either.
  if (TF_GetCode(status) != TF_FAILED_PRECONDITION) engines.GiveBack(std::move(engine_));
}

}  // namespace tf_wavenet
