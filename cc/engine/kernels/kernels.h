// The table of kernels that each ISA exports, and what each one computes. Plain data: safe to include in ISA files.
//
// All pointers may be unaligned; `n` and `rows` are multiples of kRowAlign; buffers may overlap only where said.
// Every ISA gives the same bits: fma where written, true division, no reciprocal estimates, one order of summation.
#ifndef TF_WAVENET_CC_ENGINE_KERNELS_KERNELS_H_
#define TF_WAVENET_CC_ENGINE_KERNELS_KERNELS_H_

#include <cstdint>

#include "cc/engine/kernels/layout.h"

namespace tf_wavenet {

struct Kernels {
  const char* isa;  // "scalar", "avx2", "avx512", "avx512vnni"

  // out[row] = add[row] + chain(row),  chain(row) = fma over columns in order, begun at start[row].
  // start may be null (zeros), add may be null (nothing added) and may be `out`.
  void (*gemv_f32)(const MatrixF32& w, const float* x, const float* start, const float* add, float* out);

  // out[i] = a[i] + b[i];  with tanh: rational tanh of it.
  void (*embed_f32)(const float* a, const float* b, int n, bool tanh, float* out);

  // h[j] = tanh(f_j) * sigmoid(g_j),  f_j = pre[j] + L[j], g_j = pre[n + j] + L[n + j],
  // L[i] = fma(weight, next[i] - frame[i], frame[i]): the conditioning between two frames. frame, next: [2n].
  void (*gate_f32)(const float* pre, const float* frame, const float* next, float weight, int n, float* h);

  // x[i] = max(x[i], 0), in place.
  void (*relu_f32)(float* x, int n);

  // e[i] = exp((logits[i] - max) / temperature) for i < n; n need not be aligned, e has room for PadRows(n).
  // max is over i < n; the padding becomes 0. NaN or +inf among the logits, or all of them -inf, leaves a NaN in e,
  // which the sampler finds.
  void (*softmax_numerators_f32)(const float* logits, int n, float temperature, float* e);

  // Reads bytes (a multiple of 64) once, forward, as the GEMV does, and returns a value that depends on all of them:
  // the bandwidth floor that speeds are compared with.
  uint64_t (*stream)(const void* data, int64_t bytes);
};

}  // namespace tf_wavenet

#endif  // TF_WAVENET_CC_ENGINE_KERNELS_KERNELS_H_
