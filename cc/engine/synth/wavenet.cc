#include "cc/engine/synth/wavenet.h"

#include <algorithm>

namespace tf_wavenet {

WaveNet::WaveNet(const Voice& voice, const Kernels& kernels, Nonlinearities nonlinearities, const Division& division,
                 int max_lanes, int steps_ahead)
    : voice_(voice),
      kernels_(kernels),
      k_(kernels.For(voice.precision)),
      nonlinearities_(static_cast<int>(nonlinearities)),
      rp_(static_cast<int>(PadRows(voice.config.residual_channels))),
      share_(voice, division),
      columns_(size_t(max_lanes) * steps_ahead) {
  const int layers = voice.config.layers;
  for (int layer = 0; layer < layers; ++layer) {
    const int dilation = voice.config.Dilation(layer), ahead = std::min(dilation, steps_ahead);
    turns_.push_back({ahead, layer * ahead / layers, static_cast<uint64_t>(dilation) - 1});
  }
}

char* WaveNet::Slot(const Lockstep& team, size_t lane, int layer, int64_t step) const {
  State& state = team.lanes[lane]->state;
  const uint64_t position = team.begin[lane] + step;
  return state.Ring(layer) + (position & turns_[layer].slots) * team.lanes[lane]->step.h_bytes;
}

void WaveNet::Embed(const Lockstep& team) {
  const Rows channels = division().channels, skip = division().skip;
  for (Lane* lane : team.lanes) {
    const StateHeader& header = lane->state.header;
    Activations& step = lane->step;
    if (!channels.empty()) {
      kernels_.embed[nonlinearities_](voice_.embed_prev + int64_t{header.y_prev} * rp_ + channels.begin,
                                      voice_.embed_cur + int64_t{header.y_cur} * rp_ + channels.begin, channels.count(),
                                      voice_.config.embed_tanh, step.x.data() + channels.begin);
    }
    std::copy_n(voice_.skip_bias + skip.begin, skip.count(), step.q.data() + skip.begin);
  }
}

void WaveNet::Left(const Lockstep& team, int64_t step, int layer) {
  const Turn& turn = turns_[layer];
  const int phase = turn.Phase(step);
  if (phase != 0 && step != 0) return;
  const Matrix& prev = share_.layers[layer].prev;
  if (prev.data == nullptr) return;
  const int64_t first = int64_t{division().left_begin} * kGroupBytes;
  const int count = static_cast<int>(std::min<int64_t>(turn.ahead - phase, team.steps - step));
  Column* column = columns_.data();
  for (size_t lane = 0; lane < team.lanes.size(); ++lane) {
    for (int j = 0; j < count; ++j) {  // x(t - d), whose place x(t) will take
      *column++ = {Slot(team, lane, layer, step + j), nullptr, nullptr,
                   team.lanes[lane]->step.Left(layer, phase + j) + first};
    }
  }
  k_.gemv_acc(prev, columns_.data(), static_cast<int>(column - columns_.data()));
}

void WaveNet::Quantize(const Lockstep& team, int64_t step, int layer) {
  const Rows channels = division().channels;
  if (channels.empty()) return;
  const int64_t first = int64_t{channels.begin} * ElementBytes(voice_.precision);
  for (size_t lane = 0; lane < team.lanes.size(); ++lane) {
    k_.quantize(team.lanes[lane]->step.x.data() + channels.begin, voice_.InverseScale(layer), channels.count(),
                Slot(team, lane, layer, step) + first);
  }
}

void WaveNet::Gate(const Lockstep& team, int64_t step, int layer) {
  const Rows channels = division().channels;
  if (channels.empty()) return;
  const int64_t first = int64_t{channels.begin} * ElementBytes(voice_.precision);
  const int count = static_cast<int>(team.lanes.size());
  for (int lane = 0; lane < count; ++lane) {
    Activations& at = team.lanes[lane]->step;
    columns_[lane] = {Slot(team, lane, layer, step),
                      at.Left(layer, turns_[layer].Phase(step)) + int64_t{2 * channels.begin} * kGroupBytes, nullptr,
                      at.pre.data() + 2 * channels.begin};
  }
  k_.gemv(share_.layers[layer].cur, nullptr, columns_.data(), count);
  for (Lane* lane : team.lanes) {
    GateConditioning conditioning = lane->conditioning().OfLayer(layer, 2 * rp_);
    conditioning.frame += channels.begin;
    conditioning.slope += channels.begin;
    Activations& at = lane->step;
    k_.gate[nonlinearities_](at.pre.data() + 2 * channels.begin, conditioning, channels.count(), at.H(layer) + first);
  }
}

void WaveNet::Residual(const Lockstep& team, int layer) {
  const Layer& weights = share_.layers[layer];
  if (weights.res.data == nullptr) return;
  const int count = static_cast<int>(team.lanes.size());
  for (int lane = 0; lane < count; ++lane) {
    Activations& at = team.lanes[lane]->step;
    float* const x = at.x.data() + division().channels.begin;
    columns_[lane] = {at.H(layer), nullptr, x, x};
  }
  k_.gemv(weights.res, weights.res_bias, columns_.data(), count);
}

void WaveNet::Skip(const Lockstep& team, int layer) {
  const Matrix& skip = share_.layers[layer].skip;
  if (skip.data == nullptr) return;
  const int count = static_cast<int>(team.lanes.size());
  for (int lane = 0; lane < count; ++lane) {
    Activations& at = team.lanes[lane]->step;
    float* const q = at.q.data() + division().skip.begin;
    columns_[lane] = {at.H(layer), nullptr, q, q};
  }
  k_.gemv(skip, nullptr, columns_.data(), count);
}

void WaveNet::SkipEnd(const Lockstep& team) {
  const Rows rows = division().skip;
  if (rows.empty()) return;
  for (Lane* lane : team.lanes) {
    k_.relu(lane->step.q.data() + rows.begin, voice_.InverseScale(voice_.config.layers), rows.count(),
            lane->step.zs.data() + int64_t{rows.begin} * ElementBytes(voice_.precision));
  }
}

void WaveNet::Relu(const Lockstep& team) {
  const Rows rows = division().output;
  if (rows.empty()) return;
  const int count = static_cast<int>(team.lanes.size());
  for (int lane = 0; lane < count; ++lane) {
    Activations& at = team.lanes[lane]->step;
    columns_[lane] = {at.zs.data(), nullptr, nullptr, at.z.data() + rows.begin};
  }
  k_.gemv(share_.relu, voice_.relu_bias + rows.begin, columns_.data(), count);
  for (Lane* lane : team.lanes) {
    k_.relu(lane->step.z.data() + rows.begin, voice_.InverseScale(voice_.config.layers + 1), rows.count(),
            lane->step.za.data() + int64_t{rows.begin} * ElementBytes(voice_.precision));
  }
}

void WaveNet::Out(const Lockstep& team) {
  const Rows rows = division().output;
  if (rows.empty()) return;
  const int count = static_cast<int>(team.lanes.size());
  for (int lane = 0; lane < count; ++lane) {
    Activations& at = team.lanes[lane]->step;
    columns_[lane] = {at.za.data(), nullptr, nullptr, at.logits.data() + rows.begin};
  }
  k_.gemv(share_.out, voice_.out_bias + rows.begin, columns_.data(), count);
}

}  // namespace tf_wavenet
