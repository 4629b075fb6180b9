// The table of kernels that each ISA exports, and what each one computes. Plain data: safe to include in ISA files.
//
// All pointers may be unaligned; `n` and `rows` are multiples of kRowAlign; buffers may overlap only where said.
// Every ISA gives the same bits: integers are exact, floats use fma where written, true division, no reciprocal
// estimates, one order of summation. Only libm's nonlinearities are as good as the C library's.
#ifndef TF_WAVENET_CC_ENGINE_KERNELS_KERNELS_H_
#define TF_WAVENET_CC_ENGINE_KERNELS_KERNELS_H_

#include <cstdint>

#include "cc/engine/kernels/layout.h"

namespace tf_wavenet {

// How tanh, sigmoid and exp are computed; the headers in numerics/ state their errors.
//   kLibm      the C library, lane by lane
//   kRational  rational_math-inl.h, float32 lanes
//   kFixed     fixed_math-inl.h, int16 lanes, for the gate; embedding and softmax, once a step, are kRational's
enum class Nonlinearities { kLibm, kRational, kFixed };
constexpr int kNumNonlinearities = 3;
inline constexpr const char* kNonlinearitiesNames[kNumNonlinearities] = {"libm", "rational", "fixed"};

constexpr int kMultiplyAddBytes = 512;

// The conditioning of one layer at one sample: L[i] = fma(weight, slope[i], frame[i]).
struct GateConditioning {
  const float* frame;  // [n] for tanh, and from `half` on [n] for sigmoid
  const float* slope;  // the same: what is added up to the next frame
  int64_t half;        // n, or more where a thread computes a part of the channels
  float weight;        // where between the two the sample lies
};

// One of several inputs that a matrix multiplies in one pass, and where its product goes.
struct Column {
  const void* x;     // activations
  const void* acc;   // sums that were there before, or null
  const float* add;  // or null; may be `out`
  void* out;         // float, or sums of gemv_acc
};

// Columns that share each read of the weights from the innermost cache; kernels take any number.
constexpr int kTileColumns = 4;

// The kernels of one precision. x and h are its activations, `acc` holds its sums: int32, or float for f32. Products
// take `count` columns, at least 1, each of which gets what it would get alone.
struct PrecisionKernels {
  // f32: q[i] = x[i].  int16: q[i] = clamp(round(x[i] inverse_scale), -32767, 32767).
  // int8: q[i] = 128 + clamp(round(x[i] inverse_scale), -127, 127).  Halves round to even.
  void (*quantize)(const float* x, float inverse_scale, int n, void* q);

  // x[i] = max(x[i], 0) in place, then
  // f32: q[i] = x[i].  int16: q[i] = min(round(x[i] inverse_scale), 32767).  int8: the same, up to 255.
  void (*relu)(float* x, float inverse_scale, int n, void* q);

  // out[row] = dot(row): of integers exact, of f32 a chain of fma in column order, begun at 0.
  void (*gemv_acc)(const Matrix& w, const Column* columns, int count);

  // out[row] = add[row] + (bias[row] + float(acc[row] + dot(row)) scale[row]) of integers, each operation rounded;
  // out[row] = add[row] + (acc[row] + chain(row)), chain = fma over columns in order, begun at bias[row], of f32.
  // acc, bias and add may be null (nothing is added).
  void (*gemv)(const Matrix& w, const float* bias, const Column* columns, int count);

  // h[j] = tanh(f_j) sigmoid(g_j),  f_j = pre[j] + L[j], g_j = pre[n + j] + L[half + j].
  // f32: as it is.  int16: round(2^15 h), within +-32767.  int8: 128 + round(2^7 h), within 128 +- 127.
  void (*gate[kNumNonlinearities])(const float* pre, const GateConditioning& conditioning, int n, void* h);

  // `rounds` times the multiply-adds of one group of columns into a few accumulators, from kMultiplyAddBytes of weights
  // that stay in the innermost cache and 32 bits of activations. Returns how many multiply-adds that were: the
  // arithmetic's limit, which speeds are compared with.
  int64_t (*multiply_adds)(const void* w, const void* x, int64_t rounds);
};

struct Kernels {
  const char* isa;  // "scalar", "avx2", "avx512", "avx512vnni"
  PrecisionKernels precision[kNumPrecisions];

  const PrecisionKernels& For(Precision p) const { return precision[static_cast<int>(p)]; }

  // out[i] = a[i] + b[i];  with tanh: tanh of it.
  void (*embed[kNumNonlinearities])(const float* a, const float* b, int n, bool tanh, float* out);

  // e[i] = exp((logits[i] - max) / temperature) for i < n; n need not be aligned, e has room for PadRows(n).
  // max is over i < n; the padding becomes 0. NaN or +inf among the logits, or all of them -inf, leaves a NaN in e,
  // which the sampler finds.
  void (*softmax_numerators[kNumNonlinearities])(const float* logits, int n, float temperature, float* e);

  // Reads bytes (a multiple of 64) once, forward, and returns a value that depends on all of them: the bandwidth floor
  // that speeds are compared with. The second asks for each line beforehand.
  uint64_t (*stream[2])(const void* data, int64_t bytes);
};

}  // namespace tf_wavenet

#endif  // TF_WAVENET_CC_ENGINE_KERNELS_KERNELS_H_
