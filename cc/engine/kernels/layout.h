// The tile order of packed matrices: one order that scalar, AVX2 and AVX-512 code read in place.
//
// A matrix [rows, cols] is cut into panels of 64 rows (the last one holds what is left, a multiple of 16). A panel is
// stored column by column, its rows side by side:
//
//   panel p:  for c in 0..cols-1:  w[64 p + 0][c], w[64 p + 1][c], ..., w[64 p + height - 1][c]
//
// so that one broadcast of x[c] feeds `height` lanes, each row's dot product is one chain of fma in column order, and a
// step streams weights forward. 64 rows are four AVX-512 or eight AVX2 accumulators: enough to hide fma latency.
// Rows are padded with zeros to a multiple of 16 (64 bytes of f32), columns are not padded.
#ifndef TF_WAVENET_CC_ENGINE_KERNELS_LAYOUT_H_
#define TF_WAVENET_CC_ENGINE_KERNELS_LAYOUT_H_

#include <cstdint>

namespace tf_wavenet {

constexpr int kRowAlign = 16;    // every channel count is padded to this
constexpr int kPanelRows = 64;

constexpr int64_t PadRows(int64_t rows) { return (rows + kRowAlign - 1) / kRowAlign * kRowAlign; }

// A packed f32 matrix somewhere in a voice file. `rows` is padded.
struct MatrixF32 {
  const float* data = nullptr;
  int rows = 0;
  int cols = 0;
};

}  // namespace tf_wavenet

#endif  // TF_WAVENET_CC_ENGINE_KERNELS_LAYOUT_H_
