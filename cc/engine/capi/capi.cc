// The C ABI over engine.h: no logic of its own.
#include <cstdio>
#include <exception>
#include <memory>
#include <optional>
#include <string>

#include "cc/engine/base/format.h"
#include "cc/engine/capi/tf_wavenet.h"
#include "cc/engine/engine.h"
#include "cc/engine/model/checksum.h"
#include "cc/engine/model/column_major.h"
#include "cc/engine/model/voice_keys.h"
#include "cc/engine/runtime/blas.h"

namespace {

using tf_wavenet::EngineOptions;
using tf_wavenet::Format;
using tf_wavenet::InvalidArgument;
using tf_wavenet::Kernels;
using tf_wavenet::Precision;
using tf_wavenet::Request;
using tf_wavenet::Status;
using tf_wavenet::StatusCode;
using tf_wavenet::Voice;
using tf_wavenet::VoiceEngine;

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

std::string StringOrEmpty(const char* text) { return text != nullptr ? text : ""; }

Status Missing(const char* what) { return InvalidArgument(std::string(what) + " is null, must not be"); }

Status Open(const void* data, size_t size, Voice* voice) {
  if (data == nullptr && size > 0) return Missing("voice");
  return tf_wavenet::OpenVoice(data, size, voice);
}

// The place of `name` in a list of names; none for an empty one.
Status ParseName(const char* what, const char* name, const char* const* names, int count, std::optional<int>* parsed) {
  const std::string wanted = StringOrEmpty(name);
  if (wanted.empty()) return {};
  std::string all;
  for (int i = 0; i < count; ++i) {
    if (wanted == names[i]) *parsed = i;
    all += (i > 0 ? "," : "") + std::string(names[i]);
  }
  if (parsed->has_value()) return {};
  return InvalidArgument(Format("%s is '%s', must be empty or one of %s", what, wanted.c_str(), all.c_str()));
}

template <class Enum, int kCount>
Status ParseName(const char* what, const char* name, const char* const (&names)[kCount], std::optional<Enum>* parsed) {
  std::optional<int> place;
  const Status status = ParseName(what, name, names, kCount, &place);
  if (place.has_value()) *parsed = static_cast<Enum>(*place);
  return status;
}

Status ParsePrecision(const char* name, Precision* parsed) {
  const std::string wanted = StringOrEmpty(name);
  for (int i = 0; i < tf_wavenet::kNumPrecisions; ++i) {
    *parsed = static_cast<Precision>(i);
    if (wanted == tf_wavenet::PrecisionName(*parsed)) return {};
  }
  return InvalidArgument(Format("precision is '%s', must be one of f32,int16,int8", wanted.c_str()));
}

void Describe(const Voice& voice, tfwn_voice_info* info) {
  const tf_wavenet::VoiceConfig& config = voice.config;
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
  info->num_speakers = config.speakers;
  info->speakers_bytes = static_cast<int32_t>(config.names.size());
  info->speakers = config.names.data();
  info->temperature = config.temperature;
  info->preemphasis = config.preemphasis;
  info->state_bytes = tf_wavenet::StateBytes(voice);
  info->weight_bytes_per_sample = voice.weight_bytes_per_sample;
  info->trace_floats_per_sample = tf_wavenet::TraceFloatsPerSample(config);
  info->checksum = voice.checksum;
  info->precision = tf_wavenet::PrecisionName(voice.precision);
}

}  // namespace

// The voice must not move: the engine refers to it.
struct tfwn_engine {
  Voice voice;
  tf_wavenet::AlignedFloats column_major{0};  // its matrices, where BLAS multiplies them
  std::unique_ptr<VoiceEngine> engine;
};

