#include "cc/engine/synth/schedule.h"

namespace tf_wavenet {

std::vector<Division> Divide(const VoiceConfig& config, Schedule schedule, int threads) {
  const int rp = static_cast<int>(PadRows(config.residual_channels));
  const int sp = static_cast<int>(PadRows(config.skip_channels)),
            ap = static_cast<int>(PadRows(config.output_channels));
  std::vector<Division> divisions;
  for (int thread = 0; thread < threads; ++thread) {
    Division division;
    if (schedule == Schedule::kSingle || schedule == Schedule::kSplit) {
      const Rows channels = PartOf(rp, thread, threads);
      division.channels = channels;
      division.left = {channels, {rp + channels.begin, rp + channels.end}};
      division.left_begin = 2 * channels.begin;
      division.skip = PartOf(sp, thread, threads);
      division.output = PartOf(ap, thread, threads);
    } else {
      const bool overlay = schedule == Schedule::kOverlay;
      // The rows of thread 0, or of those that trail it.
      const auto rows_of = [&](int rows, bool chain) {
        if (chain) return thread == 0 ? Rows{0, rows} : Rows{};
        return thread == 0 ? Rows{} : PartOf(rows, thread - 1, threads - 1);
      };
      division.channels = rows_of(rp, true);
      const Rows left = rows_of(2 * rp, !overlay);
      division.left = {left};
      division.left_begin = left.begin;
      division.skip = rows_of(sp, false);
      division.output = rows_of(ap, overlay);
    }
    divisions.push_back(division);
  }
  return divisions;
}

}  // namespace tf_wavenet
