#include "cc/engine/synth/row_queue.h"

#include <algorithm>
#include <numeric>

namespace tf_wavenet {

RowQueue::RowQueue(const Request& request) : request_(request), waiting_(request.batch) {
  std::iota(waiting_.rbegin(), waiting_.rend(), 0);
  std::stable_sort(waiting_.begin(), waiting_.end(),
                   [&](int a, int b) { return request.NumFrames(a) < request.NumFrames(b); });
}

int RowQueue::Next() {
  const std::lock_guard lock(mutex_);
  if (waiting_.empty() || failed_row_ >= 0) return -1;
  const int row = waiting_.back();
  waiting_.pop_back();
  return row;
}

void RowQueue::Fail(int row, const Status& status) {
  const std::lock_guard lock(mutex_);
  if (failed_row_ >= 0 && failed_row_ < row) return;
  failed_row_ = row;
  status_ = status;
}

}  // namespace tf_wavenet
