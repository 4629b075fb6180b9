#include "cc/engine/synth/wavenet.h"

#include <algorithm>

#include "cc/engine/synth/trace.h"

namespace tf_wavenet {

WaveNet::WaveNet(const Voice& voice, const Kernels& kernels, Nonlinearities nonlinearities)
    : voice_(voice),
      kernels_(kernels),
      nonlinearities_(static_cast<int>(nonlinearities)),
      x_(PadRows(voice.config.residual_channels)),
      pre_(2 * x_.size()),
      q_(PadRows(voice.config.skip_channels)),
      z_(PadRows(voice.config.output_channels)),
      logits_(z_.size()),
      sums_(pre_.size() * kGroupBytes),
      h_(x_.size() * ElementBytes(voice.precision)),
      zq_(std::max(q_.size(), z_.size()) * ElementBytes(voice.precision)) {}

const float* WaveNet::Step(State& state, const SampleConditioning& conditioning, float* trace) {
  const VoiceConfig& config = voice_.config;
  const PrecisionKernels& k = kernels_.For(voice_.precision);
  const int64_t rp = x_.size(), slot_bytes = h_.size();
  float *const x = x_.data(), *const pre = pre_.data(), *const q = q_.data(), *const z = z_.data();
  char *const left = sums_.data(), *const h = h_.data(), *const zq = zq_.data();
  const int layers = config.layers;
  TraceWriter traced(trace);

  kernels_.embed[nonlinearities_](voice_.embed_prev + state.header.y_prev * rp,
                                  voice_.embed_cur + state.header.y_cur * rp, rp, config.embed_tanh, x);
  std::copy_n(voice_.skip_bias, q_.size(), q);
  for (int i = 0; i < layers; ++i) {
    const Layer& layer = voice_.layers[i];
    char* const slot = state.Ring(i) + (state.header.position & (config.Dilation(i) - 1)) * slot_bytes;
    traced.Add(x, config.residual_channels);

    k.gemv_acc(layer.prev, slot, left);  // x(t - d), whose place x(t) takes
    k.quantize(x, voice_.InverseScale(i), rp, slot);
    k.gemv(layer.cur, slot, left, nullptr, nullptr, pre);
    k.gate[nonlinearities_](pre, conditioning.OfLayer(i, 2 * rp), rp, h);
    if (layer.res.data != nullptr) k.gemv(layer.res, h, nullptr, layer.res_bias, x, x);
    k.gemv(layer.skip, h, nullptr, nullptr, q, q);
  }
  traced.Add(q, config.skip_channels);
  k.relu(q, voice_.InverseScale(layers), q_.size(), zq);
  traced.Add(q, config.skip_channels);
  k.gemv(voice_.relu, zq, nullptr, voice_.relu_bias, nullptr, z);
  k.relu(z, voice_.InverseScale(layers + 1), z_.size(), zq);
  traced.Add(z, config.output_channels);
  k.gemv(voice_.out, zq, nullptr, voice_.out_bias, nullptr, logits_.data());
  traced.Add(logits_.data(), config.output_channels);
  return logits_.data();
}

}  // namespace tf_wavenet
