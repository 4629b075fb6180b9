#include "cc/engine/synth/conditioning.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <utility>

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
      window_(voice.cond.cols),
      buffers_(3 * size_t(voice.cond.rows)),
      current_(buffers_.data()),
      next_(current_ + voice.cond.rows),
      slope_(next_ + voice.cond.rows) {}

void Conditioning::Begin(const float* frames, int count, const float* history, int history_frames) {
  frames_ = frames;
  count_ = count;
  history_ = history;
  history_frames_ = history_frames;
}

bool Conditioning::Advance(int64_t f) {
  if (!linear_) return Project(f, current_);
  if (f == 0) {
    if (!Project(0, current_)) return false;
  } else {
    std::swap(current_, next_);
  }
  if (!Project(f + 1, next_)) return false;
  for (int i = 0; i < voice_.cond.rows; ++i) slope_[i] = next_[i] - current_[i];
  return Finite(slope_, voice_.cond.rows);
}

const float* Conditioning::Frame(int64_t f) const {
  const int channels = voice_.config.conditioning_channels;
  f = std::clamp<int64_t>(f, -history_frames_, count_ - 1);
  return f >= 0 ? frames_ + f * channels : history_ + (f + history_frames_) * channels;
}

bool Conditioning::Project(int64_t f, float* projection) {
  const int context = voice_.config.conditioning_context;
  float* to = window_.data();
  for (int offset = -context; offset <= context; ++offset) {
    to = std::copy_n(Frame(f + offset), voice_.config.conditioning_channels, to);
  }
  kernels_.For(Precision::kF32).gemv(voice_.cond, window_.data(), nullptr, voice_.cond_bias, nullptr, projection);
  return Finite(projection, voice_.cond.rows);
}

}  // namespace tf_wavenet
