// The C ABI over engine.h: no logic of its own.
#include <cstdio>
#include <exception>
#include <optional>
#include <string>

#include "cc/engine/base/format.h"
#include "cc/engine/capi/tf_wavenet.h"
#include "cc/engine/engine.h"
#include "cc/engine/model/checksum.h"
#include "cc/engine/model/voice_keys.h"

namespace {

using tf_wavenet::Format;
using tf_wavenet::InvalidArgument;
using tf_wavenet::Kernels;
using tf_wavenet::Nonlinearities;
using tf_wavenet::Precision;
using tf_wavenet::Request;
using tf_wavenet::Status;
using tf_wavenet::StatusCode;
using tf_wavenet::Voice;

static_assert(TFWN_OK == static_cast<int>(StatusCode::kOk));
static_assert(TFWN_INVALID_ARGUMENT == static_cast<int>(StatusCode::kInvalidArgument));
static_assert(TFWN_UNAVAILABLE == static_cast<int>(StatusCode::kUnavailable));
static_assert(TFWN_INTERNAL == static_cast<int>(StatusCode::kInternal));

// Runs `body`, which gives a Status, and lets no exception (out of memory) cross the ABI.
template <class Body>
int Report(char* message, size_t message_size, Body body) {
  const auto write = [&](const char* text) {
    if (message != nullptr && message_size > 0) std::snprintf(message, message_size, "%s", text);
  };
  try {
    const Status status = body();
    write(status.message().c_str());
    return static_cast<int>(status.code());
  } catch (const std::exception& error) {
    write(error.what());
    return TFWN_INTERNAL;
  }
}

std::string IsaOrBest(const char* isa) { return isa != nullptr ? isa : ""; }

Status Missing(const char* what) { return InvalidArgument(std::string(what) + " is null, must not be"); }

Status Open(const void* data, size_t size, Voice* voice) {
  if (data == nullptr && size > 0) return Missing("voice");
  return tf_wavenet::OpenVoice(data, size, voice);
}

Status ParseNonlinearities(const char* name, std::optional<Nonlinearities>* parsed) {
  const std::string wanted = name != nullptr ? name : "";
  if (wanted.empty()) return {};
  const char* const names[tf_wavenet::kNumNonlinearities] = {"libm", "rational", "fixed"};
  for (int i = 0; i < tf_wavenet::kNumNonlinearities; ++i) {
    if (wanted == names[i]) *parsed = static_cast<Nonlinearities>(i);
  }
  if (parsed->has_value()) return {};
  return InvalidArgument(Format("nonlinearities is '%s', must be empty or one of libm,rational,fixed", wanted.c_str()));
}

Status ParsePrecision(const char* name, Precision* parsed) {
  const std::string wanted = name != nullptr ? name : "";
  for (int i = 0; i < tf_wavenet::kNumPrecisions; ++i) {
    *parsed = static_cast<Precision>(i);
    if (wanted == tf_wavenet::PrecisionName(*parsed)) return {};
  }
  return InvalidArgument(Format("precision is '%s', must be one of f32,int16,int8", wanted.c_str()));
}

// Makes the engine's request of the caller's and runs `loop`, Generate or Score, on it.
template <class Loop>
int Run(const tfwn_request* request, char* message, size_t message_size, Loop loop) {
  return Report(message, message_size, [&]() -> Status {
    if (request == nullptr) return Missing("request");
    Voice voice;
    if (Status status = Open(request->voice, request->voice_size, &voice); !status.ok()) return status;
    const Kernels* kernels;
    if (Status status = tf_wavenet::ChooseKernels(IsaOrBest(request->isa), &kernels); !status.ok()) return status;
    Request call;
    if (Status status = ParseNonlinearities(request->nonlinearities, &call.nonlinearities); !status.ok()) return status;
    call.batch = request->batch;
    call.frames = request->frames;
    call.conditioning_channels = request->conditioning_channels;
    call.conditioning = request->conditioning;
    call.num_frames = request->num_frames;
    call.lookahead_frames = request->lookahead_frames;
    call.seed = request->seed;
    call.temperature = request->temperature;
    call.state_in = request->state_in;
    call.state_in_size = request->state_in_size;
    call.num_threads = request->num_threads;
    call.forced = request->forced;
    call.samples = request->samples;
    call.state_out = request->state_out;
    call.logits = request->logits;
    call.trace = request->trace;
    call.log_probs = request->log_probs;
    call.all_log_probs = request->all_log_probs;
    return loop(voice, *kernels, call);
  });
}

}  // namespace

