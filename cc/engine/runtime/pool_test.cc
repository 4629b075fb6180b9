// The pool: every thread runs every job once, on the cores that it was given, and not in a child process.
#include "cc/engine/runtime/pool.h"

#include <gtest/gtest.h>
#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <vector>

#include "cc/engine/runtime/cores.h"

namespace tf_wavenet {
namespace {

TEST(PoolTest, RunsEveryJobInEveryThread) {
  for (int threads : {1, 2, 5}) {
    Pool pool(threads, {});
    EXPECT_EQ(pool.size(), threads);
    std::vector<int> runs(threads);
    for (int job = 1; job <= 200; ++job) {
      pool.Run([&](int thread) { ++runs[thread]; });
      ASSERT_EQ(runs, std::vector<int>(threads, job));
    }
  }
}

TEST(PoolTest, MayEndWithoutHavingRun) {
  for (int i = 0; i < 50; ++i) Pool(3, {});
}

TEST(PoolTest, PinsItsThreadsInTurn) {
  const std::vector<int> cpus = AllowedCores().cpus;
  const int threads = static_cast<int>(cpus.size()) + 1;
  Pool pool(threads, cpus);
  std::vector<int> at(threads, -1);
  pool.Run([&](int thread) {
    cpu_set_t set;
    CPU_ZERO(&set);
    if (sched_getaffinity(0, sizeof(set), &set) != 0 || CPU_COUNT(&set) != 1) return;
    for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
      if (CPU_ISSET(cpu, &set)) at[thread] = cpu;
    }
  });
  for (int thread = 0; thread < threads; ++thread) EXPECT_EQ(at[thread], cpus[thread % cpus.size()]) << thread;
}

#if !defined(__SANITIZE_THREAD__)  // which cannot follow a fork of a process with threads
TEST(PoolTest, IsRefusedAndLeftAloneAfterAFork) {
  Pool::Ptr pool(new Pool(2, {}));
  EXPECT_TRUE(Pool::CheckProcess(pool->process()).ok());
  const pid_t child = fork();
  if (child == 0) {
    alarm(20);  // a child that hangs fails
    const Status status = Pool::CheckProcess(pool->process());
    const bool refused =
        status.code() == StatusCode::kUnavailable && status.message().find("open an engine here") != std::string::npos;
    pool.reset();
    _exit(refused ? 0 : 1);
  }
  ASSERT_GT(child, 0);
  int result = -1;
  ASSERT_EQ(waitpid(child, &result, 0), child);
  EXPECT_EQ(result, 0);
  std::atomic<int> ran{0};
  pool->Run([&](int) { ++ran; });
  EXPECT_EQ(ran, 2);
}
#endif

}  // namespace
}  // namespace tf_wavenet
