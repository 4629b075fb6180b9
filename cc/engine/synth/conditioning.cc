#include "cc/engine/synth/conditioning.h"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace tf_wavenet {

Conditioning::Conditioning(const Voice& voice, const Kernels& kernels)
    : voice_(voice),
      kernels_(kernels),
      linear_(voice.config.upsampling == Upsampling::kLinear),
      inverse_hop_(1.0f / static_cast<float>(voice.config.hop_samples)),
      window_(voice.cond.cols),
      buffers_(2 * size_t(voice.cond.rows)),
      current_(buffers_.data()),
      next_(buffers_.data() + voice.cond.rows) {}

void Conditioning::Begin(const float* frames, int count, const float* history, int history_frames) {
  frames_ = frames;
  count_ = count;
  history_ = history;
  history_frames_ = history_frames;
}

void Conditioning::Advance(int64_t f) {
  if (!linear_) return Project(f, current_);
  if (f == 0) {
    Project(0, current_);
  } else {
    std::swap(current_, next_);
  }
  Project(f + 1, next_);
}

const float* Conditioning::Frame(int64_t f) const {
  const int channels = voice_.config.conditioning_channels;
  f = std::clamp<int64_t>(f, -history_frames_, count_ - 1);
  return f >= 0 ? frames_ + f * channels : history_ + (f + history_frames_) * channels;
}

void Conditioning::Project(int64_t f, float* projection) {
  const int context = voice_.config.conditioning_context;
  float* to = window_.data();
  for (int offset = -context; offset <= context; ++offset) {
    to = std::copy_n(Frame(f + offset), voice_.config.conditioning_channels, to);
  }
  kernels_.gemv_f32(voice_.cond, window_.data(), voice_.cond_bias, nullptr, projection);
}

}  // namespace tf_wavenet
