#include "cc/engine/synth/generate.h"

#include <algorithm>
#include <cstring>

#include "cc/engine/base/float_environment.h"
#include "cc/engine/base/format.h"
#include "cc/engine/numerics/philox.h"
#include "cc/engine/synth/conditioning.h"
#include "cc/engine/synth/sampler.h"
#include "cc/engine/synth/scorer.h"
#include "cc/engine/synth/state.h"
#include "cc/engine/synth/trace.h"
#include "cc/engine/synth/wavenet.h"

namespace tf_wavenet {
namespace {

// What one worker needs for any number of rows, one after another. Allocated before the first sample.
struct Worker {
  Worker(const Voice& voice, const Kernels& kernels, Nonlinearities nonlinearities, float temperature)
      : state(voice),
        conditioning(voice, kernels),
        net(voice, kernels, nonlinearities),
        sampler(voice.config.output_channels, temperature, kernels, nonlinearities) {}

  State state;
  Conditioning conditioning;
  WaveNet net;
  Sampler sampler;
};

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
void WriteLogProbs(const Request& request, const float* logits, int levels, int64_t t, int level) {
  if (request.log_probs == nullptr && request.all_log_probs == nullptr) return;
  const Scorer scorer(logits, levels, request.temperature);
  if (request.log_probs != nullptr) request.log_probs[t] = scorer.LogProb(level);
  if (request.all_log_probs == nullptr) return;
  for (int k = 0; k < levels; ++k) request.all_log_probs[t * levels + k] = scorer.LogProb(k);
}

// Null stays null.
template <class T>
T* At(T* base, int64_t offset) {
  return base != nullptr ? base + offset : nullptr;
}

Status GenerateRow(const Voice& voice, const Request& request, int row, Worker& worker) {
  const VoiceConfig& config = voice.config;
  const int64_t hop = config.hop_samples, trace_floats = TraceFloatsPerSample(config);
  const int64_t begin = row * (request.frames * hop), num_frames = request.NumFrames(row);
  const float* frames = At(request.conditioning, int64_t{row} * request.frames * config.conditioning_channels);
  State& state = worker.state;
  StateHeader& header = state.header;

  worker.conditioning.Begin(frames, num_frames + request.LookaheadFrames(row), state.history(), header.history_frames);
  int64_t t = begin;
  for (int64_t f = 0; f < num_frames; ++f) {
    if (!worker.conditioning.Advance(f)) {
      return {StatusCode::kInternal, Format("the projected conditioning of row %d is not finite at frame %lld", row,
                                            static_cast<long long>(f))};
    }
    for (int64_t j = 0; j < hop; ++j, ++t) {
      const float* logits = worker.net.Step(state, worker.conditioning.At(j), At(request.trace, t * trace_floats));
      const int level = worker.sampler.Draw(logits, Uniform(request.seed[row], header.position));
      if (level == Sampler::kNotFinite) {
        return {StatusCode::kInternal,
                Format("the logits of row %d are not finite at sample %lld", row, static_cast<long long>(t - begin))};
      }
      if (request.logits != nullptr) {
        std::copy_n(logits, config.output_channels, request.logits + t * config.output_channels);
      }
      if (request.samples != nullptr) request.samples[t] = level;
      header.y_prev = header.y_cur;
      header.y_cur = request.forced != nullptr ? request.forced[t] : level;
      WriteLogProbs(request, logits, config.output_channels, t, header.y_cur);
      ++header.position;
    }
  }
  if (num_frames > 0) {
    UpdateHistory(state, frames, num_frames, config.conditioning_context, config.conditioning_channels);
  }

  const int64_t silent = begin + request.frames * hop - t;
  if (silent == 0) return {};
  if (request.samples != nullptr) std::fill_n(request.samples + t, silent, config.SilenceLevel());
  const auto clear = [&](float* values, int64_t per_sample) {
    if (values != nullptr) std::fill_n(values + t * per_sample, silent * per_sample, 0.0f);
  };
  clear(request.logits, config.output_channels);
  clear(request.trace, trace_floats);
  clear(request.log_probs, 1);
  clear(request.all_log_probs, config.output_channels);
  return {};
}

Status RunRows(const Voice& voice, const Kernels& kernels, const Request& request) {
  const DefaultFloatEnvironment environment;
  if (Status status = CheckRequest(voice, request); !status.ok()) return status;
  Worker worker(voice, kernels, request.NonlinearitiesFor(voice.precision), request.temperature);
  const int64_t state_bytes = StateBytes(voice);
  for (int row = 0; row < request.batch; ++row) {
    if (request.state_in_size == 0) {
      worker.state.Reset();
    } else {
      worker.state.Load(static_cast<const char*>(request.state_in) + row * state_bytes);
    }
    if (Status status = GenerateRow(voice, request, row, worker); !status.ok()) return status;
    if (request.state_out != nullptr) worker.state.Save(static_cast<char*>(request.state_out) + row * state_bytes);
  }
  return {};
}

}  // namespace

Status Generate(const Voice& voice, const Kernels& kernels, const Request& request) {
  if (Status status = CheckGenerateOutputs(request); !status.ok()) return status;
  return RunRows(voice, kernels, request);
}

Status Score(const Voice& voice, const Kernels& kernels, const Request& request) {
  if (Status status = CheckScoreArrays(request); !status.ok()) return status;
  return RunRows(voice, kernels, request);
}

}  // namespace tf_wavenet