namespace {

Status UseBlas(const std::string& library, int num_threads, tfwn_engine* engine, const Kernels** kernels) {
  if (num_threads != 1) {
    return InvalidArgument(Format("num_threads is %d, must be 1 where a BLAS library multiplies", num_threads));
  }
  if (Status status = tf_wavenet::CopyColumnMajor(&engine->voice, &engine->column_major); !status.ok()) return status;
  return tf_wavenet::LoadBlas(library, **kernels, kernels);
}

Status Create(const void* data, size_t size, const tfwn_engine_options& options, std::unique_ptr<tfwn_engine>* made) {
  EngineOptions parsed;
  if (Status status =
          ParseName("nonlinearities", options.nonlinearities, tf_wavenet::kNonlinearitiesNames, &parsed.nonlinearities);
      !status.ok()) {
    return status;
  }
  if (Status status = ParseName("schedule", options.schedule, tf_wavenet::kScheduleNames, &parsed.schedule);
      !status.ok()) {
    return status;
  }
  parsed.num_threads = options.num_threads;
  parsed.steps_ahead = options.steps_ahead;
  parsed.max_lanes = options.max_lanes;
  parsed.pin = options.unpinned == 0;
  const Kernels* kernels;
  if (Status status = tf_wavenet::ChooseKernels(StringOrEmpty(options.isa), &kernels); !status.ok()) return status;
  auto engine = std::make_unique<tfwn_engine>();
  if (Status status = Open(data, size, &engine->voice); !status.ok()) return status;
  const std::string blas = StringOrEmpty(options.blas);
  if (!blas.empty()) {
    if (Status status = UseBlas(blas, options.num_threads, engine.get(), &kernels); !status.ok()) return status;
  }
  if (Status status = VoiceEngine::Create(engine->voice, *kernels, parsed, &engine->engine); !status.ok()) {
    return status;
  }
  *made = std::move(engine);
  return {};
}

// Makes the engine's request of the caller's and runs `loop` on it.
int Run(tfwn_engine* engine, const tfwn_request* request, Status (VoiceEngine::*loop)(const Request&), char* message,
        size_t message_size) {
  return Report(message, message_size, [&]() -> Status {
    if (engine == nullptr) return Missing("engine");
    if (request == nullptr) return Missing("request");
    Request call;
    call.batch = request->batch;
    call.frames = request->frames;
    call.conditioning_channels = request->conditioning_channels;
    call.conditioning = request->conditioning;
    call.num_frames = request->num_frames;
    call.lookahead_frames = request->lookahead_frames;
    call.seed = request->seed;
    call.temperature = request->temperature;
    call.speaker = request->speaker;
    call.state_in = request->state_in;
    call.state_in_size = request->state_in_size;
    call.forced = request->forced;
    call.samples = request->samples;
    call.state_out = request->state_out;
    call.logits = request->logits;
    call.trace = request->trace;
    call.log_probs = request->log_probs;
    call.all_log_probs = request->all_log_probs;
    return (engine->engine.get()->*loop)(call);
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
    Describe(opened, info);
    return {};
  });
}

int tfwn_engine_create(const void* voice, size_t voice_size, const tfwn_engine_options* options, tfwn_engine** engine,
                       char* message, size_t message_size) {
  return Report(message, message_size, [&]() -> Status {
    if (engine == nullptr) return Missing("engine");
    std::unique_ptr<tfwn_engine> made;
    const tfwn_engine_options defaults = {};
    const Status status = Create(voice, voice_size, options != nullptr ? *options : defaults, &made);
    if (status.ok()) *engine = made.release();
    return status;
  });
}

void tfwn_engine_delete(tfwn_engine* engine) { delete engine; }

int tfwn_engine_voice_info(const tfwn_engine* engine, tfwn_voice_info* info, char* message, size_t message_size) {
  return Report(message, message_size, [&]() -> Status {
    if (engine == nullptr) return Missing("engine");
    if (info == nullptr) return Missing("info");
    Describe(engine->voice, info);
    return {};
  });
}

int tfwn_engine_plan(const tfwn_engine* engine, int32_t batch, tfwn_plan* plan, char* message, size_t message_size) {
  return Report(message, message_size, [&]() -> Status {
    if (engine == nullptr) return Missing("engine");
    if (plan == nullptr) return Missing("plan");
    if (batch < 1) return InvalidArgument(Format("batch is %d, must be at least 1", batch));
    const tf_wavenet::Plan made = engine->engine->PlanFor(batch);
    *plan = {tf_wavenet::kScheduleNames[static_cast<int>(made.schedule)], made.teams, made.threads, made.lanes};
    return {};
  });
}

int tfwn_generate(tfwn_engine* engine, const tfwn_request* request, char* message, size_t message_size) {
  return Run(engine, request, &VoiceEngine::Generate, message, message_size);
}

int tfwn_score(tfwn_engine* engine, const tfwn_request* request, char* message, size_t message_size) {
  return Run(engine, request, &VoiceEngine::Score, message, message_size);
}

void tfwn_uniforms(int64_t seed, uint64_t first, int64_t count, float* out) {
  for (int64_t i = 0; i < count; ++i) out[i] = tf_wavenet::Uniform(seed, first + i);
}

int tfwn_measure_stream(const char* isa, const void* data, int64_t bytes, int32_t threads, int32_t repeats,
                        double* seconds, char* message, size_t message_size) {
  return Report(message, message_size, [&]() -> Status {
    const Kernels* kernels;
    if (Status status = tf_wavenet::ChooseKernels(StringOrEmpty(isa), &kernels); !status.ok()) return status;
    if (seconds == nullptr) return Missing("seconds");
    return tf_wavenet::MeasureStream(*kernels, data, bytes, threads, repeats, seconds);
  });
}

int tfwn_measure_multiply_adds(const char* isa, const char* precision, int32_t threads, int32_t repeats,
                               double* per_second, char* message, size_t message_size) {
  return Report(message, message_size, [&]() -> Status {
    const Kernels* kernels;
    if (Status status = tf_wavenet::ChooseKernels(StringOrEmpty(isa), &kernels); !status.ok()) return status;
    if (per_second == nullptr) return Missing("per_second");
    Precision parsed = Precision::kF32;
    if (Status status = ParsePrecision(precision, &parsed); !status.ok()) return status;
    return tf_wavenet::MeasureMultiplyAdds(kernels->For(parsed), threads, repeats, per_second);
  });
}

int tfwn_measure_handover(int32_t repeats, double* seconds, char* message, size_t message_size) {
  return Report(message, message_size, [&]() -> Status {
    if (seconds == nullptr) return Missing("seconds");
    return tf_wavenet::MeasureHandover(repeats, seconds);
  });
}

int32_t tfwn_default_threads(void) { return tf_wavenet::AllowedCores().threads; }

uint64_t tfwn_checksum(const void* data, size_t size) { return tf_wavenet::Checksum(data, size); }

}  // extern "C"
