#include "cc/engine/model/voice_numbers.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "cc/engine/base/format.h"

namespace tf_wavenet {
namespace {

constexpr int64_t kNone = -1;

// The first value beyond +-limit, or NaN, or if `positive`, negative; kNone if there is none. Positive floats are
// ordered as their bits are. The loop has no way out, so that it is vectorized.
int64_t FirstBad(const float* values, int64_t count, bool positive, float limit) {
  const uint32_t mask = positive ? ~uint32_t{0} : ~(uint32_t{1} << 31);
  const auto bits = [](const float* value) {
    uint32_t word;
    std::memcpy(&word, value, sizeof(word));
    return word;
  };
  const uint32_t highest = bits(&limit);
  uint32_t bad = 0;
  for (int64_t i = 0; i < count; ++i) bad |= (bits(values + i) & mask) > highest;
  if (bad == 0) return kNone;
  int64_t first = 0;
  while ((bits(values + first) & mask) <= highest) ++first;
  return first;
}

// Of every row of one panel: adds sum|w| to `sums`, raises `pairs` to the largest |w| + |w'| of columns side by side.
// Sums run over places in a group first: loops over flat memory are vectorized, loops over rows of a few bytes are not.
template <class Weight>
void AddRowSums(const Weight* panel, int height, int64_t groups, int64_t* sums, int32_t* pairs) {
  constexpr int kCols = kGroupBytes / sizeof(Weight);
  const int places = height * kCols;
  int32_t magnitudes[kPanelRows * kCols + 1] = {}, place_sums[kPanelRows * kCols] = {};  // sums of up to 4096 groups
  int32_t place_pairs[kPanelRows * kCols] = {};  // of a place and the next one; every other is a pair
  for (int64_t g = 0; g < groups; ++g, panel += places) {
    for (int i = 0; i < places; ++i) magnitudes[i] = std::abs(int32_t{panel[i]});
    for (int i = 0; i < places; ++i) place_sums[i] += magnitudes[i];
    for (int i = 0; i < places; ++i) place_pairs[i] = std::max(place_pairs[i], magnitudes[i] + magnitudes[i + 1]);
  }
  for (int i = 0; i < places; i += 2) {
    sums[i / kCols] += place_sums[i] + place_sums[i + 1];
    pairs[i / kCols] = std::max(pairs[i / kCols], place_pairs[i]);
  }
}

// Checks one matrix after another; after the first that breaks a rule, `status` says why and nothing more is looked at.
class Checker {
 public:
  explicit Checker(const Voice& voice) : voice_(voice) {}

  const Status& status() const { return status_; }

  void Numbers(const std::string& name, const float* values, int64_t count) {
    Range(name, values, count, false, kMaxNumber);
  }
  void Scales(const std::string& name, const float* values, int64_t count, float limit = kMaxScale) {
    Range(name, values, count, true, limit);
  }

  // The rows of `a`, joined by those of `b` (which may be null), and the scale that they share.
  void Rows(const std::string& name, const std::string& scale_name, const Matrix& a, const Matrix* b = nullptr) {
    Scales(scale_name, a.scale, a.rows);
    if (!status_.ok()) return;
    sums_.assign(a.rows, 0);
    pairs_.assign(a.rows, 0);
    AddRowSums(a);
    if (b != nullptr) AddRowSums(*b);
    const auto worst_pair = std::max_element(pairs_.begin(), pairs_.end());
    if (voice_.precision == Precision::kInt8 && *worst_pair > kMaxInt8PairSum) {
      status_ = InvalidArgument(
          Format("%s row %d has two weights side by side whose magnitudes sum to %d, must be at "
                 "most %d, or their products could overflow 16 bits",
                 name.c_str(), static_cast<int>(worst_pair - pairs_.begin()), *worst_pair, kMaxInt8PairSum));
      return;
    }
    const int64_t limit = MaxRowSum(voice_.precision);
    const auto worst = std::max_element(sums_.begin(), sums_.end());
    if (*worst <= limit) return;
    status_ =
        InvalidArgument(Format("%s row %d has weights whose magnitudes sum to %lld, must be at most %lld, or the "
                               "row's sum could overflow 32 bits",
                               name.c_str(), static_cast<int>(worst - sums_.begin()), static_cast<long long>(*worst),
                               static_cast<long long>(limit)));
  }

 private:
  void Range(const std::string& name, const float* values, int64_t count, bool positive, float limit) {
    if (!status_.ok()) return;
    const int64_t bad = FirstBad(values, count, positive, limit);
    if (bad == kNone) return;
    status_ = InvalidArgument(Format("%s[%lld] is %g, must be in [%g, %g]", name.c_str(), static_cast<long long>(bad),
                                     values[bad], positive ? 0.0f : -limit, limit));
  }

  void AddRowSums(const Matrix& w) {
    const char* panel = static_cast<const char*>(w.data);
    const int64_t groups = w.cols * ElementBytes(voice_.precision) / kGroupBytes;
    for (int row = 0; row < w.rows; row += kPanelRows) {
      const int height = std::min(kPanelRows, w.rows - row);
      if (voice_.precision == Precision::kInt16) {
        tf_wavenet::AddRowSums(reinterpret_cast<const int16_t*>(panel), height, groups, &sums_[row], &pairs_[row]);
      } else {
        tf_wavenet::AddRowSums(reinterpret_cast<const int8_t*>(panel), height, groups, &sums_[row], &pairs_[row]);
      }
      panel += height * groups * kGroupBytes;
    }
  }

  const Voice& voice_;
  std::vector<int64_t> sums_;
  std::vector<int32_t> pairs_;
  Status status_;
};

}  // namespace

Status CheckVoiceNumbers(const Voice& voice) {
  if (voice.precision == Precision::kF32) return {};
  const VoiceConfig& config = voice.config;
  const int64_t rp = PadRows(config.residual_channels), ap = PadRows(config.output_channels);
  Checker check(voice);
  check.Scales("act.inverse_scale", voice.inverse_scale, PadRows(config.layers + 2), kMaxInverseScale);
  check.Numbers("embed.prev", voice.embed_prev, config.output_channels * rp);
  check.Numbers("embed.cur", voice.embed_cur, config.output_channels * rp);
  check.Numbers("skip.bias", voice.skip_bias, PadRows(config.skip_channels));
  for (int i = 0; i < config.layers && check.status().ok(); ++i) {
    const Layer& layer = voice.layers[i];
    const std::string prefix = "layers." + std::to_string(i);
    check.Rows(prefix + ".prev and .cur", prefix + ".gate.scale", layer.prev, &layer.cur);
    if (layer.res.data != nullptr) {
      check.Rows(prefix + ".res", prefix + ".res.scale", layer.res);
      check.Numbers(prefix + ".res.bias", layer.res_bias, rp);
    }
    check.Rows(prefix + ".skip", prefix + ".skip.scale", layer.skip);
  }
  check.Rows("relu", "relu.scale", voice.relu);
  check.Numbers("relu.bias", voice.relu_bias, ap);
  check.Rows("out", "out.scale", voice.out);
  check.Numbers("out.bias", voice.out_bias, ap);
  check.Scales("cond.scale", voice.cond.scale, voice.cond.rows);
  check.Numbers("cond.bias", voice.cond_bias, int64_t{voice.config.speakers} * voice.cond.rows);
  return check.status();
}

}  // namespace tf_wavenet
