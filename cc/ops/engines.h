// The engines of one op kernel: opened at the first call and kept for the next, with their threads, as long as the
// kernel lives and gets the same voice. A call has an engine to itself, so that calls that run at once do not wait for
// each other.
#ifndef TF_WAVENET_CC_OPS_ENGINES_H_
#define TF_WAVENET_CC_OPS_ENGINES_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "cc/engine/capi/tf_wavenet.h"
#include "cc/ops/op_support.h"

namespace tf_wavenet {

class OpenEngine {
 public:
  // False, with `status` set, if the voice or an option is refused. Takes a tensor of its own of the voice, whose
  // memory then stays as it is: TensorFlow writes to no buffer that somebody else holds.
  bool Open(TensorPtr voice, const Options& options, TF_Status* status);

  // Whether it is an engine of this very voice: the same memory, with the same checksum at its end.
  bool IsOf(const TF_Tensor* voice) const;

  tfwn_engine* get() const { return engine_.get(); }
  const tfwn_voice_info& info() const { return info_; }

 private:
  struct DeleteEngine {
    void operator()(tfwn_engine* engine) const { tfwn_engine_delete(engine); }
  };

  static constexpr size_t kEndBytes = 64;  // of the file: its checksum

  TensorPtr voice_;
  MemoryPtr copy_;  // of a voice that is not aligned
  char end_[kEndBytes] = {};
  tfwn_voice_info info_ = {};
  std::unique_ptr<tfwn_engine, DeleteEngine> engine_;  // ends before the memory it reads
};

class Engines {
 public:
  explicit Engines(const Options& options) : options_(options) {}

  // An engine for one call, which gives it back afterwards; null with `status` set if it cannot be had.
  std::unique_ptr<OpenEngine> Take(TensorPtr voice, TF_Status* status);
  void GiveBack(std::unique_ptr<OpenEngine> engine);

 private:
  static constexpr size_t kMaxIdle = 4;

  const Options options_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<OpenEngine>> idle_;  // the one used last at the end
};

}  // namespace tf_wavenet

#endif  // TF_WAVENET_CC_OPS_ENGINES_H_
