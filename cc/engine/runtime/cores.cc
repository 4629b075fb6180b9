#include "cc/engine/runtime/cores.h"

#include <pthread.h>
#include <sched.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <map>
#include <memory>

namespace tf_wavenet {
namespace {

// A set of as many CPUs as the system has, however many that are: cpu_set_t ends at 1024.
struct CpuSet {
  explicit CpuSet(int count) : bytes(CPU_ALLOC_SIZE(count)), set(CPU_ALLOC(count), [](cpu_set_t* s) { CPU_FREE(s); }) {
    CPU_ZERO_S(bytes, set.get());
  }
  size_t bytes;
  std::unique_ptr<cpu_set_t, void (*)(cpu_set_t*)> set;
};

std::vector<int> AffinityCpus() {
  std::vector<int> cpus;
  for (int count = 1024; count <= (1 << 20); count *= 2) {
    const CpuSet allowed(count);
    if (sched_getaffinity(0, allowed.bytes, allowed.set.get()) != 0) continue;  // more CPUs than that
    for (int cpu = 0; cpu < count; ++cpu) {
      if (CPU_ISSET_S(cpu, allowed.bytes, allowed.set.get())) cpus.push_back(cpu);
    }
    break;
  }
  if (cpus.empty()) cpus.push_back(0);
  return cpus;
}

// First word of a file, or "".
std::string Word(const std::string& path) {
  std::string word;
  std::ifstream(path) >> word;
  return word;
}

// The quota of a control group, in CPUs; infinite where there is none.
double Quota(const std::string& folder) {
  std::ifstream v2(folder + "/cpu.max");
  std::string quota;
  double period = 0;
  if (!(v2 >> quota >> period)) {
    quota = Word(folder + "/cpu.cfs_quota_us");  // version 1
    period = std::atof(Word(folder + "/cpu.cfs_period_us").c_str());
  }
  const double microseconds = std::atof(quota.c_str());  // 0 of "max"
  return microseconds > 0 && period > 0 ? microseconds / period : INFINITY;
}

// The lowest quota of the process's control group and those around it.
double LowestQuota(const std::string& system_folder) {
  double lowest = INFINITY;
  std::ifstream groups(system_folder + "/proc/self/cgroup");
  for (std::string line; std::getline(groups, line);) {  // number:controllers:/path
    const size_t first = line.find(':'), second = line.find(':', first + 1);
    if (first == std::string::npos || second == std::string::npos) continue;
    const std::string controllers = line.substr(first + 1, second - first - 1);
    if (!controllers.empty() && ("," + controllers + ",").find(",cpu,") == std::string::npos) continue;
    const std::string root = system_folder + "/sys/fs/cgroup" + (controllers.empty() ? "" : "/" + controllers);
    std::string path = line.substr(second + 1);
    for (bool more = true; more; path.resize(std::min(path.size(), path.rfind('/')))) {
      more = path.size() > 1;
      lowest = std::min(lowest, Quota(root + path));
    }
    lowest = std::min(lowest, Quota(root));
  }
  return lowest;
}

}  // namespace

Cores AllowedCores(const std::string& system_folder) {
  const std::vector<int> allowed = AffinityCpus();
  // The CPUs of each physical core. Where the system does not tell, each is a core of its own.
  std::map<std::string, std::vector<int>> cores;
  for (int cpu : allowed) {
    const std::string folder = system_folder + "/sys/devices/system/cpu/cpu" + std::to_string(cpu) + "/topology/";
    const std::string core = Word(folder + "core_id"), package = Word(folder + "physical_package_id");
    cores[core.empty() ? "cpu" + std::to_string(cpu) : package + ":" + core].push_back(cpu);
  }
  std::vector<std::vector<int>> rounds;  // the first CPUs of all cores, then the second ones, ...
  for (const auto& [name, cpus] : cores) {
    for (size_t i = 0; i < cpus.size(); ++i) {
      if (rounds.size() <= i) rounds.emplace_back();
      rounds[i].push_back(cpus[i]);
    }
  }
  Cores result;
  for (std::vector<int>& round : rounds) {
    std::sort(round.begin(), round.end());
    result.cpus.insert(result.cpus.end(), round.begin(), round.end());
  }
  const double quota = std::ceil(LowestQuota(system_folder));
  result.threads = static_cast<int>(std::clamp(quota, 1.0, static_cast<double>(cores.size())));
  return result;
}

bool PinThisThread(int cpu) {
  const CpuSet one(cpu + 1);
  CPU_SET_S(cpu, one.bytes, one.set.get());
  return pthread_setaffinity_np(pthread_self(), one.bytes, one.set.get()) == 0;
}

}  // namespace tf_wavenet
