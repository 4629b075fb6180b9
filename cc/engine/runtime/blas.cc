#include "cc/engine/runtime/blas.h"

#include <dlfcn.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <iterator>
#include <mutex>
#include <utility>

#include "cc/engine/base/format.h"

namespace tf_wavenet {
namespace {

// Under which name a library has sgemv, and with which integers. The setters, called with 1, keep it to one thread:
// MKL's layer 1 is the sequential one, but can be chosen only before anything else calls MKL.
struct Interface {
  const char* sgemv;
  bool wide;  // 64-bit integers
  std::array<const char*, 2> setters;
};
constexpr Interface kInterfaces[] = {
    {"scipy_cblas_sgemv64_", true, {"scipy_openblas_set_num_threads64_"}},  // PyPI's scipy-openblas64
    {"cblas_sgemv", false, {"openblas_set_num_threads"}},
    {"cblas_sgemv", false, {"MKL_Set_Threading_Layer", "MKL_Set_Num_Threads"}},
};

// y = w x + beta y
template <class Int>
void Sgemv(void* sgemv, const Matrix& w, const float* x, float beta, float* y) {
  using Function = void (*)(int order, int transpose, Int rows, Int cols, float alpha, const float* a, Int lda,
                            const float* x, Int x_stride, float beta, float* y, Int y_stride);
  constexpr int kColumnMajor = 102, kNoTranspose = 111;
  reinterpret_cast<Function>(sgemv)(kColumnMajor, kNoTranspose, w.rows, w.cols, 1.0f, static_cast<const float*>(w.data),
                                    w.rows, x, 1, beta, y, 1);
}

// A loaded library joined to a base. Kernels are functions without state: each slot has functions of its own.
struct Slot {
  void* library = nullptr;
  const Kernels* base = nullptr;
  void* sgemv = nullptr;
  bool wide = false;
  char isa[64] = "";
  Kernels kernels = {};

  void Multiply(const Matrix& w, const void* x, bool add, float* y) const {
    const auto multiply = wide ? &Sgemv<int64_t> : &Sgemv<int32_t>;
    multiply(sgemv, w, static_cast<const float*>(x), add ? 1.0f : 0.0f, y);
  }
};
std::mutex mutex;  // of what follows; a slot is not written to again once it is given out
Slot slots[kMostBlasLibraries];
int slots_used = 0;

template <int kSlot>
void GemvAcc(const Matrix& w, const Column* columns, int count) {
  for (int c = 0; c < count; ++c) slots[kSlot].Multiply(w, columns[c].x, false, static_cast<float*>(columns[c].out));
}

template <int kSlot>
void Gemv(const Matrix& w, const float* bias, const Column* columns, int count) {
  for (int c = 0; c < count; ++c) {
    const Column& column = columns[c];
    float* const out = static_cast<float*>(column.out);
    bool there = false;  // whether `out` holds terms that BLAS has to add to
    for (const float* terms : {column.add, static_cast<const float*>(column.acc), bias}) {
      if (terms == nullptr) continue;
      if (there) {
        for (int row = 0; row < w.rows; ++row) out[row] += terms[row];
      } else if (terms != out) {
        std::copy_n(terms, w.rows, out);
      }
      there = true;
    }
    slots[kSlot].Multiply(w, column.x, there, out);
  }
}

struct Products {
  decltype(&GemvAcc<0>) gemv_acc;
  decltype(&Gemv<0>) gemv;
};
template <int... kSlots>
constexpr std::array<Products, sizeof...(kSlots)> ProductsOf(std::integer_sequence<int, kSlots...>) {
  return {{{&GemvAcc<kSlots>, &Gemv<kSlots>}...}};
}
constexpr auto kProducts = ProductsOf(std::make_integer_sequence<int, kMostBlasLibraries>());

bool HasAll(void* library, const Interface& interface) {
  const auto has = [&](const char* name) { return name == nullptr || dlsym(library, name) != nullptr; };
  return has(interface.sgemv) && std::all_of(interface.setters.begin(), interface.setters.end(), has);
}

Status Refusal(const std::string& library) {
  std::string wanted;
  for (const Interface& candidate : kInterfaces) {
    wanted += (wanted.empty() ? "" : "; or ") + std::string(candidate.sgemv);
    for (const char* setter : candidate.setters) wanted += setter != nullptr ? ", " + std::string(setter) : "";
  }
  return InvalidArgument(
      Format("BLAS library '%s' has not the functions of one that is known: %s", library.c_str(), wanted.c_str()));
}

}  // namespace

Status LoadBlas(const std::string& library, const Kernels& base, const Kernels** kernels) {
  if (library.empty()) return InvalidArgument("the path of the BLAS library is empty");
  const std::lock_guard lock(mutex);
  // Not closed, not even on errors: a library that has been loaded may have threads.
  void* const loaded = dlopen(library.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (loaded == nullptr) {
    return InvalidArgument(Format("BLAS library '%s' cannot be loaded: %s", library.c_str(), dlerror()));
  }
  for (int i = 0; i < slots_used; ++i) {
    if (slots[i].library == loaded && slots[i].base == &base) {
      *kernels = &slots[i].kernels;
      return {};
    }
  }
  const Interface* const interface = std::find_if(std::begin(kInterfaces), std::end(kInterfaces),
                                                  [&](const Interface& known) { return HasAll(loaded, known); });
  if (interface == std::end(kInterfaces)) return Refusal(library);
  if (slots_used == kMostBlasLibraries) {
    return {StatusCode::kUnavailable,
            Format("BLAS library '%s' is one too many, a process has at most %d", library.c_str(), kMostBlasLibraries)};
  }
  for (const char* setter : interface->setters) {
    if (setter != nullptr) reinterpret_cast<void (*)(int)>(dlsym(loaded, setter))(1);
  }
  Slot& slot = slots[slots_used];
  slot.library = loaded;
  slot.base = &base;
  slot.sgemv = dlsym(loaded, interface->sgemv);
  slot.wide = interface->wide;
  const std::string isa = std::string(base.isa) + "+" + library.substr(library.rfind('/') + 1);
  isa.copy(slot.isa, sizeof(slot.isa) - 1);
  slot.kernels = base;
  slot.kernels.isa = slot.isa;
  PrecisionKernels& f32 = slot.kernels.precision[static_cast<int>(Precision::kF32)];
  f32.gemv_acc = kProducts[slots_used].gemv_acc;
  f32.gemv = kProducts[slots_used].gemv;
  ++slots_used;
  *kernels = &slot.kernels;
  return {};
}

}  // namespace tf_wavenet
