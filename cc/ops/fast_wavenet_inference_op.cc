#include "cc/ops/fast_wavenet_inference_op.h"

#include <cstdlib>
#include <cstring>
#include <limits>
#include <memory>
#include <string>

#include "cc/engine/capi/tf_wavenet.h"

namespace tf_wavenet {
namespace {

constexpr size_t kAlignment = 64;  // what the engine asks of a voice
constexpr size_t kMessageSize = 1024;

struct Kernel {
  int32_t num_threads = 0;
  std::string isa;
};

struct Delete {
  void operator()(TF_Tensor* tensor) const { TF_DeleteTensor(tensor); }
  void operator()(TF_Status* status) const { TF_DeleteStatus(status); }
  void operator()(void* memory) const { std::free(memory); }
};
using TensorPtr = std::unique_ptr<TF_Tensor, Delete>;
using StatusPtr = std::unique_ptr<TF_Status, Delete>;

bool Fail(TF_Status* status, const std::string& message) {
  TF_SetStatus(status, TF_INVALID_ARGUMENT, message.c_str());
  return false;
}

// True if `code`, a result of the C ABI, is success; else `status` is set to TensorFlow's word for it.
bool EngineOk(int code, const char* message, TF_Status* status) {
  if (code == TFWN_OK) return true;
  // Not TF_UNAVAILABLE for an ISA that the CPU lacks: callers take that as an invitation to try again.
  TF_Code mapped = code == TFWN_INVALID_ARGUMENT ? TF_INVALID_ARGUMENT
                   : code == TFWN_UNAVAILABLE    ? TF_FAILED_PRECONDITION
                                                 : TF_INTERNAL;
  TF_SetStatus(status, mapped, message);
  return false;
}

std::string Size(int64_t value) { return std::to_string(value); }

// The op's inputs, their ranks checked; TensorFlow itself has checked their dtypes. The rest is the engine's to check.
struct Inputs {
  TensorPtr tensors[kNumInputs];

  int64_t Dim(Input input, int axis) const { return TF_Dim(tensors[input].get(), axis); }

  template <class T>
  const T* Data(Input input) const {
    return static_cast<const T*>(TF_TensorData(tensors[input].get()));
  }

  bool Fetch(TF_OpKernelContext* context, TF_Status* status) {
    for (int i = 0; i < kNumInputs; ++i) {
      TF_Tensor* tensor = nullptr;
      TF_GetInput(context, i, &tensor, status);
      if (TF_GetCode(status) != TF_OK) return false;
      tensors[i].reset(tensor);
      if (!CheckRank(static_cast<Input>(i), TF_NumDims(tensor), status)) return false;
    }
    return CheckSizes(status);
  }

