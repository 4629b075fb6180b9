#include "cc/engine/synth/request.h"

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "cc/engine/base/format.h"
#include "cc/engine/synth/state.h"
#include "cc/engine/synth/trace.h"

namespace tf_wavenet {
namespace {

// a * b, or false if it does not fit.
bool Multiply(int64_t a, int64_t b, int64_t* product) { return !__builtin_mul_overflow(a, b, product); }

Status CheckSizes(const Voice& voice, const Request& request) {
  const VoiceConfig& config = voice.config;
  if (request.batch < 1) return InvalidArgument(Format("batch is %d, must be at least 1", request.batch));
  if (request.frames < 0) return InvalidArgument(Format("frames is %d, must not be negative", request.frames));
  if (request.conditioning_channels != config.conditioning_channels) {
    return InvalidArgument(Format("conditioning.shape[2] is %d, the voice expects %d (conditioning_channels)",
                                  request.conditioning_channels, config.conditioning_channels));
  }
  int64_t floats = std::max<int64_t>(1, request.conditioning_channels);
  if (request.logits != nullptr || request.all_log_probs != nullptr) {
    floats = std::max<int64_t>(floats, config.output_channels);
  }
  if (request.trace != nullptr) floats = std::max(floats, TraceFloatsPerSample(config));
  int64_t rows, samples, values, bytes;
  if (!Multiply(request.batch, request.frames, &rows) || !Multiply(rows, config.hop_samples, &samples) ||
      !Multiply(samples, floats, &values) || !Multiply(values, sizeof(float), &bytes)) {
    return InvalidArgument(Format("batch * frames * hop_samples is %d * %d * %d, too large for the outputs asked for",
                                  request.batch, request.frames, config.hop_samples));
  }
  return {};
}

Status Missing(const char* what) { return InvalidArgument(Format("%s is null, must not be", what)); }

Status CheckPointers(const Voice& voice, const Request& request) {
  if (request.seed == nullptr) return Missing("seed");
  if (request.frames > 0 && request.conditioning == nullptr) return Missing("conditioning");
  const int64_t state_bytes = StateBytes(voice);
  if (request.state_in_size != 0 && request.state_in_size != static_cast<size_t>(state_bytes)) {
    return InvalidArgument(Format("state.shape[1] is %zu, must be %lld (the voice's state) or 0 (start afresh)",
                                  request.state_in_size, static_cast<long long>(state_bytes)));
  }
  if (request.state_in_size != 0 && request.state_in == nullptr) return Missing("state");
  return {};
}

Status CheckTemperature(const Request& request, int row) {
  const float temperature = request.Temperature(row);
  if (temperature > 0 && std::isfinite(temperature)) return {};
  return InvalidArgument(Format("temperature[%d] is %g, must be positive and finite", row, temperature));
}

Status CheckSpeaker(const Voice& voice, const Request& request, int row) {
  const int speaker = request.Speaker(row), speakers = voice.config.speakers;
  if (speaker >= 0 && speaker < speakers) return {};
  return InvalidArgument(Format("speaker[%d] is %d, must be in 0..%d (the voice has %d speaker%s)", row, speaker,
                                speakers - 1, speakers, speakers == 1 ? "" : "s"));
}

Status CheckFrameCounts(const Request& request, int row) {
  const int spoken = request.NumFrames(row), lookahead = request.LookaheadFrames(row);
  if (spoken < 0 || spoken > request.frames) {
    return InvalidArgument(
        Format("num_frames[%d] is %d, must be in 0..%d (conditioning.shape[1])", row, spoken, request.frames));
  }
  if (lookahead < 0 || lookahead > request.frames - spoken) {
    return InvalidArgument(Format("lookahead_frames[%d] is %d, must be in 0..%d (conditioning.shape[1] - num_frames)",
                                  row, lookahead, request.frames - spoken));
  }
  return {};
}

Status CheckConditioning(const Voice& voice, const Request& request, int row) {
  const int spoken = request.NumFrames(row);
  if (spoken == 0) return {};
  const int64_t used = spoken + std::min(request.LookaheadFrames(row), voice.config.LookaheadFrames());
  const int channels = request.conditioning_channels;
  const float* values = request.conditioning + int64_t{row} * request.frames * channels;
  for (int64_t i = 0; i < used * channels; ++i) {
    if (!std::isfinite(values[i])) {
      return InvalidArgument(Format("conditioning[%d, %lld, %d] is %g, must be finite", row,
                                    static_cast<long long>(i / channels), static_cast<int>(i % channels), values[i]));
    }
  }
  return {};
}

Status CheckForced(const Voice& voice, const Request& request, int row) {
  if (request.forced == nullptr) return {};
  const int64_t hop = voice.config.hop_samples, levels = voice.config.output_channels;
  const int32_t* forced = request.forced + int64_t{row} * request.frames * hop;
  for (int64_t t = 0; t < request.NumFrames(row) * hop; ++t) {
    if (forced[t] < 0 || forced[t] >= levels) {
      return InvalidArgument(Format("forced sample [%d, %lld] is %d, must be in 0..%d", row, static_cast<long long>(t),
                                    forced[t], static_cast<int>(levels - 1)));
    }
  }
  return {};
}

}  // namespace

Status CheckGenerateOutputs(const Request& request) {
  return request.frames > 0 && request.samples == nullptr ? Missing("samples") : Status();
}

Status CheckScoreArrays(const Request& request) {
  if (request.frames > 0 && request.forced == nullptr) return Missing("forced");
  return request.frames > 0 && request.log_probs == nullptr ? Missing("log_probs") : Status();
}

Status CheckRequest(const Voice& voice, const Request& request) {
  if (Status status = CheckSizes(voice, request); !status.ok()) return status;
  if (Status status = CheckPointers(voice, request); !status.ok()) return status;
  for (int row = 0; row < request.batch; ++row) {
    if (Status status = CheckTemperature(request, row); !status.ok()) return status;
    if (Status status = CheckSpeaker(voice, request, row); !status.ok()) return status;
    if (Status status = CheckFrameCounts(request, row); !status.ok()) return status;
    if (Status status = CheckConditioning(voice, request, row); !status.ok()) return status;
    if (Status status = CheckForced(voice, request, row); !status.ok()) return status;
    if (request.state_in_size == 0) continue;
    const char* state = static_cast<const char*>(request.state_in) + row * request.state_in_size;
    if (Status status = CheckState(voice, state, row); !status.ok()) return status;
  }
  return {};
}

}  // namespace tf_wavenet
