// Products of packed panels (layout.h) of any precision, the multiply-adds alone, and the plain read of memory: the
// step's work and the two limits that its speed is compared with. kernels.h has the equations. One body for every ISA.
// For ISA files only: internal linkage, no STL, nothing that is not templated on Simd.
#ifndef TF_WAVENET_CC_ENGINE_KERNELS_GEMV_INL_H_
#define TF_WAVENET_CC_ENGINE_KERNELS_GEMV_INL_H_

#include <stdint.h>

#include "cc/engine/kernels/kernels.h"
#include "cc/engine/kernels/layout.h"

namespace tf_wavenet {
namespace {

constexpr int kLineBytes = 64;

// How far ahead the measured stream asks for its lines, where it does.
constexpr int kPrefetchBytes = 3072;

// Rows of a panel that lie `stride` bytes from one group of columns to the next, which is 32 bits of each row.
struct Panel {
  const char* w;
  int stride;
  int groups;
};

// Adds kVecs vectors of rows, all columns of the matrix, times each of kColumns inputs to `sums`.
template <class Simd, class Numbers, int kColumns, int kVecs>
inline void AddPanel(const Panel& panel, const Column* columns, typename Numbers::Sum (&sums)[kColumns][kVecs]) {
  constexpr int kVecBytes = Simd::kLanes * kGroupBytes;
  const char* x[kColumns];
  for (int c = 0; c < kColumns; ++c) x[c] = static_cast<const char*>(columns[c].x);
  const char* w = panel.w;
  for (int g = 0; g < panel.groups; ++g, w += panel.stride) {
    for (int c = 0; c < kColumns; ++c) {
      const auto group = Numbers::Broadcast(x[c] + g * kGroupBytes);
      for (int v = 0; v < kVecs; ++v) sums[c][v] = Numbers::MulAdd(sums[c][v], w + v * kVecBytes, group);
    }
  }
}

// A number that is known when the body is compiled.
template <int kValue>
struct Constant {
  constexpr int operator()() const { return kValue; }
};

// Rows of one panel times several inputs: calls body(units, columns, panel, row, first), `units()` times kRowAlign rows
// from `row` on times the `columns()` inputs from `first` on, as many rows at a time as leave their sums in registers.
template <class Simd, int kUnits, class Body>
inline void ForEachTile(const Panel& panel, int row, int count, int tiles, const Body& body) {
  constexpr int kTileUnits = kUnits < Simd::kTileUnits ? kUnits : Simd::kTileUnits;
  static_assert(kUnits % kTileUnits == 0 && kTileColumns == 4);
  const auto rows_of = [&](auto columns, int first) {
    for (int unit = 0; unit < kUnits; unit += kTileUnits) {
      const Panel part{panel.w + unit * kRowAlign * kGroupBytes, panel.stride, panel.groups};
      body(Constant<kTileUnits>(), columns, part, row + unit * kRowAlign, first);
    }
  };
  for (int tile = 0; tile < tiles; ++tile) {
    const int first = count * tile / tiles, end = count * (tile + 1) / tiles;
    switch (end - first) {
      case 4:
        rows_of(Constant<4>(), first);
        break;
      case 3:
        rows_of(Constant<3>(), first);
        break;
      default:
        rows_of(Constant<2>(), first);
        break;
    }
  }
}

// The same of all panels. One input takes whole panels, with as little as can be between one and the next. Several are
// cut into equal tiles: two of three are quicker than one of four and one of two.
template <class Simd, class Body>
inline __attribute__((always_inline)) void ForEachPanel(const Matrix& w, int group_cols, int count, const Body& body) {
  const char* data = static_cast<const char*>(w.data);
  const int groups = w.cols / group_cols, rows = w.rows;
  const int tiles = (count + kTileColumns - 1) / kTileColumns;
  const auto one_or_several = [&](auto units, int row) __attribute__((always_inline)) {
    const Panel panel{data, units() * kRowAlign * kGroupBytes, groups};
    if (count == 1) {
      body(units, Constant<1>(), panel, row, 0);
    } else {
      ForEachTile<Simd, units()>(panel, row, count, tiles, body);
    }
    data += static_cast<int64_t>(panel.stride) * groups;
  };
  int row = 0;
  for (; rows - row >= kPanelRows; row += kPanelRows) one_or_several(Constant<4>(), row);
  switch ((rows - row) / kRowAlign) {
    case 3:
      one_or_several(Constant<3>(), row);
      break;
    case 2:
      one_or_several(Constant<2>(), row);
      break;
    case 1:
      one_or_several(Constant<1>(), row);
      break;
    default:
      break;
  }
}

// Sums that begin at `from`, or at zero where that is null.
template <class Simd, class Numbers, int kVecs>
inline void BeginSums(const typename Numbers::SumElement* from, typename Numbers::Sum (&sums)[kVecs]) {
  if (from) {
    for (int v = 0; v < kVecs; ++v) sums[v] = Numbers::LoadSum(from + v * Simd::kLanes);
  } else {
    for (int v = 0; v < kVecs; ++v) sums[v] = Numbers::Zero();
  }
}

// values[row] = terms[row] + values[row], unless `terms` is null.
template <class Simd, int kVecs>
inline void AddTerms(const float* terms, typename Simd::Vec (&values)[kVecs]) {
  if (!terms) return;
  for (int v = 0; v < kVecs; ++v) values[v] = Simd::Add(Simd::Load(terms + v * Simd::kLanes), values[v]);
}

// Null stays null.
template <class T>
inline T* Offset(T* base, int offset) {
  return base ? base + offset : nullptr;
}

template <class Simd, class Numbers>
void GemvAcc(const Matrix& w, const Column* columns, int count) {
  using SumElement = typename Numbers::SumElement;
  const auto tile = [=](auto units, auto width, const Panel& panel, int row, int first) __attribute__((always_inline)) {
    constexpr int kVecs = units() * (kRowAlign / Simd::kLanes), kColumns = width();
    typename Numbers::Sum sums[kColumns][kVecs];
    for (int c = 0; c < kColumns; ++c) BeginSums<Simd, Numbers, kVecs>(nullptr, sums[c]);
    AddPanel<Simd, Numbers, kColumns, kVecs>(panel, columns + first, sums);
    for (int c = 0; c < kColumns; ++c) {
      SumElement* const out = static_cast<SumElement*>(columns[first + c].out) + row;
      for (int v = 0; v < kVecs; ++v) Numbers::StoreSum(out + v * Simd::kLanes, sums[c][v]);
    }
  };
  ForEachPanel<Simd>(w, Numbers::kGroupCols, count, tile);
}

template <class Simd, class Numbers>
void Gemv(const Matrix& w, const float* bias, const Column* columns, int count) {
  using SumElement = typename Numbers::SumElement;
  const float* const scale = w.scale;
  const auto tile = [=](auto units, auto width, const Panel& panel, int row, int first) __attribute__((always_inline)) {
    constexpr int kVecs = units() * (kRowAlign / Simd::kLanes), kColumns = width();
    typename Numbers::Sum sums[kColumns][kVecs];
    const float* const bias_of_rows = Offset(bias, row);
    for (int c = 0; c < kColumns; ++c) {
      const SumElement* const acc = Offset(static_cast<const SumElement*>(columns[first + c].acc), row);
      BeginSums<Simd, Numbers, kVecs>(Numbers::Before(acc, bias_of_rows), sums[c]);
    }
    AddPanel<Simd, Numbers, kColumns, kVecs>(panel, columns + first, sums);
    for (int c = 0; c < kColumns; ++c) {
      const Column column = columns[first + c];  // a copy, which what is stored below cannot change
      const SumElement* const acc = Offset(static_cast<const SumElement*>(column.acc), row);
      float* const out = static_cast<float*>(column.out) + row;
      typename Simd::Vec values[kVecs];
      for (int v = 0; v < kVecs; ++v) values[v] = Numbers::Real(sums[c][v], scale, row + v * Simd::kLanes);
      AddTerms<Simd, kVecs>(Numbers::After(acc, bias_of_rows), values);
      AddTerms<Simd, kVecs>(Offset(column.add, row), values);
      for (int v = 0; v < kVecs; ++v) Simd::Store(out + v * Simd::kLanes, values[v]);
    }
  };
  ForEachPanel<Simd>(w, Numbers::kGroupCols, count, tile);
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
