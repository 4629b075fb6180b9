#include "cc/engine/synth/voice_engine.h"

#include "cc/engine/base/float_environment.h"
#include "cc/engine/base/format.h"
#include "cc/engine/runtime/cores.h"

namespace tf_wavenet {
namespace {

Status CheckRange(const char* name, int value, int most) {
  if (value >= 0 && value <= most) return {};
  return InvalidArgument(Format("%s is %d, must be in 0..%d", name, value, most));
}

Status CheckOptions(const EngineOptions& options) {
  if (Status status = CheckRange("num_threads", options.num_threads, VoiceEngine::kMaxThreads); !status.ok()) {
    return status;
  }
  if (Status status = CheckRange("max_lanes", options.max_lanes, VoiceEngine::kMostLanes); !status.ok()) return status;
  const int ahead = options.steps_ahead;
  if (ahead >= 0 && ahead <= VoiceEngine::kMaxStepsAhead && (ahead & (ahead - 1)) == 0) return {};
  return InvalidArgument(
      Format("steps_ahead is %d, must be 0 or a power of two up to %d", ahead, VoiceEngine::kMaxStepsAhead));
}

}  // namespace

Status VoiceEngine::Create(const Voice& voice, const Kernels& kernels, const EngineOptions& options,
                           std::unique_ptr<VoiceEngine>* engine) {
  if (Status status = CheckOptions(options); !status.ok()) return status;
  engine->reset(new VoiceEngine(voice, kernels, options));
  return {};
}

VoiceEngine::VoiceEngine(const Voice& voice, const Kernels& kernels, const EngineOptions& options)
    : voice_(voice), kernels_(kernels), options_(options) {
  if (options_.max_lanes == 0) options_.max_lanes = kMaxLanes;
  const Cores cores = AllowedCores();
  num_threads_ = options.num_threads > 0 ? options.num_threads : std::min(cores.threads, kMaxThreads);
  const int cpus = static_cast<int>(cores.cpus.size());
  useful_threads_ = std::min(num_threads_, cpus);
  if (num_threads_ > cpus) looks_ = 0;  // whoever waits stands in another's way
  if (options.pin) cpus_ = cores.cpus;
}

Plan VoiceEngine::PlanFor(int batch, bool trace) const {
  const int threads = options_.schedule.has_value() ? num_threads_ : useful_threads_;
  return MakePlan(options_.schedule, voice_.weight_bytes_per_sample, threads, options_.max_lanes, batch, trace);
}

Status VoiceEngine::Generate(const Request& request) {
  if (Status status = CheckGenerateOutputs(request); !status.ok()) return status;
  return Speak(request);
}

Status VoiceEngine::Score(const Request& request) {
  if (Status status = CheckScoreArrays(request); !status.ok()) return status;
  return Speak(request);
}

Status VoiceEngine::Speak(const Request& request) {
  // Before the lock, which a thread that exists no more may hold.
  if (const pid_t process = threads_of_; process != 0) {
    if (Status status = Pool::CheckProcess(process); !status.ok()) return status;
  }
  const std::lock_guard lock(mutex_);
  const DefaultFloatEnvironment environment;
  if (Status status = CheckRequest(voice_, request); !status.ok()) return status;
  const Plan plan = PlanFor(request.batch, request.trace != nullptr);
  if (teams_.empty() || !(plan == plan_)) {
    teams_.clear();
    plan_ = plan;
    TeamOptions team;
    team.schedule = plan.schedule;
    team.threads = plan.threads;
    team.lanes = plan.lanes;
    team.steps_ahead = options_.steps_ahead > 0 ? options_.steps_ahead : StepsAhead(plan.lanes);
    team.nonlinearities = options_.nonlinearities.value_or(
        voice_.precision == Precision::kF32 ? Nonlinearities::kRational : Nonlinearities::kFixed);
    team.looks = looks_;
    for (int i = 0; i < plan.teams; ++i) teams_.push_back(std::make_unique<Team>(voice_, kernels_, team));
  }
  const int threads = plan.teams * plan.threads;
  if (threads > 1 && (pool_ == nullptr || pool_->size() < threads)) {
    pool_.reset();  // its threads leave their cores before others come
    pool_.reset(new Pool(threads, cpus_));
    threads_of_ = pool_->process();
  }
  RowQueue rows(request);
  const auto work = [&](int thread) {
    const int team = thread / plan.threads;
    if (team < plan.teams) teams_[team]->Speak(thread % plan.threads, rows);
  };
  if (threads == 1) {
    work(0);
  } else {
    pool_->Run([&](int thread) {
      const DefaultFloatEnvironment of_thread;
      work(thread);
    });
  }
  return rows.status();
}

}  // namespace tf_wavenet
