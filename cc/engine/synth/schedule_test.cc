// Divisions and shares: together the threads have every row of every matrix once, with the products of the whole.
#include "cc/engine/synth/schedule.h"

#include <gtest/gtest.h>

#include <string>
#include <tuple>
#include <vector>

#include "cc/engine/runtime/dispatch.h"
#include "cc/engine/synth/share.h"
#include "cc/engine/synth/testing_voice.h"

namespace tf_wavenet {
namespace {

TEST(PartOfTest, PartsAreWholeUnitsSideBySide) {
  for (int rows : {0, 16, 48, 64, 256, 272}) {
    for (int parts : {1, 2, 3, 7}) {
      int end = 0;
      for (int part = 0; part < parts; ++part) {
        const Rows got = PartOf(rows, part, parts);
        EXPECT_EQ(got.begin, end);
        EXPECT_EQ(got.count() % kRowAlign, 0);
        EXPECT_LE(std::abs(got.count() - rows / parts), kRowAlign);
        end = got.end;
      }
      EXPECT_EQ(end, rows);
    }
  }
}

class DivideTest : public testing::TestWithParam<std::tuple<Schedule, int>> {
 protected:
  DivideTest() {
    config_ = SmallConfig();
    config_.residual_channels = 80;
    config_.skip_channels = 272;
    config_.output_channels = 256;
    config_.layers = 3;
  }
  VoiceConfig config_;
};

void Count(const Rows& rows, std::vector<int>& owners) {
  for (int row = rows.begin; row < rows.end; ++row) ++owners[row];
}

TEST_P(DivideTest, EveryRowHasOneOwner) {
  const auto [schedule, threads] = GetParam();
  std::vector<int> channels(80), left(160), skip(272), output(256);
  int left_before = 0;
  const std::vector<Division> divisions = Divide(config_, schedule, threads);
  ASSERT_EQ(static_cast<int>(divisions.size()), threads);
  for (const Division& division : divisions) {
    Count(division.channels, channels);
    Count(division.skip, skip);
    Count(division.output, output);
    int own = 0;
    for (const Rows& rows : division.left) {
      Count(rows, left);
      own += rows.count();
    }
    EXPECT_EQ(own > 0 ? division.left_begin : left_before, left_before);
    left_before += own;
  }
  for (const std::vector<int>& owners : {channels, left, skip, output}) {
    EXPECT_EQ(owners, std::vector<int>(owners.size(), 1));
  }
}

// The product of each owner's rows, at their places in the whole one.
TEST_P(DivideTest, SharesMultiplyAsTheWholeDoes) {
  const auto [schedule, threads] = GetParam();
  for (Precision precision : {Precision::kF32, Precision::kInt16, Precision::kInt8}) {
    const TestVoice test(config_, 1, precision);
    const PrecisionKernels& k = AvailableKernels(DetectCpu()).back()->For(precision);
    std::vector<char> x(272 * 4, 1);
    const auto product = [&](const Matrix& w, std::vector<float>& out, int at) {
      std::vector<float> part(w.rows);
      const Column column{x.data(), nullptr, nullptr, part.data()};
      if (w.data != nullptr) k.gemv(w, nullptr, &column, 1);
      std::copy(part.begin(), part.end(), out.begin() + at);
    };
    const auto whole = [&](const Matrix& w) {
      std::vector<float> out(w.rows);
      product(w, out, 0);
      return out;
    };
    const Layer& layer = test.voice.layers[1];
    std::vector<float> cur(160), res(80), skip(272), relu(256), out(256);
    for (const Division& division : Divide(config_, schedule, threads)) {
      const Share share(test.voice, division);
      const int first = division.channels.begin, count = division.channels.count();
      std::vector<float> gates(2 * count);
      product(share.layers[1].cur, gates, 0);
      std::copy_n(gates.begin(), count, cur.begin() + first);
      std::copy_n(gates.begin() + count, count, cur.begin() + 80 + first);
      product(share.layers[1].res, res, first);
      product(share.layers[1].skip, skip, division.skip.begin);
      product(share.relu, relu, division.output.begin);
      product(share.out, out, division.output.begin);
      EXPECT_EQ(share.layers[1].res_bias, layer.res_bias + first);
      EXPECT_EQ(share.layers[2].res.data, nullptr);  // the last layer has none
    }
    EXPECT_EQ(cur, whole(layer.cur));
    EXPECT_EQ(res, whole(layer.res));
    EXPECT_EQ(skip, whole(layer.skip));
    EXPECT_EQ(relu, whole(test.voice.relu));
    EXPECT_EQ(out, whole(test.voice.out));
  }
}

INSTANTIATE_TEST_SUITE_P(Schedules, DivideTest, testing::ValuesIn([] {
                           std::vector<std::tuple<Schedule, int>> all = {{Schedule::kSingle, 1}};
                           for (Schedule schedule : {Schedule::kSplit, Schedule::kOverlay, Schedule::kTrail}) {
                             for (int threads : {2, 3, 4, 9}) all.push_back({schedule, threads});
                           }
                           return all;
                         }()),
                         [](const auto& info) {
                           return kScheduleNames[static_cast<int>(std::get<0>(info.param))] +
                                  std::to_string(std::get<1>(info.param));
                         });

TEST(ShareTest, OneThreadReadsTheVoiceInPlace) {
  const TestVoice test(SmallConfig(), 1, Precision::kInt8);
  const Share share(test.voice, Divide(test.voice.config, Schedule::kSingle, 1)[0]);
  EXPECT_EQ(share.layers[0].prev.data, test.voice.layers[0].prev.data);
  EXPECT_EQ(share.layers[0].skip.scale, test.voice.layers[0].skip.scale);
  EXPECT_EQ(share.out.data, test.voice.out.data);
}

}  // namespace
}  // namespace tf_wavenet
