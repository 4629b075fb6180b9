// The step of every precision against a plain reference in double, and against itself on every ISA, over odd sizes.
// tests/reference holds integers against the integer reference, number for number.
#include "cc/engine/synth/wavenet.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <random>
#include <string>
#include <tuple>
#include <vector>

#include "cc/engine/model/voice_keys.h"
#include "cc/engine/runtime/dispatch.h"
#include "cc/engine/synth/testing_call.h"
#include "cc/engine/synth/testing_reference.h"
#include "cc/engine/synth/testing_voice.h"

namespace tf_wavenet {
namespace {

// Float sums of up to 256 terms of size 1 err by about 1e-6, the nonlinearities by 3.5e-7, and 30 layers add such
// errors up; measured: 4.1e-6 at worst.
constexpr double kTolerance = 2e-5;
// Integers stand for the same weights, but activations are rounded (x to multiples of 1/1024 and 1/4, h to 2^-15 and
// 2^-7) and the gate is fixed point. Such errors add up as random signs do over up to 256 columns and 30 layers;
// measured: 3.5e-3 and 0.91 at worst, where intermediates reach 20, and more than 5 for a wrong order or dilation.
constexpr double kInt16Tolerance = 1e-2;
constexpr double kInt8Tolerance = 1.5;

struct Sizes {
  const char* name;
  int layers, r, s, a, cycle, channels, context, hop;
  Upsampling upsampling;
  bool embed_tanh;
};

constexpr Sizes kSizes[] = {
    {"tiny", 1, 1, 1, 2, 1, 1, 0, 1, Upsampling::kRepeat, false},
    {"ones", 3, 1, 15, 17, 3, 1, 1, 1, Upsampling::kLinear, true},
    {"below_a_vector", 4, 15, 16, 17, 2, 16, 0, 3, Upsampling::kLinear, false},
    {"a_vector", 4, 16, 17, 256, 4, 15, 1, 2, Upsampling::kRepeat, true},
    {"above_a_vector", 6, 17, 15, 17, 2, 17, 2, 5, Upsampling::kLinear, false},
    {"three_vectors", 6, 48, 80, 256, 3, 48, 1, 4, Upsampling::kLinear, false},
    {"over_a_panel", 3, 80, 48, 256, 1, 80, 1, 4, Upsampling::kRepeat, false},
    {"deep", 30, 32, 64, 256, 10, 20, 1, 8, Upsampling::kLinear, false},
};

VoiceConfig Config(const Sizes& sizes) {
  VoiceConfig config;
  config.layers = sizes.layers;
  config.residual_channels = sizes.r;
  config.skip_channels = sizes.s;
  config.output_channels = sizes.a;
  config.dilation_cycle = sizes.cycle;
  config.conditioning_channels = sizes.channels;
  config.conditioning_context = sizes.context;
  config.upsampling = sizes.upsampling;
  config.embed_tanh = sizes.embed_tanh;
  config.hop_samples = sizes.hop;
  config.sample_rate_hz = 16000;
  config.speakers = 3;
  return config;
}

class WaveNetTest : public testing::TestWithParam<std::tuple<Sizes, Precision>> {
 protected:
  WaveNetTest() : test_(Config(std::get<0>(GetParam())), 1, std::get<1>(GetParam())) {}

  Call Run(const Kernels* kernels, const std::vector<int32_t>& forced,
           std::optional<Nonlinearities> nonlinearities = std::nullopt) {
    const VoiceConfig& config = test_.voice.config;
    const int frames = (kSamples + config.hop_samples - 1) / config.hop_samples;
    Call call(test_, 1, RandomConditioning(int64_t{frames} * config.conditioning_channels, 2), {5});
    call.forced = forced;
    call.speakers = {kSpeaker};
    call.options.nonlinearities = nonlinearities;
    if (!forced.empty()) call.forced.resize(call.samples.size(), 0);
    const Status status = call.Run(*kernels);
    EXPECT_TRUE(status.ok()) << status.message();
    return call;
  }

  static constexpr int kSamples = 40, kSpeaker = 1;
  TestVoice test_;
};

TEST_P(WaveNetTest, EveryIntermediateMatchesTheReference) {
  std::mt19937 random(3);
  std::uniform_int_distribution<int32_t> level(0, test_.voice.config.output_channels - 1);
  std::vector<int32_t> forced(kSamples);
  for (int32_t& value : forced) value = level(random);
  const Call call = Run(AvailableKernels(DetectCpu()).back(), forced);
  const std::vector<double> wanted = ReferenceTrace(test_, call.conditioning, call.forced, kSpeaker);
  ASSERT_EQ(call.trace.size(), wanted.size());
  double worst = 0;
  for (size_t i = 0; i < wanted.size(); ++i) worst = std::max(worst, std::fabs(call.trace[i] - wanted[i]));
  const Precision precision = test_.voice.precision;
  EXPECT_LE(worst, precision == Precision::kF32     ? kTolerance
                   : precision == Precision::kInt16 ? kInt16Tolerance
                                                    : kInt8Tolerance);
}

TEST_P(WaveNetTest, LogitsEndTheTrace) {
  const Call call = Run(BuiltKernels()[0], {});
  const size_t levels = test_.voice.config.output_channels, trace = TraceFloatsPerSample(test_.voice.config);
  for (size_t t = 0; t < call.samples.size(); ++t) {
    const std::vector<float> logits(&call.logits[t * levels], &call.logits[t * levels] + levels);
    const float* end = call.trace.data() + (t + 1) * trace;
    ASSERT_EQ(logits, std::vector<float>(end - levels, end));
  }
}

TEST_P(WaveNetTest, EveryIsaGivesTheSameBits) {
  for (Nonlinearities nonlinearities : {Nonlinearities::kLibm, Nonlinearities::kRational, Nonlinearities::kFixed}) {
    const Call scalar = Run(BuiltKernels()[0], {}, nonlinearities);
    for (const Kernels* kernels : AvailableKernels(DetectCpu())) {
      const Call call = Run(kernels, {}, nonlinearities);
      EXPECT_EQ(call.samples, scalar.samples) << kernels->isa;
      EXPECT_EQ(call.trace, scalar.trace) << kernels->isa;
      EXPECT_EQ(call.state, scalar.state) << kernels->isa;
    }
  }
}

TEST_P(WaveNetTest, TheDefaultIsRationalForF32AndFixedForIntegers) {
  const Call call = Run(BuiltKernels()[0], {});
  const bool f32 = test_.voice.precision == Precision::kF32;
  EXPECT_EQ(call.trace, Run(BuiltKernels()[0], {}, f32 ? Nonlinearities::kRational : Nonlinearities::kFixed).trace);
}

INSTANTIATE_TEST_SUITE_P(Sizes, WaveNetTest,
                         testing::Combine(testing::ValuesIn(kSizes),
                                          testing::Values(Precision::kF32, Precision::kInt16, Precision::kInt8)),
                         [](const auto& info) {
                           return std::string(std::get<0>(info.param).name) + "_" +
                                  PrecisionName(std::get<1>(info.param));
                         });

}  // namespace
}  // namespace tf_wavenet
