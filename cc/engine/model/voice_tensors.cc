#include "cc/engine/model/voice_tensors.h"

#include <string>
#include <vector>

#include "cc/engine/base/format.h"

namespace tf_wavenet {
namespace {

std::string Described(std::string_view name, uint32_t type, uint64_t count, uint64_t offset) {
  const std::string type_name = type == kGgufTensorF32   ? "f32"
                                : type == kGgufTensorI8  ? "i8"
                                : type == kGgufTensorI16 ? "i16"
                                : type == kGgufTensorI64 ? "i64"
                                                         : Format("type %u", type);
  return Format("%s %s [%llu] at offset %llu", Quoted(name).c_str(), type_name.c_str(),
                static_cast<unsigned long long>(count), static_cast<unsigned long long>(offset));
}

// Takes tensors off the list one by one; after the first that does not fit, `status` says why and nothing more is
// taken.
class Walk {
 public:
  Walk(const GgufDirectory& directory, const void* data, uint64_t data_size, Precision precision)
      : directory_(directory), data_(static_cast<const char*>(data)), data_size_(data_size), precision_(precision) {}

  const Status& status() const { return status_; }
  uint64_t offset() const { return offset_; }

  const float* Vector(const std::string& name, int64_t count) {
    return static_cast<const float*>(Take(name, kGgufTensorF32, count, count * sizeof(float)));
  }

  // Of the voice's precision unless another is given; its scale comes later.
  Matrix Packed(const std::string& name, int64_t rows, int64_t cols) { return Packed(name, rows, cols, precision_); }
  Matrix Packed(const std::string& name, int64_t rows, int64_t cols, Precision precision) {
    const uint32_t type = precision == Precision::kF32     ? kGgufTensorF32
                          : precision == Precision::kInt16 ? kGgufTensorI16
                                                           : kGgufTensorI8;
    cols = PadCols(cols, precision);
    const void* data = Take(name, type, rows * cols, rows * cols * ElementBytes(precision));
    return {data, static_cast<int>(rows), static_cast<int>(cols)};
  }

  // The scales of rows of integers; null, and nothing in the file, for f32.
  const float* Scale(const std::string& name, int64_t count) {
    return precision_ == Precision::kF32 ? nullptr : Vector(name, count);
  }

  // `count` elements that take up `bytes` bytes with padding.
  const void* Take(const std::string& name, uint32_t type, uint64_t count, uint64_t bytes) {
    if (!status_.ok()) return nullptr;
    const auto wanted = [&] { return Described(name, type, count, offset_); };
    if (next_ == directory_.tensors.size()) {
      status_ = InvalidArgument(Format("the file lists %zu tensors, wanted %s next", next_, wanted().c_str()));
      return nullptr;
    }
    const GgufTensor& tensor = directory_.tensors[next_];
    if (tensor.dims != 1 || tensor.name != name || tensor.type != type || tensor.size[0] != count ||
        tensor.offset != offset_) {
      const std::string got = tensor.dims == 1
                                  ? Described(tensor.name, tensor.type, tensor.size[0], tensor.offset)
                                  : Format("%s of %u dimensions", Quoted(tensor.name).c_str(), tensor.dims);
      status_ = InvalidArgument(Format("tensor %zu is %s, wanted %s", next_ + 1, got.c_str(), wanted().c_str()));
      return nullptr;
    }
    if (bytes > data_size_ - offset_) {
      status_ = InvalidArgument(Format("tensor %s has %llu bytes, the file has %llu after its offset", name.c_str(),
                                       static_cast<unsigned long long>(bytes),
                                       static_cast<unsigned long long>(data_size_ - offset_)));
      return nullptr;
    }
    const void* taken = data_ + offset_;
    offset_ += bytes;
    ++next_;
    return taken;
  }

  Status Finish() const {
    if (!status_.ok() || next_ == directory_.tensors.size()) return status_;
    return InvalidArgument(Format("the file lists %zu tensors, wanted %zu", directory_.tensors.size(), next_));
  }

