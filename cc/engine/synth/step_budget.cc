// Where the time of a step goes: times each part of it by itself, over and over on the same data, and the whole loop.
//
//   step_budget VOICE [ISA [NONLINEARITIES]]
//
// Parts that are timed by themselves have their data in the innermost cache and nothing beside them to wait for; in the
// loop they overlap with each other and with the stream of weights, so that the loop takes less than their sum.
// "weights" is the multiply-adds' share: the loop with every other part taken away. docs/performance.md has a run of
// it.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include "cc/engine/base/aligned.h"
#include "cc/engine/engine.h"
#include "cc/engine/model/voice_keys.h"
#include "cc/engine/synth/conditioning.h"
#include "cc/engine/synth/sampler.h"

namespace tf_wavenet {
namespace {

constexpr int kRepeats = 9;

// Nanoseconds of one of `count` runs of `body`: the median over kRepeats after one that is not counted.
template <class Body>
double Nanoseconds(int count, Body body) {
  std::vector<double> times;
  for (int repeat = 0; repeat <= kRepeats; ++repeat) {
    const auto begin = std::chrono::steady_clock::now();
    for (int i = 0; i < count; ++i) body(i);
    const std::chrono::duration<double, std::nano> elapsed = std::chrono::steady_clock::now() - begin;
    if (repeat > 0) times.push_back(elapsed.count() / count);
  }
  std::sort(times.begin(), times.end());
  return times[times.size() / 2];
}

struct Row {
  const char* name;
  double nanoseconds;
};

std::vector<Row> Budget(VoiceEngine& engine, const Kernels& kernels, Nonlinearities nonlinearities) {
  const Voice& voice = engine.voice();
  const VoiceConfig& config = voice.config;
  const PrecisionKernels& k = kernels.For(voice.precision);
  const int math = static_cast<int>(nonlinearities), frames = 40, steps = frames * config.hop_samples;
  const int rp = PadRows(config.residual_channels), sp = PadRows(config.skip_channels);
  const int ap = PadRows(config.output_channels), layers = config.layers;
  std::vector<float> mel(frames * config.conditioning_channels);
  for (size_t i = 0; i < mel.size(); ++i) mel[i] = -4 + 2 * std::sin(0.37f * static_cast<float>(i));
  std::vector<int32_t> samples(steps);
  const int64_t seed = 1;
  Request request;
  request.batch = 1;
  request.frames = frames;
  request.conditioning_channels = config.conditioning_channels;
  request.conditioning = mel.data();
  request.seed = &seed;
  request.samples = samples.data();
  std::vector<Row> rows;
  const auto add = [&](const char* name, double nanoseconds) { rows.push_back({name, nanoseconds}); };

  add("loop", Nanoseconds(1, [&](int) { (void)engine.Generate(request); }) / steps);
  Conditioning conditioning(voice, kernels);
  Sampler sampler(config.output_channels, kernels, nonlinearities);
  conditioning.Begin(0, mel.data(), frames, frames, nullptr, 0);
  (void)conditioning.Advance(0);

  Aligned<char> x(rp * sizeof(float)), h(rp * sizeof(float));
  AlignedFloats pre(2 * rp), q(std::max(sp, ap)), logits(ap);
  for (int i = 0; i < 2 * rp; ++i) pre.data()[i] = std::sin(0.7f * static_cast<float>(i));
  for (int i = 0; i < ap; ++i) logits.data()[i] = 3 * std::sin(0.7f * static_cast<float>(i));
  // As often as a step multiplies with them: left halves are taken ahead.
  const auto matrices = [&](int step, auto body) {
    for (int i = 0; i < layers; ++i) {
      const Layer& layer = voice.layers[i];
      const int ahead = std::min(config.Dilation(i), StepsAhead(1));
      if (((step + i) & (ahead - 1)) == 0) body(layer.prev, ahead);
      body(layer.cur, 1);
      if (layer.res.data != nullptr) body(layer.res, 1);
      body(layer.skip, 1);
    }
    body(voice.relu, 1);
    body(voice.out, 1);
  };
  AlignedFloats out(std::max({2 * rp, sp, ap}));
  Aligned<char> input(std::max({rp, sp, ap}) * sizeof(float));
  const std::vector<Column> columns(StepsAhead(1), {input.data(), nullptr, nullptr, out.data()});
  add("    weights", Nanoseconds(steps, [&](int step) {
        matrices(step, [&](const Matrix& w, int count) { k.gemv(w, nullptr, columns.data(), count); });
      }));
  add("    gates", layers * Nanoseconds(steps * 10, [&](int i) {
                     k.gate[math](pre.data(), conditioning.At(0).OfLayer(i % layers, 2 * rp), rp, h.data());
                   }));
  add("    quantization of x", layers * Nanoseconds(steps * 10, [&](int i) {
                                 k.quantize(pre.data(), voice.InverseScale(i % layers), rp, x.data());
                               }));
  add("    embedding, relus", Nanoseconds(steps, [&](int i) {
        kernels.embed[math](voice.embed_prev + i % config.output_channels * rp, voice.embed_cur, rp, config.embed_tanh,
                            pre.data());
        k.relu(q.data(), 1.0f, sp, input.data());
        k.relu(q.data(), 1.0f, ap, input.data());
      }));
  add("  sampling", Nanoseconds(steps, [&](int i) { sampler.Draw(logits.data(), 1.0f, Uniform(seed, i)); }));
  add("  conditioning, per sample", Nanoseconds(1, [&](int) {
                                      conditioning.Begin(0, mel.data(), frames, frames, nullptr, 0);
                                      for (int f = 0; f < frames; ++f) (void)conditioning.Advance(f);
                                    }) / steps);
  return rows;
}

Status Run(const char* path, const char* isa, const char* nonlinearities) {
  std::ifstream file(path, std::ios::binary);
  const std::string content{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  Aligned<char> bytes(content.size());
  std::memcpy(bytes.data(), content.data(), content.size());
  Voice voice;
  if (Status status = OpenVoice(bytes.data(), bytes.size(), &voice); !status.ok()) return status;
  const Kernels* kernels;
  if (Status status = ChooseKernels(isa, &kernels); !status.ok()) return status;
  const std::string name = nonlinearities;
  const Nonlinearities math = name == "libm"       ? Nonlinearities::kLibm
                              : name == "rational" ? Nonlinearities::kRational
                                                   : Nonlinearities::kFixed;
  double floor = 0;
  const int64_t streamed = (voice.weight_bytes_per_sample + 63) / 64 * 64;
  const Aligned<char> memory(streamed);
  if (Status status = MeasureStream(*kernels, memory.data(), streamed, 1, 101, &floor); !status.ok()) return status;
  std::printf("%s, %s, %s: ns per sample; the floor, one pass over %lld bytes, is %.0f\n", isa,
              PrecisionName(voice.precision), nonlinearities, static_cast<long long>(streamed), floor * 1e9);
  EngineOptions options;
  options.num_threads = 1;
  options.nonlinearities = math;
  std::unique_ptr<VoiceEngine> engine;
  if (Status status = VoiceEngine::Create(voice, *kernels, options, &engine); !status.ok()) return status;
  for (const Row& row : Budget(*engine, *kernels, math)) std::printf("%-28s %8.0f\n", row.name, row.nanoseconds);
  return {};
}

}  // namespace
}  // namespace tf_wavenet

int main(int argc, char** argv) {
  if (argc < 2 || argc > 4) {
    std::fprintf(stderr, "usage: step_budget VOICE [ISA [libm|rational|fixed]]\n");
    return 2;
  }
  const tf_wavenet::Status status = tf_wavenet::Run(argv[1], argc > 2 ? argv[2] : "", argc > 3 ? argv[3] : "fixed");
  if (!status.ok()) std::fprintf(stderr, "%s\n", status.message().c_str());
  return static_cast<int>(status.code());
}
