#include "cc/engine/synth/plan.h"

#include <algorithm>

namespace tf_wavenet {
namespace {

// Lanes of each of `teams` that share `batch` utterances.
int Lanes(int max_lanes, int teams, int batch) { return std::clamp((batch + teams - 1) / teams, 1, max_lanes); }

Plan OneTeam(Schedule schedule, int threads, int max_lanes, int batch) {
  return {schedule, 1, threads, Lanes(max_lanes, 1, batch)};
}

// Teams of one thread: nobody waits for anybody.
Plan Singles(int threads, int max_lanes, int batch) {
  const int teams = std::min(threads, batch);
  return {Schedule::kSingle, teams, 1, Lanes(max_lanes, teams, batch)};
}

}  // namespace

Plan MakePlan(std::optional<Schedule> schedule, int threads, int max_lanes, int batch, bool trace) {
  if (threads == 1 || trace || schedule == Schedule::kSingle) return Singles(threads, max_lanes, batch);
  if (schedule.has_value()) return OneTeam(*schedule, threads, max_lanes, batch);
  if (batch >= 2 * threads) return Singles(threads, max_lanes, batch);
  return OneTeam(Schedule::kTrail, std::min(threads, 2), max_lanes, batch);
}

}  // namespace tf_wavenet
