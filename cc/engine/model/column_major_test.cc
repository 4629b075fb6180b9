#include "cc/engine/model/column_major.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "cc/engine/model/voice_test_writer.h"

namespace tf_wavenet {
namespace {

// Of a packed matrix (layout.h).
float PackedAt(const Matrix& w, int row, int col) {
  const int panel = row / kPanelRows * kPanelRows, height = std::min(kPanelRows, w.rows - panel);
  return static_cast<const float*>(w.data)[panel * w.cols + col * height + (row - panel)];
}

class ColumnMajorTest : public testing::Test {
 protected:
  ColumnMajorTest() : file_(MakeVoiceFile(TinyConfig(), 1).Serialize()) {
    EXPECT_TRUE(OpenVoice(file_.data(), file_.size(), &packed_).ok());
    voice_ = packed_;
    EXPECT_TRUE(CopyColumnMajor(&voice_, &memory_).ok());
  }

  // Expects `copy` to be `w`, at `*offset` of the memory, and goes on to what comes next.
  void Check(const Matrix& w, const Matrix& copy, int64_t* offset) const {
    EXPECT_EQ(copy.data, memory_.data() + *offset);
    ASSERT_EQ(copy.rows, w.rows);
    ASSERT_EQ(copy.cols, w.cols);
    const float* const data = static_cast<const float*>(copy.data);
    for (int row = 0; row < w.rows; ++row) {
      for (int col = 0; col < w.cols; ++col) EXPECT_EQ(data[col * w.rows + row], PackedAt(w, row, col));
    }
    *offset += int64_t{w.rows} * w.cols;
  }

  AlignedBytes file_;
  Voice packed_, voice_;
  AlignedFloats memory_{0};
};

TEST_F(ColumnMajorTest, EveryMatrixIsTheSameInTheOrderOfAStep) {
  ASSERT_GT(voice_.cond.rows, kPanelRows);  // more than one panel
  ASSERT_NE(voice_.cond.rows % kPanelRows, 0);
  int64_t offset = 0;
  for (size_t i = 0; i < packed_.layers.size(); ++i) Check(packed_.layers[i].prev, voice_.layers[i].prev, &offset);
  for (size_t i = 0; i < packed_.layers.size(); ++i) {
    Check(packed_.layers[i].cur, voice_.layers[i].cur, &offset);
    if (i + 1 < packed_.layers.size()) Check(packed_.layers[i].res, voice_.layers[i].res, &offset);
    Check(packed_.layers[i].skip, voice_.layers[i].skip, &offset);
  }
  EXPECT_EQ(voice_.layers.back().res.data, nullptr);
  Check(packed_.relu, voice_.relu, &offset);
  Check(packed_.out, voice_.out, &offset);
  Check(packed_.cond, voice_.cond, &offset);
  EXPECT_EQ(offset, static_cast<int64_t>(memory_.size()));
}

TEST_F(ColumnMajorTest, AllElseIsTheVoices) {
  EXPECT_EQ(voice_.embed_cur, packed_.embed_cur);
  EXPECT_EQ(voice_.skip_bias, packed_.skip_bias);
  EXPECT_EQ(voice_.layers[0].res_bias, packed_.layers[0].res_bias);
  EXPECT_EQ(voice_.checksum, packed_.checksum);
}

TEST(ColumnMajorRefusalTest, TakesNoIntegers) {
  for (const Precision precision : {Precision::kInt16, Precision::kInt8}) {
    AlignedBytes file(MakeVoiceFile(TinyConfig(), 1, precision).Serialize());
    Voice voice;
    ASSERT_TRUE(OpenVoice(file.data(), file.size(), &voice).ok());
    const void* const data = voice.out.data;
    AlignedFloats memory(0);
    const Status status = CopyColumnMajor(&voice, &memory);
    EXPECT_EQ(status.code(), StatusCode::kInvalidArgument);
    EXPECT_EQ(status.message(),
              std::string("the voice's precision is ") + PrecisionName(precision) + ", must be f32 for BLAS");
    EXPECT_EQ(voice.out.data, data);
  }
}

}  // namespace
}  // namespace tf_wavenet
