// Progress and barriers: what is raised is seen with all that was written before, by more threads than there are cores.
#include "cc/engine/runtime/spin.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace tf_wavenet {
namespace {

// Looks before a thread yields: at once, after some, and long after the other has come.
class SpinTest : public testing::TestWithParam<int> {};

TEST_P(SpinTest, WhatWasWrittenBeforeIsSeen) {
  constexpr int kRounds = 2000;
  Progress there, back;
  int message = 0, answer = 0;  // no atomics: Progress is what orders them
  std::thread other([&] {
    for (int i = 1; i <= kRounds; ++i) {
      there.Await(i, GetParam());
      answer = message + 1;
      back.Raise(i);
    }
  });
  for (int i = 1; i <= kRounds; ++i) {
    message = 10 * i;
    there.Raise(i);
    back.Await(i, GetParam());
    ASSERT_EQ(answer, 10 * i + 1);
  }
  other.join();
}

TEST_P(SpinTest, AwaitReturnsWhatItSaw) {
  Progress progress;
  progress.Raise(7);
  EXPECT_EQ(progress.Await(3, GetParam()), 7u);
  progress.Raise(Progress::kEnd);
  EXPECT_EQ(progress.Await(1u << 30, GetParam()), Progress::kEnd);
}

TEST_P(SpinTest, NobodyPassesABarrierEarly) {
  for (int threads : {1, 2, 3, 7}) {
    constexpr int kRounds = 300;
    Barrier barrier(threads, GetParam());
    std::vector<int> written(threads);  // each by its thread alone
    std::vector<std::thread> all;
    std::vector<int> wrong(threads);
    for (int thread = 0; thread < threads; ++thread) {
      all.emplace_back([&, thread] {
        for (int round = 1; round <= kRounds; ++round) {
          written[thread] = round;
          barrier.Wait(thread);
          for (int value : written) wrong[thread] += value != round;
          barrier.Wait(thread);
        }
      });
    }
    for (std::thread& thread : all) thread.join();
    EXPECT_EQ(wrong, std::vector<int>(threads)) << threads;
  }
}

INSTANTIATE_TEST_SUITE_P(Looks, SpinTest, testing::Values(0, 10, kPatientLooks));

}  // namespace
}  // namespace tf_wavenet
