// The floating-point environment that the engine computes in: round to nearest, subnormals kept, no traps.
//
//   const DefaultFloatEnvironment environment;  // until the end of the scope, in this thread
//
// Callers may come with another one: TensorFlow runs its kernels with subnormals flushed to zero. Equal requests give
// equal bits wherever they come from only if the environment is the engine's own.
#ifndef TF_WAVENET_CC_ENGINE_BASE_FLOAT_ENVIRONMENT_H_
#define TF_WAVENET_CC_ENGINE_BASE_FLOAT_ENVIRONMENT_H_

#include <cfenv>

namespace tf_wavenet {

class DefaultFloatEnvironment {
 public:
  DefaultFloatEnvironment() {
    std::fegetenv(&callers_);
    std::fesetenv(FE_DFL_ENV);  // On x86 that is MXCSR too, with its flush-to-zero and denormals-are-zero bits.
  }
  ~DefaultFloatEnvironment() { std::fesetenv(&callers_); }
  DefaultFloatEnvironment(const DefaultFloatEnvironment&) = delete;
  DefaultFloatEnvironment& operator=(const DefaultFloatEnvironment&) = delete;

 private:
  std::fenv_t callers_;
};

}  // namespace tf_wavenet

#endif  // TF_WAVENET_CC_ENGINE_BASE_FLOAT_ENVIRONMENT_H_
