// The tensors that a voice file must list, given its config: voice.h has the table, this walks it.
#ifndef TF_WAVENET_CC_ENGINE_MODEL_VOICE_TENSORS_H_
#define TF_WAVENET_CC_ENGINE_MODEL_VOICE_TENSORS_H_

#include <cstdint>

#include "cc/engine/base/status.h"
#include "cc/engine/model/gguf.h"
#include "cc/engine/model/voice.h"

namespace tf_wavenet {

// Checks that `directory` lists just the tensors that `voice->config` asks for, in order, without gaps, ending with
// the checksum, and points `voice` at them. `data` is where tensor data begins; `data_size` bytes may be read there.
Status BindTensors(const GgufDirectory& directory, const void* data, uint64_t data_size, Voice* voice);

}  // namespace tf_wavenet

#endif  // TF_WAVENET_CC_ENGINE_MODEL_VOICE_TENSORS_H_
