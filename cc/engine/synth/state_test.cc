#include "cc/engine/synth/state.h"

#include <gtest/gtest.h>

#include <cstring>
#include <limits>
#include <string>
#include <vector>

#include "cc/engine/synth/testing_voice.h"

namespace tf_wavenet {
namespace {

class StateTest : public testing::Test {
 protected:
  StateTest() : test_(SmallConfig(), 1), blob_(StateBytes(test_.voice)) {
    State state(test_.voice);
    state.header.position = 14;
    state.header.history_frames = 1;
    state.header.y_cur = 3;
    state.history()[2] = 0.5f;
    state.Ring(5)[1] = -2.0f;
    state.Save(blob_.data());
  }

  std::string Message(const std::vector<char>& blob) const {
    const Status status = CheckState(test_.voice, blob.data(), 4);
    EXPECT_EQ(status.code(), status.ok() ? StatusCode::kOk : StatusCode::kInvalidArgument);
    return status.message();
  }
  // The message after one header field changed.
  template <class T>
  std::string With(T StateHeader::*field, T value) const {
    std::vector<char> blob = blob_;
    StateHeader header;
    std::memcpy(&header, blob.data(), sizeof(header));
    header.*field = value;
    std::memcpy(blob.data(), &header, sizeof(header));
    return Message(blob);
  }

  TestVoice test_;
  std::vector<char> blob_;
};

TEST_F(StateTest, IsHeaderHistoryAndRings) {
  // k C = 5 floats padded to 16, and three cycles of dilations 1 and 2 over 17 channels padded to 32.
  EXPECT_EQ(StateBytes(test_.voice), 64 + 4 * 16 + 4 * 3 * (1 + 2) * 32);
  for (int context : {0, 3}) {
    for (Precision precision : {Precision::kF32, Precision::kInt16, Precision::kInt8}) {
      VoiceConfig config = SmallConfig();
      config.conditioning_context = context;
      EXPECT_EQ(StateBytes(TestVoice(config, 1, precision).voice) % 64, 0);
    }
  }
}

// As above, with slots of 64 and 32 bytes, of which one alone is padded to 64.
TEST_F(StateTest, RingsHoldActivationsOfThePrecision) {
  EXPECT_EQ(StateBytes(TestVoice(SmallConfig(), 1, Precision::kInt16).voice), 64 + 64 + 3 * (1 + 2) * 64);
  EXPECT_EQ(StateBytes(TestVoice(SmallConfig(), 1, Precision::kInt8).voice), 64 + 64 + 3 * (64 + 64));
}

TEST_F(StateTest, HistoryBeforeTheFirstSampleIsWhatStandsForZero) {
  for (const auto& [precision, zero] :
       {std::pair(Precision::kF32, 0), {Precision::kInt16, 0}, {Precision::kInt8, 128}}) {
    const TestVoice test(SmallConfig(), 1, precision);
    State state(test.voice);
    std::vector<char> blob(StateBytes(test.voice), 7);
    state.Load(blob.data());
    state.Reset();
    state.Save(blob.data());
    for (size_t i = 64 + 64; i < blob.size(); ++i) ASSERT_EQ(static_cast<unsigned char>(blob[i]), zero) << i;
    for (size_t i = 64; i < 64 + 64; ++i) ASSERT_EQ(blob[i], 0) << i;
  }
}

TEST_F(StateTest, StartsSilentAndZero) {
  State state(test_.voice);
  EXPECT_EQ(state.header.position, 0u);
  EXPECT_EQ(state.header.y_prev, 8);
  EXPECT_EQ(state.header.y_cur, 8);
  state.Ring(0)[0] = 1;
  state.Reset();
  std::vector<char> blob(StateBytes(test_.voice));
  state.Save(blob.data());
  EXPECT_EQ(Message(blob), "");
  EXPECT_EQ(std::string(blob.data(), 4), "TFWS");
  EXPECT_EQ(std::vector<char>(blob.begin() + sizeof(StateHeader), blob.end()),
            std::vector<char>(blob.size() - sizeof(StateHeader), 0));
}

TEST_F(StateTest, SurvivesTheBlob) {
  EXPECT_EQ(Message(blob_), "");
  State state(test_.voice);
  state.Load(blob_.data());
  EXPECT_EQ(state.header.y_cur, 3);
  EXPECT_EQ(state.history()[2], 0.5f);
  EXPECT_EQ(state.Ring(5)[1], -2.0f);
  std::vector<char> again(blob_.size());
  state.Save(again.data());
  EXPECT_EQ(again, blob_);
}

TEST_F(StateTest, RefusesWrongFieldsByName) {
  EXPECT_EQ(With(&StateHeader::magic, 1u), "state[4].magic is 0x00000001, must be 0x53574654: not a state");
  EXPECT_EQ(With(&StateHeader::version, 1u), "state[4].version is 1, must be 2");
  EXPECT_NE(With(&StateHeader::voice_checksum, uint64_t{7}).find("voice_checksum is 0x0000000000000007"),
            std::string::npos);
  EXPECT_EQ(With(&StateHeader::position, uint64_t{13}),
            "state[4].position is 13, must be a multiple of hop_samples (7) up to 2^62");
  EXPECT_NE(With(&StateHeader::position, uint64_t{7} << 60).find("position"), std::string::npos);
  EXPECT_EQ(With(&StateHeader::position, uint64_t{0}), "state[4].history_frames is 1, must be 0 at position 0");
  EXPECT_EQ(With(&StateHeader::y_prev, 17), "state[4].y_prev is 17, must be in 0..16");
  EXPECT_EQ(With(&StateHeader::y_cur, -1), "state[4].y_cur is -1, must be in 0..16");
  EXPECT_EQ(With(&StateHeader::history_frames, 2), "state[4].history_frames is 2, must be 1 at position 14");
}

TEST_F(StateTest, RefusesWrongBytesElsewhere) {
  std::vector<char> blob = blob_;
  blob[sizeof(StateHeader) - 1] = 1;
  EXPECT_EQ(Message(blob), "state[4].reserved is 0x01, must be zeros");
  blob = blob_;
  const float nan = std::numeric_limits<float>::quiet_NaN();
  std::memcpy(&blob[sizeof(StateHeader) + 3 * sizeof(float)], &nan, sizeof(nan));
  EXPECT_EQ(Message(blob), "state[4].history is nan at [3], must be finite");
}

}  // namespace
}  // namespace tf_wavenet
