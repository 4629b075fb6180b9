// The cores that may be used, on machines laid out as files.
#include "cc/engine/runtime/cores.h"

#include <gtest/gtest.h>
#include <sched.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>

namespace tf_wavenet {
namespace {

class CoresTest : public testing::Test {
 protected:
  CoresTest() {
    std::string pattern = testing::TempDir() + "/coresXXXXXX";
    root_ = mkdtemp(&pattern[0]);
  }
  ~CoresTest() override { std::filesystem::remove_all(root_); }

  void Write(const std::string& path, const std::string& content) const {
    const std::filesystem::path file = root_ + path;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file) << content;
  }
  void Topology(int cpu, int core) const {
    const std::string folder = "/sys/devices/system/cpu/cpu" + std::to_string(cpu) + "/topology/";
    Write(folder + "core_id", std::to_string(core) + "\n");
    Write(folder + "physical_package_id", "0\n");
  }

  std::string root_;
};

int AllowedByAffinity() {
  cpu_set_t set;
  CPU_ZERO(&set);
  EXPECT_EQ(sched_getaffinity(0, sizeof(set), &set), 0);
  return CPU_COUNT(&set);
}

TEST_F(CoresTest, WithoutAWordFromTheSystemEveryCpuIsACore) {
  const Cores cores = AllowedCores(root_);
  EXPECT_EQ(static_cast<int>(cores.cpus.size()), AllowedByAffinity());
  EXPECT_EQ(cores.threads, AllowedByAffinity());
}

TEST_F(CoresTest, ThisMachineGivesAtLeastOne) {
  const Cores cores = AllowedCores();
  EXPECT_EQ(static_cast<int>(cores.cpus.size()), AllowedByAffinity());
  EXPECT_GE(cores.threads, 1);
  EXPECT_LE(cores.threads, AllowedByAffinity());
}

TEST_F(CoresTest, SiblingsComeLastAndDoNotCount) {
  const std::vector<int> cpus = AllowedCores(root_).cpus;
  for (size_t i = 0; i < cpus.size(); ++i) Topology(cpus[i], 0);  // all of them siblings
  EXPECT_EQ(AllowedCores(root_).threads, 1);
  EXPECT_EQ(AllowedCores(root_).cpus, cpus);
  for (size_t i = 0; i < cpus.size(); ++i) Topology(cpus[i], static_cast<int>(i) / 2);  // pairs
  const Cores cores = AllowedCores(root_);
  ASSERT_EQ(cores.threads, static_cast<int>(cpus.size() + 1) / 2);
  for (int i = 0; i < cores.threads; ++i) EXPECT_EQ(cores.cpus[i], cpus[2 * i]);
}

TEST_F(CoresTest, QuotasOfControlGroupsCount) {
  const int all = AllowedByAffinity();
  Write("/proc/self/cgroup", "0::/a/b\n");
  Write("/sys/fs/cgroup/cpu.max", "max 100000\n");
  EXPECT_EQ(AllowedCores(root_).threads, all);
  Write("/sys/fs/cgroup/a/cpu.max", "50000 100000\n");  // of a group around it; half a CPU is one thread
  EXPECT_EQ(AllowedCores(root_).threads, 1);
  Write("/sys/fs/cgroup/a/cpu.max", "110000 100000\n");
  EXPECT_EQ(AllowedCores(root_).threads, std::min(2, all));
  Write("/sys/fs/cgroup/a/b/cpu.max", "10000 100000\n");
  EXPECT_EQ(AllowedCores(root_).threads, 1);
}

TEST_F(CoresTest, QuotasOfVersionOneCount) {
  Write("/proc/self/cgroup", "3:memory:/x\n2:cpu,cpuacct:/docker\n");
  Write("/sys/fs/cgroup/cpu,cpuacct/docker/cpu.cfs_quota_us", "100000\n");
  Write("/sys/fs/cgroup/cpu,cpuacct/docker/cpu.cfs_period_us", "100000\n");
  EXPECT_EQ(AllowedCores(root_).threads, 1);
  Write("/sys/fs/cgroup/cpu,cpuacct/docker/cpu.cfs_quota_us", "-1\n");
  EXPECT_EQ(AllowedCores(root_).threads, AllowedByAffinity());
}

TEST_F(CoresTest, APinnedThreadIsAllowedOneCpu) {
  const int cpu = AllowedCores(root_).cpus.back();
  Cores seen;
  std::thread([&] {
    ASSERT_TRUE(PinThisThread(cpu));
    seen = AllowedCores(root_);
  }).join();
  EXPECT_EQ(seen.cpus, std::vector<int>{cpu});
  EXPECT_EQ(seen.threads, 1);
  EXPECT_FALSE(PinThisThread(4095));
}

}  // namespace
}  // namespace tf_wavenet
