// A strict reader of a GGUF v3 file's directory: the key-values and the list of tensors that stand before the data.
//
//   "GGUF", u32 version = 3, u64 tensor count, u64 key count
//   each key:     string name, u32 type, value
//   each tensor:  string name, u32 dimensions, u64 size of each, u32 type, u64 offset (from where the data begins)
//   padding to general.alignment, then the data
// A string is u64 length, then its bytes; everything is little endian.
//
// Nothing is copied: names and values lead into the file's bytes. Every read is checked against the bytes that remain,
// and memory is set aside only for counts that could fit in them. What the keys and tensors mean is up to the caller.
#ifndef TF_WAVENET_CC_ENGINE_MODEL_GGUF_H_
#define TF_WAVENET_CC_ENGINE_MODEL_GGUF_H_

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "cc/engine/base/status.h"

namespace tf_wavenet {

enum class GgufType : uint32_t {
  kU8 = 0,
  kI8 = 1,
  kU16 = 2,
  kI16 = 3,
  kU32 = 4,
  kI32 = 5,
  kF32 = 6,
  kBool = 7,
  kString = 8,
  kArray = 9,  // read over, so that a file of another kind can be named as such
  kU64 = 10,
  kI64 = 11,
  kF64 = 12,
};

const char* GgufTypeName(GgufType type);

struct GgufKeyValue {
  std::string_view key;
  GgufType type;
  std::string_view value;  // kString: the text; kArray: item type, count and items; else the number's bytes

  template <class T>
  T As() const {  // T has the size that `type` says
    T number;
    std::memcpy(&number, value.data(), sizeof(number));
    return number;
  }
};

constexpr uint32_t kGgufMaxDims = 4;
constexpr uint32_t kGgufTensorF32 = 0;
constexpr uint32_t kGgufTensorI8 = 24;
constexpr uint32_t kGgufTensorI16 = 25;
constexpr uint32_t kGgufTensorI64 = 27;

struct GgufTensor {
  std::string_view name;
  uint32_t dims = 0;
  uint64_t size[kGgufMaxDims] = {};
  uint32_t type = 0;
  uint64_t offset = 0;
};

struct GgufDirectory {
  std::vector<GgufKeyValue> keys;
  std::vector<GgufTensor> tensors;
  size_t end = 0;  // bytes before the padding

  // First key of this name, or null.
  const GgufKeyValue* Find(std::string_view key) const;
};

// Reads the directory of the file in [data, data + size). Refusals are InvalidArgument.
Status ReadGgufDirectory(const void* data, size_t size, GgufDirectory* directory);

// `text` in quotes for a message: cut to a readable length, bytes that do not print as \xNN.
std::string Quoted(std::string_view text);

}  // namespace tf_wavenet

#endif  // TF_WAVENET_CC_ENGINE_MODEL_GGUF_H_
