// The plan of a call: how many teams speak, with how many threads and lanes each, by which schedule.
#ifndef TF_WAVENET_CC_ENGINE_SYNTH_PLAN_H_
#define TF_WAVENET_CC_ENGINE_SYNTH_PLAN_H_

#include <cstdint>
#include <optional>

#include "cc/engine/synth/schedule.h"

namespace tf_wavenet {

// Most utterances that share a pass over the weights: more of them gain nothing (docs/performance.md) and take memory.
constexpr int kMaxLanes = 8;
// For how many steps at once left halves are taken: more would gain nothing, and their sums take space in the caches.
constexpr int StepsAhead(int lanes) { return lanes < 4 ? 4 : 2; }

struct Plan {
  Schedule schedule = Schedule::kSingle;
  int teams = 1;
  int threads = 1;  // of each team
  int lanes = 1;    // of each team

  bool operator==(const Plan& other) const {
    return schedule == other.schedule && teams == other.teams && threads == other.threads && lanes == other.lanes;
  }
};

// Pairs speak steps that stream at least so much: of less they gain little where a word between cores takes 50 ns, and
// lose where it takes 200 (docs/performance.md).
constexpr int64_t kMinTrailBytes = 1 << 20;

// For `batch` utterances on `threads` threads. `schedule`: one team that follows it; else the best: pairs of threads
// that speak few utterances at once, or teams of one thread for many. `max_lanes` is at least 1. Calls that trace are
// spoken by teams of one thread.
Plan MakePlan(std::optional<Schedule> schedule, int64_t weight_bytes_per_sample, int threads, int max_lanes, int batch,
              bool trace);

}  // namespace tf_wavenet

#endif  // TF_WAVENET_CC_ENGINE_SYNTH_PLAN_H_
