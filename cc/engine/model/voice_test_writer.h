// For tests only: a voice file as an editable list of keys and tensors, and its bytes.
//
//   VoiceFile file = MakeVoiceFile(TinyConfig(), /*seed=*/1);
//   file.Key("wavenet.layers").value = Bytes<uint32_t>(9);
//   AlignedBytes bytes = file.Serialize();            // offsets and checksum fit what the lists hold now
//   Status status = OpenVoice(bytes.data(), bytes.size(), &voice);
#ifndef TF_WAVENET_CC_ENGINE_MODEL_VOICE_TEST_WRITER_H_
#define TF_WAVENET_CC_ENGINE_MODEL_VOICE_TEST_WRITER_H_

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>
#include <string>
#include <vector>

#include "cc/engine/model/checksum.h"
#include "cc/engine/model/gguf.h"
#include "cc/engine/model/voice.h"
#include "cc/engine/model/voice_keys.h"

namespace tf_wavenet {

// A copy of some bytes at a 64-byte boundary, not one byte longer, so that a sanitizer sees any read past its end.
class AlignedBytes {
 public:
  explicit AlignedBytes(const std::string& bytes)
      : size_(bytes.size()), data_(static_cast<char*>(::operator new(size_, std::align_val_t{64}))) {
    std::memcpy(data_.get(), bytes.data(), size_);
  }

  char* data() { return data_.get(); }
  size_t size() const { return size_; }

 private:
  struct Delete {
    void operator()(char* data) const { ::operator delete(data, std::align_val_t{64}); }
  };
  size_t size_;
  std::unique_ptr<char, Delete> data_;
};

template <class T>
std::string Bytes(T number) {
  return std::string(reinterpret_cast<const char*>(&number), sizeof(number));
}

inline std::string LengthAnd(const std::string& text) { return Bytes<uint64_t>(text.size()) + text; }

struct VoiceFile {
  struct KeyValue {
    std::string key;
    GgufType type;
    std::string value;  // kString: the text, its length is added
  };
  struct Tensor {
    std::string name;
    uint32_t type = kGgufTensorF32;
    std::string data;

    uint64_t count() const {
      const uint64_t bytes = type == kGgufTensorI64 ? 8 : type == kGgufTensorI16 ? 2 : type == kGgufTensorI8 ? 1 : 4;
      return data.size() / bytes;
    }
  };
  std::vector<KeyValue> keys;
  std::vector<Tensor> tensors;  // the last one is the checksum

  KeyValue& Key(const std::string& key) {
    for (KeyValue& candidate : keys) {
      if (candidate.key == key) return candidate;
    }
    std::abort();
  }

  Tensor& Find(const std::string& name) {
    for (Tensor& candidate : tensors) {
      if (candidate.name == name) return candidate;
    }
    std::abort();
  }

  void Erase(const std::string& key) { keys.erase(keys.begin() + (&Key(key) - keys.data())); }

  std::string Header() const {
    std::string out = "GGUF" + Bytes<uint32_t>(3) + Bytes<uint64_t>(tensors.size()) + Bytes<uint64_t>(keys.size());
    for (const KeyValue& key : keys) {
      out += LengthAnd(key.key) + Bytes(key.type) + (key.type == GgufType::kString ? LengthAnd(key.value) : key.value);
    }
    uint64_t offset = 0;
    for (const Tensor& tensor : tensors) {
      out += LengthAnd(tensor.name) + Bytes<uint32_t>(1) + Bytes<uint64_t>(tensor.count()) + Bytes(tensor.type);
      out += Bytes(offset);
      offset += Padded(tensor.data.size());
    }
    return out + std::string(Padded(out.size()) - out.size(), '\0');
  }

  std::string Serialize() const {
    std::string out = Header();
    for (const Tensor& tensor : tensors) {
      out += tensor.data + std::string(Padded(tensor.data.size()) - tensor.data.size(), '\0');
    }
    if (tensors.empty() || tensors.back().data.size() != 8) return out;
    const uint64_t checksum = Checksum(out.data(), out.size() - 64);
    return out.replace(out.size() - 64, 8, Bytes(checksum));
  }

