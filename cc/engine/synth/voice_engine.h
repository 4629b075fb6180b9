// An engine: a voice made ready to speak, with threads and memory that live as long as it does.
//
// Conditioning and seeds in, mu-law levels out; or given levels in, their log-probabilities out. A row's result depends
// on nothing but the row: not on threads, schedule, batch or chunks.
#ifndef TF_WAVENET_CC_ENGINE_SYNTH_VOICE_ENGINE_H_
#define TF_WAVENET_CC_ENGINE_SYNTH_VOICE_ENGINE_H_

#include <sys/types.h>

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "cc/engine/base/status.h"
#include "cc/engine/kernels/kernels.h"
#include "cc/engine/model/voice.h"
#include "cc/engine/runtime/pool.h"
#include "cc/engine/synth/plan.h"
#include "cc/engine/synth/request.h"
#include "cc/engine/synth/team.h"

namespace tf_wavenet {

struct EngineOptions {
  int num_threads = 0;                           // 0: one for each physical core that the process may use
  std::optional<Schedule> schedule;              // none: the best for the voice and the batch
  int steps_ahead = 0;                           // of left halves, a power of two; 1: none ahead; 0: StepsAhead
  int max_lanes = 0;                             // utterances that share a pass over the weights, at most; 0: kMaxLanes
  bool pin = true;                               // each thread stays on one core
  std::optional<Nonlinearities> nonlinearities;  // none: fixed for integers, rational for f32
};

class VoiceEngine {
 public:
  static constexpr int kMaxThreads = 256, kMaxStepsAhead = 64, kMostLanes = 64;

  // `voice` and its bytes must outlive the engine. InvalidArgument for options out of range.
  static Status Create(const Voice& voice, const Kernels& kernels, const EngineOptions& options,
                       std::unique_ptr<VoiceEngine>* engine);

  // Checks everything, then speaks. Internal, naming row and sample, if the logits stop being finite; the outputs are
  // then worthless. Calls from several threads take turns. A plan of one thread is computed in the caller's; others in
  // threads of the engine's own, which stay for the next call. A process that is forked off does not have them:
  // Unavailable there.
  Status Generate(const Request& request);

  // The same loop, teacher-forced: needs `forced` and `log_probs`; `samples`, what would have been drawn, may be null.
  Status Score(const Request& request);

  const Voice& voice() const { return voice_; }
  int num_threads() const { return num_threads_; }
  Plan PlanFor(int batch, bool trace = false) const;

 private:
  VoiceEngine(const Voice& voice, const Kernels& kernels, const EngineOptions& options);

  Status Speak(const Request& request);

  const Voice& voice_;
  const Kernels& kernels_;
  EngineOptions options_;
  int num_threads_ = 1;
  int useful_threads_ = 1;  // no more than there are CPUs: what a schedule of the engine's own choice uses
  int looks_ = kPatientLooks;
  std::mutex mutex_;  // of calls
  Plan plan_;         // that the teams are made for
  std::vector<std::unique_ptr<Team>> teams_;
  std::vector<int> cpus_;             // that threads are pinned to; empty: none
  Pool::Ptr pool_;                    // as many threads as a call has needed so far; none for one
  std::atomic<pid_t> threads_of_{0};  // the process that they are in; 0: none yet
};

}  // namespace tf_wavenet

#endif  // TF_WAVENET_CC_ENGINE_SYNTH_VOICE_ENGINE_H_
