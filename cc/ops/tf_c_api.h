// The part of TensorFlow's C API that the ops use, declared here so that building it needs no TensorFlow.
//
// The C API is TensorFlow's one stable binary interface: a library that takes only TF_* symbols loads unchanged in
// every 2.x release from 2.13 on. The symbols are found at load time in the TensorFlow that Python has imported.
// tests/build/test_tf_c_api.py compiles this file beside TensorFlow's own headers (TF_WAVENET_BESIDE_TENSORFLOW), where
// every declaration must agree with theirs; reference: tensorflow/c/{ops,kernels,tf_tensor,tf_status}.h.
#ifndef TF_WAVENET_CC_OPS_TF_C_API_H_
#define TF_WAVENET_CC_OPS_TF_C_API_H_

#include <cstddef>
#include <cstdint>

#define TF_WAVENET_TF_DATA_TYPES(V) V(TF_FLOAT, 1) V(TF_INT32, 3) V(TF_UINT8, 4) V(TF_INT64, 9)
#define TF_WAVENET_TF_CODES(V) \
  V(TF_OK, 0)                  \
  V(TF_INVALID_ARGUMENT, 3)    \
  V(TF_RESOURCE_EXHAUSTED, 8)  \
  V(TF_FAILED_PRECONDITION, 9) \
  V(TF_INTERNAL, 13)

extern "C" {

#ifndef TF_WAVENET_BESIDE_TENSORFLOW
#define TF_WAVENET_ENUMERATOR(name, value) name = value,
enum TF_DataType : int { TF_WAVENET_TF_DATA_TYPES(TF_WAVENET_ENUMERATOR) };
enum TF_Code : int { TF_WAVENET_TF_CODES(TF_WAVENET_ENUMERATOR) };
#undef TF_WAVENET_ENUMERATOR
struct TF_Status;
struct TF_Tensor;
struct TF_OpDefinitionBuilder;
struct TF_ShapeInferenceContext;
struct TF_ShapeHandle;
struct TF_DimensionHandle;
struct TF_KernelBuilder;
struct TF_OpKernelConstruction;
struct TF_OpKernelContext;
#endif

// tf_status.h
TF_Status* TF_NewStatus(void);
void TF_DeleteStatus(TF_Status* status);
void TF_SetStatus(TF_Status* status, TF_Code code, const char* message);
TF_Code TF_GetCode(const TF_Status* status);
const char* TF_Message(const TF_Status* status);

// tf_tensor.h
void TF_DeleteTensor(TF_Tensor* tensor);
int TF_NumDims(const TF_Tensor* tensor);
int64_t TF_Dim(const TF_Tensor* tensor, int index);
void* TF_TensorData(const TF_Tensor* tensor);

// ops.h: the definition and its shape function.
TF_OpDefinitionBuilder* TF_NewOpDefinitionBuilder(const char* op_name);
void TF_OpDefinitionBuilderAddInput(TF_OpDefinitionBuilder* builder, const char* spec);
void TF_OpDefinitionBuilderAddOutput(TF_OpDefinitionBuilder* builder, const char* spec);
void TF_OpDefinitionBuilderAddAttr(TF_OpDefinitionBuilder* builder, const char* spec);
void TF_OpDefinitionBuilderSetShapeInferenceFunction(TF_OpDefinitionBuilder* builder,
                                                     void (*function)(TF_ShapeInferenceContext*, TF_Status*));
void TF_RegisterOpDefinition(TF_OpDefinitionBuilder* builder, TF_Status* status);  // takes the builder over
TF_ShapeHandle* TF_NewShapeHandle();
void TF_DeleteShapeHandle(TF_ShapeHandle* shape);
TF_DimensionHandle* TF_NewDimensionHandle();
void TF_DeleteDimensionHandle(TF_DimensionHandle* dimension);
void TF_ShapeInferenceContextGetInput(TF_ShapeInferenceContext* context, int index, TF_ShapeHandle* shape,
                                      TF_Status* status);
void TF_ShapeInferenceContextSetOutput(TF_ShapeInferenceContext* context, int index, TF_ShapeHandle* shape,
                                       TF_Status* status);
int TF_ShapeInferenceContextRankKnown(TF_ShapeInferenceContext* context, TF_ShapeHandle* shape);
int64_t TF_ShapeInferenceContextRank(TF_ShapeInferenceContext* context, TF_ShapeHandle* shape);
void TF_ShapeInferenceContextDim(TF_ShapeInferenceContext* context, TF_ShapeHandle* shape, int64_t index,
                                 TF_DimensionHandle* dimension);
int TF_DimensionHandleValueKnown(TF_DimensionHandle* dimension);
int64_t TF_DimensionHandleValue(TF_DimensionHandle* dimension);
TF_ShapeHandle* TF_ShapeInferenceContextVectorFromSize(TF_ShapeInferenceContext* context, size_t size);
void TF_ShapeInferenceContextConcatenateShapes(TF_ShapeInferenceContext* context, TF_ShapeHandle* first,
                                               TF_ShapeHandle* second, TF_ShapeHandle* result, TF_Status* status);

// kernels.h
TF_KernelBuilder* TF_NewKernelBuilder(const char* op_name, const char* device_name,
                                      void* (*create)(TF_OpKernelConstruction*),
                                      void (*compute)(void*, TF_OpKernelContext*), void (*destroy)(void*));
void TF_RegisterKernelBuilder(const char* kernel_name, TF_KernelBuilder* builder, TF_Status* status);
void TF_OpKernelConstruction_GetAttrSize(TF_OpKernelConstruction* context, const char* name, int32_t* list_size,
                                         int32_t* total_size, TF_Status* status);
void TF_OpKernelConstruction_GetAttrString(TF_OpKernelConstruction* context, const char* name, char* value,
                                           size_t max_length, TF_Status* status);
void TF_OpKernelConstruction_GetAttrBool(TF_OpKernelConstruction* context, const char* name, unsigned char* value,
                                         TF_Status* status);
void TF_OpKernelConstruction_GetAttrInt32(TF_OpKernelConstruction* context, const char* name, int32_t* value,
                                          TF_Status* status);
void TF_OpKernelConstruction_Failure(TF_OpKernelConstruction* context, TF_Status* status);
void TF_OpKernelContext_Failure(TF_OpKernelContext* context, TF_Status* status);
void TF_GetInput(TF_OpKernelContext* context, int index, TF_Tensor** tensor, TF_Status* status);
TF_Tensor* TF_AllocateOutput(TF_OpKernelContext* context, int index, TF_DataType dtype, const int64_t* dims,
                             int num_dims, size_t num_bytes, TF_Status* status);

}  // extern "C"

#endif  // TF_WAVENET_CC_OPS_TF_C_API_H_
