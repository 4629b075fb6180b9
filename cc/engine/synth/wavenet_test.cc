// The step against a plain reference in double, and against itself on every ISA, over odd sizes.
#include "cc/engine/synth/wavenet.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <string>
#include <vector>

#include "cc/engine/runtime/dispatch.h"
#include "cc/engine/synth/testing_call.h"
#include "cc/engine/synth/testing_reference.h"
#include "cc/engine/synth/testing_voice.h"

namespace tf_wavenet {
namespace {

// Float sums of up to 256 terms of size 1 err by about 1e-6, the nonlinearities by 3.5e-7, and 30 layers add such
// errors up; measured: 4.1e-6 at worst.
constexpr double kTolerance = 2e-5;

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
  return config;
}

class WaveNetTest : public testing::TestWithParam<Sizes> {
 protected:
  WaveNetTest() : test_(Config(GetParam()), 1) {}

  Call Run(const Kernels* kernels, const std::vector<int32_t>& forced) {
    const VoiceConfig& config = test_.voice.config;
    const int frames = (kSamples + config.hop_samples - 1) / config.hop_samples;
    Call call(test_, 1, RandomConditioning(int64_t{frames} * config.conditioning_channels, 2), {5});
    call.forced = forced;
    if (!forced.empty()) call.forced.resize(call.samples.size(), 0);
    const Status status = call.Run(*kernels);
    EXPECT_TRUE(status.ok()) << status.message();
    return call;
  }

  static constexpr int kSamples = 40;
  TestVoice test_;
};

TEST_P(WaveNetTest, EveryIntermediateMatchesTheReference) {
  std::mt19937 random(3);
  std::uniform_int_distribution<int32_t> level(0, test_.voice.config.output_channels - 1);
  std::vector<int32_t> forced(kSamples);
  for (int32_t& value : forced) value = level(random);
  const Call call = Run(AvailableKernels(DetectCpu()).back(), forced);
  const std::vector<double> wanted = ReferenceTrace(test_, call.conditioning, call.forced);
  ASSERT_EQ(call.trace.size(), wanted.size());
  double worst = 0;
  for (size_t i = 0; i < wanted.size(); ++i) worst = std::max(worst, std::fabs(call.trace[i] - wanted[i]));
  EXPECT_LE(worst, kTolerance);
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
  const Call scalar = Run(BuiltKernels()[0], {});
  for (const Kernels* kernels : AvailableKernels(DetectCpu())) {
    const Call call = Run(kernels, {});
    EXPECT_EQ(call.samples, scalar.samples) << kernels->isa;
    EXPECT_EQ(call.trace, scalar.trace) << kernels->isa;
    EXPECT_EQ(call.state, scalar.state) << kernels->isa;
  }
}

INSTANTIATE_TEST_SUITE_P(Sizes, WaveNetTest, testing::ValuesIn(kSizes),
                         [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace tf_wavenet
