#include "cc/engine/synth/lane.h"

#include <algorithm>

#include "cc/engine/base/format.h"
#include "cc/engine/numerics/philox.h"
#include "cc/engine/synth/scorer.h"

namespace tf_wavenet {
namespace {

// Null stays null.
template <class T>
T* At(T* base, int64_t offset) {
  return base != nullptr ? base + offset : nullptr;
}

const float* FramesOf(const Request& request, int row, int channels) {
  return At(request.conditioning, int64_t{row} * request.frames * channels);
}

// The newest `context` frames spoken: the end of (history, frames).
void UpdateHistory(State& state, const float* frames, int64_t num_frames, int context, int channels) {
  const int64_t from_call = std::min<int64_t>(num_frames, context);
  const int64_t kept = std::min<int64_t>(state.header.history_frames, context - from_call);
  float* const history = state.history();
  std::memmove(history, history + (state.header.history_frames - kept) * channels, kept * channels * sizeof(float));
  std::copy_n(frames + (num_frames - from_call) * channels, from_call * channels, history + kept * channels);
  state.header.history_frames = static_cast<int32_t>(kept + from_call);
}

// Log-probabilities of the sample at `t`, counted over all rows, given that `level` enters the history.
void WriteLogProbs(const Request& request, float temperature, const float* logits, int levels, int64_t t, int level) {
  if (request.log_probs == nullptr && request.all_log_probs == nullptr) return;
  const Scorer scorer(logits, levels, temperature);
  if (request.log_probs != nullptr) request.log_probs[t] = scorer.LogProb(level);
  if (request.all_log_probs == nullptr) return;
  for (int k = 0; k < levels; ++k) request.all_log_probs[t * levels + k] = scorer.LogProb(k);
}

}  // namespace

Activations::Activations(const Voice& voice, int steps_ahead)
    : steps_ahead(steps_ahead),
      left_bytes(2 * PadRows(voice.config.residual_channels) * kGroupBytes),
      h_bytes(PadRows(voice.config.residual_channels) * ElementBytes(voice.precision)),
      x(PadRows(voice.config.residual_channels)),
      pre(2 * x.size()),
      q(PadRows(voice.config.skip_channels)),
      z(PadRows(voice.config.output_channels)),
      logits(z.size()),
      left(left_bytes * steps_ahead * voice.config.layers),
      h(h_bytes * voice.config.layers),
      zs(q.size() * ElementBytes(voice.precision)),
      za(z.size() * ElementBytes(voice.precision)) {}

Lane::Lane(const Voice& voice, const Kernels& kernels, Nonlinearities nonlinearities, int steps_ahead)
    : state(voice),
      step(voice, steps_ahead),
      voice_(voice),
      hop_(voice.config.hop_samples),
      conditioning_(voice, kernels),
      sampler_(voice.config.output_channels, kernels, nonlinearities) {}

void Lane::Begin(const Request& request, int row) {
  request_ = &request;
  row_ = row;
  status_ = {};
  if (request.state_in_size == 0) {
    state.Reset();
  } else {
    state.Load(static_cast<const char*>(request.state_in) + row * request.state_in_size);
  }
  const int num_frames = request.NumFrames(row);
  begin_ = t_ = row * (request.frames * hop_);
  end_ = begin_ + num_frames * hop_;
  conditioning_.Begin(request.Speaker(row), FramesOf(request, row, voice_.config.conditioning_channels), num_frames,
                      num_frames + request.LookaheadFrames(row), state.history(), state.header.history_frames);
}

bool Lane::BeginSample() {
  const int64_t frame = (t_ - begin_) / hop_, within = (t_ - begin_) % hop_;
  if (within == 0 && !conditioning_.Advance(frame)) {
    status_ = {StatusCode::kInternal, Format("the projected conditioning of row %d is not finite at frame %lld", row_,
                                             static_cast<long long>(frame))};
    return false;
  }
  at_ = conditioning_.At(static_cast<int>(within));
  traced = TraceWriter(At(request_->trace, t_ * TraceFloatsPerSample(voice_.config)));
  return true;
}

bool Lane::EndSample() {
  const int levels = voice_.config.output_channels;
  const float* logits = step.logits.data();
  const float temperature = request_->Temperature(row_);
  StateHeader& header = state.header;
  const int level = sampler_.Draw(logits, temperature, Uniform(request_->seed[row_], header.position));
  if (level == Sampler::kNotFinite) {
    status_ = {StatusCode::kInternal,
               Format("the logits of row %d are not finite at sample %lld", row_, static_cast<long long>(t_ - begin_))};
    return false;
  }
  if (request_->logits != nullptr) std::copy_n(logits, levels, request_->logits + t_ * levels);
  if (request_->samples != nullptr) request_->samples[t_] = level;
  header.y_prev = header.y_cur;
  header.y_cur = request_->forced != nullptr ? request_->forced[t_] : level;
  WriteLogProbs(*request_, temperature, logits, levels, t_, header.y_cur);
  ++header.position;
  ++t_;
  return true;
}

void Lane::End() {
  const VoiceConfig& config = voice_.config;
  if (const int num_frames = request_->NumFrames(row_); num_frames > 0) {
    UpdateHistory(state, FramesOf(*request_, row_, config.conditioning_channels), num_frames,
                  config.conditioning_context, config.conditioning_channels);
  }
  if (request_->state_out != nullptr) {
    state.Save(static_cast<char*>(request_->state_out) + row_ * StateBytes(voice_));
  }
  const int64_t silent = begin_ + request_->frames * hop_ - t_;
  if (request_->samples != nullptr) std::fill_n(request_->samples + t_, silent, config.SilenceLevel());
  const auto clear = [&](float* values, int64_t per_sample) {
    if (values != nullptr) std::fill_n(values + t_ * per_sample, silent * per_sample, 0.0f);
  };
  clear(request_->logits, config.output_channels);
  clear(request_->trace, TraceFloatsPerSample(config));
  clear(request_->log_probs, 1);
  clear(request_->all_log_probs, config.output_channels);
}

}  // namespace tf_wavenet
