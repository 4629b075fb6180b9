#include "cc/engine/synth/testing_reference.h"

#include <algorithm>
#include <cmath>

namespace tf_wavenet {
namespace {

using Vector = std::vector<double>;

Vector Times(const DenseMatrix& w, const Vector& x) {
  Vector product(w.rows);
  for (int row = 0; row < w.rows; ++row) {
    for (int col = 0; col < w.cols; ++col) product[row] += double{w.At(row, col)} * x[col];
  }
  return product;
}

template <class Other>
Vector Plus(Vector a, const Other& b) {
  for (size_t i = 0; i < a.size(); ++i) a[i] += b[i];
  return a;
}

Vector Relu(Vector x) {
  for (double& value : x) value = std::max(value, 0.0);
  return x;
}

// Conditioning channels around output sample t, at audio rate: [(2k + 1) * C].
Vector Window(const VoiceConfig& config, const std::vector<float>& conditioning, int64_t t) {
  const int channels = config.conditioning_channels, context = config.conditioning_context;
  const int64_t frames = conditioning.size() / channels, frame = t / config.hop_samples;
  const bool linear = config.upsampling == Upsampling::kLinear;
  const double weight = linear ? double(t % config.hop_samples) / config.hop_samples : 0.0;
  const auto value = [&](int64_t f, int channel) {
    return double{conditioning[std::clamp<int64_t>(f, 0, frames - 1) * channels + channel]};
  };
  Vector window;
  for (int offset = -context; offset <= context; ++offset) {
    for (int channel = 0; channel < channels; ++channel) {
      window.push_back((1 - weight) * value(frame + offset, channel) + weight * value(frame + offset + 1, channel));
    }
  }
  return window;
}

}  // namespace

std::vector<double> ReferenceTrace(const TestVoice& test, const std::vector<float>& conditioning,
                                   const std::vector<int32_t>& levels, int speaker) {
  const VoiceConfig& config = test.voice.config;
  const int r = config.residual_channels, l = config.layers;
  std::vector<std::vector<Vector>> x(l);  // x[i][t]: input of layer i at sample t
  const auto level = [&](int64_t t) { return t < 0 ? config.SilenceLevel() : levels[t]; };
  std::vector<double> trace;
  const auto record = [&](const Vector& values) { trace.insert(trace.end(), values.begin(), values.end()); };
  for (int64_t t = 0; t < static_cast<int64_t>(levels.size()); ++t) {
    const Vector window = Window(config, conditioning, t);
    Vector x0(r);
    for (int j = 0; j < r; ++j) {
      x0[j] = double{test.embed_prev.At(level(t - 2), j)} + test.embed_cur.At(level(t - 1), j);
      if (config.embed_tanh) x0[j] = std::tanh(x0[j]);
    }
    x[0].push_back(x0);
    Vector q(test.skip_bias.begin(), test.skip_bias.end());
    for (int i = 0; i < l; ++i) {
      const DenseLayer& layer = test.layers[i];
      const int64_t past = t - config.Dilation(i);
      Vector pre = Plus(Times(layer.cond, window), layer.cond_bias[speaker]);
      pre = Plus(pre, Times(layer.cur, x[i][t]));
      if (past >= 0) pre = Plus(pre, Times(layer.prev, x[i][past]));
      Vector h(r);
      for (int j = 0; j < r; ++j) h[j] = std::tanh(pre[j]) / (1 + std::exp(-pre[r + j]));
      if (i + 1 < l) x[i + 1].push_back(Plus(Plus(x[i][t], Times(layer.res, h)), layer.res_bias));
      q = Plus(q, Times(layer.skip, h));
      record(x[i][t]);
    }
    record(q);
    const Vector z_s = Relu(q);
    record(z_s);
    const Vector z_a = Relu(Plus(Times(test.relu, z_s), test.relu_bias));
    record(z_a);
    record(Plus(Times(test.out, z_a), test.out_bias));
  }
  return trace;
}

}  // namespace tf_wavenet
