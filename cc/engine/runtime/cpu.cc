#include "cc/engine/runtime/cpu.h"

namespace tf_wavenet {

CpuFeatures DetectCpu() {
  CpuFeatures cpu;
#if defined(__x86_64__)
  __builtin_cpu_init();  // we may be called before the constructors that would do it
  cpu.avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  cpu.avx512 = cpu.avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
               __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
  cpu.avx512vnni = cpu.avx512 && __builtin_cpu_supports("avx512vnni");
#endif
  return cpu;
}

}  // namespace tf_wavenet
