// State of one utterance between calls: what makes chunks equal to the whole, bit for bit.
//
//   StateHeader                          64 bytes
//   history [history_frames][C]   f32    the newest conditioning frames spoken, oldest first; room for k of them
//   ring_i  [d_i][rp]                    per layer: input of layer i at the last d_i samples, slot = position mod d_i,
//                                        as activations of the voice's precision (voice.h)
// Every part starts on a multiple of 64 bytes, and the size is one. Before the first sample all levels are silence and
// the rings hold what stands for zero.
#ifndef TF_WAVENET_CC_ENGINE_SYNTH_STATE_H_
#define TF_WAVENET_CC_ENGINE_SYNTH_STATE_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "cc/engine/base/aligned.h"
#include "cc/engine/base/status.h"
#include "cc/engine/model/voice.h"

namespace tf_wavenet {

struct StateHeader {
  uint32_t magic;  // 'TFWS'
  uint32_t version;
  uint64_t voice_checksum;  // the voice that the state belongs to
  uint64_t position;        // samples generated so far
  int32_t y_prev;           // the two newest levels
  int32_t y_cur;
  int32_t history_frames;  // 0..k
  uint8_t reserved[28];    // zeros
};
static_assert(sizeof(StateHeader) == 64);

inline constexpr uint32_t kStateMagic = 0x53574654;  // the bytes T, F, W, S
inline constexpr uint32_t kStateVersion = 2;
inline constexpr uint64_t kMaxPosition = uint64_t{1} << 62;

// Bytes of the blob (S of the op).
int64_t StateBytes(const Voice& voice);

// Checks a blob of StateBytes from an earlier call. `row` is for messages, which name the field.
Status CheckState(const Voice& voice, const void* blob, int row);

// The working copy of one row.
class State {
 public:
  explicit State(const Voice& voice);

  void Reset();                 // before the first sample
  void Load(const void* blob);  // checked before
  void Save(void* blob) const;

  StateHeader header;
  float* history() { return reinterpret_cast<float*>(data_.data()); }
  char* Ring(int layer) { return data_.data() + ring_offsets_[layer]; }

 private:
  const Voice& voice_;
  std::vector<size_t> ring_offsets_;  // in bytes, from the history on; one more than layers: the last is the end
  Aligned<char> data_;                // history and rings
};

}  // namespace tf_wavenet

#endif  // TF_WAVENET_CC_ENGINE_SYNTH_STATE_H_