 private:
  const GgufDirectory& directory_;
  const char* data_;
  uint64_t data_size_;
  Precision precision_;
  uint64_t offset_ = 0;  // of the next tensor; at most data_size_
  size_t next_ = 0;
  Status status_;
};

}  // namespace

Status BindTensors(const GgufDirectory& directory, const void* data, uint64_t data_size, Voice* voice) {
  const VoiceConfig& config = voice->config;
  const int64_t l = config.layers, r = config.residual_channels, s = config.skip_channels, a = config.output_channels;
  const int64_t rp = PadRows(r), sp = PadRows(s), ap = PadRows(a);
  Walk walk(directory, data, data_size, voice->precision);
  voice->inverse_scale = walk.Scale("act.inverse_scale", PadRows(l + 2));

  voice->embed_prev = walk.Vector("embed.prev", a * rp);
  voice->embed_cur = walk.Vector("embed.cur", a * rp);
  const uint64_t first_streamed = walk.offset();
  voice->skip_bias = walk.Vector("skip.bias", sp);
  voice->layers.resize(l);
  const auto prefix = [](int64_t layer) { return "layers." + std::to_string(layer); };
  const auto for_each_layer = [&](auto body) {
    for (int64_t i = 0; i < l && walk.status().ok(); ++i) body(voice->layers[i], prefix(i), i < l - 1);
  };
  std::vector<const float*> gate_scale, res_scale, skip_scale;
  for_each_layer([&](Layer& layer, const std::string& name, bool has_res) {
    gate_scale.push_back(walk.Scale(name + ".gate.scale", 2 * rp));
    res_scale.push_back(has_res ? walk.Scale(name + ".res.scale", rp) : nullptr);
    if (has_res) layer.res_bias = walk.Vector(name + ".res.bias", rp);
    skip_scale.push_back(walk.Scale(name + ".skip.scale", sp));
  });
  const float* relu_scale = walk.Scale("relu.scale", ap);
  voice->relu_bias = walk.Vector("relu.bias", ap);
  const float* out_scale = walk.Scale("out.scale", ap);
  voice->out_bias = walk.Vector("out.bias", ap);
  for_each_layer(
      [&](Layer& layer, const std::string& name, bool) { layer.prev = walk.Packed(name + ".prev", 2 * rp, r); });
  for_each_layer([&](Layer& layer, const std::string& name, bool has_res) {
    layer.cur = walk.Packed(name + ".cur", 2 * rp, r);
    if (has_res) layer.res = walk.Packed(name + ".res", rp, r);
    layer.skip = walk.Packed(name + ".skip", sp, r);
  });
  voice->relu = walk.Packed("relu", ap, s);
  voice->out = walk.Packed("out", ap, a);
  if (!walk.status().ok()) return walk.status();
  for (int64_t i = 0; i < l; ++i) {
    Layer& layer = voice->layers[i];
    layer.prev.scale = layer.cur.scale = gate_scale[i];
    layer.res.scale = res_scale[i];
    layer.skip.scale = skip_scale[i];
  }
  voice->relu.scale = relu_scale;
  voice->out.scale = out_scale;
  voice->weight_bytes_per_sample = static_cast<int64_t>(walk.offset() - first_streamed);
  const bool is_integer = voice->precision != Precision::kF32;
  const float* cond_scale = walk.Scale("cond.scale", l * 2 * rp);
  voice->cond =
      walk.Packed("cond", l * 2 * rp, config.ConditioningCols(), is_integer ? Precision::kInt16 : Precision::kF32);
  voice->cond.scale = cond_scale;
  voice->cond_bias = walk.Vector("cond.bias", voice->config.speakers * l * 2 * rp);
  walk.Take("checksum", kGgufTensorI64, 1, 64);
  return walk.Finish();
}

}  // namespace tf_wavenet
