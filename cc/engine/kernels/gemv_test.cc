// The GEMV of every precision on every ISA: the bits of a plain oracle, row by row, for all shapes, terms and odd
// values.
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <random>
#include <tuple>
#include <utility>
#include <vector>

#include "cc/engine/kernels/kernels.h"
#include "cc/engine/model/voice_keys.h"
#include "cc/engine/model/voice_numbers.h"
#include "cc/engine/runtime/dispatch.h"
#include "cc/engine/synth/testing_voice.h"

namespace tf_wavenet {
namespace {

constexpr float kInf = std::numeric_limits<float>::infinity();
constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
constexpr int kSizes[] = {1, 15, 16, 17, 48, 63, 64, 65, 80, 96, 112, 128, 256, 272};
constexpr int kCols[] = {1, 2, 3, 4, 15, 16, 17, 48, 80, 240};

// Same bits, or both NaN (whose payloads IEEE leaves open).
bool Same(float a, float b) { return std::memcmp(&a, &b, sizeof(a)) == 0 || (std::isnan(a) && std::isnan(b)); }

std::vector<float> RandomVector(int size, std::mt19937& random) {
  std::normal_distribution<float> normal;
  std::vector<float> values(size);
  for (float& value : values) value = normal(random);
  return values;
}

DenseMatrix RandomMatrix(int rows, int cols, std::mt19937& random) {
  return {rows, cols, RandomVector(rows * cols, random)};
}

// Zero in the padding.
float At(const DenseMatrix& w, int row, int col) { return row < w.rows && col < w.cols ? w.At(row, col) : 0.0f; }

template <class T>
const T* OrNull(bool there, const std::vector<T>& values) {
  return there ? values.data() : nullptr;
}

class GemvF32Test : public testing::TestWithParam<const Kernels*> {
 protected:
  const PrecisionKernels& Tested() const { return GetParam()->For(Precision::kF32); }