extern "C" {

int tfwn_abi_version(void) { return TFWN_ABI_VERSION; }

int tfwn_best_isa(const char** isa, char* message, size_t message_size) {
  return Report(message, message_size, [&]() -> Status {
    if (isa == nullptr) return Missing("isa");
    const Kernels* kernels;
    if (Status status = tf_wavenet::ChooseKernels("", &kernels); !status.ok()) return status;
    *isa = kernels->isa;
    return {};
  });
}

const char* tfwn_available_isas(void) {
  static const std::string names = tf_wavenet::IsaNames(tf_wavenet::AvailableKernels(tf_wavenet::DetectCpu()));
  return names.c_str();
}

int tfwn_voice_info_of(const void* voice, size_t voice_size, tfwn_voice_info* info, char* message,
                       size_t message_size) {
  return Report(message, message_size, [&]() -> Status {
    if (info == nullptr) return Missing("info");
    Voice opened;
    if (Status status = Open(voice, voice_size, &opened); !status.ok()) return status;
    const tf_wavenet::VoiceConfig& config = opened.config;
    *info = {};
    info->layers = config.layers;
    info->residual_channels = config.residual_channels;
    info->skip_channels = config.skip_channels;
    info->output_channels = config.output_channels;
    info->dilation_cycle = config.dilation_cycle;
    info->conditioning_channels = config.conditioning_channels;
    info->conditioning_context = config.conditioning_context;
    info->lookahead_frames = config.LookaheadFrames();
    info->hop_samples = config.hop_samples;
    info->sample_rate_hz = config.sample_rate_hz;
    info->silence_level = config.SilenceLevel();
    info->state_bytes = tf_wavenet::StateBytes(opened);
    info->weight_bytes_per_sample = opened.weight_bytes_per_sample;
    info->trace_floats_per_sample = tf_wavenet::TraceFloatsPerSample(config);
    info->checksum = opened.checksum;
    info->precision = tf_wavenet::PrecisionName(opened.precision);
    return {};
  });
}

int tfwn_generate(const tfwn_request* request, char* message, size_t message_size) {
  return Run(request, message, message_size, tf_wavenet::Generate);
}

int tfwn_score(const tfwn_request* request, char* message, size_t message_size) {
  return Run(request, message, message_size, tf_wavenet::Score);
}

void tfwn_uniforms(int64_t seed, uint64_t first, int64_t count, float* out) {
  for (int64_t i = 0; i < count; ++i) out[i] = tf_wavenet::Uniform(seed, first + i);
}

int tfwn_measure_stream(const char* isa, const void* data, int64_t bytes, int32_t repeats, double* seconds,
                        char* message, size_t message_size) {
  return Report(message, message_size, [&]() -> Status {
    const Kernels* kernels;
    if (Status status = tf_wavenet::ChooseKernels(IsaOrBest(isa), &kernels); !status.ok()) return status;
    if (seconds == nullptr) return Missing("seconds");
    return tf_wavenet::MeasureStream(*kernels, data, bytes, repeats, seconds);
  });
}

int tfwn_measure_multiply_adds(const char* isa, const char* precision, int32_t repeats, double* per_second,
                               char* message, size_t message_size) {
  return Report(message, message_size, [&]() -> Status {
    const Kernels* kernels;
    if (Status status = tf_wavenet::ChooseKernels(IsaOrBest(isa), &kernels); !status.ok()) return status;
    if (per_second == nullptr) return Missing("per_second");
    Precision parsed = Precision::kF32;
    if (Status status = ParsePrecision(precision, &parsed); !status.ok()) return status;
    return tf_wavenet::MeasureMultiplyAdds(kernels->For(parsed), repeats, per_second);
  });
}

uint64_t tfwn_checksum(const void* data, size_t size) { return tf_wavenet::Checksum(data, size); }

}  // extern "C"
