#include "cc/engine/synth/testing_voice.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "cc/engine/model/voice_numbers.h"

namespace tf_wavenet {
namespace {

// Guesses that suit random voices of a few layers: what saturates is rare, what is rounded is small.
constexpr float kMaxX = 32.0f, kMaxZ = 16.0f;

template <class T>
void Append(std::vector<char>& bytes, T value) {
  const char* p = reinterpret_cast<const char*>(&value);
  bytes.insert(bytes.end(), p, p + sizeof(value));
}

// Collects padded tensors back to back, then hands out their addresses.
class Arena {
 public:
  void Add(const std::vector<char>& bytes) {
    offsets.push_back(this->bytes.size());
    this->bytes.insert(this->bytes.end(), bytes.begin(), bytes.end());
    this->bytes.resize((this->bytes.size() + 63) / 64 * 64);
  }
  void Add(const std::vector<float>& values) {
    std::vector<char> as_bytes;
    for (float value : values) Append(as_bytes, value);
    Add(as_bytes);
  }

  std::vector<char> bytes;
  std::vector<size_t> offsets;
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

// A vector as rows of a matrix are padded.
std::vector<float> PadVector(const std::vector<float>& values, bool halves) {
  const int parts = halves ? 2 : 1;
  const int64_t part = values.size() / parts, padded = PadRows(part);
  std::vector<float> out(parts * padded);
  for (int p = 0; p < parts; ++p) std::copy_n(values.begin() + p * part, part, out.begin() + p * padded);
  return out;
}

// Matrices of the same rows as integers with one scale per row, to nearest. The matrices become what the integers stand
// for.
struct Rounded {
  std::vector<DenseMatrix> levels;
  std::vector<float> scale;  // [rows] row_scale * act_scale
  std::vector<float> fold;   // [rows] what the zero of int8 adds to a sum, negated
};
Rounded Round(const std::vector<DenseMatrix*>& matrices, Precision precision, float act_scale) {
  const bool int8 = precision == Precision::kInt8;
  Rounded rounded;
  for (const DenseMatrix* matrix : matrices) rounded.levels.push_back(*matrix);
  for (int row = 0; row < matrices[0]->rows; ++row) {
    float max = 0, sum = 0;  // of one weight, or of a pair of int8, which rounding may lift by one
    int count = 0;
    for (const DenseMatrix* matrix : matrices) {
      for (int col = 0; col < matrix->cols; ++col, ++count) {
        const float weight = std::fabs(matrix->At(row, col));
        max = std::max(max, weight + (int8 && col % 2 ? std::fabs(matrix->At(row, col - 1)) : 0.0f));
        sum += weight;
      }
    }
    const float row_scale = std::max(max / (int8 ? kMaxInt8PairSum - 1 : 32767), sum / (MaxRowSum(precision) - count));
    double total = 0;
    for (size_t m = 0; m < matrices.size(); ++m) {
      for (int col = 0; col < matrices[m]->cols; ++col) {
        const float level = row_scale > 0 ? std::nearbyint(matrices[m]->At(row, col) / row_scale) : 0.0f;
        rounded.levels[m].At(row, col) = level;
        matrices[m]->At(row, col) = level * row_scale;
        total += level;
      }
    }
    rounded.scale.push_back(row_scale * act_scale);
    rounded.fold.push_back(int8 ? static_cast<float>(-128.0 * row_scale * act_scale * total) : 0.0f);
  }
  return rounded;
}

std::vector<float> Plus(std::vector<float> a, const std::vector<float>& b) {
  for (size_t i = 0; i < a.size(); ++i) a[i] += b[i];
  return a;
}

}  // namespace

std::vector<char> Pack(const DenseMatrix& dense, Precision precision, bool halves) {
  const int parts = halves ? 2 : 1, part_rows = dense.rows / parts, group = kGroupBytes / ElementBytes(precision);
  const int64_t part_padded = PadRows(part_rows), rows = parts * part_padded, cols = PadCols(dense.cols, precision);
  std::vector<char> packed;
  for (int64_t panel = 0; panel < rows; panel += kPanelRows) {
    for (int64_t first = 0; first < cols; first += group) {
      for (int64_t row = panel; row < std::min<int64_t>(panel + kPanelRows, rows); ++row) {
        for (int64_t col = first; col < first + group; ++col) {
          const int64_t part = row / part_padded, in_part = row % part_padded;
          const bool padding = in_part >= part_rows || col >= dense.cols;
          const float value = padding ? 0.0f : dense.At(part * part_rows + in_part, col);
          if (precision == Precision::kF32) Append(packed, value);
          if (precision == Precision::kInt16) Append(packed, static_cast<int16_t>(value));
          if (precision == Precision::kInt8) Append(packed, static_cast<int8_t>(value));
        }
      }
    }
  }
  return packed;
}

TestVoice::TestVoice(const VoiceConfig& config, uint32_t seed, Precision precision) : random_(seed) {
  voice.config = config;
  voice.precision = precision;
  const int r = config.residual_channels, s = config.skip_channels, a = config.output_channels;
  const int window = config.ConditioningCols();
  embed_prev = Random(a, r, 0.5f);
  embed_cur = Random(a, r, 0.5f);
  for (int i = 0; i < config.layers; ++i) {
    DenseLayer layer;
    layer.prev = Random(2 * r, r, 1 / std::sqrt(2.0f * r));
    layer.cur = Random(2 * r, r, 1 / std::sqrt(2.0f * r));
    layer.cond = Random(2 * r, window, 1 / std::sqrt(float(window)));
    for (int speaker = 0; speaker < config.speakers; ++speaker) layer.cond_bias.push_back(RandomBias(2 * r));
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
  const VoiceConfig& config = voice.config;
  const Precision precision = voice.precision;
  const bool integer = precision != Precision::kF32, int8 = precision == Precision::kInt8;
  const int r = config.residual_channels, l = config.layers;
  const int64_t rp = PadRows(r);
  const float x_scale = kMaxX / (int8 ? 127 : 32767), z_scale = kMaxZ / (int8 ? 255 : 32767);
  const float h_scale = int8 ? 0x1p-7f : 0x1p-15f;
  Arena arena;

  // First everything into the arena, in file order; the pointers come when it has its place in memory.
  const auto add = [&](const std::vector<DenseMatrix*>& matrices, float act_scale, bool halves) {
    if (!integer) {
      for (const DenseMatrix* matrix : matrices) arena.Add(Pack(*matrix, precision, halves));
      return std::vector<float>(matrices[0]->rows);
    }
    const Rounded rounded = Round(matrices, precision, act_scale);
    for (const DenseMatrix& levels : rounded.levels) arena.Add(Pack(levels, precision, halves));
    arena.Add(PadVector(rounded.scale, halves));
    return rounded.fold;
  };
  if (integer) {
    std::vector<float> inverse_scale(PadRows(l + 2));
    std::fill_n(inverse_scale.begin(), l, 1 / x_scale);
    std::fill_n(inverse_scale.begin() + l, 2, 1 / z_scale);
    arena.Add(inverse_scale);
  }
  arena.Add(PadEmbedding(embed_prev));
  arena.Add(PadEmbedding(embed_cur));
  arena.Add(PadVector(skip_bias, false));  // its place; the content comes when what is folded is known
  const size_t skip_bias_at = arena.offsets.back();
  std::vector<float> folded_skip_bias = skip_bias;
  std::vector<std::vector<float>> cond_bias(config.speakers);
  DenseMatrix cond{0, layers[0].cond.cols, {}};
  for (DenseLayer& layer : layers) {
    const std::vector<float> gate_fold = add({&layer.prev, &layer.cur}, x_scale, true);
    if (!layer.res.values.empty()) {
      const std::vector<float> res_fold = add({&layer.res}, h_scale, false);
      arena.Add(PadVector(Plus(layer.res_bias, res_fold), false));
    }
    folded_skip_bias = Plus(folded_skip_bias, add({&layer.skip}, h_scale, false));

    for (int speaker = 0; speaker < config.speakers; ++speaker) {
      const std::vector<float> padded = PadVector(Plus(layer.cond_bias[speaker], gate_fold), true);
      cond_bias[speaker].insert(cond_bias[speaker].end(), padded.begin(), padded.end());
    }
    for (int half = 0; half < 2; ++half) {
      const auto rows = layer.cond.values.begin() + int64_t{half} * r * cond.cols;
      cond.values.insert(cond.values.end(), rows, rows + int64_t{r} * cond.cols);
      cond.rows += rp;
      cond.values.resize(int64_t{cond.rows} * cond.cols);
    }
  }
  std::memcpy(&arena.bytes[skip_bias_at], folded_skip_bias.data(), folded_skip_bias.size() * sizeof(float));
  add({&relu}, z_scale, false);
  arena.Add(PadVector(relu_bias, false));
  add({&out}, z_scale, false);
  arena.Add(PadVector(out_bias, false));
  arena.Add(Pack(cond));
  std::vector<float> all_cond_biases;
  for (const std::vector<float>& of_speaker : cond_bias) {
    all_cond_biases.insert(all_cond_biases.end(), of_speaker.begin(), of_speaker.end());
  }
  arena.Add(all_cond_biases);

  memory_ = Aligned<char>(arena.bytes.size());
  std::copy(arena.bytes.begin(), arena.bytes.end(), memory_.data());
  size_t index = 0;
  const auto next = [&] { return memory_.data() + arena.offsets[index++]; };
  const auto floats = [&] { return reinterpret_cast<const float*>(next()); };
  const auto scale = [&] { return integer ? floats() : nullptr; };
  const auto matrix = [&](int64_t rows, int cols, Precision of) {
    return Matrix{next(), static_cast<int>(PadRows(rows)), static_cast<int>(PadCols(cols, of))};
  };
  if (integer) voice.inverse_scale = floats();
  voice.embed_prev = floats();
  voice.embed_cur = floats();
  const size_t streamed_from = arena.offsets[index];
  voice.skip_bias = floats();
  for (const DenseLayer& dense : layers) {
    Layer layer;
    layer.prev = matrix(2 * rp, r, precision);
    layer.cur = matrix(2 * rp, r, precision);
    layer.prev.scale = layer.cur.scale = scale();
    if (!dense.res.values.empty()) {
      layer.res = matrix(r, r, precision);
      layer.res.scale = scale();
      layer.res_bias = floats();
    }
    layer.skip = matrix(config.skip_channels, r, precision);
    layer.skip.scale = scale();
    voice.layers.push_back(layer);
  }
  voice.relu = matrix(config.output_channels, config.skip_channels, precision);
  voice.relu.scale = scale();
  voice.relu_bias = floats();
  voice.out = matrix(config.output_channels, config.output_channels, precision);
  voice.out.scale = scale();
  voice.out_bias = floats();
  voice.weight_bytes_per_sample = arena.offsets[index] - streamed_from;
  voice.cond = matrix(cond.rows, cond.cols, Precision::kF32);
  voice.cond_bias = floats();
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
