#include "cc/ops/fast_wavenet_score_op.h"

#include <memory>
#include <vector>

#include "cc/engine/capi/tf_wavenet.h"
#include "cc/ops/engines.h"
#include "cc/ops/op_inputs.h"
#include "cc/ops/op_support.h"

namespace tf_wavenet {
namespace {

enum Output { kLogProbs, kAllLogProbs, kNextState };

struct Kernel {
  explicit Kernel(const Options& options) : engines(options) {}

  Engines engines;
  bool all_levels = false;
};

void Compute(Kernel& kernel, TF_OpKernelContext* context, TF_Status* status) {
  OpInputs inputs;
  if (!inputs.Fetch(kFastWaveNetScore, kernel.engines, context, status)) return;
  const int64_t batch = inputs.batch(), num_samples = inputs.num_samples();
  const int64_t levels = kernel.all_levels ? inputs.info().output_channels : 0;
  TensorPtr log_probs = Allocate(context, kLogProbs, TF_FLOAT, sizeof(float), {batch, num_samples}, status);
  if (TF_GetCode(status) != TF_OK) return;
  TensorPtr all = Allocate(context, kAllLogProbs, TF_FLOAT, sizeof(float), {batch, num_samples, levels}, status);
  if (TF_GetCode(status) != TF_OK) return;
  TensorPtr state = Allocate(context, kNextState, TF_UINT8, 1, {batch, inputs.info().state_bytes}, status);
  if (TF_GetCode(status) != TF_OK) return;

  tfwn_request request = inputs.Request();
  const std::vector<int64_t> seeds(static_cast<size_t>(batch));  // of draws that nobody asks for
  request.seed = seeds.data();
  request.log_probs = static_cast<float*>(TF_TensorData(log_probs.get()));
  request.all_log_probs = kernel.all_levels ? static_cast<float*>(TF_TensorData(all.get())) : nullptr;
  request.state_out = TF_TensorData(state.get());
  inputs.Run(&tfwn_score, request, kernel.engines, status);
}

}  // namespace

void* CreateFastWaveNetScore(TF_OpKernelConstruction* context) {
  StatusPtr status(TF_NewStatus());
  Options options;
  options.Read(context, status.get());
  auto kernel = std::make_unique<Kernel>(options);
  unsigned char all_levels = 0;
  if (TF_GetCode(status.get()) == TF_OK) {
    TF_OpKernelConstruction_GetAttrBool(context, "all_levels", &all_levels, status.get());
  }
  kernel->all_levels = all_levels != 0;
  if (TF_GetCode(status.get()) != TF_OK) TF_OpKernelConstruction_Failure(context, status.get());
  return kernel.release();
}

void ComputeFastWaveNetScore(void* kernel, TF_OpKernelContext* context) {
  StatusPtr status(TF_NewStatus());
  Compute(*static_cast<Kernel*>(kernel), context, status.get());
  if (TF_GetCode(status.get()) != TF_OK) TF_OpKernelContext_Failure(context, status.get());
}

void DeleteFastWaveNetScore(void* kernel) { delete static_cast<Kernel*>(kernel); }

}  // namespace tf_wavenet
