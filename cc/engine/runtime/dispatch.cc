#include "cc/engine/runtime/dispatch.h"

#include <cstdlib>

#include "cc/engine/base/format.h"
#include "cc/engine/kernels/tables.h"

namespace tf_wavenet {
namespace {

bool CpuHas(const CpuFeatures& cpu, const std::string& isa) {
  if (isa == "avx2") return cpu.avx2;
  if (isa == "avx512") return cpu.avx512;
  if (isa == "avx512vnni") return cpu.avx512vnni;
  return isa == "scalar";
}

const Kernels* Find(const std::vector<const Kernels*>& tables, const std::string& isa) {
  for (const Kernels* table : tables) {
    if (isa == table->isa) return table;
  }
  return nullptr;
}

}  // namespace

std::vector<const Kernels*> BuiltKernels() {
  return {
    &kKernelsScalar,
#if defined(__x86_64__)
        &kKernelsAvx2, &kKernelsAvx512, &kKernelsAvx512Vnni,
#endif
  };
}

std::vector<const Kernels*> AvailableKernels(const CpuFeatures& cpu) {
  std::vector<const Kernels*> available;
  for (const Kernels* table : BuiltKernels()) {
    if (CpuHas(cpu, table->isa)) available.push_back(table);
  }
  return available;
}

std::string IsaNames(const std::vector<const Kernels*>& tables) {
  std::string names;
  for (const Kernels* table : tables) names += (names.empty() ? "" : ",") + std::string(table->isa);
  return names;
}

Status ChooseKernels(const std::string& isa, const CpuFeatures& cpu, const Kernels** kernels) {
  std::string wanted = isa;
  const char* source = "isa";
  if (const char* forced = std::getenv(kIsaVariable); wanted.empty() && forced != nullptr) {
    wanted = forced;
    source = kIsaVariable;
  }
  const std::vector<const Kernels*> built = BuiltKernels();
  const std::vector<const Kernels*> available = AvailableKernels(cpu);
  *kernels = wanted.empty() ? available.back() : Find(available, wanted);
  if (*kernels != nullptr) return {};
  if (Find(built, wanted) == nullptr) {
    return InvalidArgument(
        Format("%s is '%s', must be empty or one of %s", source, wanted.c_str(), IsaNames(built).c_str()));
  }
  return {StatusCode::kUnavailable, Format("%s is '%s', which this CPU cannot run; available: %s", source,
                                           wanted.c_str(), IsaNames(available).c_str())};
}

Status ChooseKernels(const std::string& isa, const Kernels** kernels) {
  return ChooseKernels(isa, DetectCpu(), kernels);
}

}  // namespace tf_wavenet
