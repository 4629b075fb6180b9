// One call of the sampling loop, Generate or Score (voice_engine.h), and the checks it must pass before anything is
// written.
//
// Arrays are dense and row-major; B = batch, F = frames, C = conditioning channels, a = output channels,
// N = F * hop_samples.
#ifndef TF_WAVENET_CC_ENGINE_SYNTH_REQUEST_H_
#define TF_WAVENET_CC_ENGINE_SYNTH_REQUEST_H_

#include <cstddef>
#include <cstdint>

#include "cc/engine/base/status.h"
#include "cc/engine/model/voice.h"

namespace tf_wavenet {

struct Request {
  int32_t batch = 0;                          // B >= 1
  int32_t frames = 0;                         // F >= 0
  int32_t conditioning_channels = 0;          // the voice's C
  const float* conditioning = nullptr;        // [B, F, C]; finite in the frames that are used
  const int32_t* num_frames = nullptr;        // [B] frames to speak; null = F for all
  const int32_t* lookahead_frames = nullptr;  // [B] real frames after those, context only; null = 0: the utterance ends
  const int64_t* seed = nullptr;              // [B]
  const float* temperature = nullptr;         // [B] > 0, finite; null = 1 for all
  const int32_t* speaker = nullptr;           // [B] 0..speakers-1; null = 0 for all
  const void* state_in = nullptr;             // [B, StateBytes], or null = start afresh
  size_t state_in_size = 0;                   // bytes of one row: StateBytes, or 0 = start afresh
  const int32_t* forced = nullptr;            // [B, N] levels for the history in place of the drawn ones, or null
  int32_t* samples = nullptr;                 // out [B, N]: drawn levels; silence past num_frames * hop; Score: or null
  void* state_out = nullptr;                  // out [B, StateBytes] or null; may equal state_in
  float* logits = nullptr;                    // out [B, N, a] before temperature, or null; zero past num_frames * hop
  float* trace = nullptr;                     // out [B, N, TraceFloatsPerSample] or null; zero past num_frames * hop
  float* log_probs = nullptr;                 // out [B, N] or null: log-probability at `temperature` of the level that
                                              // enters the history; zero past num_frames * hop
  float* all_log_probs = nullptr;             // out [B, N, a] or null: that of every level; zero past num_frames * hop

  int NumFrames(int row) const { return num_frames != nullptr ? num_frames[row] : frames; }
  float Temperature(int row) const { return temperature != nullptr ? temperature[row] : 1.0f; }
  int Speaker(int row) const { return speaker != nullptr ? speaker[row] : 0; }
  int LookaheadFrames(int row) const { return lookahead_frames != nullptr ? lookahead_frames[row] : 0; }
};

// Arrays that only Generate, or only Score, must be given.
Status CheckGenerateOutputs(const Request& request);
Status CheckScoreArrays(const Request& request);

// What both need. InvalidArgument with what, got, wanted; names row, frame and channel.
Status CheckRequest(const Voice& voice, const Request& request);

}  // namespace tf_wavenet

#endif  // TF_WAVENET_CC_ENGINE_SYNTH_REQUEST_H_
