// Status: how the engine reports bad input. Nothing throws, nothing aborts on data.
//
//   Status status = OpenVoice(...);
//   if (!status.ok()) return status;      // message says what, got, wanted
//
// The codes are those that callers can act on; the op maps them to TF_Code, the C ABI passes them as int.
#ifndef TF_WAVENET_CC_ENGINE_BASE_STATUS_H_
#define TF_WAVENET_CC_ENGINE_BASE_STATUS_H_

#include <string>
#include <utility>

namespace tf_wavenet {

enum class StatusCode : int {
  kOk = 0,
  kInvalidArgument = 1,  // an argument or a file is wrong: the caller can mend it
  kUnavailable = 2,      // this machine cannot do it (an ISA that the CPU lacks)
  kInternal = 3,         // the numbers went wrong inside (logits not finite)
};

class [[nodiscard]] Status {
 public:
  Status() = default;
  Status(StatusCode code, std::string message) : code_(code), message_(std::move(message)) {}

  bool ok() const { return code_ == StatusCode::kOk; }
  StatusCode code() const { return code_; }
  const std::string& message() const { return message_; }

 private:
  StatusCode code_ = StatusCode::kOk;
  std::string message_;
};

inline Status InvalidArgument(std::string message) { return {StatusCode::kInvalidArgument, std::move(message)}; }

}  // namespace tf_wavenet

#endif  // TF_WAVENET_CC_ENGINE_BASE_STATUS_H_
