// The tensors that an op is called with, and the engine's request made of them.
#ifndef TF_WAVENET_CC_OPS_OP_INPUTS_H_
#define TF_WAVENET_CC_OPS_OP_INPUTS_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "cc/engine/capi/tf_wavenet.h"
#include "cc/ops/engines.h"
#include "cc/ops/op_spec.h"
#include "cc/ops/op_support.h"
#include "cc/ops/tf_c_api.h"

namespace tf_wavenet {

// Leaves `status` InvalidArgument and returns false unless `rank` is what kInputs[input] wants.
bool CheckRank(Input input, int64_t rank, TF_Status* status);

// An op's inputs, ranks, batch and number of samples checked; TensorFlow itself has checked their dtypes. The rest is
// the engine's to check.
class OpInputs {
 public:
  // False, with `status` set, if they cannot be had, or no engine for the voice.
  bool Fetch(const OpSpec& op, Engines& engines, TF_OpKernelContext* context, TF_Status* status);

  // After Fetch: what the voice says of itself, and a request with all that the inputs give. It points into them, and
  // lacks outputs.
  const tfwn_voice_info& info() const { return engine_->info(); }
  tfwn_request Request() const;

  // Runs `loop`, tfwn_generate or tfwn_score, and gives the engine back.
  void Run(int (*loop)(tfwn_engine*, const tfwn_request*, char*, size_t), const tfwn_request& request, Engines& engines,
           TF_Status* status);

  int64_t batch() const { return Dim(kConditioning, 0); }
  int64_t num_samples() const { return Dim(kConditioning, 1) * info().hop_samples; }  // of a row

 private:
  bool Has(Input input) const { return tensors_[input] != nullptr; }
  int64_t Dim(Input input, int axis) const { return TF_Dim(tensors_[input].get(), axis); }
  template <class T>
  const T* Data(Input input) const;

  bool CheckSizes(TF_Status* status) const;
  bool CheckSamples(TF_Status* status) const;

  // [B], of an input that may be one for all.
  template <class T>
  std::vector<T> Rows(Input input) const;

  TensorPtr tensors_[kNumInputs];   // null: not an input of this op
  std::vector<float> temperature_;  // [B]
  std::vector<int32_t> speaker_;    // [B]
  std::unique_ptr<OpenEngine> engine_;
};

}  // namespace tf_wavenet

#endif  // TF_WAVENET_CC_OPS_OP_INPUTS_H_