  static size_t Padded(size_t bytes) { return (bytes + 63) / 64 * 64; }
};

// Odd sizes, two layers with and without residual output, in about 20 kB.
inline VoiceConfig TinyConfig() {
  VoiceConfig config;
  config.layers = 3;
  config.residual_channels = 5;
  config.skip_channels = 17;
  config.output_channels = 18;
  config.dilation_cycle = 2;
  config.conditioning_channels = 3;
  config.conditioning_context = 1;
  config.upsampling = Upsampling::kLinear;
  config.speakers = 2;
  config.names = "anna,bert";
  config.temperature = 0.75f;
  config.hop_samples = 4;
  config.sample_rate_hz = 16000;
  config.preemphasis = 0.9f;
  return config;
}

// A valid voice of `config` with weights in [-0.5, 0.5), or integers of a few bits and scales that bring them there,
// padding included. `seed` alone decides.
inline VoiceFile MakeVoiceFile(const VoiceConfig& config, uint64_t seed, Precision precision = Precision::kF32) {
  VoiceFile file;
  const auto text = [&](const char* key, const char* value) { file.keys.push_back({key, GgufType::kString, value}); };
  const auto u32 = [&](const char* key, uint32_t value) { file.keys.push_back({key, GgufType::kU32, Bytes(value)}); };
  const auto f32 = [&](const char* key, float value) { file.keys.push_back({key, GgufType::kF32, Bytes(value)}); };
  text("general.architecture", "wavenet");
  u32("general.alignment", 64);
  text("general.name", "tiny");
  text("general.description", "a voice for tests");
  u32("wavenet.format_version", kVoiceFormatVersion);
  text("wavenet.precision", PrecisionName(precision));
  u32("wavenet.panel_rows", 64);
  u32("wavenet.layers", config.layers);
  u32("wavenet.residual_channels", config.residual_channels);
  u32("wavenet.skip_channels", config.skip_channels);
  u32("wavenet.output_channels", config.output_channels);
  u32("wavenet.dilation_cycle", config.dilation_cycle);
  u32("wavenet.conditioning_channels", config.conditioning_channels);
  u32("wavenet.conditioning_context", config.conditioning_context);
  text("wavenet.upsampling", config.upsampling == Upsampling::kLinear ? "linear" : "repeat");
  file.keys.push_back({"wavenet.embed_tanh", GgufType::kBool, std::string(1, config.embed_tanh ? '\1' : '\0')});
  u32("wavenet.audio.sample_rate_hz", config.sample_rate_hz);
  u32("wavenet.audio.hop_samples", config.hop_samples);
  u32("wavenet.audio.window_samples", 800);
  u32("wavenet.audio.fft_size", 1024);
  f32("wavenet.audio.mel_min_hz", 50.0f);
  f32("wavenet.audio.mel_max_hz", static_cast<float>(config.sample_rate_hz) / 2);
  f32("wavenet.audio.log_floor", 1e-5f);
  f32("wavenet.audio.loudness_lufs", -16.0f);
  f32("wavenet.audio.preemphasis", config.preemphasis);
  text("wavenet.speakers", std::string(config.names).c_str());
  f32("wavenet.temperature", config.temperature);
  text("wavenet.training", "{}");

  uint64_t state = seed * 2 + 1;
  const auto random = [&] {  // [-0.5, 0.5)
    state = state * 6364136223846793005u + 1442695040888963407u;
    return static_cast<float>(state >> 40) * 0x1p-24f - 0.5f;
  };
  const auto add = [&](const std::string& name, uint32_t type, int64_t count, auto value) {
    std::string data;
    for (int64_t i = 0; i < count; ++i) data += Bytes(value());
    file.tensors.push_back({name, type, data});
  };
  const auto floats = [&](const std::string& name, int64_t count) { add(name, kGgufTensorF32, count, random); };
  const auto packed = [&](const std::string& name, int64_t rows, int64_t cols, Precision type) {
    const int64_t count = rows * PadCols(cols, type);
    if (type == Precision::kF32) return floats(name, count);
    if (type == Precision::kInt16) {
      return add(name, kGgufTensorI16, count, [&] { return static_cast<int16_t>(random() * 200); });
    }
    return add(name, kGgufTensorI8, count, [&] { return static_cast<int8_t>(random() * 128); });
  };
  const auto weights = [&](const std::string& name, int64_t rows, int64_t cols) {
    packed(name, rows, cols, precision);
  };
  const auto scales = [&](const std::string& name, int64_t count, float scale) {
    if (precision != Precision::kF32) add(name, kGgufTensorF32, count, [&] { return scale; });
  };
  const float act_scale = precision == Precision::kInt16 ? 0x1p-12f : 0x1p-5f, row_scale = act_scale / 200;
  const int64_t r = config.residual_channels, s = config.skip_channels, a = config.output_channels;
  const int64_t rp = PadRows(r), sp = PadRows(s), ap = PadRows(a);
  scales("act.inverse_scale", PadRows(config.layers + 2), 1 / act_scale);
  floats("embed.prev", a * rp);
  floats("embed.cur", a * rp);
  floats("skip.bias", sp);
  const auto for_each_layer = [&](auto body) {
    for (int i = 0; i < config.layers; ++i) body("layers." + std::to_string(i), i < config.layers - 1);
  };
  for_each_layer([&](const std::string& name, bool has_res) {
    scales(name + ".gate.scale", 2 * rp, row_scale);
    if (has_res) scales(name + ".res.scale", rp, row_scale);
    if (has_res) floats(name + ".res.bias", rp);
    scales(name + ".skip.scale", sp, row_scale);
  });
  scales("relu.scale", ap, row_scale);
  floats("relu.bias", ap);
  scales("out.scale", ap, row_scale);
  floats("out.bias", ap);
  for_each_layer([&](const std::string& name, bool) { weights(name + ".prev", 2 * rp, r); });
  for_each_layer([&](const std::string& name, bool has_res) {
    weights(name + ".cur", 2 * rp, r);
    if (has_res) weights(name + ".res", rp, r);
    weights(name + ".skip", sp, r);
  });
  weights("relu", ap, s);
  weights("out", ap, a);
  const int64_t cond_rows = config.layers * 2 * rp;
  scales("cond.scale", cond_rows, row_scale);
  packed("cond", cond_rows, config.ConditioningCols(), precision == Precision::kF32 ? precision : Precision::kInt16);
  floats("cond.bias", config.speakers * config.layers * 2 * rp);
  file.tensors.push_back({"checksum", kGgufTensorI64, std::string(8, '\0')});
  return file;
}

}  // namespace tf_wavenet

#endif  // TF_WAVENET_CC_ENGINE_MODEL_VOICE_TEST_WRITER_H_
