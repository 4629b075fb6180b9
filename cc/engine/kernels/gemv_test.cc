// The GEMV on every ISA: the bits of the oracle (std::fma, row by row) for all shapes, starts, adds and odd values.
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <random>
#include <vector>

#include "cc/engine/kernels/kernels.h"
#include "cc/engine/runtime/dispatch.h"
#include "cc/engine/synth/testing_voice.h"

namespace tf_wavenet {
namespace {

constexpr float kInf = std::numeric_limits<float>::infinity();
constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

// Rows past the matrix are its padding: zeros.
float OracleRow(const DenseMatrix& w, int row, const std::vector<float>& x, float start) {
  float sum = start;
  for (int col = 0; col < w.cols; ++col) sum = std::fma(row < w.rows ? w.At(row, col) : 0.0f, x[col], sum);
  return sum;
}

// Same bits, or both NaN (whose payloads IEEE leaves open).
bool Same(float a, float b) { return std::memcmp(&a, &b, sizeof(a)) == 0 || (std::isnan(a) && std::isnan(b)); }

DenseMatrix RandomMatrix(int rows, int cols, std::mt19937& random) {
  std::normal_distribution<float> normal;
  DenseMatrix w{rows, cols, std::vector<float>(rows * cols)};
  for (float& value : w.values) value = normal(random);
  return w;
}

std::vector<float> RandomVector(int size, std::mt19937& random) { return RandomMatrix(size, 1, random).values; }

class GemvTest : public testing::TestWithParam<const Kernels*> {
 protected:
  // Compares with the oracle: bare, with start, with add, with both, and with add = out.
  void Check(const DenseMatrix& w, const std::vector<float>& x, std::mt19937& random) const {
    const std::vector<float> packed = Pack(w);
    const MatrixF32 matrix{packed.data(), static_cast<int>(PadRows(w.rows)), w.cols};
    std::vector<float> start = RandomVector(matrix.rows, random), add = RandomVector(matrix.rows, random);
    for (const float* begin : {static_cast<const float*>(nullptr), static_cast<const float*>(start.data())}) {
      for (const float* plus : {static_cast<const float*>(nullptr), static_cast<const float*>(add.data())}) {
        std::vector<float> out(matrix.rows, kNan), in_place = add;
        GetParam()->gemv_f32(matrix, x.data(), begin, plus, out.data());
        GetParam()->gemv_f32(matrix, x.data(), begin, plus ? in_place.data() : nullptr, in_place.data());
        for (int row = 0; row < matrix.rows; ++row) {
          const float chain = OracleRow(w, row, x, begin ? begin[row] : 0.0f);
          const float wanted = plus ? plus[row] + chain : chain;
          ASSERT_TRUE(Same(out[row], wanted)) << w.rows << " x " << w.cols << " row " << row << ": " << out[row];
          ASSERT_TRUE(Same(in_place[row], wanted)) << "in place, row " << row;
        }
      }
    }
  }
};

TEST_P(GemvTest, GivesTheOraclesBitsForAllShapes) {
  std::mt19937 random(1);
  for (int rows : {1, 15, 16, 17, 32, 48, 63, 64, 65, 80, 96, 112, 128, 256, 272}) {
    for (int cols : {1, 15, 16, 17, 48, 80, 240}) {
      Check(RandomMatrix(rows, cols, random), RandomVector(cols, random), random);
    }
  }
}

TEST_P(GemvTest, KeepsZerosInfinitiesAndNan) {
  std::mt19937 random(2);
  for (float odd :
       {0.0f, -0.0f, kInf, -kInf, kNan, std::numeric_limits<float>::denorm_min(), std::numeric_limits<float>::max()}) {
    DenseMatrix w = RandomMatrix(33, 17, random);
    std::vector<float> x = RandomVector(17, random);
    w.values[5 * 17 + 3] = odd;
    Check(w, x, random);
    x[16] = odd;
    Check(w, std::vector<float>(17, odd), random);
  }
}

TEST_P(GemvTest, ReadsAndWritesUnalignedMemory) {
  std::mt19937 random(3);
  const DenseMatrix w = RandomMatrix(80, 9, random);
  const std::vector<float> x = RandomVector(9, random), packed = Pack(w);
  std::vector<float> shifted(packed.size() + 1), out(81);
  std::copy(packed.begin(), packed.end(), shifted.begin() + 1);
  GetParam()->gemv_f32({shifted.data() + 1, 80, 9}, x.data(), nullptr, nullptr, out.data() + 1);
  for (int row = 0; row < 80; ++row) EXPECT_EQ(out[row + 1], OracleRow(w, row, x, 0.0f));
}

TEST_P(GemvTest, StreamSumsEveryWord) {
  std::mt19937_64 random(4);
  for (int lines : {0, 1, 7, 8, 9, 64, 101}) {
    std::vector<uint64_t> words(lines * 8);
    uint64_t sum = 0;
    for (uint64_t& word : words) sum += word = random();
    EXPECT_EQ(GetParam()->stream(words.data(), lines * 64), sum) << lines;
  }
}

INSTANTIATE_TEST_SUITE_P(Isa, GemvTest, testing::ValuesIn(AvailableKernels(DetectCpu())),
                         [](const auto& info) { return info.param->isa; });

}  // namespace
}  // namespace tf_wavenet
