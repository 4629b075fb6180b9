// For tests: one call of Generate or Score with its buffers, filled with a pattern first so that what is not written
// shows.
#ifndef TF_WAVENET_CC_ENGINE_SYNTH_TESTING_CALL_H_
#define TF_WAVENET_CC_ENGINE_SYNTH_TESTING_CALL_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "cc/engine/synth/state.h"
#include "cc/engine/synth/testing_voice.h"
#include "cc/engine/synth/trace.h"
#include "cc/engine/synth/voice_engine.h"

namespace tf_wavenet {

struct Call {
  static constexpr int32_t kUnwritten = -77;

  // `batch` rows of conditioning [F, C]; empty lists mean null.
  Call(const TestVoice& test, int batch, const std::vector<float>& conditioning, const std::vector<int64_t>& seeds)
      : test(test), conditioning(conditioning), seeds(seeds) {
    const VoiceConfig& config = test.voice.config;
    request.batch = batch;
    request.conditioning_channels = config.conditioning_channels;
    request.frames = static_cast<int32_t>(conditioning.size() / batch / config.conditioning_channels);
    const int64_t count = int64_t{batch} * request.frames * config.hop_samples;
    samples.assign(count, kUnwritten);
    logits.assign(count * config.output_channels, kUnwritten);
    trace.assign(count * TraceFloatsPerSample(config), kUnwritten);
    state.assign(batch * StateBytes(test.voice), char{kUnwritten});
  }

  using Loop = Status (VoiceEngine::*)(const Request&);

  // In an engine of its own.
  Status Run(const Kernels& kernels, Loop loop = &VoiceEngine::Generate) {
    std::unique_ptr<VoiceEngine> engine;
    if (Status status = VoiceEngine::Create(test.voice, kernels, options, &engine); !status.ok()) return status;
    return Run(*engine, loop);
  }

  Status Run(VoiceEngine& engine, Loop loop = &VoiceEngine::Generate) {
    const auto or_null = [](auto& list) { return list.empty() ? nullptr : list.data(); };
    request.conditioning = or_null(conditioning);
    request.seed = or_null(seeds);
    request.temperature = or_null(temperatures);
    request.speaker = or_null(speakers);
    request.num_frames = or_null(num_frames);
    request.lookahead_frames = or_null(lookahead_frames);
    request.forced = or_null(forced);
    request.state_in = or_null(state_in);
    request.state_in_size = state_in.size() / (request.batch > 0 ? request.batch : 1);
    request.samples = or_null(samples);
    request.logits = or_null(logits);
    request.trace = or_null(trace);
    request.state_out = or_null(state);
    request.log_probs = or_null(log_probs);
    request.all_log_probs = or_null(all_log_probs);
    return (engine.*loop)(request);
  }

  static EngineOptions OneThread() {
    EngineOptions options;
    options.num_threads = 1;
    return options;
  }

  const TestVoice& test;
  EngineOptions options = OneThread();  // of an engine of its own
  Request request;                      // scalars may be set; pointers are Run's
  std::vector<float> conditioning;
  std::vector<int64_t> seeds;
  std::vector<float> temperatures;
  std::vector<int32_t> speakers, num_frames, lookahead_frames, forced;
  std::vector<char> state_in;
  std::vector<int32_t> samples;
  std::vector<float> logits, trace;
  std::vector<float> log_probs, all_log_probs;  // empty: a test that wants them makes room
  std::vector<char> state;
};

}  // namespace tf_wavenet

#endif  // TF_WAVENET_CC_ENGINE_SYNTH_TESTING_CALL_H_
