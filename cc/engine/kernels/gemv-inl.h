// GEMV over packed panels (layout.h) of any precision, the multiply-adds alone, and the plain read of memory: the
// step's work and the two limits that its speed is compared with. kernels.h has the equations. One body for every ISA.
// For ISA files only: internal linkage, no STL, nothing that is not templated on Simd.
#ifndef TF_WAVENET_CC_ENGINE_KERNELS_GEMV_INL_H_
#define TF_WAVENET_CC_ENGINE_KERNELS_GEMV_INL_H_

#include <stdint.h>

#include "cc/engine/kernels/layout.h"

namespace tf_wavenet {
namespace {

constexpr int kLineBytes = 64;

// How far ahead of the multiply-adds weights are asked for, one line of each group of columns, into the second-level
// cache. Matrices follow each other in memory, so the prefetch runs on into the next matrix and keeps the stream going
// while a layer waits for its own results. One line of four, because the hardware's own prefetchers bring the others,
// and faster than software could: docs/performance.md has the figures.
constexpr int kPrefetchBytes = 3072;

// Adds one panel of kVecs vectors of rows, all columns, to `sums`. A group of columns is 32 bits of each row.
template <class Simd, class Numbers, int kVecs>
void AddPanel(const char* w, int groups, const char* x, typename Numbers::Sum (&sums)[kVecs]) {
  constexpr int kVecBytes = Simd::kLanes * kGroupBytes;
  for (int g = 0; g < groups; ++g, w += kVecs * kVecBytes, x += kGroupBytes) {
    Simd::Prefetch(w + kPrefetchBytes);
    const auto group = Numbers::Broadcast(x);
    for (int v = 0; v < kVecs; ++v) sums[v] = Numbers::MulAdd(sums[v], w + v * kVecBytes, group);
  }
}

// Null stays null.
template <class T>
inline T* Offset(T* base, int offset) {
  return base ? base + offset : nullptr;
}

// Calls body(count, panel, row): a panel begins at `row` and has `count()` times kRowAlign rows.
template <int kAligned>
struct Count {
  constexpr int operator()() const { return kAligned; }
};
template <class Body>
inline void ForEachPanel(const Matrix& w, int group_cols, const Body& body) {
  const char* panel = static_cast<const char*>(w.data);
  const int groups = w.cols / group_cols;
  for (int row = 0; row < w.rows; row += kPanelRows) {
    const int left = w.rows - row;
    const int height = left < kPanelRows ? left : kPanelRows;
    switch (height / kRowAlign) {
      case 4:
        body(Count<4>(), panel, groups, row);
        break;
      case 3:
        body(Count<3>(), panel, groups, row);
        break;
      case 2:
        body(Count<2>(), panel, groups, row);
        break;
      default:
        body(Count<1>(), panel, groups, row);
        break;
    }
    panel += static_cast<int64_t>(height) * groups * kGroupBytes;
  }
}

template <class Simd, class Numbers>
void GemvAcc(const Matrix& w, const void* x, void* acc) {
  ForEachPanel(w, Numbers::kGroupCols, [&](auto count, const char* panel, int groups, int row) {
    constexpr int kVecs = count() * (kRowAlign / Simd::kLanes);
    typename Numbers::Sum sums[kVecs];
    for (int v = 0; v < kVecs; ++v) sums[v] = Numbers::Zero();
    AddPanel<Simd, Numbers>(panel, groups, static_cast<const char*>(x), sums);
    auto* const out = static_cast<typename Numbers::SumElement*>(acc) + row;
    for (int v = 0; v < kVecs; ++v) Numbers::StoreSum(out + v * Simd::kLanes, sums[v]);
  });
}

template <class Simd, class Numbers>
void Gemv(const Matrix& w, const void* x, const void* acc, const float* bias, const float* add, float* out) {
  const auto* const summed = static_cast<const typename Numbers::SumElement*>(acc);
  ForEachPanel(w, Numbers::kGroupCols, [&](auto count, const char* panel, int groups, int row) {
    constexpr int kVecs = count() * (kRowAlign / Simd::kLanes);
    typename Numbers::Sum sums[kVecs];
    for (int v = 0; v < kVecs; ++v) {
      const int at = row + v * Simd::kLanes;
      sums[v] = Numbers::Begin(Offset(summed, at), Offset(bias, at));
    }
    AddPanel<Simd, Numbers>(panel, groups, static_cast<const char*>(x), sums);
    for (int v = 0; v < kVecs; ++v) {
      const int at = row + v * Simd::kLanes;
      const auto real = Numbers::Real(sums[v], Offset(summed, at), Offset(w.scale, at), Offset(bias, at));
      Simd::Store(out + at, add ? Simd::Add(Simd::Load(add + at), real) : real);
    }
  });
}

// Enough accumulators to hide the latency of two multiply-adds per cycle.
template <class Simd, class Numbers>
int64_t MultiplyAdds(const void* w, const void* x, int64_t rounds) {
  constexpr int kVecs = 8;
  static_assert(kVecs * Simd::kLanes * kGroupBytes <= kMultiplyAddBytes);
  typename Numbers::Sum sums[kVecs];
  for (int v = 0; v < kVecs; ++v) sums[v] = Numbers::Zero();
  const auto group = Numbers::Broadcast(static_cast<const char*>(x));
  for (int64_t i = 0; i < rounds; ++i) {
    for (int v = 0; v < kVecs; ++v) {
      sums[v] = Numbers::MulAdd(sums[v], static_cast<const char*>(w) + v * Simd::kLanes * kGroupBytes, group);
    }
    // One round at a time: weights that may be others cannot be left out or combined. To clobber memory would do so
    // too, but keep the sums there instead of in registers.
    asm volatile("" : "+r"(w));
  }
  typename Numbers::SumElement kept[kVecs * Simd::kLanes];
  for (int v = 0; v < kVecs; ++v) Numbers::StoreSum(kept + v * Simd::kLanes, sums[v]);
  asm volatile("" ::"r"(kept) : "memory");
  return rounds * kVecs * Simd::kLanes * Numbers::kGroupCols;
}

// Sum of all 64-bit words, eight lines at a time; with kPrefetch, every line is asked for beforehand. Which of the two
// is the faster depends on the CPU.
template <class Simd, bool kPrefetch>
uint64_t Stream(const void* data, int64_t bytes) {
  constexpr int kSums = 8;
  constexpr int kVecBytes = Simd::kWords * static_cast<int>(sizeof(uint64_t));
  constexpr int kVecsPerLine = kLineBytes / kVecBytes;
  typename Simd::Words sums[kSums];
  for (int s = 0; s < kSums; ++s) sums[s] = Simd::ZeroWords();
  const char* p = static_cast<const char*>(data);
  const char* const end = p + bytes;
  const auto add_line = [&](int s) {
    for (int v = 0; v < kVecsPerLine; ++v) {
      sums[s] = Simd::AddWords(sums[s], reinterpret_cast<const uint64_t*>(p + v * kVecBytes));
    }
    p += kLineBytes;
  };
  while (end - p >= kSums * kLineBytes) {
    for (int s = 0; s < kSums; ++s) {
      if (kPrefetch) Simd::Prefetch(p + kPrefetchBytes);
      add_line(s);
    }
  }
  while (p < end) add_line(0);
  uint64_t total = 0;
  for (int s = 0; s < kSums; ++s) total += Simd::SumWords(sums[s]);
  return total;
}

}  // namespace
}  // namespace tf_wavenet

#endif  // TF_WAVENET_CC_ENGINE_KERNELS_GEMV_INL_H_