  bool CheckSizes(TF_Status* status) const {
    constexpr int64_t kMax = std::numeric_limits<int32_t>::max();
    for (int axis = 0; axis < 3; ++axis) {
      if (Dim(kConditioning, axis) > kMax) {
        return Fail(status, "conditioning.shape[" + Size(axis) + "] is " + Size(Dim(kConditioning, axis)) +
                                ", wanted at most " + Size(kMax));
      }
    }
    const int64_t batch = Dim(kConditioning, 0);
    if (batch == 0) return Fail(status, "conditioning.shape[0] is 0: the batch is empty, wanted at least 1 utterance");
    for (Input input : {kNumFrames, kLookaheadFrames, kSeed, kState}) {
      if (Dim(input, 0) == batch) continue;
      return Fail(status, std::string(kInputs[input].name) + ".shape[0] is " + Size(Dim(input, 0)) + ", wanted " +
                              Size(batch) + ": the batch of conditioning");
    }
    return true;
  }
};

// TensorFlow aligns its own tensors, but one that borrows its memory (DLPack) may lie anywhere. `copy` owns the memory
// if one had to be made.
bool AlignVoice(const void** voice, size_t size, std::unique_ptr<void, Delete>* copy, TF_Status* status) {
  if (reinterpret_cast<uintptr_t>(*voice) % kAlignment == 0) return true;
  copy->reset(std::aligned_alloc(kAlignment, (size / kAlignment + 1) * kAlignment));
  if (*copy == nullptr) {
    const std::string message = "no memory for an aligned copy of the voice's " + Size(size) + " bytes";
    TF_SetStatus(status, TF_RESOURCE_EXHAUSTED, message.c_str());
    return false;
  }
  *voice = std::memcpy(copy->get(), *voice, size);
  return true;
}

// An output [batch, columns] of elements of `item_size` bytes; null with `status` set if it cannot be had.
TensorPtr Allocate(TF_OpKernelContext* context, Output output, TF_DataType dtype, size_t item_size, int64_t batch,
                   int64_t columns, TF_Status* status) {
  int64_t bytes = 0;
  if (__builtin_mul_overflow(batch, columns, &bytes) ||
      __builtin_mul_overflow(bytes, static_cast<int64_t>(item_size), &bytes)) {
    Fail(status, "batch " + Size(batch) + " times " + Size(columns) + " samples do not fit into memory");
    return nullptr;
  }
  const int64_t dims[] = {batch, columns};
  return TensorPtr(TF_AllocateOutput(context, output, dtype, dims, 2, static_cast<size_t>(bytes), status));
}

void Compute(const Kernel& kernel, TF_OpKernelContext* context, TF_Status* status) {
  Inputs inputs;
  if (!inputs.Fetch(context, status)) return;
  char message[kMessageSize] = "";
  std::unique_ptr<void, Delete> copy;

  tfwn_request request = {};
  request.voice = inputs.Data<void>(kVoice);
  request.voice_size = static_cast<size_t>(inputs.Dim(kVoice, 0));
  if (!AlignVoice(&request.voice, request.voice_size, &copy, status)) return;
  tfwn_voice_info info;
  if (!EngineOk(tfwn_voice_info_of(request.voice, request.voice_size, &info, message, kMessageSize), message, status)) {
    return;
  }
  const int64_t batch = inputs.Dim(kConditioning, 0), frames = inputs.Dim(kConditioning, 1);
  TensorPtr samples = Allocate(context, kSamples, TF_INT32, sizeof(int32_t), batch, frames * info.hop_samples, status);
  if (TF_GetCode(status) != TF_OK) return;
  TensorPtr state = Allocate(context, kNextState, TF_UINT8, 1, batch, info.state_bytes, status);
  if (TF_GetCode(status) != TF_OK) return;

  request.batch = static_cast<int32_t>(batch);
  request.frames = static_cast<int32_t>(frames);
  request.conditioning_channels = static_cast<int32_t>(inputs.Dim(kConditioning, 2));
  request.conditioning = inputs.Data<float>(kConditioning);
  request.num_frames = inputs.Data<int32_t>(kNumFrames);
  request.lookahead_frames = inputs.Data<int32_t>(kLookaheadFrames);
  request.seed = inputs.Data<int64_t>(kSeed);
  request.temperature = *inputs.Data<float>(kTemperature);
  request.state_in_size = static_cast<size_t>(inputs.Dim(kState, 1));
  request.state_in = request.state_in_size > 0 ? inputs.Data<void>(kState) : nullptr;
  request.num_threads = kernel.num_threads;
  request.isa = kernel.isa.c_str();
  request.samples = static_cast<int32_t*>(TF_TensorData(samples.get()));
  request.state_out = TF_TensorData(state.get());
  EngineOk(tfwn_generate(&request, message, kMessageSize), message, status);
}

}  // namespace

bool CheckRank(Input input, int64_t rank, TF_Status* status) {
  const InputSpec& wanted = kInputs[input];
  if (rank == wanted.rank) return true;
  return Fail(status, std::string(wanted.name) + " has rank " + Size(rank) + ", wanted rank " + Size(wanted.rank) +
                          ": " + wanted.shape);
}

void* CreateFastWaveNetInference(TF_OpKernelConstruction* context) {
  StatusPtr status(TF_NewStatus());
  auto kernel = std::make_unique<Kernel>();
  TF_OpKernelConstruction_GetAttrInt32(context, "num_threads", &kernel->num_threads, status.get());
  int32_t list_size = 0, isa_size = 0;
  if (TF_GetCode(status.get()) == TF_OK) {
    TF_OpKernelConstruction_GetAttrSize(context, "isa", &list_size, &isa_size, status.get());
  }
  if (TF_GetCode(status.get()) == TF_OK) {
    kernel->isa.resize(static_cast<size_t>(isa_size));
    TF_OpKernelConstruction_GetAttrString(context, "isa", &kernel->isa[0], kernel->isa.size(), status.get());
  }
  if (TF_GetCode(status.get()) != TF_OK) TF_OpKernelConstruction_Failure(context, status.get());
  return kernel.release();
}

void ComputeFastWaveNetInference(void* kernel, TF_OpKernelContext* context) {
  StatusPtr status(TF_NewStatus());
  Compute(*static_cast<const Kernel*>(kernel), context, status.get());
  if (TF_GetCode(status.get()) != TF_OK) TF_OpKernelContext_Failure(context, status.get());
}

void DeleteFastWaveNetInference(void* kernel) { delete static_cast<Kernel*>(kernel); }

}  // namespace tf_wavenet
