// Every schedule, number of threads and lanes, and reach of left halves gives the samples, logits and states that one
// thread gives alone; engines may come, go and speak beside each other.
#include "cc/engine/synth/team.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <limits>
#include <memory>
#include <string>
#include <thread>
#include <tuple>
#include <vector>

#include "cc/engine/model/voice_keys.h"
#include "cc/engine/runtime/dispatch.h"
#include "cc/engine/synth/testing_call.h"

namespace tf_wavenet {
namespace {

constexpr int kChannels = 5;

const Kernels& Best() { return *AvailableKernels(DetectCpu()).back(); }

// Deep enough that dilations exceed the reach of left halves, wide enough that three threads have rows each.
VoiceConfig Config() {
  VoiceConfig config = SmallConfig();
  config.layers = 11;
  config.residual_channels = 48;
  config.skip_channels = 80;
  config.dilation_cycle = 5;
  config.speakers = 3;
  return config;
}

EngineOptions Options(Schedule schedule, int threads, int steps_ahead, int lanes) {
  EngineOptions options;
  options.schedule = schedule;
  options.num_threads = threads;
  options.steps_ahead = steps_ahead;
  options.max_lanes = lanes;
  return options;
}

// Rows of several lengths, seeds, temperatures and speakers, one of them empty; without a trace, which has a plan of
// its own.
Call Batch(const TestVoice& test, int batch, int frames) {
  Call call(test, batch, RandomConditioning(batch * frames * kChannels, 2), {});
  for (int row = 0; row < batch; ++row) {
    call.seeds.push_back(100 + row);
    call.speakers.push_back((row + 2) % 3);
    call.num_frames.push_back(row == 1 ? 0 : frames - row % 4);
    call.temperatures.push_back(0.5f + 0.25f * static_cast<float>(row % 3));
  }
  call.trace.clear();
  return call;
}

void ExpectEqual(const Call& got, const Call& wanted, const std::string& what) {
  EXPECT_EQ(got.samples, wanted.samples) << what;
  EXPECT_EQ(got.logits, wanted.logits) << what;
  EXPECT_EQ(got.state, wanted.state) << what;
}

class TeamTest : public testing::TestWithParam<std::tuple<Precision, Schedule>> {
 protected:
  TeamTest() : test_(Config(), 1, std::get<0>(GetParam())) {}

  Schedule schedule() const { return std::get<1>(GetParam()); }

