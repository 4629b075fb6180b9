// Dispatch: the one place that decides which table of kernels runs.
//
//   built      the tables that this binary holds (the build decides)
//   available  those of them that this CPU can run (cpu.h)
//   chosen     the one asked for; "" asks for TF_WAVENET_ISA if that is set, else for the best available
// Asking for one that is not available is an error, never a fallback: a result must not silently come from other code.
#ifndef TF_WAVENET_CC_ENGINE_RUNTIME_DISPATCH_H_
#define TF_WAVENET_CC_ENGINE_RUNTIME_DISPATCH_H_

#include <string>
#include <vector>

#include "cc/engine/base/status.h"
#include "cc/engine/kernels/kernels.h"
#include "cc/engine/runtime/cpu.h"

namespace tf_wavenet {

inline constexpr char kIsaVariable[] = "TF_WAVENET_ISA";

// Both worst first, and never empty: scalar is always there.
std::vector<const Kernels*> BuiltKernels();
std::vector<const Kernels*> AvailableKernels(const CpuFeatures& cpu);

// The names, comma-separated.
std::string IsaNames(const std::vector<const Kernels*>& tables);

// InvalidArgument for a name that no table has; Unavailable, listing what there is, for one that this CPU cannot run.
Status ChooseKernels(const std::string& isa, const CpuFeatures& cpu, const Kernels** kernels);
Status ChooseKernels(const std::string& isa, const Kernels** kernels);  // for this CPU

}  // namespace tf_wavenet

#endif  // TF_WAVENET_CC_ENGINE_RUNTIME_DISPATCH_H_
