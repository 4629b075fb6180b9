#include "cc/engine/synth/conditioning.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <vector>

#include "cc/engine/runtime/dispatch.h"
#include "cc/engine/synth/testing_voice.h"

namespace tf_wavenet {
namespace {

constexpr int kFrames = 6;

class ConditioningTest : public testing::TestWithParam<Upsampling> {
 protected:
  ConditioningTest() : test_(Config(), 1), frames_(RandomConditioning(kFrames * 5, 2)) {}

  static VoiceConfig Config() {
    VoiceConfig config = SmallConfig();
    config.conditioning_context = 2;
    config.speakers = 2;
    config.upsampling = GetParam();
    return config;
  }

  // Lf of the frames listed, which stand where the window looks.
  std::vector<float> Projection(const std::vector<int>& window, int speaker = 0) const {
    std::vector<float> columns;
    for (int f : window) columns.insert(columns.end(), &frames_[f * 5], &frames_[f * 5] + 5);
    std::vector<float> projection(test_.voice.cond.rows);
    const Column column{columns.data(), nullptr, nullptr, projection.data()};
    kernels_->For(Precision::kF32)
        .gemv(test_.voice.cond, test_.voice.cond_bias + speaker * test_.voice.cond.rows, &column, 1);
    return projection;
  }
  std::vector<float> AtFrame(const float* projection) const { return {projection, projection + test_.voice.cond.rows}; }

  TestVoice test_;
  std::vector<float> frames_;
  const Kernels* kernels_ = BuiltKernels()[0];
};

TEST_P(ConditioningTest, RepeatsTheEdgeFrames) {
  const std::vector<std::vector<int>> windows = {{0, 0, 0, 1, 2}, {0, 0, 1, 2, 3}, {0, 1, 2, 3, 4}, {1, 2, 3, 4, 5},
                                                 {2, 3, 4, 5, 5}, {3, 4, 5, 5, 5}, {4, 5, 5, 5, 5}};
  Conditioning conditioning(test_.voice, *kernels_);
  conditioning.Begin(0, frames_.data(), kFrames, kFrames, nullptr, 0);
  for (int f = 0; f < kFrames; ++f) {
    ASSERT_TRUE(conditioning.Advance(f));
    const SampleConditioning at = conditioning.At(3);
    EXPECT_EQ(AtFrame(at.frame), Projection(windows[f])) << f;
    const int next = GetParam() == Upsampling::kLinear ? f + 1 : f;
    std::vector<float> slope = Projection(windows[next]);
    for (size_t i = 0; i < slope.size(); ++i) slope[i] -= at.frame[i];
    EXPECT_EQ(AtFrame(at.slope), slope) << f;
  }
}

TEST_P(ConditioningTest, HistoryStandsBeforeTheCall) {
  Conditioning conditioning(test_.voice, *kernels_);
  conditioning.Begin(0, &frames_[2 * 5], 2, 2, &frames_[0], 2);  // frames 2 and 3 are real, 4 and 5 were not brought
  ASSERT_TRUE(conditioning.Advance(0));
  EXPECT_EQ(AtFrame(conditioning.At(0).frame), Projection({0, 1, 2, 3, 3}));
  ASSERT_TRUE(conditioning.Advance(1));
  EXPECT_EQ(AtFrame(conditioning.At(0).frame), Projection({1, 2, 3, 3, 3}));
  // Early in the utterance the history is shorter than the context.
  conditioning.Begin(0, &frames_[1 * 5], 3, 3, &frames_[0], 1);
  ASSERT_TRUE(conditioning.Advance(0));
  EXPECT_EQ(AtFrame(conditioning.At(0).frame), Projection({0, 0, 1, 2, 3}));
}

TEST_P(ConditioningTest, EachSpeakerHasBiasesOfItsOwn) {
  Conditioning conditioning(test_.voice, *kernels_);
  for (int speaker : {1, 0}) {
    conditioning.Begin(speaker, frames_.data(), kFrames, kFrames, nullptr, 0);
    for (int f = 0; f < kFrames - 1; ++f) ASSERT_TRUE(conditioning.Advance(f));
    EXPECT_EQ(AtFrame(conditioning.At(0).frame), Projection({2, 3, 4, 5, 5}, speaker));
  }
  EXPECT_NE(Projection({2, 3, 4, 5, 5}, 0), Projection({2, 3, 4, 5, 5}, 1));
}

TEST_P(ConditioningTest, WeightRunsFromFrameToFrameIfLinear) {
  Conditioning conditioning(test_.voice, *kernels_);
  conditioning.Begin(0, frames_.data(), kFrames, kFrames, nullptr, 0);
  ASSERT_TRUE(conditioning.Advance(0));
  const SampleConditioning first = conditioning.At(0), last = conditioning.At(6);
  EXPECT_EQ(first.weight, 0.0f);
  if (GetParam() == Upsampling::kLinear) {
    EXPECT_EQ(last.weight, 6 * (1.0f / 7));
  } else {
    EXPECT_EQ(last.weight, 0.0f);
    EXPECT_EQ(AtFrame(last.slope), std::vector<float>(test_.voice.cond.rows));
  }
  const GateConditioning layer = first.OfLayer(2, 64);
  EXPECT_EQ(layer.frame, first.frame + 128);
  EXPECT_EQ(layer.slope, first.slope + 128);
}

TEST_P(ConditioningTest, SaysWhereAProjectionIsNotFinite) {
  frames_[4 * 5] = std::numeric_limits<float>::infinity();
  Conditioning conditioning(test_.voice, *kernels_);
  conditioning.Begin(0, frames_.data(), kFrames, kFrames, nullptr, 0);
  const int first = GetParam() == Upsampling::kLinear ? 1 : 2;  // which looks two frames ahead, and one more if linear
  for (int f = 0; f <= first; ++f) EXPECT_EQ(conditioning.Advance(f), f < first) << f;
}

INSTANTIATE_TEST_SUITE_P(Upsampling, ConditioningTest, testing::Values(Upsampling::kRepeat, Upsampling::kLinear),
                         [](const auto& info) { return info.param == Upsampling::kLinear ? "linear" : "repeat"; });

}  // namespace
}  // namespace tf_wavenet
