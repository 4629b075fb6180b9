// Teacher forcing: log-probabilities are those of the logits, in chunks as in one, zero past the end.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "cc/engine/runtime/dispatch.h"
#include "cc/engine/synth/scorer.h"
#include "cc/engine/synth/testing_call.h"

namespace tf_wavenet {
namespace {

constexpr int kChannels = 5, kFrames = 6, kHop = 7, kLevels = 17;

const Kernels& Best() { return *AvailableKernels(DetectCpu()).back(); }

class ScoreTest : public testing::Test {
 protected:
  static VoiceConfig Config() {
    VoiceConfig config = SmallConfig();
    config.speakers = 2;
    return config;
  }

  ScoreTest() : test_(Config(), 1), conditioning_(RandomConditioning(2 * kFrames * kChannels, 2)) {}

  // A call that scores made-up levels in two rows, the second a shorter one.
  Call Scoring() const {
    Call call(test_, 2, conditioning_, {3, 4});
    call.num_frames = {kFrames, 4};
    call.speakers = {1, 0};
    for (size_t t = 0; t < call.samples.size(); ++t) call.forced.push_back(static_cast<int32_t>(t * t % kLevels));
    call.log_probs.assign(call.samples.size(), Call::kUnwritten);
    call.all_log_probs.assign(call.samples.size() * kLevels, Call::kUnwritten);
    return call;
  }

  std::string Refusal(void (*change)(Call&)) const {
    Call call = Scoring();
    change(call);
    const std::vector<float> log_probs = call.log_probs;
    const Status status = call.Run(Best(), &VoiceEngine::Score);
    EXPECT_EQ(status.code(), StatusCode::kInvalidArgument);
    EXPECT_EQ(call.log_probs, log_probs);
    return status.message();
  }

