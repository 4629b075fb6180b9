// Plans and the queue of rows.
#include "cc/engine/synth/plan.h"

#include <gtest/gtest.h>

#include <ostream>
#include <vector>

#include "cc/engine/synth/row_queue.h"
#include "cc/engine/synth/testing_voice.h"

namespace tf_wavenet {

void PrintTo(const Plan& plan, std::ostream* out) {
  *out << kScheduleNames[static_cast<int>(plan.schedule)] << ": " << plan.teams << " teams of " << plan.threads
       << " threads and " << plan.lanes << " lanes";
}

namespace {

constexpr int64_t kSmall = kMinTrailBytes - 1, kLarge = kMinTrailBytes;

Plan PlanOf(std::optional<Schedule> schedule, int threads, int batch, int64_t bytes = kLarge) {
  return MakePlan(schedule, bytes, threads, 8, batch, false);
}

TEST(PlanTest, OneThreadSharesPassesUpToItsLanes) {
  for (const auto& [batch, lanes] : std::vector<std::pair<int, int>>{{1, 1}, {3, 3}, {8, 8}, {100, 8}}) {
    EXPECT_EQ(PlanOf({}, 1, batch), (Plan{Schedule::kSingle, 1, 1, lanes}));
    EXPECT_EQ(PlanOf(Schedule::kSplit, 1, batch), (Plan{Schedule::kSingle, 1, 1, lanes}));
  }
}

TEST(PlanTest, AScheduleThatIsAskedForHasOneTeam) {
  EXPECT_EQ(PlanOf(Schedule::kSplit, 3, 1), (Plan{Schedule::kSplit, 1, 3, 1}));
  EXPECT_EQ(PlanOf(Schedule::kOverlay, 2, 20), (Plan{Schedule::kOverlay, 1, 2, 8}));
  EXPECT_EQ(PlanOf(Schedule::kTrail, 2, 1, kSmall), (Plan{Schedule::kTrail, 1, 2, 1}));
}

TEST(PlanTest, SingleSpreadsABatchOverThreads) {
  EXPECT_EQ(PlanOf(Schedule::kSingle, 4, 1), (Plan{Schedule::kSingle, 1, 1, 1}));
  EXPECT_EQ(PlanOf(Schedule::kSingle, 4, 6), (Plan{Schedule::kSingle, 4, 1, 2}));
  EXPECT_EQ(PlanOf(Schedule::kSingle, 4, 1000), (Plan{Schedule::kSingle, 4, 1, 8}));
}

TEST(PlanTest, PairsSpeakFewAndSinglesMany) {
  EXPECT_EQ(PlanOf({}, 2, 1), (Plan{Schedule::kTrail, 1, 2, 1}));
  EXPECT_EQ(PlanOf({}, 2, 3), (Plan{Schedule::kTrail, 1, 2, 3}));
  EXPECT_EQ(PlanOf({}, 2, 4), (Plan{Schedule::kSingle, 2, 1, 2}));
  EXPECT_EQ(PlanOf({}, 2, 16), (Plan{Schedule::kSingle, 2, 1, 8}));
  EXPECT_EQ(PlanOf({}, 16, 3), (Plan{Schedule::kTrail, 3, 2, 1}));
  EXPECT_EQ(PlanOf({}, 5, 9), (Plan{Schedule::kTrail, 2, 2, 5}));
  EXPECT_EQ(PlanOf({}, 16, 32), (Plan{Schedule::kSingle, 16, 1, 2}));
}

TEST(PlanTest, SmallVoicesAreNotWorthAPair) {
  EXPECT_EQ(PlanOf({}, 2, 1, kSmall), (Plan{Schedule::kSingle, 1, 1, 1}));
  EXPECT_EQ(PlanOf({}, 4, 3, kSmall), (Plan{Schedule::kSingle, 3, 1, 1}));
}

TEST(PlanTest, NoPlanNeedsMoreThanThereIs) {
  for (int threads : {2, 3, 8, 64}) {
    for (int batch : {1, 2, 3, 5, 8, 9, 64, 1000}) {
      for (int64_t bytes : {kSmall, kLarge}) {
        const Plan plan = PlanOf({}, threads, batch, bytes);
        EXPECT_LE(plan.teams * plan.threads, threads);
        EXPECT_LE(plan.teams, batch);
        EXPECT_LE(plan.lanes, 8);
        EXPECT_GE(plan.teams * plan.threads * plan.lanes, 1);
      }
    }
  }
}

TEST(PlanTest, TracesAreOfOneThread) {
  EXPECT_EQ(MakePlan(Schedule::kSplit, kLarge, 4, 8, 1, true), (Plan{Schedule::kSingle, 1, 1, 1}));
}

TEST(RowQueueTest, LongestFirstThenInOrder) {
  const std::vector<int32_t> frames = {3, 9, 3, 0, 9};
  Request request;
  request.batch = 5;
  request.num_frames = frames.data();
  RowQueue rows(request);
  std::vector<int> order;
  for (int row = rows.Next(); row >= 0; row = rows.Next()) order.push_back(row);
  EXPECT_EQ(order, (std::vector<int>{1, 4, 0, 2, 3}));
  EXPECT_EQ(rows.Next(), -1);
}

TEST(RowQueueTest, AFailureEndsItAndTheLowestRowIsTold) {
  Request request;
  request.batch = 4;
  RowQueue rows(request);
  EXPECT_EQ(rows.Next(), 0);
  rows.Fail(2, {StatusCode::kInternal, "two"});
  rows.Fail(3, {StatusCode::kInternal, "three"});
  EXPECT_EQ(rows.status().message(), "two");
  rows.Fail(0, {StatusCode::kInternal, "zero"});
  EXPECT_EQ(rows.status().message(), "zero");
  EXPECT_EQ(rows.Next(), -1);
}

}  // namespace
}  // namespace tf_wavenet
