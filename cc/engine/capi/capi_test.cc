// The C ABI: codes and messages cross it, numbers are the engine's.
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "cc/engine/base/aligned.h"
#include "cc/engine/capi/tf_wavenet.h"
#include "cc/engine/engine.h"
#include "cc/engine/model/checksum.h"
#include "cc/engine/model/voice_keys.h"
#include "cc/engine/model/voice_test_writer.h"
#include "cc/engine/runtime/fake_blas.h"

namespace tf_wavenet {
namespace {

constexpr int kFrames = 3, kHop = 4, kLevels = 18, kChannels = 3;

int64_t TinyStateBytes() {
  Voice voice;
  voice.config = TinyConfig();
  return StateBytes(voice);
}

class CapiTest : public testing::Test {
 protected:
  CapiTest() : file_(MakeVoiceFile(TinyConfig(), 1).Serialize()) {
    request_.batch = 1;
    request_.frames = kFrames;
    request_.conditioning_channels = kChannels;
    request_.conditioning = conditioning_.data();
    request_.seed = &seed_;
    request_.samples = samples_.data();
    request_.logits = logits_.data();
  }

  ~CapiTest() override { tfwn_engine_delete(engine_); }

  // With an engine of the options as they are now.
  int Call(int (*loop)(tfwn_engine*, const tfwn_request*, char*, size_t)) {
    tfwn_engine_delete(engine_);
    engine_ = nullptr;
    const int code = tfwn_engine_create(file_.data(), file_.size(), &options_, &engine_, message_, sizeof(message_));
    return code != TFWN_OK ? code : loop(engine_, &request_, message_, sizeof(message_));
  }
  int Generate() { return Call(&tfwn_generate); }
  int Score() { return Call(&tfwn_score); }

