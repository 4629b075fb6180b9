// For tests: libraries that LoadBlas may be given, and what they tell of how they were called.
#ifndef TF_WAVENET_CC_ENGINE_RUNTIME_FAKE_BLAS_H_
#define TF_WAVENET_CC_ENGINE_RUNTIME_FAKE_BLAS_H_

#include <string>

#ifndef FAKE_BLAS_FOLDER
#define FAKE_BLAS_FOLDER "."
#endif

namespace tf_wavenet {

// Each library exports one of it as `fake_blas_record`.
struct FakeBlasRecord {
  int products = 0;
  int threads = 0;  // as last set
  int layer = 0;    // the same, of the library that has them
};

// `name`: a key of FAKE_BLAS_COPTS in cc/sources.bzl.
inline std::string FakeBlasPath(const std::string& name) { return FAKE_BLAS_FOLDER "/libfake_" + name + ".so"; }

}  // namespace tf_wavenet

#endif  // TF_WAVENET_CC_ENGINE_RUNTIME_FAKE_BLAS_H_
