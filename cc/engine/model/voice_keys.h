// The key-values of a voice file: every key, its type, whether it must be there, what it may hold.
// The ranges are those of tf_wavenet/config.py; a key that is not listed is refused, because a newer writer may have
// meant something by it.
#ifndef TF_WAVENET_CC_ENGINE_MODEL_VOICE_KEYS_H_
#define TF_WAVENET_CC_ENGINE_MODEL_VOICE_KEYS_H_

#include <cstdint>

#include "cc/engine/base/status.h"
#include "cc/engine/kernels/layout.h"
#include "cc/engine/model/gguf.h"
#include "cc/engine/model/voice.h"

namespace tf_wavenet {

// 4 had float32 conditioning in every voice; 3 knew neither speakers nor pre-emphasis; 1 and 2 had the matrices in
// another order, scales and biases between them.
constexpr uint32_t kVoiceFormatVersion = 5;
constexpr uint32_t kVoiceAlignment = 64;
constexpr int kMaxSpeakers = 256;
constexpr double kMinTemperature = 1e-3f, kMaxTemperature = 10;

struct VoiceKey {
  const char* name;
  GgufType type;
  bool required;
  double low, high;           // numbers: the range, both ends included
  const char* texts[3] = {};  // strings: what is allowed; none = anything
};

constexpr VoiceKey kVoiceKeys[] = {
    {"general.architecture", GgufType::kString, true, 0, 0, {"wavenet"}},
    {"general.alignment", GgufType::kU32, true, kVoiceAlignment, kVoiceAlignment},
    {"general.name", GgufType::kString, true, 0, 0},
    {"general.description", GgufType::kString, false, 0, 0},
    {"wavenet.format_version", GgufType::kU32, true, kVoiceFormatVersion, kVoiceFormatVersion},
    {"wavenet.precision", GgufType::kString, true, 0, 0, {"f32", "int16", "int8"}},  // in Precision's order
    {"wavenet.panel_rows", GgufType::kU32, true, kPanelRows, kPanelRows},
    {"wavenet.layers", GgufType::kU32, true, 1, 1024},
    {"wavenet.residual_channels", GgufType::kU32, true, 1, 4096},
    {"wavenet.skip_channels", GgufType::kU32, true, 1, 4096},
    {"wavenet.output_channels", GgufType::kU32, true, 2, 4096},
    {"wavenet.dilation_cycle", GgufType::kU32, true, 1, 16},
    {"wavenet.conditioning_channels", GgufType::kU32, true, 1, 4096},
    {"wavenet.conditioning_context", GgufType::kU32, true, 0, 16},
    {"wavenet.upsampling", GgufType::kString, true, 0, 0, {"linear", "repeat"}},
    {"wavenet.embed_tanh", GgufType::kBool, true, 0, 1},
    {"wavenet.speakers", GgufType::kString, true, 0, 0},  // names, joined by commas; "" = one without a name
    {"wavenet.temperature", GgufType::kF32, true, kMinTemperature, kMaxTemperature},  // where the caller gives none
    {"wavenet.audio.sample_rate_hz", GgufType::kU32, true, 1000, 192000},
    {"wavenet.audio.hop_samples", GgufType::kU32, true, 1, 65536},
    {"wavenet.audio.window_samples", GgufType::kU32, true, 1, 65536},
    {"wavenet.audio.fft_size", GgufType::kU32, true, 2, 65536},
    {"wavenet.audio.mel_min_hz", GgufType::kF32, true, 0, 96000},
    {"wavenet.audio.mel_max_hz", GgufType::kF32, true, 1, 96000},
    {"wavenet.audio.log_floor", GgufType::kF32, true, 1e-12f, 1},
    {"wavenet.audio.loudness_lufs", GgufType::kF32, true, -60, 0},
    {"wavenet.audio.preemphasis", GgufType::kF32, true, 0, 0.99f},
    {"wavenet.training", GgufType::kString, false, 0, 0},
};

// The parts of the check that come before all else: is this a voice, of a version and alignment that we read?
Status CheckVoiceFormat(const GgufDirectory& directory);

// The file's word for a precision.
const char* PrecisionName(Precision precision);

// Checks every key and the rules between keys, then fills `config` and `precision`.
Status ReadVoiceKeys(const GgufDirectory& directory, VoiceConfig* config, Precision* precision);

}  // namespace tf_wavenet

#endif  // TF_WAVENET_CC_ENGINE_MODEL_VOICE_KEYS_H_
