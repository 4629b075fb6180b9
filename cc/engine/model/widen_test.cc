#include "cc/engine/model/widen.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <vector>

namespace tf_wavenet {
namespace {

// Panels of 64 rows and what is left, columns that fill their last group and one that does not.
TEST(Widen, PutsEachWeightTimesItsScaleInTheOrderOfFloats) {
  for (int rows : {16, 64, 80, 208}) {
    for (int cols : {1, 2, 9, 10}) {
      const int stored_cols = static_cast<int>(PadCols(cols, Precision::kInt16));
      std::vector<float> scale(rows);
      for (int row = 0; row < rows; ++row) scale[row] = 1.0f / static_cast<float>(3 + row);
      const auto value = [&](int row, int col) {
        return static_cast<int16_t>((row * 331 + col * 7919) % 65536 - 32768);
      };
      std::vector<int16_t> packed;
      std::vector<float> expected;
      for (int first = 0; first < rows; first += kPanelRows) {
        const int end = std::min(first + kPanelRows, rows);
        for (int col = 0; col < stored_cols; col += 2) {
          for (int row = first; row < end; ++row) {
            packed.push_back(value(row, col));
            packed.push_back(col + 1 < cols ? value(row, col + 1) : 0);
          }
        }
        for (int col = 0; col < cols; ++col) {
          for (int row = first; row < end; ++row) expected.push_back(scale[row] * static_cast<float>(value(row, col)));
        }
      }
      const AlignedFloats widened = Widen({packed.data(), rows, stored_cols, scale.data()}, cols);
      EXPECT_EQ(std::vector<float>(widened.data(), widened.data() + widened.size()), expected) << rows << " " << cols;
    }
  }
}

}  // namespace
}  // namespace tf_wavenet
