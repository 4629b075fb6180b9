// The tile order of packed matrices: one order that scalar, AVX2, AVX-512 and VNNI code read in place.
//
// A matrix [rows, cols] is cut into panels of 64 rows (the last one holds what is left, a multiple of 16). Columns are
// taken in groups that fill 32 bits: 1 column of f32, 2 of int16, 4 of int8. A panel is stored group by group, its rows
// side by side, the columns of a group together within each row:
//
//   panel p:  for g in 0..groups-1:  for row in 64 p .. 64 p + height - 1:  w[row][n g], ..., w[row][n g + n - 1]
//
// so that one 32-bit broadcast of the input feeds `height` rows (of int16 to vpmaddwd or vpdpwssd, of int8 to
// vpdpbusd), a row's sum runs in column order, and a step streams weights forward. 64 rows are four AVX-512 or eight
// AVX2 accumulators: enough to hide the latency of a multiply-add. Rows are padded with zeros to a multiple of 16, 64
// bytes of each group, columns to whole groups.
#ifndef TF_WAVENET_CC_ENGINE_KERNELS_LAYOUT_H_
#define TF_WAVENET_CC_ENGINE_KERNELS_LAYOUT_H_

#include <cstdint>

namespace tf_wavenet {

constexpr int kRowAlign = 16;  // every channel count is padded to this
constexpr int kPanelRows = 64;
constexpr int kGroupBytes = 4;  // of one row in one group of columns

// What weights and the activations they meet are stored as (voice.h says what the numbers mean).
//               weights   activations   columns in a group
//   kF32        float     float         1
//   kInt16      int16_t   int16_t       2
//   kInt8       int8_t    uint8_t       4
enum class Precision { kF32, kInt16, kInt8 };
constexpr int kNumPrecisions = 3;

constexpr int64_t PadRows(int64_t rows) { return (rows + kRowAlign - 1) / kRowAlign * kRowAlign; }

// Bytes of a weight, which are those of an activation too.
constexpr int ElementBytes(Precision precision) {
  return precision == Precision::kF32 ? 4 : precision == Precision::kInt16 ? 2 : 1;
}

// Columns padded to whole groups.
constexpr int64_t PadCols(int64_t cols, Precision precision) {
  const int64_t group = kGroupBytes / ElementBytes(precision);
  return (cols + group - 1) / group * group;
}

// A packed matrix, somewhere in a voice file or widened from one.
struct Matrix {
  const void* data = nullptr;
  int rows = 0;                  // padded
  int cols = 0;                  // padded
  const float* scale = nullptr;  // [rows] of integer weights: what one unit of a row's sum is worth; null for f32
};

}  // namespace tf_wavenet

#endif  // TF_WAVENET_CC_ENGINE_KERNELS_LAYOUT_H_
