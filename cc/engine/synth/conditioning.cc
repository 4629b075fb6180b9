#include "cc/engine/synth/conditioning.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>

namespace tf_wavenet {
namespace {

bool Finite(const float* values, int count) {
  bool finite = true;
  for (int i = 0; i < count; ++i) finite &= std::fabs(values[i]) <= std::numeric_limits<float>::max();
  return finite;
}

}  // namespace

Conditioning::Conditioning(const Voice& voice, const Kernels& kernels)
    : voice_(voice),
      kernels_(kernels),
      linear_(voice.config.upsampling == Upsampling::kLinear),
      inverse_hop_(1.0f / static_cast<float>(voice.config.hop_samples)),
      windows_(size_t(kFramesAtOnce) * voice.cond.cols),
      projections_(size_t(kHeld) * voice.cond.rows),
      slope_(voice.cond.rows) {}

void Conditioning::Begin(int speaker, const float* frames, int spoken, int count, const float* history,
                         int history_frames) {
  bias_ = voice_.cond_bias + int64_t{speaker} * voice_.cond.rows;
  frames_ = frames;
  spoken_ = spoken;
  count_ = count;
  history_ = history;
  history_frames_ = history_frames;
  projected_ = 0;
}

bool Conditioning::Advance(int64_t f) {
  if (f == 0 || !linear_) {
    if (!Project(f)) return false;
  }
  current_ = Projection(f);
  if (!linear_) return true;
  if (!Project(f + 1)) return false;
  const float* const next = Projection(f + 1);
  for (int i = 0; i < voice_.cond.rows; ++i) slope_.data()[i] = next[i] - current_[i];
  return Finite(slope_.data(), voice_.cond.rows);
}

const float* Conditioning::Frame(int64_t f) const {
  const int channels = voice_.config.conditioning_channels;
  f = std::clamp<int64_t>(f, -history_frames_, count_ - 1);
  return f >= 0 ? frames_ + f * channels : history_ + (f + history_frames_) * channels;
}

bool Conditioning::Project(int64_t f) {
  if (f == projected_) {
    const int context = voice_.config.conditioning_context;
    const int64_t needed = spoken_ + (linear_ ? 1 : 0);
    const int count = static_cast<int>(std::clamp<int64_t>(needed - f, 1, kFramesAtOnce));
    float* to = windows_.data();
    Column columns[kFramesAtOnce];
    for (int i = 0; i < count; ++i) {
      columns[i] = {to, nullptr, nullptr, Projection(f + i)};
      for (int offset = -context; offset <= context; ++offset) {
        to = std::copy_n(Frame(f + i + offset), voice_.config.conditioning_channels, to);
      }
    }
    kernels_.For(Precision::kF32).gemv(voice_.cond, bias_, columns, count);
    projected_ += count;
  }
  return Finite(Projection(f), voice_.cond.rows);
}

}  // namespace tf_wavenet
