#include "cc/engine/base/aligned.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <utility>

namespace tf_wavenet {
namespace {

TEST(AlignedFloatsTest, StartsOnACacheLineAndIsZero) {
  for (size_t size : {0, 1, 16, 1000}) {
    AlignedFloats floats(size);
    EXPECT_EQ(floats.size(), size);
    EXPECT_EQ(reinterpret_cast<uintptr_t>(floats.data()) % AlignedFloats::kAlignment, 0u);
    for (size_t i = 0; i < size; ++i) EXPECT_EQ(floats.data()[i], 0.0f);
  }
}

TEST(AlignedFloatsTest, MovesItsMemory) {
  AlignedFloats from(3);
  float* const data = from.data();
  const AlignedFloats to = std::move(from);
  EXPECT_EQ(to.data(), data);
}

}  // namespace
}  // namespace tf_wavenet
