// The f32 products by the cblas_sgemv of a BLAS library that is loaded at run time, never linked: two rungs of the
// ladder, which the engine's own kernels are compared with.
//
// Matrices must be column-major (model/column_major.h), not packed. BLAS sums in an order of its own, so results differ
// from the engine's own in the last bits.
#ifndef TF_WAVENET_CC_ENGINE_RUNTIME_BLAS_H_
#define TF_WAVENET_CC_ENGINE_RUNTIME_BLAS_H_

#include <string>

#include "cc/engine/base/status.h"
#include "cc/engine/kernels/kernels.h"

namespace tf_wavenet {

// Libraries that a process may load, counted once for each ISA that they are joined to.
constexpr int kMostBlasLibraries = 8;

// Gives `base` with f32's gemv and gemv_acc replaced by one cblas_sgemv for each column, and an ISA named like
// "avx2+libopenblas.so". The library, which is never unloaded, computes in the calling thread from then on, for
// whoever else uses it too. The same library and base give the same table. `base` must live as long as the process.
//
// `library` is a path, or a name that the system's loader finds. InvalidArgument if it cannot be loaded, or has no
// cblas_sgemv with a known way to keep it to one thread: OpenBLAS's, SciPy's 64-bit one, or MKL's.
// Unavailable beyond kMostBlasLibraries.
Status LoadBlas(const std::string& library, const Kernels& base, const Kernels** kernels);

}  // namespace tf_wavenet

#endif  // TF_WAVENET_CC_ENGINE_RUNTIME_BLAS_H_
