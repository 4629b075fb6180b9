#include "cc/engine/runtime/blas.h"

#include <dlfcn.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>
#include <limits>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "cc/engine/model/column_major.h"
#include "cc/engine/runtime/dispatch.h"
#include "cc/engine/runtime/fake_blas.h"
#include "cc/engine/synth/testing_call.h"
#include "cc/engine/synth/testing_voice.h"

namespace tf_wavenet {
namespace {

const Kernels& Scalar() { return *BuiltKernels()[0]; }

const Kernels* Load(const std::string& library, const Kernels& base = Scalar()) {
  const Kernels* kernels = nullptr;
  const Status status = LoadBlas(library, base, &kernels);
  EXPECT_TRUE(status.ok()) << status.message();
  return kernels;
}

FakeBlasRecord& RecordOf(const std::string& library) {
  void* const loaded = dlopen(library.c_str(), RTLD_NOW | RTLD_NOLOAD);
  return *static_cast<FakeBlasRecord*>(dlsym(loaded, "fake_blas_record"));
}

class BlasTest : public testing::TestWithParam<const char*> {
 protected:
  std::string library_ = FakeBlasPath(GetParam());
};

TEST_P(BlasTest, MultipliesAndAddsWhatIsThere) {
  constexpr int kRows = 80, kCols = 3, kColumns = 3;
  // Small integers, so that every order of summation gives the same.
  const auto number = [](int i, int modulus) { return static_cast<float>(i * 7 % modulus - modulus / 2); };
  std::vector<float> w(kRows * kCols), bias(kRows), x(kColumns * kCols), acc(kColumns * kRows), add(kColumns * kRows);
  for (size_t i = 0; i < w.size(); ++i) w[i] = number(i, 13);
  for (size_t i = 0; i < bias.size(); ++i) bias[i] = number(i, 101);
  for (size_t i = 0; i < x.size(); ++i) x[i] = number(i, 11);
  for (size_t i = 0; i < acc.size(); ++i) acc[i] = number(i, 103), add[i] = number(i, 107);
  const Matrix matrix{w.data(), kRows, kCols};
  const auto product = [&](int column, int row) {
    float sum = 0;
    for (int col = 0; col < kCols; ++col) sum += w[col * kRows + row] * x[column * kCols + col];
    return sum;
  };
  const PrecisionKernels& kernels = Load(library_)->For(Precision::kF32);
  const int before = RecordOf(library_).products;
  for (int terms = 0; terms < 16; ++terms) {
    const bool has_acc = terms & 1, has_bias = terms & 2, has_add = terms & 4, in_place = terms & 8;
    if (in_place && !has_add) continue;
    std::vector<float> out = in_place ? add : std::vector<float>(add.size(), std::nanf(""));
    std::vector<Column> columns;
    for (int c = 0; c < kColumns; ++c) {
      columns.push_back({&x[c * kCols], has_acc ? &acc[c * kRows] : nullptr,
                         in_place  ? &out[c * kRows]
                         : has_add ? &add[c * kRows]
                                   : nullptr,
                         &out[c * kRows]});
    }
    kernels.gemv(matrix, has_bias ? bias.data() : nullptr, columns.data(), kColumns);
    for (int c = 0; c < kColumns; ++c) {
      for (int row = 0; row < kRows; ++row) {
        const int i = c * kRows + row;
        EXPECT_EQ(out[i],
                  product(c, row) + (has_acc ? acc[i] : 0) + (has_bias ? bias[row] : 0) + (has_add ? add[i] : 0))
            << "terms " << terms << ", column " << c << ", row " << row;
      }
    }
  }
  EXPECT_EQ(RecordOf(library_).products - before, 12 * kColumns);
  std::vector<float> out(acc.size(), std::nanf(""));
  std::vector<Column> columns;
  for (int c = 0; c < kColumns; ++c) columns.push_back({&x[c * kCols], nullptr, nullptr, &out[c * kRows]});
  kernels.gemv_acc(matrix, columns.data(), kColumns);
  for (int c = 0; c < kColumns; ++c) {
    for (int row = 0; row < kRows; ++row) EXPECT_EQ(out[c * kRows + row], product(c, row));
  }
}

TEST_P(BlasTest, RunsInOneThread) {
  Load(library_);
  EXPECT_EQ(RecordOf(library_).threads, 1);
  EXPECT_EQ(RecordOf(library_).layer, GetParam() == std::string("mkl") ? 1 : 0);
}

TEST_P(BlasTest, AllElseIsTheBases) {
  const Kernels* const kernels = Load(library_);
  const PrecisionKernels &f32 = kernels->For(Precision::kF32), &base = Scalar().For(Precision::kF32);
  EXPECT_EQ(kernels->isa, std::string("scalar+libfake_") + GetParam() + ".so");
  EXPECT_NE(f32.gemv, base.gemv);
  EXPECT_NE(f32.gemv_acc, base.gemv_acc);
  EXPECT_EQ(f32.quantize, base.quantize);
  EXPECT_EQ(f32.relu, base.relu);
  EXPECT_EQ(kernels->For(Precision::kInt8).gemv, Scalar().For(Precision::kInt8).gemv);
  for (int n = 0; n < kNumNonlinearities; ++n) {
    EXPECT_EQ(f32.gate[n], base.gate[n]);
    EXPECT_EQ(kernels->embed[n], Scalar().embed[n]);
    EXPECT_EQ(kernels->softmax_numerators[n], Scalar().softmax_numerators[n]);
  }
}

TEST_P(BlasTest, SpeaksAsTheEnginesOwn) {
  constexpr float kTolerance = 1e-5f;  // f32 sums of up to 20 terms in another order, through a few layers
  TestVoice test(SmallConfig(), 1);
  Call own(test, 2, RandomConditioning(2 * 3 * SmallConfig().conditioning_channels, 2), {5, 6});
  ASSERT_TRUE(own.Run(Scalar()).ok());
  AlignedFloats memory(0);
  ASSERT_TRUE(CopyColumnMajor(&test.voice, &memory).ok());
  Call blas(test, 2, own.conditioning, own.seeds);
  blas.forced = own.samples;
  const Kernels* const kernels = Load(library_);  // which its record needs, too
  const int before = RecordOf(library_).products;
  ASSERT_TRUE(blas.Run(*kernels).ok());
  EXPECT_GT(RecordOf(library_).products, before);
  float largest = 0;
  for (const float logit : own.logits) largest = std::max(largest, std::fabs(logit));
  for (size_t i = 0; i < own.logits.size(); ++i) EXPECT_NEAR(blas.logits[i], own.logits[i], kTolerance * largest) << i;
}

INSTANTIATE_TEST_SUITE_P(Libraries, BlasTest, testing::Values("openblas", "scipy_openblas64", "mkl"),
                         [](const auto& info) { return std::string(info.param); });

TEST(LoadBlasTest, ALibraryAndABaseHaveOneTable) {
  const std::string library = FakeBlasPath("openblas");
  const Kernels* const kernels = Load(library);
  EXPECT_EQ(Load(library), kernels);
  EXPECT_EQ(Load(FAKE_BLAS_FOLDER "/./libfake_openblas.so"), kernels);
  EXPECT_NE(Load(FakeBlasPath("mkl")), kernels);
  static const Kernels other = Scalar();
  EXPECT_NE(Load(library, other), kernels);
}

TEST(LoadBlasTest, ThreadsThatLoadAtOnceGetOneTable) {
  static const Kernels base = Scalar();  // not joined to anything yet
  std::vector<const Kernels*> tables(4);
  std::vector<std::thread> threads;
  for (const Kernels*& table : tables) threads.emplace_back([&] { table = Load(FakeBlasPath("mkl"), base); });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(tables, std::vector<const Kernels*>(4, Load(FakeBlasPath("mkl"), base)));
}

TEST(LoadBlasTest, RefusesWhatIsNoBlas) {
  const auto refusal = [](const std::string& library) {
    const Kernels* kernels = nullptr;
    const Status status = LoadBlas(library, Scalar(), &kernels);
    EXPECT_EQ(status.code(), StatusCode::kInvalidArgument);
    EXPECT_EQ(kernels, nullptr);
    return status.message();
  };
  EXPECT_EQ(refusal(""), "the path of the BLAS library is empty");
  const std::string missing = FakeBlasPath("missing");
  EXPECT_EQ(refusal(missing).find("BLAS library '" + missing + "' cannot be loaded: " + missing), 0u);
  const std::string stranger = FakeBlasPath("stranger");
  EXPECT_EQ(refusal(stranger),
            "BLAS library '" + stranger +
                "' has not the functions of one that is known: scipy_cblas_sgemv64_, "
                "scipy_openblas_set_num_threads64_; or cblas_sgemv, openblas_set_num_threads; or cblas_sgemv, "
                "MKL_Set_Threading_Layer, MKL_Set_Num_Threads");
}

// In a process of its own, since tables last as long as it.
void FillAndExit() {
  static Kernels bases[kMostBlasLibraries + 1];
  for (int i = 0;; ++i) {
    bases[i] = Scalar();
    const Kernels* kernels = nullptr;
    const Status status = LoadBlas(FakeBlasPath("openblas"), bases[i], &kernels);
    if (status.ok()) continue;
    const bool again = LoadBlas(FakeBlasPath("openblas"), bases[0], &kernels).ok();
    std::fprintf(stderr, "%d, %s, again %d\n", static_cast<int>(status.code()), status.message().c_str(), again);
    std::exit(0);
  }
}

TEST(LoadBlasDeathTest, RefusesMoreThanAProcessMayHave) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(FillAndExit(), testing::ExitedWithCode(0),
              "^2, BLAS library '.*libfake_openblas.so' is one too many, a process has at most 8, again 1");
}

}  // namespace
}  // namespace tf_wavenet