  TestVoice test_;
  std::vector<float> conditioning_;
};

TEST_F(ScoreTest, LogProbsAreThoseOfTheLogits) {
  Call call = Scoring();
  call.temperatures = {0.7f, 0.7f};
  ASSERT_TRUE(call.Run(Best(), &VoiceEngine::Score).ok());
  for (size_t t = 0; t < call.samples.size(); ++t) {
    if (t >= (kFrames + 4) * kHop) {
      EXPECT_EQ(call.log_probs[t], 0);
      for (int k = 0; k < kLevels; ++k) EXPECT_EQ(call.all_log_probs[t * kLevels + k], 0);
      continue;
    }
    const Scorer expected(&call.logits[t * kLevels], kLevels, 0.7f);
    double sum = 0;
    for (int k = 0; k < kLevels; ++k) {
      ASSERT_EQ(call.all_log_probs[t * kLevels + k], expected.LogProb(k));
      sum += std::exp(double{expected.LogProb(k)});
    }
    ASSERT_EQ(call.log_probs[t], call.all_log_probs[t * kLevels + call.forced[t]]);
    ASSERT_NEAR(sum, 1, 1e-6);
  }
}

TEST_F(ScoreTest, EqualsGenerateWithTheSameLevelsForced) {
  Call scored = Scoring(), generated = Scoring();
  ASSERT_TRUE(scored.Run(Best(), &VoiceEngine::Score).ok());
  ASSERT_TRUE(generated.Run(Best()).ok());
  EXPECT_EQ(scored.samples, generated.samples);
  EXPECT_EQ(scored.logits, generated.logits);
  EXPECT_EQ(scored.log_probs, generated.log_probs);
  EXPECT_EQ(scored.all_log_probs, generated.all_log_probs);
  EXPECT_EQ(scored.state, generated.state);
}

TEST_F(ScoreTest, FreeSpeechIsScoredWithTheLevelsDrawn) {
  Call call = Scoring();
  call.forced.clear();
  ASSERT_TRUE(call.Run(Best()).ok());
  for (size_t t = 0; t < (kFrames + 4) * kHop; ++t) {
    ASSERT_EQ(call.log_probs[t], call.all_log_probs[t * kLevels + call.samples[t]]);
  }
}

TEST_F(ScoreTest, SpeakersScoreDifferently) {
  Call one = Scoring(), other = Scoring(), first = Scoring(), unnamed = Scoring();
  other.speakers = {1, 1};
  first.speakers = {0, 0};
  unnamed.speakers.clear();
  for (Call* call : {&one, &other, &first, &unnamed}) ASSERT_TRUE(call->Run(Best(), &VoiceEngine::Score).ok());
  EXPECT_EQ(unnamed.log_probs, first.log_probs);
  const auto row = [](const Call& call, int index) {
    const auto begin = call.log_probs.begin() + index * kFrames * kHop;
    return std::vector<float>(begin, begin + kFrames * kHop);
  };
  EXPECT_EQ(row(one, 0), row(other, 0));
  EXPECT_EQ(row(one, 1), row(first, 1));
  EXPECT_NE(row(one, 0), row(first, 0));
  EXPECT_NE(row(one, 1), row(other, 1));
}

TEST_F(ScoreTest, SamplesAndTheRestMayBeNull) {
  Call all = Scoring(), few = Scoring();
  few.samples.clear();
  few.logits.clear();
  few.trace.clear();
  few.all_log_probs.clear();
  ASSERT_TRUE(all.Run(Best(), &VoiceEngine::Score).ok());
  ASSERT_TRUE(few.Run(Best(), &VoiceEngine::Score).ok());
  EXPECT_EQ(few.log_probs, all.log_probs);
  EXPECT_EQ(few.state, all.state);
}

TEST_F(ScoreTest, ChunksEqualTheWhole) {
  const auto part = [](const auto& all, int from, int to, int per_frame) {
    return std::decay_t<decltype(all)>(all.begin() + from * per_frame, all.begin() + to * per_frame);
  };
  Call whole(test_, 1, part(conditioning_, 0, kFrames, kChannels), {3});
  whole.speakers = {1};
  whole.forced = part(Scoring().forced, 0, kFrames, kHop);
  whole.log_probs.resize(kFrames * kHop);
  ASSERT_TRUE(whole.Run(Best(), &VoiceEngine::Score).ok());
  std::vector<float> log_probs;
  std::vector<char> state;
  for (int from = 0; from < kFrames; from += 2) {
    const int lookahead = std::min(test_.voice.config.LookaheadFrames(), kFrames - from - 2);
    const int end = from + 2 + lookahead;
    Call chunk(test_, 1, part(conditioning_, from, end, kChannels), {3});
    chunk.num_frames = {2};
    chunk.lookahead_frames = {lookahead};
    chunk.speakers = {1};
    chunk.forced = part(whole.forced, from, end, kHop);
    chunk.log_probs.resize(chunk.samples.size());
    chunk.state_in = state;
    ASSERT_TRUE(chunk.Run(Best(), &VoiceEngine::Score).ok());
    state = chunk.state;
    log_probs.insert(log_probs.end(), chunk.log_probs.begin(), chunk.log_probs.begin() + 2 * kHop);
  }
  EXPECT_EQ(log_probs, whole.log_probs);
  EXPECT_EQ(state, whole.state);
}

TEST_F(ScoreTest, EveryIsaGivesTheSameBits) {
  Call reference = Scoring();
  ASSERT_TRUE(reference.Run(*BuiltKernels()[0], &VoiceEngine::Score).ok());
  for (const Kernels* kernels : AvailableKernels(DetectCpu())) {
    Call call = Scoring();
    ASSERT_TRUE(call.Run(*kernels, &VoiceEngine::Score).ok());
    EXPECT_EQ(call.all_log_probs, reference.all_log_probs) << kernels->isa;
  }
}

TEST_F(ScoreTest, NoFramesNeedNoArrays) {
  Call call(test_, 1, {}, {1});
  EXPECT_TRUE(call.Run(Best(), &VoiceEngine::Score).ok());
}

TEST_F(ScoreTest, WhatIsMissingOrWrongIsNamed) {
  EXPECT_EQ(Refusal([](Call& call) { call.forced.clear(); }), "forced is null, must not be");
  EXPECT_EQ(Refusal([](Call& call) { call.log_probs.clear(); }), "log_probs is null, must not be");
  EXPECT_EQ(Refusal([](Call& call) { call.forced[8] = kLevels; }), "forced sample [0, 8] is 17, must be in 0..16");
  EXPECT_EQ(Refusal([](Call& call) {
              call.temperatures = {1, 0};
            }),
            "temperature[1] is 0, must be positive and finite");
}

}  // namespace
}  // namespace tf_wavenet
