// Schedules: how the threads of a team divide a step among themselves.
//
//   single    one thread does everything
//   split     every thread has its share of all rows; they meet twice in each layer and three times after the last
//   overlay   thread 0 goes through the layer chain and the output layers; the others trail it with the skip sums and
//             z_s, and then take the left halves of the next step
//   trail     thread 0 goes through the layer chain and then takes the left halves of the next step; the others trail
//   it
//             with the skip sums and all output layers. Little else than h passes from core to core
//
// All give the same samples: whoever computes a row, its sum is the same chain or the same integers.
#ifndef TF_WAVENET_CC_ENGINE_SYNTH_SCHEDULE_H_
#define TF_WAVENET_CC_ENGINE_SYNTH_SCHEDULE_H_

#include <vector>

#include "cc/engine/model/voice.h"
#include "cc/engine/synth/share.h"

namespace tf_wavenet {

enum class Schedule { kSingle, kSplit, kOverlay, kTrail };
constexpr int kNumSchedules = 4;
inline constexpr const char* kScheduleNames[kNumSchedules] = {"single", "split", "overlay", "trail"};

// Who has which rows: one division for each thread. Together they have every row once.
std::vector<Division> Divide(const VoiceConfig& config, Schedule schedule, int threads);

}  // namespace tf_wavenet

#endif  // TF_WAVENET_CC_ENGINE_SYNTH_SCHEDULE_H_
