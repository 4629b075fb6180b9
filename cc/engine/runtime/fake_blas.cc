// For tests: a BLAS of one function, under the names and with the integers that macros give (cc/sources.bzl). It
// multiplies column-major matrices as they are; asked for anything else it fills y with NaN.
#include "cc/engine/runtime/fake_blas.h"

#include <cstdint>
#include <limits>

#define EXPORTED extern "C" __attribute__((visibility("default")))

EXPORTED tf_wavenet::FakeBlasRecord fake_blas_record;
tf_wavenet::FakeBlasRecord fake_blas_record;

EXPORTED void SET_NUM_THREADS(int threads) { fake_blas_record.threads = threads; }

#ifdef SET_LAYER
EXPORTED int SET_LAYER(int layer) { return fake_blas_record.layer = layer; }
#endif

EXPORTED void SGEMV(int order, int transpose, INT rows, INT cols, float alpha, const float* a, INT lda, const float* x,
                    INT x_stride, float beta, float* y, INT y_stride) {
  constexpr int kColumnMajor = 102, kNoTranspose = 111;
  ++fake_blas_record.products;
  for (INT row = 0; row < rows; ++row) {
    float sum = 0;
    for (INT col = 0; col < cols; ++col) sum += a[col * lda + row] * x[col * x_stride];
    if (order != kColumnMajor || transpose != kNoTranspose) sum = std::numeric_limits<float>::quiet_NaN();
    float& out = y[row * y_stride];
    out = alpha * sum + (beta == 0 ? 0 : beta * out);
  }
}
