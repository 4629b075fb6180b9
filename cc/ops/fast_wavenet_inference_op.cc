#include "cc/ops/fast_wavenet_inference_op.h"

#include "cc/engine/capi/tf_wavenet.h"
#include "cc/ops/engines.h"
#include "cc/ops/op_inputs.h"
#include "cc/ops/op_support.h"

namespace tf_wavenet {
namespace {

enum Output { kSamplesOut, kNextState };

void Compute(Engines& engines, TF_OpKernelContext* context, TF_Status* status) {
  OpInputs inputs;
  if (!inputs.Fetch(kFastWaveNetInference, engines, context, status)) return;
  const int64_t batch = inputs.batch();
  TensorPtr samples = Allocate(context, kSamplesOut, TF_INT32, sizeof(int32_t), {batch, inputs.num_samples()}, status);
  if (TF_GetCode(status) != TF_OK) return;
  TensorPtr state = Allocate(context, kNextState, TF_UINT8, 1, {batch, inputs.info().state_bytes}, status);
  if (TF_GetCode(status) != TF_OK) return;

  tfwn_request request = inputs.Request();
  request.samples = static_cast<int32_t*>(TF_TensorData(samples.get()));
  request.state_out = TF_TensorData(state.get());
  inputs.Run(&tfwn_generate, request, engines, status);
}

}  // namespace

void* CreateFastWaveNetInference(TF_OpKernelConstruction* context) {
  StatusPtr status(TF_NewStatus());
  Options options;
  options.Read(context, status.get());
  if (TF_GetCode(status.get()) != TF_OK) TF_OpKernelConstruction_Failure(context, status.get());
  return new Engines(options);
}

void ComputeFastWaveNetInference(void* kernel, TF_OpKernelContext* context) {
  StatusPtr status(TF_NewStatus());
  Compute(*static_cast<Engines*>(kernel), context, status.get());
  if (TF_GetCode(status.get()) != TF_OK) TF_OpKernelContext_Failure(context, status.get());
}

void DeleteFastWaveNetInference(void* kernel) { delete static_cast<Engines*>(kernel); }

}  // namespace tf_wavenet
