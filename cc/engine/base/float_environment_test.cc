#include "cc/engine/base/float_environment.h"

#include <gtest/gtest.h>

namespace tf_wavenet {
namespace {

// Volatile, so that the sums are the CPU's at that moment, not the compiler's.
float Sum(float a, float b) {
  volatile float x = a, y = b;
  return x + y;
}

TEST(FloatEnvironmentTest, RoundsToNearestAndRestoresTheCallersRounding) {
  std::fenv_t before;
  ASSERT_EQ(std::fegetenv(&before), 0);
  ASSERT_EQ(std::fesetround(FE_UPWARD), 0);
  const float outside = Sum(1.0f, 0x1p-30f);
  float inside = 0;
  {
    const DefaultFloatEnvironment environment;
    inside = Sum(1.0f, 0x1p-30f);
  }
  const float after = Sum(1.0f, 0x1p-30f);
  const int rounding = std::fegetround();
  std::fesetenv(&before);
  EXPECT_GT(outside, 1.0f);
  EXPECT_EQ(inside, 1.0f);
  EXPECT_EQ(after, outside);
  EXPECT_EQ(rounding, FE_UPWARD);
}

#if defined(__x86_64__)
TEST(FloatEnvironmentTest, KeepsSubnormalsAndRestoresTheCallersFlushing) {
  constexpr unsigned kFlushToZero = 0x8000, kDenormalsAreZero = 0x0040;
  constexpr float kSubnormal = 0x1p-130f;
  const unsigned before = __builtin_ia32_stmxcsr();
  for (unsigned flushing : {kFlushToZero, kDenormalsAreZero, kFlushToZero | kDenormalsAreZero}) {
    __builtin_ia32_ldmxcsr(before | flushing);
    const float outside = Sum(kSubnormal, kSubnormal);
    float inside = 0;
    {
      const DefaultFloatEnvironment environment;
      inside = Sum(kSubnormal, kSubnormal);
    }
    const unsigned after = __builtin_ia32_stmxcsr();
    __builtin_ia32_ldmxcsr(before);
    EXPECT_EQ(outside, 0.0f) << flushing;
    EXPECT_EQ(inside, 0x1p-129f) << flushing;
    EXPECT_EQ(after & (kFlushToZero | kDenormalsAreZero), flushing);
  }
}
#endif

}  // namespace
}  // namespace tf_wavenet
