#include "cc/engine/synth/share.h"

#include <algorithm>
#include <cstring>

namespace tf_wavenet {
namespace {

constexpr int kUnitBytes = kRowAlign * kGroupBytes;  // of one group of columns; and of as many scales
static_assert(kGroupBytes == sizeof(float));

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

// Copies rows of matrices one after another to `to`; where that is null it only counts how many bytes they take.
class Copies {
 public:
  Copies(char* to, Precision precision) : to_(to), precision_(precision) {}

  size_t bytes() const { return bytes_; }

  Matrix Rows(const Matrix& w, const std::vector<tf_wavenet::Rows>& rows) {
    Matrix copy{nullptr, 0, w.cols, nullptr};
    if (w.data == nullptr) return copy;
    for (const auto& part : rows) copy.rows += part.count();
    const int groups = w.cols * ElementBytes(precision_) / kGroupBytes;
    const size_t size = size_t(copy.rows) * groups * kGroupBytes;
    if (to_ != nullptr && copy.rows > 0) {
      char* const data = to_ + bytes_;
      int at = 0;
      for (const auto& part : rows) {
        for (int row = part.begin; row < part.end; row += kRowAlign, at += kRowAlign) {
          const Unit from = UnitAt(w.rows, row, groups), to = UnitAt(copy.rows, at, groups);
          for (int g = 0; g < groups; ++g) {
            std::memcpy(data + to.offset + g * to.stride,
                        static_cast<const char*>(w.data) + from.offset + g * from.stride, kUnitBytes);
          }
        }
      }
      copy.data = data;
    }
    bytes_ += size;
    return copy;
  }

  const float* Scale(const float* scale, const std::vector<tf_wavenet::Rows>& rows) {
    if (scale == nullptr) return nullptr;
    const float* const copy = to_ != nullptr ? reinterpret_cast<float*>(to_ + bytes_) : nullptr;
    for (const auto& part : rows) {
      const size_t size = part.count() * sizeof(float);
      if (to_ != nullptr) std::memcpy(to_ + bytes_, scale + part.begin, size);
      bytes_ += size;
    }
    return copy;
  }

 private:
  char* const to_;
  const Precision precision_;
  size_t bytes_ = 0;
};

// Points `share` at copies in the order in which a step reads them (voice.h): what is small, left halves, the others.
// Returns how many bytes they take, which is all that it does where `to` is null.
size_t CopyTo(char* to, const Voice& voice, Share* share) {
  const Division& division = share->division;
  const int rp = static_cast<int>(PadRows(voice.config.residual_channels));
  const std::vector<Rows> channels = {division.channels}, skip = {division.skip}, output = {division.output};
  const std::vector<Rows> gate = {division.channels, {rp + division.channels.begin, rp + division.channels.end}};
  const size_t layers = voice.layers.size();
  Copies copies(to, voice.precision);
  share->layers.resize(layers);
  std::vector<const float*> cur_scale, res_scale, skip_scale;
  for (const Layer& whole : voice.layers) {
    cur_scale.push_back(copies.Scale(whole.cur.scale, gate));
    res_scale.push_back(copies.Scale(whole.res.scale, channels));
    skip_scale.push_back(copies.Scale(whole.skip.scale, skip));
  }
  const float* const relu_scale = copies.Scale(voice.relu.scale, output);
  const float* const out_scale = copies.Scale(voice.out.scale, output);
  for (size_t i = 0; i < layers; ++i) share->layers[i].prev = copies.Rows(voice.layers[i].prev, division.left);
  for (size_t i = 0; i < layers; ++i) {
    const Layer& whole = voice.layers[i];
    Layer& layer = share->layers[i];
    layer.cur = copies.Rows(whole.cur, gate);
    layer.res = copies.Rows(whole.res, channels);
    layer.skip = copies.Rows(whole.skip, skip);
    layer.cur.scale = cur_scale[i];
    layer.res.scale = res_scale[i];
    layer.skip.scale = skip_scale[i];
    layer.res_bias = whole.res_bias != nullptr ? whole.res_bias + division.channels.begin : nullptr;
  }
  share->relu = copies.Rows(voice.relu, output);
  share->out = copies.Rows(voice.out, output);
  share->relu.scale = relu_scale;
  share->out.scale = out_scale;
  return copies.bytes();
}

bool HasAll(const Division& division, const VoiceConfig& config) {
  int left = 0;
  for (const Rows& rows : division.left) left += rows.count();
  return division.channels.count() == PadRows(config.residual_channels) && left == 2 * division.channels.count() &&
         division.skip.count() == PadRows(config.skip_channels) &&
         division.output.count() == PadRows(config.output_channels);
}

}  // namespace

Rows PartOf(int rows, int part, int parts) {
  const int64_t units = rows / kRowAlign;
  const auto bound = [&](int64_t i) { return static_cast<int>(units * i / parts * kRowAlign); };
  return {bound(part), bound(part + 1)};
}

Share::Share(const Voice& voice, const Division& division)
    : division(division), layers(voice.layers), relu(voice.relu), out(voice.out), memory_(0) {
  if (HasAll(division, voice.config)) return;
  memory_ = Aligned<char>(CopyTo(nullptr, voice, this));
  CopyTo(memory_.data(), voice, this);
}

}  // namespace tf_wavenet
