#include "cc/ops/op_support.h"

namespace tf_wavenet {
namespace {

std::string ReadString(TF_OpKernelConstruction* context, const char* name, TF_Status* status) {
  std::string value;
  int32_t list_size = 0, size = 0;
  if (TF_GetCode(status) == TF_OK) TF_OpKernelConstruction_GetAttrSize(context, name, &list_size, &size, status);
  if (TF_GetCode(status) != TF_OK) return value;
  value.resize(static_cast<size_t>(size));
  TF_OpKernelConstruction_GetAttrString(context, name, &value[0], value.size(), status);
  return value;
}

}  // namespace

bool Fail(TF_Status* status, const std::string& message) {
  TF_SetStatus(status, TF_INVALID_ARGUMENT, message.c_str());
  return false;
}

bool EngineOk(int code, const char* message, TF_Status* status) {
  if (code == TFWN_OK) return true;
  // Not TF_UNAVAILABLE for an ISA that the CPU lacks: callers take that as an invitation to try again.
  TF_Code mapped = code == TFWN_INVALID_ARGUMENT ? TF_INVALID_ARGUMENT
                   : code == TFWN_UNAVAILABLE    ? TF_FAILED_PRECONDITION
                                                 : TF_INTERNAL;
  TF_SetStatus(status, mapped, message);
  return false;
}

void Options::Read(TF_OpKernelConstruction* context, TF_Status* status) {
  TF_OpKernelConstruction_GetAttrInt32(context, "num_threads", &num_threads, status);
  isa = ReadString(context, "isa", status);
  nonlinearities = ReadString(context, "nonlinearities", status);
}

tfwn_engine_options Options::ForEngine() const {
  tfwn_engine_options options = {};
  options.num_threads = num_threads;
  options.isa = isa.c_str();
  options.nonlinearities = nonlinearities.c_str();
  return options;
}

TensorPtr Allocate(TF_OpKernelContext* context, int output, TF_DataType dtype, size_t item_size,
                   std::initializer_list<int64_t> dims, TF_Status* status) {
  int64_t bytes = static_cast<int64_t>(item_size);
  std::string sizes;
  bool fits = true;
  for (const int64_t dim : dims) {
    sizes += (sizes.empty() ? "" : " times ") + std::to_string(dim);
    fits = !__builtin_mul_overflow(bytes, dim, &bytes) && fits;
  }
  if (!fits) {
    Fail(status, "an output of " + sizes + " elements does not fit into memory");
    return nullptr;
  }
  return TensorPtr(TF_AllocateOutput(context, output, dtype, dims.begin(), static_cast<int>(dims.size()),
                                     static_cast<size_t>(bytes), status));
}

}  // namespace tf_wavenet
