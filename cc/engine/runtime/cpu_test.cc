#include "cc/engine/runtime/cpu.h"

#include <gtest/gtest.h>

#include <fstream>
#include <string>

namespace tf_wavenet {
namespace {

// The flags that the kernel lists for the first CPU, padded with spaces; empty where there is no such list.
std::string FlagsOfKernel() {
  std::ifstream cpuinfo("/proc/cpuinfo");
  for (std::string line; std::getline(cpuinfo, line);) {
    if (line.rfind("flags", 0) == 0) return line + " ";
  }
  return "";
}

TEST(CpuTest, WiderSetsIncludeNarrowerOnes) {
  const CpuFeatures cpu = DetectCpu();
  EXPECT_TRUE(cpu.avx2 || !cpu.avx512);
  EXPECT_TRUE(cpu.avx512 || !cpu.avx512vnni);
}

// One way only: the kernel's list is the host's where an emulator runs the test.
TEST(CpuTest, ClaimsNothingThatTheKernelDoesNotList) {
  const std::string flags = FlagsOfKernel();
  const auto listed = [&](const char* flag) {
    return flags.empty() || flags.find(std::string(" ") + flag + " ") != flags.npos;
  };
  const CpuFeatures cpu = DetectCpu();
  EXPECT_TRUE(!cpu.avx2 || (listed("avx2") && listed("fma")));
  EXPECT_TRUE(!cpu.avx512 || (listed("avx512f") && listed("avx512bw") && listed("avx512dq") && listed("avx512vl")));
  EXPECT_TRUE(!cpu.avx512vnni || (listed("avx512_vnni")));
}

}  // namespace
}  // namespace tf_wavenet
