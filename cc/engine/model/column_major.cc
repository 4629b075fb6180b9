#include "cc/engine/model/column_major.h"

#include <algorithm>
#include <cstddef>

#include "cc/engine/base/format.h"
#include "cc/engine/model/voice_keys.h"

namespace tf_wavenet {
namespace {

// In the order of a voice file (voice.h).
template <class Body>
void ForEachMatrix(Voice& voice, const Body& body) {
  for (Layer& layer : voice.layers) body(layer.prev);
  for (Layer& layer : voice.layers) {
    body(layer.cur);
    if (layer.res.data != nullptr) body(layer.res);
    body(layer.skip);
  }
  body(voice.relu);
  body(voice.out);
  body(voice.cond);
}

size_t Size(const Matrix& w) { return size_t(w.rows) * w.cols; }

void Unpack(const Matrix& w, float* to) {
  const float* from = static_cast<const float*>(w.data);
  for (int row = 0; row < w.rows; row += kPanelRows) {
    const int height = std::min(kPanelRows, w.rows - row);
    for (int col = 0; col < w.cols; ++col, from += height) std::copy_n(from, height, to + size_t(col) * w.rows + row);
  }
}

}  // namespace

Status CopyColumnMajor(Voice* voice, AlignedFloats* memory) {
  if (voice->precision != Precision::kF32) {
    return InvalidArgument(
        Format("the voice's precision is %s, must be f32 for BLAS", PrecisionName(voice->precision)));
  }
  size_t size = 0;
  ForEachMatrix(*voice, [&](const Matrix& w) { size += Size(w); });
  *memory = AlignedFloats(size);
  float* to = memory->data();
  ForEachMatrix(*voice, [&](Matrix& w) {
    Unpack(w, to);
    w.data = to;
    to += Size(w);
  });
  return {};
}

}  // namespace tf_wavenet
