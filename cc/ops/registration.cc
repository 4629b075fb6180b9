// Registers the op and its CPU kernel when the library is loaded.
#include <cstdint>
#include <cstdio>
#include <string>

#include "cc/ops/fast_wavenet_inference_op.h"
#include "cc/ops/tf_c_api.h"

namespace tf_wavenet {
namespace {

constexpr size_t kUnknownDimension = static_cast<size_t>(-1);  // as shape functions write it

// Checks the ranks that are known and gives both outputs the shape [batch, ?]. Shape functions of the C API do not see
// constant inputs, so the second dimensions, which depend on the voice, are set by the Python wrapper.
void InferShapes(TF_ShapeInferenceContext* context, TF_Status* status) {
  TF_ShapeHandle* shape = TF_NewShapeHandle();
  TF_DimensionHandle* dimension = TF_NewDimensionHandle();
  int64_t batch = -1;
  bool ok = true;
  for (int i = 0; ok && i < kNumInputs; ++i) {
    TF_ShapeInferenceContextGetInput(context, i, shape, status);
    ok = TF_GetCode(status) == TF_OK;
    if (!ok || !TF_ShapeInferenceContextRankKnown(context, shape)) continue;
    ok = CheckRank(static_cast<Input>(i), TF_ShapeInferenceContextRank(context, shape), status);
    if (!ok || i == kVoice || i == kTemperature) continue;
    TF_ShapeInferenceContextDim(context, shape, 0, dimension);
    if (TF_DimensionHandleValueKnown(dimension)) batch = TF_DimensionHandleValue(dimension);
  }
  if (ok) {
    TF_ShapeHandle* rows =
        TF_ShapeInferenceContextVectorFromSize(context, batch < 0 ? kUnknownDimension : static_cast<size_t>(batch));
    TF_ShapeHandle* columns = TF_ShapeInferenceContextVectorFromSize(context, kUnknownDimension);
    TF_ShapeInferenceContextConcatenateShapes(context, rows, columns, shape, status);
    for (int output : {kSamples, kNextState}) {
      if (TF_GetCode(status) == TF_OK) TF_ShapeInferenceContextSetOutput(context, output, shape, status);
    }
    TF_DeleteShapeHandle(rows);
    TF_DeleteShapeHandle(columns);
  }
  TF_DeleteDimensionHandle(dimension);
  TF_DeleteShapeHandle(shape);
}

void Report(const char* what, const TF_Status* status) {
  if (TF_GetCode(status) != TF_OK)
    std::fprintf(stderr, "tf_wavenet: cannot register %s: %s\n", what, TF_Message(status));
}

__attribute__((constructor)) void Register() {
  TF_Status* status = TF_NewStatus();
  TF_OpDefinitionBuilder* op = TF_NewOpDefinitionBuilder(kOpName);
  for (const InputSpec& input : kInputs) {
    TF_OpDefinitionBuilderAddInput(op, (std::string(input.name) + ": " + input.dtype).c_str());
  }
  TF_OpDefinitionBuilderAddOutput(op, "samples: int32");
  TF_OpDefinitionBuilderAddOutput(op, "next_state: uint8");
  TF_OpDefinitionBuilderAddAttr(op, "num_threads: int >= 0 = 0");
  TF_OpDefinitionBuilderAddAttr(op, "isa: string = ''");
  TF_OpDefinitionBuilderSetShapeInferenceFunction(op, &InferShapes);
  TF_RegisterOpDefinition(op, status);
  Report("the op", status);
  TF_RegisterKernelBuilder(kOpName,
                           TF_NewKernelBuilder(kOpName, "CPU", &CreateFastWaveNetInference,
                                               &ComputeFastWaveNetInference, &DeleteFastWaveNetInference),
                           status);
  Report("the kernel", status);
  TF_DeleteStatus(status);
}

}  // namespace
}  // namespace tf_wavenet
