// What the ops' kernels share: ownership of TensorFlow's objects, errors, options, outputs.
#ifndef TF_WAVENET_CC_OPS_OP_SUPPORT_H_
#define TF_WAVENET_CC_OPS_OP_SUPPORT_H_

#include <cstdint>
#include <cstdlib>
#include <initializer_list>
#include <memory>
#include <string>

#include "cc/engine/capi/tf_wavenet.h"
#include "cc/ops/tf_c_api.h"

namespace tf_wavenet {

struct Delete {
  void operator()(TF_Tensor* tensor) const { TF_DeleteTensor(tensor); }
  void operator()(TF_Status* status) const { TF_DeleteStatus(status); }
  void operator()(void* memory) const { std::free(memory); }
};
using TensorPtr = std::unique_ptr<TF_Tensor, Delete>;
using StatusPtr = std::unique_ptr<TF_Status, Delete>;
using MemoryPtr = std::unique_ptr<void, Delete>;

// Sets `status` to InvalidArgument; returns false.
bool Fail(TF_Status* status, const std::string& message);

// True if `code`, a result of the C ABI, is success; else `status` is set to TensorFlow's word for it.
bool EngineOk(int code, const char* message, TF_Status* status);

// EngineOk of `call(message, message_size)`, a function of the C ABI with its other arguments bound.
template <class Call>
bool CallEngine(Call call, TF_Status* status) {
  char message[1024] = "";
  const int code = call(message, sizeof(message));
  return EngineOk(code, message, status);
}

// The options of an engine that are attributes of the ops.
struct Options {
  int32_t num_threads = 0;
  std::string isa;
  std::string nonlinearities;

  // Reads the attributes; `status` says whether that worked.
  void Read(TF_OpKernelConstruction* context, TF_Status* status);
  tfwn_engine_options ForEngine() const;  // which points into this
};

// An output of the given dimensions, elements of `item_size` bytes; null with `status` set if it cannot be had.
TensorPtr Allocate(TF_OpKernelContext* context, int output, TF_DataType dtype, size_t item_size,
                   std::initializer_list<int64_t> dims, TF_Status* status);

}  // namespace tf_wavenet

#endif  // TF_WAVENET_CC_OPS_OP_SUPPORT_H_
