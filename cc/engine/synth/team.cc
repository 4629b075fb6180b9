#include "cc/engine/synth/team.h"

#include <algorithm>

#include "cc/engine/synth/trace.h"

namespace tf_wavenet {

Team::Team(const Voice& voice, const Kernels& kernels, const TeamOptions& options)
    : voice_(voice),
      options_(options),
      layers_(voice.config.layers),
      barrier_(options.threads, options.looks),
      left_(options.threads),
      z_s_(options.threads),
      z_a_(options.threads),
      logits_(options.threads) {
  for (const Division& division : Divide(voice.config, options.schedule, options.threads)) {
    parts_.push_back(std::make_unique<WaveNet>(voice, kernels, options.nonlinearities, division, options.lanes,
                                               options.steps_ahead));
  }
  for (int i = 0; i < options.lanes; ++i) {
    lanes_.push_back(std::make_unique<Lane>(voice, kernels, options.nonlinearities, options.steps_ahead));
  }
  lockstep_.lanes.reserve(options.lanes);
  lockstep_.begin.reserve(options.lanes);
}

void Team::Speak(int thread, RowQueue& rows) {
  if (thread == 0) lockstep_.lanes.clear();
  for (;;) {
    if (thread == 0) done_ = !Admit(rows);
    barrier_.Wait(thread);
    if (done_) return;
    Run(thread);
    barrier_.Wait(thread);
  }
}

bool Team::Admit(RowQueue& rows) {
  std::vector<Lane*>& lanes = lockstep_.lanes;
  bool ok = true;
  for (Lane* lane : lanes) {
    if (!lane->status().ok()) rows.Fail(lane->row(), lane->status());
    ok &= lane->status().ok();
  }
  if (!ok) return false;
  for (size_t i = 0; i < lanes.size();) {
    if (lanes[i]->remaining() == 0) {
      lanes[i]->End();
      lanes.erase(lanes.begin() + i);
    } else {
      ++i;
    }
  }
  for (const std::unique_ptr<Lane>& lane : lanes_) {
    if (std::find(lanes.begin(), lanes.end(), lane.get()) != lanes.end()) continue;
    // Rows without frames are over as they begin.
    for (int row = rows.Next(); row >= 0; row = rows.Next()) {
      lane->Begin(rows.request(), row);
      if (lane->remaining() > 0) {
        lanes.push_back(lane.get());
        break;
      }
      lane->End();
    }
  }
  if (lanes.empty()) return false;
  lockstep_.begin.clear();
  lockstep_.steps = lanes[0]->remaining();
  for (const Lane* lane : lanes) {
    lockstep_.begin.push_back(lane->state.header.position);
    lockstep_.steps = std::min(lockstep_.steps, lane->remaining());
  }
  tracing_ = rows.request().trace != nullptr;
  h_.Raise(0);
  for (std::vector<Progress>* list : {&left_, &z_s_, &z_a_, &logits_}) {
    for (Progress& progress : *list) progress.Raise(0);
  }
  return true;
}

void Team::Run(int thread) {
  if (options_.schedule == Schedule::kSingle || options_.schedule == Schedule::kSplit) {
    RunRows(thread);
  } else if (thread == 0) {
    RunChain();
  } else {
    RunTrailing(thread);
  }
}

bool Team::BeginSamples() {
  bool ok = true;
  for (Lane* lane : lockstep_.lanes) ok &= lane->BeginSample();
  return ok;
}

bool Team::EndSamples() {
  bool ok = true;
  for (Lane* lane : lockstep_.lanes) ok &= lane->EndSample();
  return ok;
}

// Left halves of a step are taken before it: then all threads have read a slot of the ring before anyone writes to it.
void Team::RunRows(int thread) {
  WaveNet& net = *parts_[thread];
  const Lockstep& team = lockstep_;
  const VoiceConfig& config = voice_.config;
  const auto trace = [&](AlignedFloats Activations::*values, int count) {
    if (!tracing_) return;
    for (Lane* lane : team.lanes) lane->traced.Add((lane->step.*values).data(), count);
  };
  LeftHalves(thread, 0);
  bool ok = true;
  for (int64_t step = 0; step < team.steps; ++step) {
    if (thread == 0) stop_ = !(ok && BeginSamples());
    barrier_.Wait(thread);
    if (stop_) return;
    net.Embed(team);
    for (int layer = 0; layer < layers_; ++layer) {
      trace(&Activations::x, config.residual_channels);
      net.Quantize(team, step, layer);
      barrier_.Wait(thread);
      net.Gate(team, step, layer);
      barrier_.Wait(thread);
      net.Residual(team, layer);
      net.Skip(team, layer);
    }
    trace(&Activations::q, config.skip_channels);
    net.SkipEnd(team);
    trace(&Activations::q, config.skip_channels);
    barrier_.Wait(thread);
    net.Relu(team);
    trace(&Activations::z, config.output_channels);
    barrier_.Wait(thread);
    net.Out(team);
    trace(&Activations::logits, config.output_channels);
    barrier_.Wait(thread);
    if (thread == 0) ok = EndSamples();
    if (step + 1 < team.steps) LeftHalves(thread, step + 1);
  }
}

void Team::LeftHalves(int thread, int64_t step) {
  for (int layer = 0; layer < layers_; ++layer) {
    parts_[thread]->Left(lockstep_, step, layer);
    left_[thread].Raise(step * layers_ + layer + 1);
  }
}

void Team::AwaitOthers(const std::vector<Progress>& progress, int thread, uint64_t wanted) const {
  for (int other = 1; other < options_.threads; ++other) {
    if (other != thread) progress[other].Await(wanted, options_.looks);
  }
}

void Team::RunChain() {
  WaveNet& net = *parts_[0];
  const Lockstep& team = lockstep_;
  const bool overlay = options_.schedule == Schedule::kOverlay;
  if (!overlay) LeftHalves(0, 0);
  for (int64_t step = 0; step < team.steps; ++step) {
    if (!BeginSamples()) return h_.Raise(Progress::kEnd);
    net.Embed(team);
    for (int layer = 0; layer < layers_; ++layer) {
      const uint64_t number = step * layers_ + layer + 1;
      if (overlay) AwaitOthers(left_, 0, number);
      net.Quantize(team, step, layer);
      net.Gate(team, step, layer);
      h_.Raise(number);
      net.Residual(team, layer);
    }
    if (!overlay && step + 1 < team.steps) LeftHalves(0, step + 1);
    if (overlay) {
      AwaitOthers(z_s_, 0, step + 1);
      net.Relu(team);
      net.Out(team);
    } else {
      AwaitOthers(logits_, 0, step + 1);
    }
    if (!EndSamples()) return h_.Raise(Progress::kEnd);
  }
}

void Team::RunTrailing(int thread) {
  WaveNet& net = *parts_[thread];
  const Lockstep& team = lockstep_;
  const bool overlay = options_.schedule == Schedule::kOverlay;
  if (overlay) LeftHalves(thread, 0);
  uint64_t h = 0;  // layers whose h is known to be there
  for (int64_t step = 0; step < team.steps; ++step) {
    net.Embed(team);
    for (int layer = 0; layer < layers_; ++layer) {
      const uint64_t number = step * layers_ + layer + 1;
      if (h < number) h = h_.Await(number, options_.looks);
      if (h == Progress::kEnd) return;
      net.Skip(team, layer);
    }
    net.SkipEnd(team);
    z_s_[thread].Raise(step + 1);
    if (overlay) {
      if (step + 1 < team.steps) LeftHalves(thread, step + 1);
      continue;
    }
    AwaitOthers(z_s_, thread, step + 1);
    net.Relu(team);
    z_a_[thread].Raise(step + 1);
    AwaitOthers(z_a_, thread, step + 1);
    net.Out(team);
    logits_[thread].Raise(step + 1);
  }
}

}  // namespace tf_wavenet
