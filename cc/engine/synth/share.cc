#include "cc/engine/synth/share.h"

#include <algorithm>
#include <cstring>

namespace tf_wavenet {
namespace {

constexpr int kUnitBytes = kRowAlign * kGroupBytes;  // of one group of columns

// Where in a packed matrix the unit of rows that begins at `row` has its first group of columns, and how far it is from
// there to the next group.
struct Unit {
  size_t offset;
  size_t stride;
};
Unit UnitAt(int rows, int row, int groups) {
  const int panel = row / kPanelRows * kPanelRows, height = std::min(kPanelRows, rows - panel);
  return {(size_t(panel) * groups + (row - panel)) * kGroupBytes, size_t(height) * kGroupBytes};
}

}  // namespace

Rows PartOf(int rows, int part, int parts) {
  const int64_t units = rows / kRowAlign;
  const auto bound = [&](int64_t i) { return static_cast<int>(units * i / parts * kRowAlign); };
  return {bound(part), bound(part + 1)};
}

Share::Share(const Voice& voice, const Division& division)
    : division(division), relu(voice.relu), out(voice.out), precision_(voice.precision) {
  const int rp = static_cast<int>(PadRows(voice.config.residual_channels));
  const Rows channels = division.channels;
  const std::vector<Rows> gate = {channels, {rp + channels.begin, rp + channels.end}};
  for (const Layer& whole : voice.layers) {
    Layer layer = whole;
    layer.prev = Take(whole.prev, division.left);
    layer.cur = Take(whole.cur, gate);
    layer.res = Take(whole.res, {channels});
    layer.skip = Take(whole.skip, {division.skip});
    if (whole.res_bias != nullptr) layer.res_bias = whole.res_bias + channels.begin;
    layers.push_back(layer);
  }
  relu = Take(voice.relu, {division.output});
  out = Take(voice.out, {division.output});
}

Matrix Share::Take(const Matrix& w, const std::vector<Rows>& rows) {
  int count = 0;
  for (const Rows& part : rows) count += part.count();
  if (w.data == nullptr || count == 0) return {};
  if (count == w.rows) return w;
  const int groups = w.cols * ElementBytes(precision_) / kGroupBytes;
  Matrix taken{nullptr, count, w.cols, nullptr};
  Aligned<char> data(size_t(count) * groups * kGroupBytes), scale(w.scale != nullptr ? count * sizeof(float) : 0);
  int to = 0;
  for (const Rows& part : rows) {
    for (int row = part.begin; row < part.end; row += kRowAlign, to += kRowAlign) {
      const Unit source = UnitAt(w.rows, row, groups), target = UnitAt(count, to, groups);
      for (int g = 0; g < groups; ++g) {
        std::memcpy(data.data() + target.offset + g * target.stride,
                    static_cast<const char*>(w.data) + source.offset + g * source.stride, kUnitBytes);
      }
      if (w.scale != nullptr) std::memcpy(scale.data() + to * sizeof(float), w.scale + row, kUnitBytes);
    }
  }
  taken.data = data.data();
  if (w.scale != nullptr) taken.scale = reinterpret_cast<const float*>(scale.data());
  copies_.push_back(std::move(data));
  copies_.push_back(std::move(scale));
  return taken;
}

}  // namespace tf_wavenet
