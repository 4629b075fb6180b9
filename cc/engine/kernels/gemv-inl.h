// GEMV over packed panels (layout.h), and the plain read of memory that its speed is compared with.
// One body for every ISA. For ISA files only: internal linkage, no STL, nothing that is not templated on Simd.
//
//   out[row] = add[row] + (start[row] + sum over columns w[row][c] x[c], one chain of fma in column order)
#ifndef TF_WAVENET_CC_ENGINE_KERNELS_GEMV_INL_H_
#define TF_WAVENET_CC_ENGINE_KERNELS_GEMV_INL_H_

#include <stdint.h>

#include "cc/engine/kernels/layout.h"

namespace tf_wavenet {
namespace {

constexpr int kLineBytes = 64;

// How far ahead of the multiply-adds weights are asked for. Matrices follow each other in memory, so the prefetch runs
// on into the next matrix and keeps the stream going while a layer waits for its own results.
// Step of the large model on Zen 5, AVX-512: 60 to 63 us for 1 to 4 KiB, 65 us for 8 KiB, 75 us without prefetch.
constexpr int kPrefetchBytes = 3072;

// One panel of kVecs vectors of rows, all columns. `start` and `add` may be null.
template <class Simd, int kVecs>
void GemvPanel(const float* w, int cols, const float* x, const float* start, const float* add, float* out) {
  constexpr int kHeight = kVecs * Simd::kLanes;
  constexpr int kLines = kHeight * static_cast<int>(sizeof(float)) / kLineBytes;
  typename Simd::Vec acc[kVecs];
  for (int v = 0; v < kVecs; ++v) acc[v] = start ? Simd::Load(start + v * Simd::kLanes) : Simd::Set(0.0f);
  for (int c = 0; c < cols; ++c, w += kHeight) {
    const char* ahead = reinterpret_cast<const char*>(w) + kPrefetchBytes;
    for (int line = 0; line < kLines; ++line) Simd::Prefetch(ahead + line * kLineBytes);
    const typename Simd::Vec xc = Simd::Set(x[c]);
    for (int v = 0; v < kVecs; ++v) acc[v] = Simd::Fma(Simd::Load(w + v * Simd::kLanes), xc, acc[v]);
  }
  for (int v = 0; v < kVecs; ++v) {
    const int row = v * Simd::kLanes;
    Simd::Store(out + row, add ? Simd::Add(Simd::Load(add + row), acc[v]) : acc[v]);
  }
}

template <class Simd>
void GemvF32(const MatrixF32& w, const float* x, const float* start, const float* add, float* out) {
  constexpr int kVecsPerAlign = kRowAlign / Simd::kLanes;
  const float* panel = w.data;
  for (int row = 0; row < w.rows; row += kPanelRows) {
    const int left = w.rows - row;
    const int height = left < kPanelRows ? left : kPanelRows;
    const float* panel_start = start ? start + row : nullptr;
    const float* panel_add = add ? add + row : nullptr;
    switch (height / kRowAlign) {
      case 4:
        GemvPanel<Simd, 4 * kVecsPerAlign>(panel, w.cols, x, panel_start, panel_add, out + row);
        break;
      case 3:
        GemvPanel<Simd, 3 * kVecsPerAlign>(panel, w.cols, x, panel_start, panel_add, out + row);
        break;
      case 2:
        GemvPanel<Simd, 2 * kVecsPerAlign>(panel, w.cols, x, panel_start, panel_add, out + row);
        break;
      default:
        GemvPanel<Simd, kVecsPerAlign>(panel, w.cols, x, panel_start, panel_add, out + row);
        break;
    }
    panel += static_cast<int64_t>(height) * w.cols;
  }
}

// Sum of all 64-bit words. Eight lines at a time, prefetched as the GEMV's are.
template <class Simd>
uint64_t Stream(const void* data, int64_t bytes) {
  constexpr int kSums = 8;
  constexpr int kVecBytes = Simd::kWords * static_cast<int>(sizeof(uint64_t));
  constexpr int kVecsPerLine = kLineBytes / kVecBytes;
  typename Simd::Words sums[kSums];
  for (int s = 0; s < kSums; ++s) sums[s] = Simd::ZeroWords();
  const char* p = static_cast<const char*>(data);
  const char* const end = p + bytes;
  const auto add_line = [&](int s) {
    for (int v = 0; v < kVecsPerLine; ++v) {
      sums[s] = Simd::AddWords(sums[s], reinterpret_cast<const uint64_t*>(p + v * kVecBytes));
    }
    p += kLineBytes;
  };
  while (end - p >= kSums * kLineBytes) {
    for (int s = 0; s < kSums; ++s) {
      Simd::Prefetch(p + kPrefetchBytes);
      add_line(s);
    }
  }
  while (p < end) add_line(0);
  uint64_t total = 0;
  for (int s = 0; s < kSums; ++s) total += Simd::SumWords(sums[s]);
  return total;
}

}  // namespace
}  // namespace tf_wavenet

#endif  // TF_WAVENET_CC_ENGINE_KERNELS_GEMV_INL_H_
