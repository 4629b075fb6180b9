#include "cc/engine/synth/wavenet.h"

#include <algorithm>

#include "cc/engine/synth/trace.h"

namespace tf_wavenet {

WaveNet::WaveNet(const Voice& voice, const Kernels& kernels)
    : voice_(voice),
      kernels_(kernels),
      x_(PadRows(voice.config.residual_channels)),
      pre_(2 * PadRows(voice.config.residual_channels)),
      h_(PadRows(voice.config.residual_channels)),
      q_(PadRows(voice.config.skip_channels)),
      z_(PadRows(voice.config.output_channels)),
      logits_(PadRows(voice.config.output_channels)) {}

const float* WaveNet::Step(State& state, const SampleConditioning& conditioning, float* trace) {
  const VoiceConfig& config = voice_.config;
  const int64_t rp = x_.size();
  const auto gemv = kernels_.gemv_f32;
  float *const x = x_.data(), *const pre = pre_.data(), *const h = h_.data();
  float *const q = q_.data(), *const z = z_.data(), *const logits = logits_.data();
  TraceWriter traced(trace);

  kernels_.embed_f32(voice_.embed_prev + state.header.y_prev * rp, voice_.embed_cur + state.header.y_cur * rp, rp,
                     config.embed_tanh, x);
  std::copy_n(voice_.skip_bias, q_.size(), q);
  for (int i = 0; i < config.layers; ++i) {
    const Layer& layer = voice_.layers[i];
    float* const past = state.Ring(i) + (state.header.position & (config.Dilation(i) - 1)) * rp;
    traced.Add(x, config.residual_channels);

    gemv(layer.prev, past, nullptr, nullptr, pre);
    gemv(layer.cur, x, nullptr, pre, pre);
    std::copy_n(x, rp, past);
    kernels_.gate_f32(pre, conditioning.frame + i * 2 * rp, conditioning.next + i * 2 * rp, conditioning.weight, rp, h);
    if (layer.res.data != nullptr) gemv(layer.res, h, layer.res_bias, x, x);
    gemv(layer.skip, h, nullptr, q, q);
  }
  traced.Add(q, config.skip_channels);
  kernels_.relu_f32(q, q_.size());
  traced.Add(q, config.skip_channels);
  gemv(voice_.relu, q, voice_.relu_bias, nullptr, z);
  kernels_.relu_f32(z, z_.size());
  traced.Add(z, config.output_channels);
  gemv(voice_.out, z, voice_.out_bias, nullptr, logits);
  traced.Add(logits, config.output_channels);
  return logits;
}

}  // namespace tf_wavenet
