#include "cc/engine/runtime/measure.h"

#include <gtest/gtest.h>

#include "cc/engine/base/aligned.h"
#include "cc/engine/runtime/cores.h"
#include "cc/engine/runtime/dispatch.h"

namespace tf_wavenet {
namespace {

TEST(MeasureStreamTest, GivesSecondsOfAPass) {
  const AlignedFloats memory(1 << 16);
  for (const Kernels* kernels : AvailableKernels(DetectCpu())) {
    for (int threads : {1, 2, 3}) {
      double seconds = -1;
      ASSERT_TRUE(MeasureStream(*kernels, memory.data(), memory.size() * sizeof(float), threads, 3, &seconds).ok());
      EXPECT_GT(seconds, 0);
    }
  }
}

TEST(MeasureStreamTest, RefusesWhatItCannotRead) {
  const AlignedFloats memory(64);
  double seconds;
  const auto message = [&](const void* data, int64_t bytes, int repeats, int threads = 1) {
    const Status status = MeasureStream(*BuiltKernels()[0], data, bytes, threads, repeats, &seconds);
    EXPECT_EQ(status.code(), StatusCode::kInvalidArgument);
    return status.message();
  };
  EXPECT_NE(message(memory.data() + 1, 64, 1).find("64-byte aligned"), std::string::npos);
  EXPECT_NE(message(nullptr, 64, 1).find("64-byte aligned"), std::string::npos);
  EXPECT_EQ(message(memory.data(), 63, 1), "bytes is 63, must be a positive multiple of 64");
  EXPECT_EQ(message(memory.data(), 0, 1), "bytes is 0, must be a positive multiple of 64");
  EXPECT_EQ(message(memory.data(), 64, 0), "repeats is 0, must be at least 1");
  EXPECT_EQ(message(memory.data(), 64, 1, 0), "threads is 0, must be in 1..256");
  EXPECT_EQ(message(memory.data(), 64, 1, 257), "threads is 257, must be in 1..256");
}

TEST(MeasureMultiplyAddsTest, GivesThemPerSecond) {
  for (const Kernels* kernels : AvailableKernels(DetectCpu())) {
    for (const PrecisionKernels& precision : kernels->precision) {
      double per_second = -1;
      ASSERT_TRUE(MeasureMultiplyAdds(precision, 2, 1, &per_second).ok());
      EXPECT_GT(per_second, 1e6) << kernels->isa;
    }
  }
  double per_second = -1;
  EXPECT_EQ(MeasureMultiplyAdds(BuiltKernels()[0]->precision[0], 1, 0, &per_second).message(),
            "repeats is 0, must be at least 1");
  EXPECT_EQ(per_second, -1);
}

TEST(MeasureHandoverTest, GivesSeconds) {
  double seconds = -1;
  const Status status = MeasureHandover(3, &seconds);
  if (AllowedCores().cpus.size() < 2) {
    EXPECT_EQ(status.code(), StatusCode::kUnavailable);
  } else {
    EXPECT_TRUE(status.ok());
    EXPECT_GT(seconds, 0);
  }
  EXPECT_EQ(MeasureHandover(0, &seconds).message(), "repeats is 0, must be at least 1");
}

}  // namespace
}  // namespace tf_wavenet
