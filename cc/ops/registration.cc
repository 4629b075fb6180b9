// Registers the ops and their CPU kernels when the library is loaded.
#include <cstdint>
#include <cstdio>
#include <string>

#include "cc/ops/fast_wavenet_inference_op.h"
#include "cc/ops/fast_wavenet_score_op.h"
#include "cc/ops/op_inputs.h"
#include "cc/ops/op_spec.h"
#include "cc/ops/tf_c_api.h"

namespace tf_wavenet {
namespace {

constexpr size_t kUnknownDimension = static_cast<size_t>(-1);  // as shape functions write it

// Checks the ranks that are known; `batch` is -1 where none is.
bool CheckInputs(const OpSpec& op, TF_ShapeInferenceContext* context, int64_t* batch, TF_Status* status) {
  TF_ShapeHandle* shape = TF_NewShapeHandle();
  TF_DimensionHandle* dimension = TF_NewDimensionHandle();
  *batch = -1;
  bool ok = true;
  for (int i = 0; ok && i < op.num_inputs; ++i) {
    TF_ShapeInferenceContextGetInput(context, i, shape, status);
    ok = TF_GetCode(status) == TF_OK;
    if (!ok || !TF_ShapeInferenceContextRankKnown(context, shape)) continue;
    ok = CheckRank(op.inputs[i], TF_ShapeInferenceContextRank(context, shape), status);
    if (!ok || !kInputs[op.inputs[i]].has_batch || TF_ShapeInferenceContextRank(context, shape) == 0) continue;
    TF_ShapeInferenceContextDim(context, shape, 0, dimension);
    if (TF_DimensionHandleValueKnown(dimension)) *batch = TF_DimensionHandleValue(dimension);
  }
  TF_DeleteDimensionHandle(dimension);
  TF_DeleteShapeHandle(shape);
  return ok;
}

// Gives every output the shape [batch, ?, ...] of its rank. Shape functions of the C API do not see constant inputs, so
// the other dimensions, which depend on the voice, are set by the Python wrapper.
void SetOutputs(const OpSpec& op, TF_ShapeInferenceContext* context, int64_t batch, TF_Status* status) {
  for (int i = 0; i < op.num_outputs && TF_GetCode(status) == TF_OK; ++i) {
    TF_ShapeHandle* shape =
        TF_ShapeInferenceContextVectorFromSize(context, batch < 0 ? kUnknownDimension : static_cast<size_t>(batch));
    TF_ShapeHandle* unknown = TF_ShapeInferenceContextVectorFromSize(context, kUnknownDimension);
    for (int axis = 1; axis < op.outputs[i].rank && TF_GetCode(status) == TF_OK; ++axis) {
      TF_ShapeInferenceContextConcatenateShapes(context, shape, unknown, shape, status);
    }
    if (TF_GetCode(status) == TF_OK) TF_ShapeInferenceContextSetOutput(context, i, shape, status);
    TF_DeleteShapeHandle(unknown);
    TF_DeleteShapeHandle(shape);
  }
}

template <const OpSpec& kOp>
void InferShapes(TF_ShapeInferenceContext* context, TF_Status* status) {
  int64_t batch = -1;
  if (CheckInputs(kOp, context, &batch, status)) SetOutputs(kOp, context, batch, status);
}

void Report(const char* op, const char* what, const TF_Status* status) {
  if (TF_GetCode(status) == TF_OK) return;
  std::fprintf(stderr, "tf_wavenet: cannot register %s of %s: %s\n", what, op, TF_Message(status));
}

std::string Declaration(const char* name, const char* dtype) { return std::string(name) + ": " + dtype; }

template <const OpSpec& kOp>
void RegisterOp(void* (*create)(TF_OpKernelConstruction*), void (*compute)(void*, TF_OpKernelContext*),
                void (*destroy)(void*)) {
  TF_Status* status = TF_NewStatus();
  TF_OpDefinitionBuilder* op = TF_NewOpDefinitionBuilder(kOp.name);
  for (int i = 0; i < kOp.num_inputs; ++i) {
    const InputSpec& input = kInputs[kOp.inputs[i]];
    TF_OpDefinitionBuilderAddInput(op, Declaration(input.name, input.dtype).c_str());
  }
  for (int i = 0; i < kOp.num_outputs; ++i) {
    TF_OpDefinitionBuilderAddOutput(op, Declaration(kOp.outputs[i].name, kOp.outputs[i].dtype).c_str());
  }
  for (int i = 0; i < kOp.num_attributes; ++i) TF_OpDefinitionBuilderAddAttr(op, kOp.attributes[i]);
  TF_OpDefinitionBuilderSetShapeInferenceFunction(op, &InferShapes<kOp>);
  TF_RegisterOpDefinition(op, status);
  Report(kOp.name, "the definition", status);
  TF_RegisterKernelBuilder(kOp.name, TF_NewKernelBuilder(kOp.name, "CPU", create, compute, destroy), status);
  Report(kOp.name, "the kernel", status);
  TF_DeleteStatus(status);
}

__attribute__((constructor)) void Register() {
  RegisterOp<kFastWaveNetInference>(&CreateFastWaveNetInference, &ComputeFastWaveNetInference,
                                    &DeleteFastWaveNetInference);
  RegisterOp<kFastWaveNetScore>(&CreateFastWaveNetScore, &ComputeFastWaveNetScore, &DeleteFastWaveNetScore);
}

}  // namespace
}  // namespace tf_wavenet
