// Bad arguments: each is refused by name, and before anything is written.
#include "cc/engine/synth/request.h"

#include <gtest/gtest.h>

#include <functional>
#include <limits>
#include <string>
#include <vector>

#include "cc/engine/base/format.h"
#include "cc/engine/runtime/dispatch.h"
#include "cc/engine/synth/testing_call.h"

namespace tf_wavenet {
namespace {

constexpr int kBatch = 2, kFrames = 4;
constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
constexpr float kInf = std::numeric_limits<float>::infinity();

class RequestTest : public testing::Test {
 protected:
  RequestTest() : test_(SmallConfig(), 1), conditioning_(RandomConditioning(kBatch * kFrames * 5, 2)) {}

  // The message that a call gets after `change`; checks that it wrote nothing.
  std::string Refusal(const std::function<void(Call&)>& change) const {
    Call call(test_, kBatch, conditioning_, {1, 2});
    call.num_frames = {2, 3};
    call.lookahead_frames = {2, 0};
    call.forced.assign(call.samples.size(), 0);
    change(call);
    const std::vector<int32_t> samples = call.samples;
    const std::vector<float> logits = call.logits, trace = call.trace;
    const std::vector<char> state = call.state;
    const Status status = call.Run(*BuiltKernels()[0]);
    EXPECT_EQ(status.code(), status.ok() ? StatusCode::kOk : StatusCode::kInvalidArgument);
    if (!status.ok()) {
      EXPECT_EQ(call.samples, samples);
      EXPECT_EQ(call.logits, logits);
      EXPECT_EQ(call.trace, trace);
      EXPECT_EQ(call.state, state);
    }
    return status.message();
  }

  TestVoice test_;
  std::vector<float> conditioning_;
};

TEST_F(RequestTest, GoodOnesPass) {
  EXPECT_EQ(Refusal([](Call&) {}), "");
  EXPECT_EQ(Refusal([](Call& call) { call.temperatures = {0.5f, 2.0f}; }), "");
}

TEST_F(RequestTest, Sizes) {
  EXPECT_EQ(Refusal([](Call& call) { call.request.batch = 0; }), "batch is 0, must be at least 1");
  EXPECT_EQ(Refusal([](Call& call) { call.request.frames = -1; }), "frames is -1, must not be negative");
  EXPECT_EQ(Refusal([](Call& call) { call.request.conditioning_channels = 6; }),
            "conditioning.shape[2] is 6, the voice expects 5 (conditioning_channels)");
  EXPECT_EQ(Refusal([](Call& call) { call.request.batch = call.request.frames = 2147483647; }),
            "batch * frames * hop_samples is 2147483647 * 2147483647 * 7, too large for the outputs asked for");
}

TEST_F(RequestTest, Nulls) {
  EXPECT_EQ(Refusal([](Call& call) { call.seeds.clear(); }), "seed is null, must not be");
  EXPECT_EQ(Refusal([](Call& call) { call.conditioning.clear(); }), "conditioning is null, must not be");
  EXPECT_EQ(Refusal([](Call& call) { call.samples.clear(); }), "samples is null, must not be");
}

TEST_F(RequestTest, Temperatures) {
  for (const float bad : {0.0f, -1.0f, kNan, kInf}) {
    EXPECT_EQ(Refusal([&](Call& call) {
                call.temperatures = {1, bad};
              }),
              Format("temperature[1] is %g, must be positive and finite", bad));
  }
}

TEST_F(RequestTest, Speakers) {
  EXPECT_EQ(Refusal([](Call& call) {
              call.speakers = {0, 1};
            }),
            "speaker[1] is 1, must be in 0..0 (the voice has 1 speaker)");
  VoiceConfig config = SmallConfig();
  config.speakers = 4;
  const TestVoice several(config, 1);
  for (const int bad : {4, -1, 2147483647}) {
    Call call(several, 3, RandomConditioning(3 * kFrames * 5, 2), {1, 2, 3});
    call.speakers = {3, 0, bad};
    const Status status = call.Run(*BuiltKernels()[0]);
    EXPECT_EQ(status.code(), StatusCode::kInvalidArgument);
    EXPECT_EQ(status.message(), Format("speaker[2] is %d, must be in 0..3 (the voice has 4 speakers)", bad));
    EXPECT_EQ(call.samples[0], Call::kUnwritten);
  }
}

TEST_F(RequestTest, FrameCounts) {
  EXPECT_EQ(Refusal([](Call& call) { call.num_frames[1] = 5; }),
            "num_frames[1] is 5, must be in 0..4 (conditioning.shape[1])");
  EXPECT_EQ(Refusal([](Call& call) { call.num_frames[0] = -1; }),
            "num_frames[0] is -1, must be in 0..4 (conditioning.shape[1])");
  EXPECT_EQ(Refusal([](Call& call) { call.lookahead_frames[0] = 3; }),
            "lookahead_frames[0] is 3, must be in 0..2 (conditioning.shape[1] - num_frames)");
  EXPECT_EQ(Refusal([](Call& call) { call.lookahead_frames[1] = -2; }),
            "lookahead_frames[1] is -2, must be in 0..1 (conditioning.shape[1] - num_frames)");
}

TEST_F(RequestTest, ConditioningIsFiniteWhereItIsUsed) {
  const auto at = [](int row, int frame, int channel) { return (row * kFrames + frame) * 5 + channel; };
  EXPECT_EQ(Refusal([&](Call& call) { call.conditioning[at(1, 2, 4)] = kNan; }),
            "conditioning[1, 2, 4] is nan, must be finite");
  EXPECT_EQ(Refusal([&](Call& call) { call.conditioning[at(0, 3, 0)] = -kInf; }),
            "conditioning[0, 3, 0] is -inf, must be finite");
  EXPECT_EQ(Refusal([&](Call& call) { call.conditioning[at(1, 3, 0)] = kNan; }), "");  // neither spoken nor context
  EXPECT_EQ(Refusal([&](Call& call) {
              call.num_frames[0] = 0;
              call.lookahead_frames[0] = 4;
              call.conditioning[at(0, 0, 0)] = kNan;
            }),
            "");
}

TEST_F(RequestTest, ForcedLevelsAreLevelsWhereTheyAreUsed) {
  EXPECT_EQ(Refusal([](Call& call) { call.forced[28 + 20] = 17; }), "forced sample [1, 20] is 17, must be in 0..16");
  EXPECT_EQ(Refusal([](Call& call) { call.forced[0] = -1; }), "forced sample [0, 0] is -1, must be in 0..16");
  EXPECT_EQ(Refusal([](Call& call) { call.forced[28 + 21] = 17; }), "");
}

TEST_F(RequestTest, StatesAreStatesOfThisVoice) {
  const int64_t size = StateBytes(test_.voice);
  EXPECT_EQ(Refusal([&](Call& call) { call.state_in.assign(kBatch * (size - 64), 0); }),
            "state.shape[1] is " + std::to_string(size - 64) + ", must be " + std::to_string(size) +
                " (the voice's state) or 0 (start afresh)");
  EXPECT_EQ(Refusal([&](Call& call) {
              State(test_.voice).Save(call.state.data());
              call.state_in.assign(kBatch * size, 0);
              State(test_.voice).Save(call.state_in.data());
            }),
            "state[1].magic is 0x00000000, must be 0x53574654: not a state");
}

}  // namespace
}  // namespace tf_wavenet
