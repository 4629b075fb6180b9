// The rows of a call that wait to be spoken, longest first, so that those which run beside each other end together.
// Teams take from it at once.
#ifndef TF_WAVENET_CC_ENGINE_SYNTH_ROW_QUEUE_H_
#define TF_WAVENET_CC_ENGINE_SYNTH_ROW_QUEUE_H_

#include <mutex>
#include <vector>

#include "cc/engine/base/status.h"
#include "cc/engine/synth/request.h"

namespace tf_wavenet {

class RowQueue {
 public:
  explicit RowQueue(const Request& request);

  const Request& request() const { return request_; }

  // The next row, or -1 if none is left or one has failed.
  int Next();

  // The failure that is reported in the end is that of the lowest row among those that were met.
  void Fail(int row, const Status& status);
  const Status& status() const { return status_; }

 private:
  const Request& request_;
  std::mutex mutex_;
  std::vector<int> waiting_;  // the next one last
  int failed_row_ = -1;
  Status status_;
};

}  // namespace tf_wavenet

#endif  // TF_WAVENET_CC_ENGINE_SYNTH_ROW_QUEUE_H_
