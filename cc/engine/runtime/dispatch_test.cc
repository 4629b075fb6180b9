#include "cc/engine/runtime/dispatch.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

namespace tf_wavenet {
namespace {

constexpr CpuFeatures kOld{false, false, false};
constexpr CpuFeatures kHaswell{true, false, false};
constexpr CpuFeatures kSkylake{true, true, false};
constexpr CpuFeatures kNew{true, true, true};

class DispatchTest : public testing::Test {
 protected:
  void SetUp() override {
    if (const char* value = std::getenv(kIsaVariable)) outer_ = value, had_outer_ = true;
    unsetenv(kIsaVariable);
  }
  void TearDown() override {
    if (had_outer_) {
      setenv(kIsaVariable, outer_.c_str(), 1);
    } else {
      unsetenv(kIsaVariable);
    }
  }
  static std::string Chosen(const std::string& isa, const CpuFeatures& cpu) {
    const Kernels* kernels = nullptr;
    const Status status = ChooseKernels(isa, cpu, &kernels);
    return status.ok() ? kernels->isa : status.message();
  }
  static StatusCode Code(const std::string& isa, const CpuFeatures& cpu) {
    const Kernels* kernels = nullptr;
    return ChooseKernels(isa, cpu, &kernels).code();
  }

 private:
  std::string outer_;
  bool had_outer_ = false;
};

TEST_F(DispatchTest, TakesTheBestThatTheCpuHas) {
  EXPECT_EQ(Chosen("", kOld), "scalar");
  EXPECT_EQ(Chosen("", kHaswell), "avx2");
  EXPECT_EQ(Chosen("", kSkylake), "avx512");
  EXPECT_EQ(Chosen("", kNew), "avx512vnni");
}

TEST_F(DispatchTest, ListsWorstFirst) {
  EXPECT_EQ(IsaNames(AvailableKernels(kOld)), "scalar");
  EXPECT_EQ(IsaNames(AvailableKernels(kSkylake)), "scalar,avx2,avx512");
  EXPECT_EQ(IsaNames(BuiltKernels()), "scalar,avx2,avx512,avx512vnni");
}

TEST_F(DispatchTest, GivesWhatIsAskedFor) {
  for (const char* isa : {"scalar", "avx2", "avx512", "avx512vnni"}) EXPECT_EQ(Chosen(isa, kNew), isa);
}

TEST_F(DispatchTest, RefusesWhatTheCpuLacksAndNeverFallsBack) {
  EXPECT_EQ(Code("avx512", kHaswell), StatusCode::kUnavailable);
  EXPECT_EQ(Chosen("avx512", kHaswell), "isa is 'avx512', which this CPU cannot run; available: scalar,avx2");
}

TEST_F(DispatchTest, RefusesUnknownNames) {
  EXPECT_EQ(Code("neon", kNew), StatusCode::kInvalidArgument);
  EXPECT_EQ(Chosen("AVX2", kNew), "isa is 'AVX2', must be empty or one of scalar,avx2,avx512,avx512vnni");
}

TEST_F(DispatchTest, TheVariableStandsForTheEmptyName) {
  setenv(kIsaVariable, "avx2", 1);
  EXPECT_EQ(Chosen("", kNew), "avx2");
  EXPECT_EQ(Chosen("avx512", kNew), "avx512");
  EXPECT_EQ(Chosen("", kOld), "TF_WAVENET_ISA is 'avx2', which this CPU cannot run; available: scalar");
  setenv(kIsaVariable, "", 1);
  EXPECT_EQ(Chosen("", kNew), "avx512vnni");
  setenv(kIsaVariable, "best", 1);
  EXPECT_EQ(Code("", kNew), StatusCode::kInvalidArgument);
}

TEST_F(DispatchTest, ThisCpuHasItsBest) {
  const Kernels* kernels = nullptr;
  ASSERT_TRUE(ChooseKernels("", &kernels).ok());
  EXPECT_EQ(kernels, AvailableKernels(DetectCpu()).back());
}

}  // namespace
}  // namespace tf_wavenet
