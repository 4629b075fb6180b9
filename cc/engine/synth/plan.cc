#include "cc/engine/synth/plan.h"

#include <algorithm>

namespace tf_wavenet {
namespace {

// Lanes of each of `teams` that share `batch` utterances.
int Lanes(int max_lanes, int teams, int batch) { return std::clamp((batch + teams - 1) / teams, 1, max_lanes); }

// Teams of one thread: nobody waits for anybody.
Plan Singles(int threads, int max_lanes, int batch) {
  const int teams = std::min(threads, batch);
  return {Schedule::kSingle, teams, 1, Lanes(max_lanes, teams, batch)};
}

}  // namespace

Plan MakePlan(std::optional<Schedule> schedule, int64_t weight_bytes_per_sample, int threads, int max_lanes, int batch,
              bool trace) {
  if (threads == 1 || trace || schedule == Schedule::kSingle) return Singles(threads, max_lanes, batch);
  if (schedule.has_value()) return {*schedule, 1, threads, Lanes(max_lanes, 1, batch)};
  if (batch >= 2 * threads || weight_bytes_per_sample < kMinTrailBytes) return Singles(threads, max_lanes, batch);
  const int teams = std::min(threads / 2, batch);
  return {Schedule::kTrail, teams, 2, Lanes(max_lanes, teams, batch)};
}

}  // namespace tf_wavenet