  // Compares with the oracle: all combinations of terms, apart and with add = out.
  void Check(const DenseMatrix& w, const std::vector<float>& x, std::mt19937& random) const {
    const std::vector<char> packed = Pack(w);
    const Matrix matrix{packed.data(), static_cast<int>(PadRows(w.rows)), w.cols};
    const std::vector<float> acc = RandomVector(matrix.rows, random), bias = RandomVector(matrix.rows, random),
                             add = RandomVector(matrix.rows, random);
    for (int terms = 0; terms < 8; ++terms) {
      const bool has_acc = terms & 1, has_bias = terms & 2, has_add = terms & 4;
      std::vector<float> out(matrix.rows, kNan), in_place = add, sums(matrix.rows, kNan);
      const auto run = [&](const float* to_add, float* result) {
        const Column column{x.data(), OrNull(has_acc, acc), to_add, result};
        Tested().gemv(matrix, OrNull(has_bias, bias), &column, 1);
      };
      run(OrNull(has_add, add), out.data());
      run(has_add ? in_place.data() : nullptr, in_place.data());
      const Column column{x.data(), nullptr, nullptr, sums.data()};
      Tested().gemv_acc(matrix, &column, 1);
      for (int row = 0; row < matrix.rows; ++row) {
        const auto chain = [&](float sum) {
          for (int col = 0; col < w.cols; ++col) sum = std::fma(At(w, row, col), x[col], sum);
          return sum;
        };
        float wanted = chain(has_bias ? bias[row] : 0.0f);
        if (has_acc) wanted = acc[row] + wanted;
        if (has_add) wanted = add[row] + wanted;
        ASSERT_TRUE(Same(out[row], wanted)) << w.rows << " x " << w.cols << " row " << row << ": " << out[row];
        ASSERT_TRUE(Same(in_place[row], wanted)) << "in place, row " << row;
        ASSERT_TRUE(Same(sums[row], chain(0.0f))) << "sum, row " << row;
      }
    }
  }
};

TEST_P(GemvF32Test, GivesTheOraclesBitsForAllShapes) {
  std::mt19937 random(1);
  for (int rows : kSizes) {
    for (int cols : kCols) Check(RandomMatrix(rows, cols, random), RandomVector(cols, random), random);
  }
}

TEST_P(GemvF32Test, KeepsZerosInfinitiesAndNan) {
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

TEST_P(GemvF32Test, ReadsAndWritesUnalignedMemory) {
  std::mt19937 random(3);
  const DenseMatrix w = RandomMatrix(80, 9, random);
  const std::vector<float> x = RandomVector(9, random);
  const std::vector<char> packed = Pack(w);
  std::vector<char> shifted(packed.size() + 4);
  std::vector<float> out(81), wanted(80);
  std::copy(packed.begin(), packed.end(), shifted.begin() + 4);
  const Column aligned{x.data(), nullptr, nullptr, wanted.data()}, unaligned{x.data(), nullptr, nullptr, &out[1]};
  Tested().gemv({packed.data(), 80, 9}, nullptr, &aligned, 1);
  Tested().gemv({shifted.data() + 4, 80, 9}, nullptr, &unaligned, 1);
  for (int row = 0; row < 80; ++row) EXPECT_EQ(out[row + 1], wanted[row]);
}

TEST_P(GemvF32Test, StreamSumsEveryWord) {
  std::mt19937_64 random(4);
  for (int lines : {0, 1, 7, 8, 9, 64, 101}) {
    std::vector<uint64_t> words(lines * 8);
    uint64_t sum = 0;
    for (uint64_t& word : words) sum += word = random();
    for (const auto stream : GetParam()->stream) EXPECT_EQ(stream(words.data(), lines * 64), sum) << lines;
  }
}

class GemvIntegerTest : public testing::TestWithParam<std::tuple<const Kernels*, Precision>> {
 protected:
  Precision precision() const { return std::get<1>(GetParam()); }
  const PrecisionKernels& Tested() const { return std::get<0>(GetParam())->For(precision()); }

  std::vector<char> Activations(const std::vector<int>& x) const {
    std::vector<char> bytes(PadCols(x.size(), precision()) * ElementBytes(precision()));
    for (size_t i = 0; i < x.size(); ++i) {
      const int16_t wide = static_cast<int16_t>(x[i]);
      if (precision() == Precision::kInt16) std::memcpy(&bytes[2 * i], &wide, 2);
      if (precision() == Precision::kInt8) bytes[i] = static_cast<char>(x[i]);
    }
    return bytes;
  }

  // Compares with the oracle: all combinations of terms, apart and with add = out.
  void Check(const DenseMatrix& w, const std::vector<int>& x, std::mt19937& random) const {
    const std::vector<char> packed = Pack(w, precision()), activations = Activations(x);
    Matrix matrix{packed.data(), static_cast<int>(PadRows(w.rows)), static_cast<int>(PadCols(w.cols, precision()))};
    const std::vector<float> scale = RandomVector(matrix.rows, random), bias = RandomVector(matrix.rows, random),
                             add = RandomVector(matrix.rows, random);
    matrix.scale = scale.data();
    std::vector<int32_t> acc(matrix.rows);
    for (int32_t& value : acc) value = static_cast<int32_t>(random() % 2000) - 1000;
    for (int terms = 0; terms < 8; ++terms) {
      const bool has_acc = terms & 1, has_bias = terms & 2, has_add = terms & 4;
      std::vector<float> out(matrix.rows, kNan), in_place = add;
      std::vector<int32_t> sums(matrix.rows, -1);
      const auto run = [&](const float* to_add, float* result) {
        const Column column{activations.data(), OrNull(has_acc, acc), to_add, result};
        Tested().gemv(matrix, OrNull(has_bias, bias), &column, 1);
      };
      run(OrNull(has_add, add), out.data());
      run(has_add ? in_place.data() : nullptr, in_place.data());
      const Column column{activations.data(), nullptr, nullptr, sums.data()};
      Tested().gemv_acc(matrix, &column, 1);
      for (int row = 0; row < matrix.rows; ++row) {
        int64_t sum = 0;
        for (int col = 0; col < w.cols; ++col) sum += static_cast<int64_t>(At(w, row, col)) * x[col];
        ASSERT_EQ(sums[row], sum) << w.rows << " x " << w.cols << " row " << row;
        float wanted = static_cast<float>(static_cast<int32_t>(sum + (has_acc ? acc[row] : 0))) * scale[row];
        if (has_bias) wanted = bias[row] + wanted;
        if (has_add) wanted = add[row] + wanted;
        ASSERT_TRUE(Same(out[row], wanted)) << w.rows << " x " << w.cols << " row " << row << ": " << out[row];
        ASSERT_TRUE(Same(in_place[row], wanted)) << "in place, row " << row;
      }
    }
  }

  // Integers in [low, high].
  static std::vector<int> Integers(int count, int low, int high, std::mt19937& random) {
    std::vector<int> values(count);
    for (int& value : values) value = std::uniform_int_distribution<int>(low, high)(random);
    return values;
  }
  static DenseMatrix IntegerMatrix(int rows, int cols, int max, std::mt19937& random) {
    const std::vector<int> values = Integers(rows * cols, -max, max, random);
    return {rows, cols, std::vector<float>(values.begin(), values.end())};
  }
  int low() const { return precision() == Precision::kInt16 ? -32768 : 0; }
  int high() const { return precision() == Precision::kInt16 ? 32767 : 255; }
};

TEST_P(GemvIntegerTest, IsExactForAllShapes) {
  std::mt19937 random(1);
  for (int rows : kSizes) {
    for (int cols : kCols) {
      const int max = precision() == Precision::kInt16 ? std::min(32767, 60000 / cols) : 64;
      Check(IntegerMatrix(rows, cols, max, random), Integers(cols, low(), high(), random), random);
    }
  }
}

// Where an intermediate of fewer bits would saturate or wrap: all weights and activations at their ends, sums at
// theirs.
TEST_P(GemvIntegerTest, IsExactAtTheBound) {
  std::mt19937 random(2);
  const bool int16 = precision() == Precision::kInt16;
  for (int cols : {1, 2, 3, 4, 5, 8}) {
    // Two neighbours in a row, which are all that a bound on pairs looks at, and their signs in every combination.
    const std::vector<std::pair<int, int>> pairs =
        int16 ? std::vector<std::pair<int, int>>{{32767, 32767}, {32767, -32768}, {-32768, -32767}, {8192, 8191}}
              : std::vector<std::pair<int, int>>{{127, 1}, {-128, 0}, {64, 64}, {-64, -64}, {-64, 64}, {0, 127}};
    for (const auto& [even, odd] : pairs) {
      if ((cols + 1) / 2 * std::abs(even) + cols / 2 * std::abs(odd) > MaxRowSum(precision())) continue;
      for (int x : {low(), high(), 0, 1}) {
        DenseMatrix w{17, cols, std::vector<float>(17 * cols)};
        for (int row = 0; row < w.rows; ++row) {
          for (int col = 0; col < cols; ++col) w.At(row, col) = col % 2 ? odd : even;
        }
        Check(w, std::vector<int>(cols, x), random);
      }
    }
  }
}

TEST_P(GemvIntegerTest, MultiplyAddsCountsThem) {
  std::vector<char> w(kMultiplyAddBytes), x(4);
  const int64_t one = Tested().multiply_adds(w.data(), x.data(), 1);
  EXPECT_GT(one, 0);
  EXPECT_EQ(Tested().multiply_adds(w.data(), x.data(), 7), 7 * one);
}

// Every column gets what it gets alone, however many share the pass and whatever the panel's height.
class ColumnsTest : public testing::TestWithParam<std::tuple<const Kernels*, Precision>> {};

TEST_P(ColumnsTest, GetWhatTheyGetAlone) {
  const auto [kernels, precision] = GetParam();
  const PrecisionKernels& tested = kernels->For(precision);
  constexpr int kMost = 2 * kTileColumns + 3;
  std::mt19937 random(5);
  for (int rows : {16, 32, 48, 64, 80, 256}) {
    for (int cols : {1, 5, 64}) {
      DenseMatrix w = RandomMatrix(rows, cols, random);
      if (precision != Precision::kF32) {
        for (float& value : w.values) value = static_cast<float>(static_cast<int>(random() % 101) - 50);
      }
      const std::vector<char> packed = Pack(w, precision);
      const std::vector<float> scale = RandomVector(rows, random), bias = RandomVector(rows, random);
      const Matrix matrix{packed.data(), rows, static_cast<int>(PadCols(cols, precision)), scale.data()};
      const size_t bytes = matrix.cols * ElementBytes(precision);
      std::vector<std::vector<char>> x(kMost, std::vector<char>(bytes));
      std::vector<std::vector<float>> add(kMost), out(kMost, std::vector<float>(rows)), sums = out;
      std::vector<std::vector<int32_t>> acc(kMost, std::vector<int32_t>(rows));
      std::vector<Column> columns, sum_columns;
      for (int c = 0; c < kMost; ++c) {
        if (precision == Precision::kF32) {
          const std::vector<float> values = RandomVector(cols, random);
          std::memcpy(x[c].data(), values.data(), bytes);
        } else {
          for (char& byte : x[c]) byte = static_cast<char>(random());
        }
        add[c] = RandomVector(rows, random);
        for (int32_t& value : acc[c]) {
          value = precision == Precision::kF32 ? 0x3f800000 : static_cast<int32_t>(random() % 1000);  // 1.0f
        }
        // Terms are there or not from column to column.
        columns.push_back({x[c].data(), c % 2 ? acc[c].data() : nullptr, c % 3 ? add[c].data() : nullptr, nullptr});
        columns.back().out = out[c].data();
        sum_columns.push_back({x[c].data(), nullptr, nullptr, sums[c].data()});
      }
      std::vector<std::vector<float>> alone, sums_alone;
      for (int c = 0; c < kMost; ++c) {
        tested.gemv(matrix, bias.data(), &columns[c], 1);
        tested.gemv_acc(matrix, &sum_columns[c], 1);
        alone.push_back(out[c]);
        sums_alone.push_back(sums[c]);
      }
      for (int count = 1; count <= kMost; ++count) {
        for (int c = 0; c < kMost; ++c) {
          out[c].assign(rows, 0);
          sums[c].assign(rows, 0);
        }
        tested.gemv(matrix, bias.data(), columns.data(), count);
        tested.gemv_acc(matrix, sum_columns.data(), count);
        for (int c = 0; c < count; ++c) {
          ASSERT_EQ(std::memcmp(out[c].data(), alone[c].data(), rows * sizeof(float)), 0) << count << ": " << c;
          ASSERT_EQ(std::memcmp(sums[c].data(), sums_alone[c].data(), rows * sizeof(float)), 0) << count << ": " << c;
        }
        for (int c = count; c < kMost; ++c) ASSERT_EQ(out[c], std::vector<float>(rows, 0)) << "written past the count";
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Isa, ColumnsTest,
                         testing::Combine(testing::ValuesIn(AvailableKernels(DetectCpu())),
                                          testing::Values(Precision::kF32, Precision::kInt16, Precision::kInt8)),
                         [](const auto& info) {
                           return std::string(std::get<0>(info.param)->isa) + "_" +
                                  PrecisionName(std::get<1>(info.param));
                         });

INSTANTIATE_TEST_SUITE_P(Isa, GemvF32Test, testing::ValuesIn(AvailableKernels(DetectCpu())),
                         [](const auto& info) { return info.param->isa; });
INSTANTIATE_TEST_SUITE_P(Isa, GemvIntegerTest,
                         testing::Combine(testing::ValuesIn(AvailableKernels(DetectCpu())),
                                          testing::Values(Precision::kInt16, Precision::kInt8)),
                         [](const auto& info) {
                           const bool int16 = std::get<1>(info.param) == Precision::kInt16;
                           return std::string(std::get<0>(info.param)->isa) + (int16 ? "_int16" : "_int8");
                         });

}  // namespace
}  // namespace tf_wavenet
