// For tests: the network in double, written from the model's equations over unpacked weights, teacher-forced.
// Nothing is cached and the conditioning takes the costly order (interpolate the frames, then project), so that it
// shares no idea with the engine.
#ifndef TF_WAVENET_CC_ENGINE_SYNTH_TESTING_REFERENCE_H_
#define TF_WAVENET_CC_ENGINE_SYNTH_TESTING_REFERENCE_H_

#include <cstdint>
#include <vector>

#include "cc/engine/synth/testing_voice.h"

namespace tf_wavenet {

// Traces (trace.h's order) of all samples, one after another, where `levels` [F * hop] are the samples that enter the
// history, and `conditioning` is [F, C], spoken by
// `speaker`.
std::vector<double> ReferenceTrace(const TestVoice& test, const std::vector<float>& conditioning,
                                   const std::vector<int32_t>& levels, int speaker = 0);

}  // namespace tf_wavenet

#endif  // TF_WAVENET_CC_ENGINE_SYNTH_TESTING_REFERENCE_H_
