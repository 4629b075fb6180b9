#include "cc/engine/numerics/philox.h"

#include <gtest/gtest.h>

#include <set>

namespace tf_wavenet {
namespace {

// The known answers that the authors' Random123 library publishes for philox4x32, 10 rounds.
TEST(PhiloxTest, GivesTheKnownAnswers) {
  EXPECT_EQ(Philox4x32({0, 0, 0, 0}, {0, 0}), (PhiloxCounter{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  constexpr uint32_t kOnes = 0xffffffff;
  EXPECT_EQ(Philox4x32({kOnes, kOnes, kOnes, kOnes}, {kOnes, kOnes}),
            (PhiloxCounter{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
  EXPECT_EQ(Philox4x32({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}),
            (PhiloxCounter{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

TEST(PhiloxTest, UniformTakesTheTop24BitsOfTheFirstWord) {
  EXPECT_EQ(Uniform(0, 0), static_cast<float>(0x6627e8) * 0x1p-24f);
  const int64_t seed = -0x123456789abcdef;
  const uint64_t t = 0xfedcba9876543210;
  const PhiloxCounter bits = Philox4x32({0x76543210, 0xfedcba98, 0, 0}, {0x76543211, 0xfedcba98});
  EXPECT_EQ(Uniform(seed, t), static_cast<float>(bits[0] >> 8) * 0x1p-24f);
}

TEST(PhiloxTest, UniformsLieInTheUnitIntervalAndSpreadEvenly) {
  constexpr int kDraws = 100000;
  double sum = 0, squares = 0;
  for (int t = 0; t < kDraws; ++t) {
    const float u = Uniform(42, t);
    ASSERT_GE(u, 0.0f);
    ASSERT_LT(u, 1.0f);
    sum += u;
    squares += double{u} * u;
  }
  // Five standard deviations of the mean of u and of u^2.
  EXPECT_NEAR(sum / kDraws, 1.0 / 2, 5 * 0.2887 / 316);
  EXPECT_NEAR(squares / kDraws, 1.0 / 3, 5 * 0.2981 / 316);
}

TEST(PhiloxTest, SeedsAndPositionsDiffer) {
  std::set<float> draws;
  for (int64_t seed : {int64_t{0}, int64_t{1}, int64_t{-1}, int64_t{1} << 32}) {
    for (uint64_t t : {uint64_t{0}, uint64_t{1}, uint64_t{1} << 32}) draws.insert(Uniform(seed, t));
  }
  EXPECT_EQ(draws.size(), 12u);
}

}  // namespace
}  // namespace tf_wavenet
