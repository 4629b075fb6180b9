// A team: threads that speak together, step by step, as many utterances at once as it has lanes. Lanes go in lockstep
// and share each pass over the weights; one that has spoken its utterance takes the next that waits, or leaves.
#ifndef TF_WAVENET_CC_ENGINE_SYNTH_TEAM_H_
#define TF_WAVENET_CC_ENGINE_SYNTH_TEAM_H_

#include <memory>
#include <vector>

#include "cc/engine/runtime/spin.h"
#include "cc/engine/synth/lane.h"
#include "cc/engine/synth/row_queue.h"
#include "cc/engine/synth/schedule.h"
#include "cc/engine/synth/wavenet.h"

namespace tf_wavenet {

struct TeamOptions {
  Schedule schedule = Schedule::kSingle;
  int threads = 1;
  int lanes = 1;        // at most so many utterances at once
  int steps_ahead = 1;  // of left halves; a power of two
  Nonlinearities nonlinearities = Nonlinearities::kRational;
  int looks = kPatientLooks;  // before a waiting thread yields (spin.h)
};

class Team {
 public:
  Team(const Voice& voice, const Kernels& kernels, const TeamOptions& options);

  // What thread `thread` of the team does: all threads must run it at once, each in its own thread, and return when no
  // row waits. Rows that fail are reported to the queue. Traces need a team of one thread.
  void Speak(int thread, RowQueue& rows);

 private:
  bool Admit(RowQueue& rows);    // ends utterances that are spoken, begins others; false: none left
  void Run(int thread);          // lockstep_.steps steps
  void RunRows(int thread);      // of single and split
  void RunChain();               // of overlay and trail, thread 0
  void RunTrailing(int thread);  // and the others
  void LeftHalves(int thread, int64_t step);
  void AwaitOthers(const std::vector<Progress>& progress, int thread, uint64_t wanted) const;
  bool BeginSamples();
  bool EndSamples();

  const Voice& voice_;
  const TeamOptions options_;
  const int layers_;
  std::vector<std::unique_ptr<WaveNet>> parts_;  // of each thread
  std::vector<std::unique_ptr<Lane>> lanes_;
  Lockstep lockstep_;
  // Written by thread 0 before a barrier, read by the others after it.
  bool done_ = false;  // no row waits
  bool stop_ = false;  // the run ends early
  bool tracing_ = false;
  Barrier barrier_;
  // Counted from the begin of a run; kEnd where thread 0 gave it up.
  Progress h_;                                // layers whose h is there, over all steps
  std::vector<Progress> left_;                // of each thread: layers whose left halves are, over all steps
  std::vector<Progress> z_s_, z_a_, logits_;  // of each thread: steps
};

}  // namespace tf_wavenet

#endif  // TF_WAVENET_CC_ENGINE_SYNTH_TEAM_H_
