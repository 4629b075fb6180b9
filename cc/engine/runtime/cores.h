// The cores that this process may use, which is less than what the machine has: taskset, cpusets and the CPU quota of a
// container count.
#ifndef TF_WAVENET_CC_ENGINE_RUNTIME_CORES_H_
#define TF_WAVENET_CC_ENGINE_RUNTIME_CORES_H_

#include <string>
#include <vector>

namespace tf_wavenet {

struct Cores {
  // Numbers of the logical CPUs that the calling thread may run on, at least one: first one of each physical core, then
  // their siblings.
  std::vector<int> cpus;
  // As many threads as run at once without sharing a physical core or exceeding the quota, at least 1.
  int threads = 1;
};

// `system_folder` is "" but in tests, which lay out /sys and /proc as they like.
Cores AllowedCores(const std::string& system_folder = "");

// Keeps the calling thread on one logical CPU. False if the system refuses: the thread then runs anywhere.
bool PinThisThread(int cpu);

}  // namespace tf_wavenet

#endif  // TF_WAVENET_CC_ENGINE_RUNTIME_CORES_H_