  AlignedBytes file_;
  std::vector<float> conditioning_ = {0, 1, -1, 0.5f, 2, 0.1f, -0.3f, 0, 1};
  int64_t seed_ = 7;
  std::vector<int32_t> samples_ = std::vector<int32_t>(kFrames * kHop, -1);
  std::vector<float> logits_ = std::vector<float>(kFrames * kHop * kLevels, -1);
  float temperature_ = 1;
  tfwn_engine_options options_ = {};
  tfwn_engine* engine_ = nullptr;
  tfwn_request request_ = {};
  char message_[256] = "unwritten";
};

TEST_F(CapiTest, TellsWhatAVoiceIs) {
  tfwn_voice_info info;
  ASSERT_EQ(tfwn_voice_info_of(file_.data(), file_.size(), &info, message_, sizeof(message_)), TFWN_OK) << message_;
  EXPECT_STREQ(message_, "");
  EXPECT_EQ(info.layers, 3);
  EXPECT_EQ(info.residual_channels, 5);
  EXPECT_EQ(info.skip_channels, 17);
  EXPECT_EQ(info.output_channels, kLevels);
  EXPECT_EQ(info.dilation_cycle, 2);
  EXPECT_EQ(info.conditioning_channels, kChannels);
  EXPECT_EQ(info.conditioning_context, 1);
  EXPECT_EQ(info.lookahead_frames, 2);
  EXPECT_EQ(info.hop_samples, kHop);
  EXPECT_EQ(info.sample_rate_hz, 16000);
  EXPECT_EQ(info.silence_level, 9);
  EXPECT_EQ(info.state_bytes, TinyStateBytes());
  EXPECT_EQ(info.trace_floats_per_sample, 3 * 5 + 2 * 17 + 2 * 18);
  // skip.bias [32]; prev and cur [32, 5], skip [32, 5] in three layers; res [16, 5] and its bias in two; relu [32, 17],
  // out [32, 18].
  EXPECT_EQ(info.weight_bytes_per_sample, 4 * (32 + 3 * 3 * 160 + 2 * (80 + 16) + 32 * 17 + 32 + 32 * 18 + 32));
  EXPECT_EQ(info.checksum, tfwn_checksum(file_.data(), file_.size() - 64));
  EXPECT_STREQ(info.precision, "f32");
  EXPECT_EQ(info.num_speakers, 2);
  EXPECT_EQ(std::string(info.speakers, info.speakers_bytes), "anna,bert");
  EXPECT_EQ(info.temperature, 0.75f);
  EXPECT_EQ(info.preemphasis, 0.9f);
}

TEST_F(CapiTest, ASpeakerWithoutANameIsOne) {
  VoiceConfig config = TinyConfig();
  config.speakers = 1;
  config.names = "";
  AlignedBytes file(MakeVoiceFile(config, 1).Serialize());
  tfwn_voice_info info;
  ASSERT_EQ(tfwn_voice_info_of(file.data(), file.size(), &info, nullptr, 0), TFWN_OK);
  EXPECT_EQ(info.num_speakers, 1);
  EXPECT_EQ(info.speakers_bytes, 0);
}

TEST_F(CapiTest, GenerateIsTheEngines) {
  ASSERT_EQ(Generate(), TFWN_OK) << message_;
  Voice voice;
  ASSERT_TRUE(OpenVoice(file_.data(), file_.size(), &voice).ok());
  std::vector<int32_t> samples(samples_.size());
  std::vector<float> logits(logits_.size());
  Request request;
  request.batch = 1;
  request.frames = kFrames;
  request.conditioning_channels = kChannels;
  request.conditioning = conditioning_.data();
  request.seed = &seed_;
  request.samples = samples.data();
  request.logits = logits.data();
  std::unique_ptr<VoiceEngine> engine;
  ASSERT_TRUE(VoiceEngine::Create(voice, *BuiltKernels()[0], {}, &engine).ok());
  ASSERT_TRUE(engine->Generate(request).ok());
  EXPECT_EQ(samples_, samples);
  EXPECT_EQ(logits_, logits);
}

TEST_F(CapiTest, PassesEveryOptionOn) {
  ASSERT_EQ(Generate(), TFWN_OK) << message_;
  const std::vector<int32_t> whole = samples_;
  const std::vector<float> whole_logits = logits_;
  // The same in two chunks with the levels forced, on one ISA, with a trace.
  std::vector<char> state(TinyStateBytes());
  std::vector<float> trace(samples_.size() * (3 * 5 + 2 * 17 + 2 * 18));
  const int32_t first = 1, lookahead = 2, rest = 2, none = 0;
  options_.isa = "scalar";
  options_.num_threads = 3;
  options_.schedule = "split";
  options_.steps_ahead = 2;
  options_.max_lanes = 1;
  options_.unpinned = 1;
  request_.num_frames = &first;
  request_.lookahead_frames = &lookahead;
  request_.forced = whole.data();
  request_.trace = trace.data();
  request_.state_out = state.data();
  ASSERT_EQ(Generate(), TFWN_OK) << message_;
  EXPECT_TRUE(std::equal(whole_logits.begin(), whole_logits.begin() + kHop * kLevels, logits_.begin()));
  EXPECT_TRUE(std::equal(&logits_[0], &logits_[kLevels], &trace[3 * 5 + 2 * 17 + 18]));
  EXPECT_EQ(samples_.back(), 9);
  request_.frames = 2;
  request_.conditioning += kChannels;
  request_.num_frames = &rest;
  request_.lookahead_frames = &none;
  request_.forced += kHop;
  request_.state_in = state.data();
  request_.state_in_size = state.size();
  ASSERT_EQ(Generate(), TFWN_OK) << message_;
  EXPECT_TRUE(std::equal(whole.begin() + kHop, whole.end(), samples_.begin()));
  EXPECT_TRUE(std::equal(whole_logits.begin() + kHop * kLevels, whole_logits.end(), logits_.begin()));
}

TEST_F(CapiTest, SpeakersSpeakDifferently) {
  ASSERT_EQ(Generate(), TFWN_OK) << message_;
  const std::vector<float> first = logits_;
  int32_t speaker = 0;
  request_.speaker = &speaker;
  ASSERT_EQ(Generate(), TFWN_OK) << message_;
  EXPECT_EQ(logits_, first);
  speaker = 1;
  ASSERT_EQ(Generate(), TFWN_OK) << message_;
  EXPECT_NE(logits_, first);
  speaker = 2;
  EXPECT_EQ(Generate(), TFWN_INVALID_ARGUMENT);
  EXPECT_STREQ(message_, "speaker[0] is 2, must be in 0..1 (the voice has 2 speakers)");
}

TEST_F(CapiTest, ScoreIsTheEnginesAndNeedsNoSamples) {
  ASSERT_EQ(Generate(), TFWN_OK) << message_;
  const std::vector<int32_t> forced = samples_;
  std::vector<float> log_probs(samples_.size()), all_log_probs(logits_.size()), generated(samples_.size());
  request_.log_probs = generated.data();
  ASSERT_EQ(Generate(), TFWN_OK) << message_;
  request_.forced = forced.data();
  request_.samples = nullptr;
  request_.log_probs = log_probs.data();
  request_.all_log_probs = all_log_probs.data();
  options_.nonlinearities = "rational";
  ASSERT_EQ(Score(), TFWN_OK) << message_;
  EXPECT_EQ(log_probs, generated);
  for (size_t t = 0; t < forced.size(); ++t) {
    EXPECT_EQ(log_probs[t], all_log_probs[t * kLevels + forced[t]]);
    EXPECT_LT(log_probs[t], 0);
  }
}

TEST_F(CapiTest, ScoreRefusesWhatItCannotDoWithout) {
  std::vector<float> log_probs(samples_.size(), 7);
  request_.log_probs = log_probs.data();
  EXPECT_EQ(Score(), TFWN_INVALID_ARGUMENT);
  EXPECT_STREQ(message_, "forced is null, must not be");
  request_.forced = samples_.data();  // -1: no level
  EXPECT_EQ(Score(), TFWN_INVALID_ARGUMENT);
  EXPECT_STREQ(message_, "forced sample [0, 0] is -1, must be in 0..17");
  request_.log_probs = nullptr;
  EXPECT_EQ(Score(), TFWN_INVALID_ARGUMENT);
  EXPECT_STREQ(message_, "log_probs is null, must not be");
  EXPECT_EQ(tfwn_score(engine_, nullptr, message_, sizeof(message_)), TFWN_INVALID_ARGUMENT);
  EXPECT_EQ(log_probs, std::vector<float>(samples_.size(), 7));
}

TEST_F(CapiTest, ABlasLibraryMultipliesWhereAskedTo) {
  options_.num_threads = 1;
  ASSERT_EQ(Generate(), TFWN_OK) << message_;
  const std::vector<int32_t> own = samples_;
  const std::vector<float> own_logits = logits_;
  const std::string library = FakeBlasPath("openblas");
  options_.blas = library.c_str();
  request_.forced = own.data();
  ASSERT_EQ(Generate(), TFWN_OK) << message_;
  for (size_t i = 0; i < logits_.size(); ++i) EXPECT_NEAR(logits_[i], own_logits[i], 1e-5);
  EXPECT_NE(logits_, own_logits);  // BLAS sums in another order
  options_.num_threads = 0;
  EXPECT_EQ(Generate(), TFWN_INVALID_ARGUMENT);
  EXPECT_STREQ(message_, "num_threads is 0, must be 1 where a BLAS library multiplies");
  options_.num_threads = 1;
  const std::string missing = FakeBlasPath("missing");
  options_.blas = missing.c_str();
  EXPECT_EQ(Generate(), TFWN_INVALID_ARGUMENT);
  EXPECT_EQ(std::string(message_).find("BLAS library '" + missing + "' cannot be loaded: "), 0u);
  options_.blas = "";
  ASSERT_EQ(Generate(), TFWN_OK) << message_;
  EXPECT_EQ(logits_, own_logits);
}

TEST_F(CapiTest, RefusalsCarryCodeAndMessage) {
  const auto refusal = [&] {
    EXPECT_EQ(Generate(), TFWN_INVALID_ARGUMENT);
    return std::string(message_);
  };
  temperature_ = 0;
  request_.temperature = &temperature_;
  EXPECT_EQ(refusal(), "temperature[0] is 0, must be positive and finite");
  EXPECT_EQ(samples_[0], -1);
  request_.temperature = nullptr;
  const tfwn_engine_options defaults = {};
  options_.isa = "mmx";
  EXPECT_NE(refusal(), "");
  options_ = defaults;
  options_.nonlinearities = "linear";
  EXPECT_EQ(refusal(), "nonlinearities is 'linear', must be empty or one of libm,rational,fixed");
  options_ = defaults;
  options_.schedule = "both";
  EXPECT_EQ(refusal(), "schedule is 'both', must be empty or one of single,split,overlay,trail");
  options_ = defaults;
  options_.num_threads = -1;
  EXPECT_EQ(refusal(), "num_threads is -1, must be in 0..256");
  options_.num_threads = 257;
  EXPECT_EQ(refusal(), "num_threads is 257, must be in 0..256");
  options_ = defaults;
  options_.steps_ahead = 3;
  EXPECT_EQ(refusal(), "steps_ahead is 3, must be 0 or a power of two up to 64");
  options_ = defaults;
  options_.max_lanes = 65;
  EXPECT_EQ(refusal(), "max_lanes is 65, must be in 0..64");
  options_ = defaults;
  file_.data()[100] ^= 1;
  EXPECT_NE(refusal(), "");
  EXPECT_EQ(engine_, nullptr);
  file_.data()[100] ^= 1;
  ASSERT_EQ(Generate(), TFWN_OK) << message_;
  EXPECT_EQ(tfwn_generate(engine_, nullptr, message_, sizeof(message_)), TFWN_INVALID_ARGUMENT);
  EXPECT_STREQ(message_, "request is null, must not be");
  EXPECT_EQ(tfwn_generate(nullptr, &request_, message_, sizeof(message_)), TFWN_INVALID_ARGUMENT);
  EXPECT_STREQ(message_, "engine is null, must not be");
  EXPECT_EQ(tfwn_engine_create(file_.data(), file_.size(), nullptr, nullptr, message_, sizeof(message_)),
            TFWN_INVALID_ARGUMENT);
  EXPECT_EQ(tfwn_voice_info_of(file_.data(), file_.size(), nullptr, message_, sizeof(message_)), TFWN_INVALID_ARGUMENT);
}

TEST_F(CapiTest, AnEngineTellsItsVoiceAndPlan) {
  options_.num_threads = 2;
  options_.schedule = "overlay";
  ASSERT_EQ(Generate(), TFWN_OK) << message_;
  tfwn_voice_info info, wanted;
  ASSERT_EQ(tfwn_engine_voice_info(engine_, &info, message_, sizeof(message_)), TFWN_OK);
  ASSERT_EQ(tfwn_voice_info_of(file_.data(), file_.size(), &wanted, message_, sizeof(message_)), TFWN_OK);
  EXPECT_EQ(info.checksum, wanted.checksum);
  EXPECT_EQ(info.state_bytes, wanted.state_bytes);
  tfwn_plan plan;
  ASSERT_EQ(tfwn_engine_plan(engine_, 3, &plan, message_, sizeof(message_)), TFWN_OK);
  EXPECT_STREQ(plan.schedule, "overlay");
  EXPECT_EQ(plan.teams, 1);
  EXPECT_EQ(plan.threads, 2);
  EXPECT_EQ(plan.lanes, 3);
  EXPECT_EQ(tfwn_engine_plan(engine_, 0, &plan, message_, sizeof(message_)), TFWN_INVALID_ARGUMENT);
  EXPECT_STREQ(message_, "batch is 0, must be at least 1");
  EXPECT_EQ(tfwn_engine_plan(nullptr, 1, &plan, message_, sizeof(message_)), TFWN_INVALID_ARGUMENT);
  EXPECT_EQ(tfwn_engine_plan(engine_, 1, nullptr, message_, sizeof(message_)), TFWN_INVALID_ARGUMENT);
  EXPECT_EQ(tfwn_engine_voice_info(nullptr, &info, message_, sizeof(message_)), TFWN_INVALID_ARGUMENT);
  tfwn_engine_delete(nullptr);
}

TEST_F(CapiTest, NullIsNotAVoice) {
  tfwn_voice_info info;
  EXPECT_EQ(tfwn_voice_info_of(nullptr, 64, &info, message_, sizeof(message_)), TFWN_INVALID_ARGUMENT);
  EXPECT_STREQ(message_, "voice is null, must not be");
  EXPECT_EQ(tfwn_voice_info_of(nullptr, 0, &info, message_, sizeof(message_)), TFWN_INVALID_ARGUMENT);
  EXPECT_STRNE(message_, "");
  tfwn_engine* engine = nullptr;
  EXPECT_EQ(tfwn_engine_create(nullptr, 64, nullptr, &engine, message_, sizeof(message_)), TFWN_INVALID_ARGUMENT);
  EXPECT_STREQ(message_, "voice is null, must not be");
  EXPECT_EQ(engine, nullptr);
}

TEST_F(CapiTest, MessagesAreCutToTheirBuffer) {
  char small[] = "123456789";
  EXPECT_EQ(tfwn_generate(nullptr, &request_, small, 5), TFWN_INVALID_ARGUMENT);
  EXPECT_STREQ(small, "engi");
  EXPECT_EQ(small[5], '6');
  EXPECT_EQ(tfwn_generate(nullptr, &request_, small, 0), TFWN_INVALID_ARGUMENT);
  EXPECT_EQ(tfwn_generate(nullptr, &request_, nullptr, 9), TFWN_INVALID_ARGUMENT);
}

TEST_F(CapiTest, NamesTheIsas) {
  EXPECT_EQ(tfwn_abi_version(), TFWN_ABI_VERSION);
  EXPECT_EQ(tfwn_available_isas(), IsaNames(AvailableKernels(DetectCpu())));
  const char* isa = nullptr;
  ASSERT_EQ(tfwn_best_isa(&isa, message_, sizeof(message_)), TFWN_OK) << message_;
  const Kernels* kernels = nullptr;
  ASSERT_TRUE(ChooseKernels("", &kernels).ok());
  EXPECT_STREQ(isa, kernels->isa);
}

TEST_F(CapiTest, UniformsAreTheSamplers) {
  float u[3];
  tfwn_uniforms(-5, 100, 3, u);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(u[i], Uniform(-5, 100 + i));
}

TEST_F(CapiTest, MeasuresTheStream) {
  const AlignedFloats memory(1 << 12);
  double seconds = 0;
  const int64_t bytes = memory.size() * sizeof(float);
  EXPECT_EQ(tfwn_measure_stream("", memory.data(), bytes, 2, 3, &seconds, message_, sizeof(message_)), TFWN_OK);
  EXPECT_GT(seconds, 0);
  EXPECT_EQ(tfwn_measure_stream("", memory.data(), 1, 1, 3, &seconds, message_, sizeof(message_)),
            TFWN_INVALID_ARGUMENT);
  EXPECT_EQ(tfwn_measure_stream("", memory.data(), bytes, 1, 3, nullptr, message_, sizeof(message_)),
            TFWN_INVALID_ARGUMENT);
}

TEST_F(CapiTest, MeasuresTheHandover) {
  double seconds = 0;
  const int code = tfwn_measure_handover(3, &seconds, message_, sizeof(message_));
  EXPECT_EQ(code, AllowedCores().cpus.size() < 2 ? TFWN_UNAVAILABLE : TFWN_OK) << message_;
  EXPECT_EQ(seconds > 0, code == TFWN_OK);
  EXPECT_EQ(tfwn_measure_handover(3, nullptr, message_, sizeof(message_)), TFWN_INVALID_ARGUMENT);
  EXPECT_EQ(tfwn_default_threads(), AllowedCores().threads);
}

TEST_F(CapiTest, MeasuresMultiplyAdds) {
  double per_second = 0;
  const auto measure = [&](const char* precision, int repeats, double* out) {
    return tfwn_measure_multiply_adds("", precision, 2, repeats, out, message_, sizeof(message_));
  };
  for (const char* precision : {"f32", "int16", "int8"}) {
    EXPECT_EQ(measure(precision, 1, &per_second), TFWN_OK) << message_;
    EXPECT_GT(per_second, 0);
  }
  EXPECT_EQ(measure("i8", 1, &per_second), TFWN_INVALID_ARGUMENT);
  EXPECT_STREQ(message_, "precision is 'i8', must be one of f32,int16,int8");
  EXPECT_EQ(measure(nullptr, 1, &per_second), TFWN_INVALID_ARGUMENT);
  EXPECT_EQ(measure("f32", 1, nullptr), TFWN_INVALID_ARGUMENT);
}

TEST_F(CapiTest, IntegerVoicesSayWhatTheyAre) {
  for (Precision precision : {Precision::kInt16, Precision::kInt8}) {
    AlignedBytes file(MakeVoiceFile(TinyConfig(), 1, precision).Serialize());
    tfwn_voice_info info;
    ASSERT_EQ(tfwn_voice_info_of(file.data(), file.size(), &info, message_, sizeof(message_)), TFWN_OK) << message_;
    EXPECT_STREQ(info.precision, PrecisionName(precision));
    Voice voice;
    voice.config = TinyConfig();
    voice.precision = precision;
    EXPECT_EQ(info.state_bytes, StateBytes(voice));
  }
}

}  // namespace
}  // namespace tf_wavenet