  TestVoice test_;
};

TEST_P(TeamTest, OneUtterance) {
  Call wanted = Batch(test_, 1, 9);
  wanted.options = Options(Schedule::kSingle, 1, 1, 1);
  ASSERT_TRUE(wanted.Run(Best()).ok());
  for (int threads : {1, 2, 3, 5}) {
    for (int ahead : {1, 2, 4, 16}) {
      Call call = Batch(test_, 1, 9);
      call.options = Options(schedule(), threads, ahead, 1);
      ASSERT_TRUE(call.Run(Best()).ok());
      ExpectEqual(call, wanted, std::to_string(threads) + " threads, ahead " + std::to_string(ahead));
    }
  }
}

TEST_P(TeamTest, Batches) {
  constexpr int kBatch = 7;
  Call wanted = Batch(test_, kBatch, 6);
  wanted.options = Options(Schedule::kSingle, 1, 1, 1);
  ASSERT_TRUE(wanted.Run(Best()).ok());
  for (int threads : {1, 2, 3}) {
    for (int lanes : {1, 2, 3, 8}) {
      Call call = Batch(test_, kBatch, 6);
      call.options = Options(schedule(), threads, 4, lanes);
      ASSERT_TRUE(call.Run(Best()).ok());
      ExpectEqual(call, wanted, std::to_string(threads) + " threads, lanes " + std::to_string(lanes));
    }
  }
}

TEST_P(TeamTest, ChunksOfAnyEngineEqualTheWhole) {
  constexpr int kFrames = 9;
  Call whole = Batch(test_, 1, kFrames);
  ASSERT_TRUE(whole.Run(Best()).ok());
  std::vector<int32_t> samples;
  std::vector<char> state;
  const int lookahead = test_.voice.config.LookaheadFrames();
  for (int from = 0; from < kFrames; from += 2) {
    const int spoken = std::min(2, kFrames - from), beyond = std::min(lookahead, kFrames - from - spoken);
    const auto frames = whole.conditioning.begin();
    Call chunk(test_, 1, {frames + from * kChannels, frames + (from + spoken + beyond) * kChannels}, {100});
    chunk.num_frames = {spoken};
    chunk.lookahead_frames = {beyond};
    chunk.temperatures = {0.5f};
    chunk.speakers = {2};
    chunk.state_in = state;
    chunk.trace.clear();
    chunk.options = Options(schedule(), 1 + from / 2 % 3, 1 << from / 2 % 4, 1);
    ASSERT_TRUE(chunk.Run(Best()).ok());
    state = chunk.state;
    samples.insert(samples.end(), chunk.samples.begin(),
                   chunk.samples.begin() + spoken * test_.voice.config.hop_samples);
  }
  EXPECT_EQ(samples, whole.samples);
  EXPECT_EQ(state, whole.state);
}

TEST_P(TeamTest, AnEngineSpeaksAgainAndAgain) {
  std::unique_ptr<VoiceEngine> engine;
  ASSERT_TRUE(VoiceEngine::Create(test_.voice, Best(), Options(schedule(), 2, 4, 4), &engine).ok());
  for (int batch : {1, 3, 1, 6}) {
    Call wanted = Batch(test_, batch, 3), call = Batch(test_, batch, 3);
    ASSERT_TRUE(wanted.Run(Best()).ok());
    ASSERT_TRUE(call.Run(*engine).ok());
    ExpectEqual(call, wanted, "batch of " + std::to_string(batch));
  }
}

// Errors in the middle of an utterance leave no thread behind.
TEST_P(TeamTest, FailuresAreToldAndTheEngineSpeaksOn) {
  std::unique_ptr<VoiceEngine> engine;
  ASSERT_TRUE(VoiceEngine::Create(test_.voice, Best(), Options(schedule(), 3, 4, 2), &engine).ok());
  Call good = Batch(test_, 3, 4), wanted = good, bad = good;
  ASSERT_TRUE(wanted.Run(Best()).ok());
  bad.num_frames.clear();
  bad.conditioning[(4 + 2) * kChannels] = 3e38f;  // finite, but with neighbours it overflows to inf - inf
  bad.conditioning[(4 + 3) * kChannels] = -3e38f;
  const Status status = bad.Run(*engine);
  EXPECT_EQ(status.code(), StatusCode::kInternal);
  EXPECT_EQ(status.message(), "the projected conditioning of row 1 is not finite at frame 1");
  ASSERT_TRUE(good.Run(*engine).ok());
  ExpectEqual(good, wanted, "after a failure");

  std::vector<float> bias(PadRows(test_.voice.config.output_channels));
  bias[3] = std::numeric_limits<float>::infinity();
  test_.voice.out_bias = bias.data();
  Call not_finite = Batch(test_, 1, 4);
  EXPECT_EQ(not_finite.Run(*engine).message(), "the logits of row 0 are not finite at sample 0");
}

TEST_P(TeamTest, TracesAreThoseOfOneThread) {
  Call wanted(test_, 2, RandomConditioning(2 * 3 * kChannels, 2), {1, 2}), call = wanted;
  ASSERT_TRUE(wanted.Run(Best()).ok());
  call.options = Options(schedule(), 3, 4, 2);
  ASSERT_TRUE(call.Run(Best()).ok());
  EXPECT_EQ(call.trace, wanted.trace);
}

INSTANTIATE_TEST_SUITE_P(All, TeamTest,
                         testing::Combine(testing::Values(Precision::kF32, Precision::kInt16, Precision::kInt8),
                                          testing::Values(Schedule::kSingle, Schedule::kSplit, Schedule::kOverlay,
                                                          Schedule::kTrail)),
                         [](const auto& info) {
                           return std::string(PrecisionName(std::get<0>(info.param))) + "_" +
                                  kScheduleNames[static_cast<int>(std::get<1>(info.param))];
                         });

TEST(EnginesTest, ManyComeAndGoAtOnce) {
  const TestVoice test(SmallConfig(), 1, Precision::kInt8);
  constexpr int kThreads = 4, kEngines = 250;
  Call wanted(test, 1, RandomConditioning(kChannels, 2), {1});
  wanted.trace.clear();
  ASSERT_TRUE(wanted.Run(Best()).ok());
  std::vector<int> wrong(kThreads);
  std::vector<std::thread> threads;
  for (int thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&, thread] {
      for (int i = 0; i < kEngines; ++i) {
        Call call = wanted;
        call.samples.assign(call.samples.size(), Call::kUnwritten);
        call.options = Options(static_cast<Schedule>(1 + i % 3), 2, 4, 1);
        if (i % 5 == 0) {  // one that never speaks
          std::unique_ptr<VoiceEngine> engine;
          wrong[thread] += !VoiceEngine::Create(test.voice, Best(), call.options, &engine).ok();
        } else {
          wrong[thread] += !call.Run(Best()).ok() || call.samples != wanted.samples;
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, std::vector<int>(kThreads));
}

TEST(EnginesTest, TwoSpeakBesideEachOtherAndOneTakesTurns) {
  const TestVoice test(Config(), 1, Precision::kInt16);
  Call wanted = Batch(test, 2, 12);
  ASSERT_TRUE(wanted.Run(Best()).ok());
  std::unique_ptr<VoiceEngine> shared;
  ASSERT_TRUE(VoiceEngine::Create(test.voice, Best(), Options(Schedule::kTrail, 2, 4, 2), &shared).ok());
  std::vector<Call> calls(4, Batch(test, 2, 12));
  std::vector<std::thread> threads;
  std::vector<int> ok(calls.size());
  for (size_t i = 0; i < calls.size(); ++i) {
    calls[i].options = Options(i == 0 ? Schedule::kSplit : Schedule::kOverlay, 2, 4, 2);
    threads.emplace_back([&, i] { ok[i] = (i < 2 ? calls[i].Run(Best()) : calls[i].Run(*shared)).ok(); });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(ok, std::vector<int>(calls.size(), 1));
  for (const Call& call : calls) ExpectEqual(call, wanted, "beside others");
}

#if !defined(__SANITIZE_THREAD__)  // which cannot follow a fork of a process with threads
TEST(EnginesTest, ThreadsDoNotOutliveAFork) {
  const TestVoice test(SmallConfig(), 1);
  std::unique_ptr<VoiceEngine> one, two;
  ASSERT_TRUE(VoiceEngine::Create(test.voice, Best(), Options(Schedule::kSingle, 1, 4, 1), &one).ok());
  ASSERT_TRUE(VoiceEngine::Create(test.voice, Best(), Options(Schedule::kTrail, 2, 4, 1), &two).ok());
  Call call(test, 1, RandomConditioning(2 * kChannels, 2), {1});
  call.trace.clear();
  ASSERT_TRUE(call.Run(*two).ok());
  const pid_t child = fork();
  if (child == 0) {
    alarm(20);
    const Status refused = call.Run(*two);
    const bool ok = call.Run(*one).ok() && refused.code() == StatusCode::kUnavailable;
    two.reset();
    _exit(ok ? 0 : 1);
  }
  int result = -1;
  ASSERT_EQ(waitpid(child, &result, 0), child);
  EXPECT_EQ(result, 0);
  EXPECT_TRUE(call.Run(*two).ok());
}
#endif

TEST(EnginesTest, OptionsOutOfRangeAreRefused) {
  const TestVoice test(SmallConfig(), 1);
  const auto refusal = [&](const EngineOptions& options) {
    std::unique_ptr<VoiceEngine> engine;
    const Status status = VoiceEngine::Create(test.voice, Best(), options, &engine);
    EXPECT_EQ(engine == nullptr, !status.ok());
    return status.message();
  };
  EXPECT_EQ(refusal(Options(Schedule::kSingle, -1, 0, 0)), "num_threads is -1, must be in 0..256");
  EXPECT_EQ(refusal(Options(Schedule::kSingle, 1, 3, 0)), "steps_ahead is 3, must be 0 or a power of two up to 64");
  EXPECT_EQ(refusal(Options(Schedule::kSingle, 1, 128, 0)), "steps_ahead is 128, must be 0 or a power of two up to 64");
  EXPECT_EQ(refusal(Options(Schedule::kSingle, 1, 0, -2)), "max_lanes is -2, must be in 0..64");
  EXPECT_EQ(refusal({}), "");
}

}  // namespace
}  // namespace tf_wavenet
