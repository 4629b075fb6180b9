// The sampling loop: chunks equal the whole, a row of a batch equals the row alone, padding is silent.
#include "cc/engine/synth/voice_engine.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cfenv>
#include <limits>
#include <memory>
#include <random>
#include <vector>

#include "cc/engine/model/voice_keys.h"
#include "cc/engine/runtime/dispatch.h"
#include "cc/engine/synth/testing_call.h"

namespace tf_wavenet {
namespace {

constexpr int kChannels = 5;

const Kernels& Best() { return *AvailableKernels(DetectCpu()).back(); }

VoiceConfig Config(Upsampling upsampling, int context) {
  VoiceConfig config = SmallConfig();
  config.upsampling = upsampling;
  config.conditioning_context = context;
  config.speakers = 3;
  return config;
}

std::vector<float> Frames(const std::vector<float>& conditioning, int from, int to) {
  return {conditioning.begin() + from * kChannels, conditioning.begin() + to * kChannels};
}

template <class T>
void Append(std::vector<T>& all, const std::vector<T>& part, int64_t count) {
  all.insert(all.end(), part.begin(), part.begin() + count);
}

class ChunksTest : public testing::TestWithParam<std::tuple<Upsampling, int, Precision>> {};

TEST_P(ChunksTest, EqualTheWhole) {
  constexpr int kFrames = 13;
  const auto [upsampling, context, precision] = GetParam();
  const TestVoice test(Config(upsampling, context), 1, precision);
  const VoiceConfig& config = test.voice.config;
  const std::vector<float> conditioning = RandomConditioning(kFrames * kChannels, 2);
  Call whole(test, 1, conditioning, {3});
  whole.speakers = {2};
  ASSERT_TRUE(whole.Run(Best()).ok());

  std::mt19937 random(4);
  for (int trial = 0; trial < 20; ++trial) {
    std::vector<int32_t> samples;
    std::vector<float> trace;
    std::vector<char> state;
    for (int from = 0; from < kFrames;) {
      // Chunks may be empty, and may bring more context than the voice looks at.
      const int count = std::uniform_int_distribution<int>(0, std::min(4, kFrames - from))(random);
      const int lookahead = std::min(config.LookaheadFrames() + trial % 2, kFrames - from - count);
      Call chunk(test, 1, Frames(conditioning, from, from + count + lookahead), {3});
      if (chunk.conditioning.empty()) continue;
      chunk.num_frames = {count};
      chunk.lookahead_frames = {lookahead};
      chunk.speakers = {2};
      chunk.state_in = state;
      ASSERT_TRUE(chunk.Run(Best()).ok());
      state = chunk.state;
      const int64_t spoken = count * config.hop_samples;
      Append(samples, chunk.samples, spoken);
      Append(trace, chunk.trace, spoken * TraceFloatsPerSample(config));
      from += count;
    }
    EXPECT_EQ(samples, whole.samples);
    EXPECT_EQ(trace, whole.trace);
    EXPECT_EQ(state, whole.state);
  }
}

INSTANTIATE_TEST_SUITE_P(Conditioning, ChunksTest,
                         testing::Combine(testing::Values(Upsampling::kRepeat, Upsampling::kLinear),
                                          testing::Values(0, 1, 2),
                                          testing::Values(Precision::kF32, Precision::kInt16, Precision::kInt8)),
                         [](const auto& info) {
                           const bool linear = std::get<0>(info.param) == Upsampling::kLinear;
                           return (linear ? "linear_" : "repeat_") + std::to_string(std::get<1>(info.param)) + "_" +
                                  PrecisionName(std::get<2>(info.param));
                         });

class GenerateTest : public testing::Test {
 protected:
  static constexpr int kFrames = 6, kHop = 7, kLevels = 17;
  GenerateTest() : test_(SmallConfig(), 1) {}

