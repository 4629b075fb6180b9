#include "cc/engine/model/widen.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>

namespace tf_wavenet {

AlignedFloats Widen(const Matrix& w, int cols) {
  constexpr int kCols = kGroupBytes / sizeof(int16_t);  // side by side in a group
  AlignedFloats widened(size_t(w.rows) * cols);
  const int16_t* from = static_cast<const int16_t*>(w.data);
  float* to = widened.data();
  for (int first = 0; first < w.rows; first += kPanelRows) {
    const int height = std::min(kPanelRows, w.rows - first);
    for (int col = 0; col < cols; ++col, to += height) {
      const int16_t* const group = from + col / kCols * height * kCols + col % kCols;
      for (int row = 0; row < height; ++row) to[row] = w.scale[first + row] * static_cast<float>(group[row * kCols]);
    }
    from += height * w.cols;
  }
  return widened;
}

void WidenConditioning(Voice* voice) {
  Matrix& cond = voice->cond;
  const int cols = voice->config.ConditioningCols();
  voice->widened_cond = std::make_shared<const AlignedFloats>(Widen(cond, cols));
  cond = {voice->widened_cond->data(), cond.rows, cols};
}

}  // namespace tf_wavenet
