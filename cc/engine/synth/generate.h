// The sampling loop: conditioning and seeds in, mu-law levels out; or given levels in, their log-probabilities out.
#ifndef TF_WAVENET_CC_ENGINE_SYNTH_GENERATE_H_
#define TF_WAVENET_CC_ENGINE_SYNTH_GENERATE_H_

#include "cc/engine/base/status.h"
#include "cc/engine/kernels/kernels.h"
#include "cc/engine/model/voice.h"
#include "cc/engine/synth/request.h"

namespace tf_wavenet {

// Checks everything, then speaks row by row. A row's result depends on nothing but the row. Internal, naming row and
// sample, if the logits stop being finite; the outputs are then worthless.
Status Generate(const Voice& voice, const Kernels& kernels, const Request& request);

// The same loop, teacher-forced: needs `forced` and `log_probs`; `samples`, what would have been drawn, may be null.
Status Score(const Voice& voice, const Kernels& kernels, const Request& request);

}  // namespace tf_wavenet

#endif  // TF_WAVENET_CC_ENGINE_SYNTH_GENERATE_H_
