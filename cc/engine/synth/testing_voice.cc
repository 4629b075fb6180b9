#include "cc/engine/synth/testing_voice.h"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace tf_wavenet {
namespace {

// Collects padded tensors back to back, then hands out their addresses.
class Arena {
 public:
  size_t Add(const std::vector<float>& values) {
    const size_t offset = floats_.size();
    floats_.insert(floats_.end(), values.begin(), values.end());
    floats_.resize(PadRows(floats_.size()));
    return offset;
  }
  const std::vector<float>& floats() const { return floats_; }

 private:
  std::vector<float> floats_;
};

// Rows of [rows, r] padded to rp.
std::vector<float> PadEmbedding(const DenseMatrix& dense) {
  const int64_t padded = PadRows(dense.cols);
  std::vector<float> values(dense.rows * padded);
  for (int row = 0; row < dense.rows; ++row) {
    std::copy_n(&dense.values[int64_t{row} * dense.cols], dense.cols, &values[row * padded]);
  }
  return values;
}

}  // namespace

std::vector<float> Pack(const DenseMatrix& dense, bool halves) {
  const int parts = halves ? 2 : 1, part_rows = dense.rows / parts;
  const int64_t part_padded = PadRows(part_rows), padded = parts * part_padded;
  std::vector<float> packed(padded * dense.cols);
  for (int row = 0; row < dense.rows; ++row) {
    const int64_t to = row / part_rows * part_padded + row % part_rows;
    const int64_t panel = to / kPanelRows;
    const int64_t height = std::min<int64_t>(kPanelRows, padded - panel * kPanelRows);
    for (int col = 0; col < dense.cols; ++col) {
      packed[panel * kPanelRows * dense.cols + col * height + to % kPanelRows] = dense.At(row, col);
    }
  }
  return packed;
}

TestVoice::TestVoice(const VoiceConfig& config, uint32_t seed) : random_(seed) {
  voice.config = config;
  const int r = config.residual_channels, s = config.skip_channels, a = config.output_channels;
  const int window = (2 * config.conditioning_context + 1) * config.conditioning_channels;
  embed_prev = Random(a, r, 0.5f);
  embed_cur = Random(a, r, 0.5f);
  for (int i = 0; i < config.layers; ++i) {
    DenseLayer layer;
    layer.prev = Random(2 * r, r, 1 / std::sqrt(2.0f * r));
    layer.cur = Random(2 * r, r, 1 / std::sqrt(2.0f * r));
    layer.cond = Random(2 * r, window, 1 / std::sqrt(float(window)));
    layer.cond_bias = RandomBias(2 * r);
    if (i < config.layers - 1) {
      layer.res = Random(r, r, 1 / std::sqrt(float(r)));
      layer.res_bias = RandomBias(r);
    }
    layer.skip = Random(s, r, 1 / std::sqrt(float(r) * config.layers));
    layers.push_back(layer);
  }
  skip_bias = RandomBias(s);
  relu = Random(a, s, 2 / std::sqrt(float(s)));
  relu_bias = RandomBias(a);
  out = Random(a, a, 2 / std::sqrt(float(a)));
  out_bias = RandomBias(a);
  Build();
}

DenseMatrix TestVoice::Random(int rows, int cols, float scale) {
  std::normal_distribution<float> normal(0, scale);
  DenseMatrix matrix{rows, cols, std::vector<float>(int64_t{rows} * cols)};
  for (float& value : matrix.values) value = normal(random_);
  return matrix;
}

std::vector<float> TestVoice::RandomBias(int rows) { return Random(rows, 1, 0.2f).values; }

void TestVoice::Build() {
  Arena arena;
  const VoiceConfig& config = voice.config;
  std::vector<size_t> offsets;
  const auto add = [&](const std::vector<float>& values) { offsets.push_back(arena.Add(values)); };
  add(PadEmbedding(embed_prev));
  add(PadEmbedding(embed_cur));
  add(skip_bias);
  for (const DenseLayer& layer : layers) {
    add(Pack(layer.prev, true));
    add(Pack(layer.cur, true));
    if (!layer.res.values.empty()) add(Pack(layer.res));
    if (!layer.res.values.empty()) add(layer.res_bias);
    add(Pack(layer.skip));
  }
  add(Pack(relu));
  add(relu_bias);
  add(Pack(out));
  add(out_bias);

  DenseMatrix cond{0, layers[0].cond.cols, {}};
  std::vector<float> cond_bias;
  const int r = config.residual_channels;
  const int64_t rp = PadRows(r);
  for (const DenseLayer& layer : layers) {
    for (int half = 0; half < 2; ++half) {
      const auto rows = layer.cond.values.begin() + int64_t{half} * r * cond.cols;
      cond.values.insert(cond.values.end(), rows, rows + int64_t{r} * cond.cols);
      const auto biases = layer.cond_bias.begin() + half * r;
      cond_bias.insert(cond_bias.end(), biases, biases + r);
      cond.rows += rp;
      cond.values.resize(int64_t{cond.rows} * cond.cols);
      cond_bias.resize(cond.rows);
    }
  }
  add(Pack(cond));
  add(cond_bias);

  memory_ = AlignedFloats(arena.floats().size());
  std::copy(arena.floats().begin(), arena.floats().end(), memory_.data());
  size_t index = 0;
  const auto next = [&] { return memory_.data() + offsets[index++]; };
  const auto matrix = [&](int64_t rows, int cols) { return MatrixF32{next(), static_cast<int>(PadRows(rows)), cols}; };
  voice.embed_prev = next();
  voice.embed_cur = next();
  const size_t streamed_from = offsets[index];
  voice.skip_bias = next();
  for (const DenseLayer& dense : layers) {
    Layer layer;
    layer.prev = matrix(2 * rp, r);
    layer.cur = matrix(2 * rp, r);
    if (!dense.res.values.empty()) layer.res = matrix(r, r);
    if (!dense.res.values.empty()) layer.res_bias = next();
    layer.skip = matrix(config.skip_channels, r);
    voice.layers.push_back(layer);
  }
  voice.relu = matrix(config.output_channels, config.skip_channels);
  voice.relu_bias = next();
  voice.out = matrix(config.output_channels, config.output_channels);
  voice.out_bias = next();
  voice.weight_bytes_per_sample = (offsets[index] - streamed_from) * sizeof(float);
  voice.cond = matrix(cond.rows, cond.cols);
  voice.cond_bias = next();
  voice.checksum = random_();
}

VoiceConfig SmallConfig() {
  VoiceConfig config;
  config.layers = 6;
  config.residual_channels = 17;
  config.skip_channels = 15;
  config.output_channels = 17;
  config.dilation_cycle = 2;
  config.conditioning_channels = 5;
  config.conditioning_context = 1;
  config.hop_samples = 7;
  config.sample_rate_hz = 16000;
  return config;
}

std::vector<float> RandomConditioning(int64_t count, uint32_t seed) {
  std::mt19937 random(seed);
  std::normal_distribution<float> normal;
  std::vector<float> values(count);
  for (float& value : values) value = normal(random);
  return values;
}

}  // namespace tf_wavenet