  TestVoice test_;
};

TEST_F(GenerateTest, TheCallersFloatEnvironmentDoesNotMatter) {
  Call expected(test_, 1, RandomConditioning(kFrames * kChannels, 2), {3}), rounded_up = expected;
  ASSERT_TRUE(expected.Run(Best()).ok());
  std::fenv_t before;
  ASSERT_EQ(std::fegetenv(&before), 0);
  ASSERT_EQ(std::fesetround(FE_UPWARD), 0);
  const bool ok = rounded_up.Run(Best()).ok();
  const int rounding = std::fegetround();
  std::fesetenv(&before);
  EXPECT_TRUE(ok);
  EXPECT_EQ(rounding, FE_UPWARD);
  EXPECT_EQ(rounded_up.trace, expected.trace);
  EXPECT_EQ(rounded_up.samples, expected.samples);
  EXPECT_EQ(rounded_up.state, expected.state);
}

TEST_F(GenerateTest, ARowOfABatchEqualsTheRowAlone) {
  const std::vector<float> conditioning = RandomConditioning(3 * kFrames * kChannels, 2);
  Call batch(test_, 3, conditioning, {10, 11, 10});
  batch.num_frames = {kFrames, 2, 4};
  batch.lookahead_frames = {0, 3, 0};
  ASSERT_TRUE(batch.Run(Best()).ok());
  for (int row = 0; row < 3; ++row) {
    Call alone(test_, 1, Frames(conditioning, row * kFrames, (row + 1) * kFrames), {batch.seeds[row]});
    alone.num_frames = {batch.num_frames[row]};
    alone.lookahead_frames = {batch.lookahead_frames[row]};
    ASSERT_TRUE(alone.Run(Best()).ok());
    const auto part = [&](const auto& all) {
      const auto begin = all.begin() + all.size() / 3 * row;
      return std::decay_t<decltype(all)>(begin, begin + all.size() / 3);
    };
    EXPECT_EQ(part(batch.samples), alone.samples);
    EXPECT_EQ(part(batch.trace), alone.trace);
    EXPECT_EQ(part(batch.state), alone.state);
  }
}

TEST_F(GenerateTest, RowsOfDifferentSpeakersEqualThemAlone) {
  for (Precision precision : {Precision::kF32, Precision::kInt16, Precision::kInt8}) {
    const TestVoice test(Config(Upsampling::kLinear, 1), 1, precision);
    std::vector<float> conditioning = RandomConditioning(kFrames * kChannels, 2);
    const std::vector<float> one = conditioning;
    for (int row = 1; row < 4; ++row) conditioning.insert(conditioning.end(), one.begin(), one.end());
    Call batch(test, 4, conditioning, {3, 3, 3, 3});
    batch.speakers = {2, 0, 1, 2};
    ASSERT_TRUE(batch.Run(Best()).ok());
    std::vector<std::vector<int32_t>> spoken;
    for (int row = 0; row < 4; ++row) {
      Call alone(test, 1, one, {3});
      alone.speakers = {batch.speakers[row]};
      ASSERT_TRUE(alone.Run(Best()).ok());
      const auto begin = batch.trace.begin() + alone.trace.size() * row;
      EXPECT_EQ(std::vector<float>(begin, begin + alone.trace.size()), alone.trace) << row;
      spoken.push_back(alone.samples);
    }
    EXPECT_EQ(spoken[0], spoken[3]);
    EXPECT_NE(spoken[0], spoken[1]);
    EXPECT_NE(spoken[0], spoken[2]);
    EXPECT_NE(spoken[1], spoken[2]);
    Call unnamed(test, 1, one, {3});
    ASSERT_TRUE(unnamed.Run(Best()).ok());
    EXPECT_EQ(unnamed.samples, spoken[1]);
  }
}

TEST_F(GenerateTest, WhatLiesPastTheFramesIsSilentAndCannotBeHeard) {
  std::vector<float> conditioning = RandomConditioning(kFrames * kChannels, 2);
  Call padded(test_, 1, conditioning, {1}), cut(test_, 1, Frames(conditioning, 0, 4), {1});
  std::fill(padded.conditioning.begin() + 4 * kChannels, padded.conditioning.end(),
            std::numeric_limits<float>::quiet_NaN());
  padded.num_frames = {4};
  ASSERT_TRUE(padded.Run(Best()).ok());
  ASSERT_TRUE(cut.Run(Best()).ok());
  cut.samples.resize(kFrames * kHop, test_.voice.config.SilenceLevel());
  cut.logits.resize(kFrames * kHop * kLevels, 0.0f);
  cut.trace.resize(padded.trace.size(), 0.0f);
  EXPECT_EQ(padded.samples, cut.samples);
  EXPECT_EQ(padded.logits, cut.logits);
  EXPECT_EQ(padded.trace, cut.trace);
  EXPECT_EQ(padded.state, cut.state);
}

TEST_F(GenerateTest, ARowWithoutFramesKeepsItsState) {
  const std::vector<float> conditioning = RandomConditioning(kFrames * kChannels, 2);
  Call first(test_, 1, conditioning, {1}), none(test_, 1, conditioning, {1}), fresh(test_, 1, conditioning, {1});
  ASSERT_TRUE(first.Run(Best()).ok());
  none.num_frames = fresh.num_frames = {0};
  none.state_in = first.state;
  ASSERT_TRUE(none.Run(Best()).ok());
  EXPECT_EQ(none.state, first.state);
  EXPECT_EQ(none.samples, std::vector<int32_t>(kFrames * kHop, 8));
  ASSERT_TRUE(fresh.Run(Best()).ok());
  std::vector<char> start(first.state.size());
  State(test_.voice).Save(start.data());
  EXPECT_EQ(fresh.state, start);
}

TEST_F(GenerateTest, NoFramesAtAllIsFine) {
  Call call(test_, 2, {}, {1, 2});
  EXPECT_TRUE(call.Run(Best()).ok());
}

TEST_F(GenerateTest, ForcingTheDrawnLevelsChangesNothing) {
  const std::vector<float> conditioning = RandomConditioning(kFrames * kChannels, 2);
  Call free(test_, 1, conditioning, {1}), forced(test_, 1, conditioning, {1}), other(test_, 1, conditioning, {1});
  ASSERT_TRUE(free.Run(Best()).ok());
  forced.forced = other.forced = free.samples;
  ASSERT_TRUE(forced.Run(Best()).ok());
  EXPECT_EQ(forced.samples, free.samples);
  EXPECT_EQ(forced.logits, free.logits);
  EXPECT_EQ(forced.state, free.state);

  // A forced level is first heard in the sample after it.
  other.forced[9] = (other.forced[9] + 5) % kLevels;
  ASSERT_TRUE(other.Run(Best()).ok());
  const auto same_logits = [&](int samples) {
    return std::equal(free.logits.begin(), free.logits.begin() + samples * kLevels, other.logits.begin());
  };
  EXPECT_TRUE(same_logits(10));
  EXPECT_FALSE(same_logits(11));
}

TEST_F(GenerateTest, StateMayBeUpdatedInPlace) {
  const std::vector<float> conditioning = RandomConditioning(2 * kFrames * kChannels, 2);
  Call first(test_, 2, conditioning, {1, 2}), apart(test_, 2, conditioning, {1, 2});
  ASSERT_TRUE(first.Run(Best()).ok());
  apart.state_in = first.state;
  ASSERT_TRUE(apart.Run(Best()).ok());
  std::unique_ptr<VoiceEngine> engine;
  ASSERT_TRUE(VoiceEngine::Create(test_.voice, Best(), Call::OneThread(), &engine).ok());
  Request request = apart.request;
  request.state_in = request.state_out = first.state.data();
  ASSERT_TRUE(engine->Generate(request).ok());
  EXPECT_EQ(first.state, apart.state);
}

TEST_F(GenerateTest, OutputsThatAreNotAskedForMayBeNull) {
  const std::vector<float> conditioning = RandomConditioning(kFrames * kChannels, 2);
  Call all(test_, 1, conditioning, {1}), few(test_, 1, conditioning, {1});
  ASSERT_TRUE(all.Run(Best()).ok());
  few.logits.clear();
  few.trace.clear();
  few.state.clear();
  ASSERT_TRUE(few.Run(Best()).ok());
  EXPECT_EQ(few.samples, all.samples);
}

TEST_F(GenerateTest, SeedsAndTemperatureMatter) {
  const std::vector<float> conditioning = RandomConditioning(kFrames * kChannels, 2);
  Call one(test_, 1, conditioning, {1}), two(test_, 1, conditioning, {2}), cold(test_, 1, conditioning, {1}),
      cold_too(test_, 1, conditioning, {2});
  cold.temperatures = cold_too.temperatures = {1e-5f};
  for (Call* call : {&one, &two, &cold, &cold_too}) ASSERT_TRUE(call->Run(Best()).ok());
  EXPECT_NE(one.samples, two.samples);
  EXPECT_EQ(cold.samples, cold_too.samples);
}

// Of integers too, whose clamps would make noise of it.
TEST_F(GenerateTest, ConditioningThatOverflowsIsAnInternalError) {
  for (Precision precision : {Precision::kF32, Precision::kInt16, Precision::kInt8}) {
    const TestVoice test(SmallConfig(), 1, precision);
    std::vector<float> conditioning = RandomConditioning(2 * kFrames * kChannels, 2);
    conditioning[(kFrames + 3) * kChannels] = 3e38f;  // finite, but with neighbours it overflows to inf - inf
    conditioning[(kFrames + 4) * kChannels] = -3e38f;
    Call call(test, 2, conditioning, {1, 2});
    const Status status = call.Run(Best());
    EXPECT_EQ(status.code(), StatusCode::kInternal);
    EXPECT_EQ(status.message(), "the projected conditioning of row 1 is not finite at frame 2");
  }
}

TEST_F(GenerateTest, LogitsThatAreNotFiniteAreAnInternalError) {
  std::vector<float> bias(PadRows(kLevels));
  bias[3] = std::numeric_limits<float>::infinity();
  test_.voice.out_bias = bias.data();
  Call call(test_, 1, RandomConditioning(kFrames * kChannels, 2), {1});
  const Status status = call.Run(Best());
  EXPECT_EQ(status.code(), StatusCode::kInternal);
  EXPECT_EQ(status.message(), "the logits of row 0 are not finite at sample 0");
}

}  // namespace
}  // namespace tf_wavenet
