#include "cc/engine/model/gguf.h"

#include "cc/engine/base/format.h"

namespace tf_wavenet {
namespace {

constexpr uint32_t kVersion = 3;
constexpr size_t kMinKeyBytes = 8 + 4 + 1;         // empty name, type, one byte
constexpr size_t kMinTensorBytes = 8 + 4 + 4 + 8;  // empty name, no dimensions, type, offset

// Bytes of one number, 0 for what is not a number.
size_t NumberBytes(uint32_t type) {
  switch (static_cast<GgufType>(type)) {
    case GgufType::kU8:
    case GgufType::kI8:
    case GgufType::kBool:
      return 1;
    case GgufType::kU16:
    case GgufType::kI16:
      return 2;
    case GgufType::kU32:
    case GgufType::kI32:
    case GgufType::kF32:
      return 4;
    case GgufType::kU64:
    case GgufType::kI64:
    case GgufType::kF64:
      return 8;
    case GgufType::kString:
    case GgufType::kArray:
      break;
  }
  return 0;
}

// The bytes not yet read. Reads return false and take nothing when they would run past the end.
class Cursor {
 public:
  Cursor(const void* data, size_t size) : rest_(static_cast<const char*>(data), size) {}

  const char* at() const { return rest_.data(); }
  size_t remaining() const { return rest_.size(); }

  bool Bytes(uint64_t count, std::string_view* out) {
    if (count > rest_.size()) return false;
    *out = rest_.substr(0, count);
    rest_.remove_prefix(count);
    return true;
  }

  template <class T>
  bool Number(T* out) {
    std::string_view bytes;
    if (!Bytes(sizeof(T), &bytes)) return false;
    std::memcpy(out, bytes.data(), sizeof(T));
    return true;
  }

  bool String(std::string_view* out) {
    uint64_t length;
    return Number(&length) && Bytes(length, out);
  }

 private:
  std::string_view rest_;
};

Status PastEnd(const std::string& what, size_t size) {
  return InvalidArgument(
      Format("truncated or damaged: %s runs past the end of the file (%zu bytes)", what.c_str(), size));
}

// What is being read, put into words only when a refusal needs it.
struct Entry {
  const char* kind;
  size_t index, count;
  size_t file_bytes;

  std::string Named(std::string_view name = {}) const {
    return Format("%s %zu of %zu", kind, index + 1, count) + (name.empty() ? "" : " " + Quoted(name));
  }
  Status RunsPastEnd(std::string_view name = {}) const { return PastEnd(Named(name), file_bytes); }
};

// Reads over an array's items; false where they run past the end or are arrays themselves, which no writer makes.
bool SkipItems(Cursor* cursor, uint32_t type, uint64_t count) {
  std::string_view item;
  if (const size_t bytes = NumberBytes(type))
    return count <= cursor->remaining() / bytes && cursor->Bytes(count * bytes, &item);
  if (type != static_cast<uint32_t>(GgufType::kString)) return false;
  for (uint64_t i = 0; i < count; ++i) {
    if (!cursor->String(&item)) return false;
  }
  return true;
}

Status ReadKey(const Entry& entry, Cursor* cursor, GgufKeyValue* key) {
  uint32_t type;
  if (!cursor->String(&key->key) || !cursor->Number(&type)) return entry.RunsPastEnd();
  if (type > static_cast<uint32_t>(GgufType::kF64)) {
    return InvalidArgument(Format("%s has type %u, GGUF v3 has 0 to 12", entry.Named(key->key).c_str(), type));
  }
  key->type = static_cast<GgufType>(type);
  if (key->type == GgufType::kString) return cursor->String(&key->value) ? Status() : entry.RunsPastEnd(key->key);
  if (key->type == GgufType::kArray) {
    const char* begin = cursor->at();
    uint32_t item_type;
    uint64_t count;
    if (!cursor->Number(&item_type) || !cursor->Number(&count) || !SkipItems(cursor, item_type, count)) {
      return entry.RunsPastEnd(key->key);
    }
    key->value = std::string_view(begin, cursor->at() - begin);
    return Status();
  }
  return cursor->Bytes(NumberBytes(type), &key->value) ? Status() : entry.RunsPastEnd(key->key);
}

Status ReadTensor(const Entry& entry, Cursor* cursor, GgufTensor* tensor) {
  if (!cursor->String(&tensor->name) || !cursor->Number(&tensor->dims)) return entry.RunsPastEnd();
  if (tensor->dims > kGgufMaxDims) {
    return InvalidArgument(Format("%s has %u dimensions, at most %u are allowed", entry.Named(tensor->name).c_str(),
                                  tensor->dims, kGgufMaxDims));
  }
  for (uint32_t i = 0; i < tensor->dims; ++i) {
    if (!cursor->Number(&tensor->size[i])) return entry.RunsPastEnd(tensor->name);
  }
  const bool ok = cursor->Number(&tensor->type) && cursor->Number(&tensor->offset);
  return ok ? Status() : entry.RunsPastEnd(tensor->name);
}

Status TooMany(const char* what, uint64_t count, size_t remaining) {
  return InvalidArgument(
      Format("truncated or damaged: the header promises %llu %s, the %zu bytes after it cannot hold them",
             static_cast<unsigned long long>(count), what, remaining));
}

}  // namespace

const char* GgufTypeName(GgufType type) {
  static const char* const kNames[] = {"u8",   "i8",     "u16",   "i16", "u32", "i32", "f32",
                                       "bool", "string", "array", "u64", "i64", "f64"};
  return kNames[static_cast<uint32_t>(type)];
}

const GgufKeyValue* GgufDirectory::Find(std::string_view key) const {
  for (const GgufKeyValue& candidate : keys) {
    if (candidate.key == key) return &candidate;
  }
  return nullptr;
}

Status ReadGgufDirectory(const void* data, size_t size, GgufDirectory* directory) {
  Cursor cursor(data, size);
  std::string_view magic;
  if (!cursor.Bytes(4, &magic) || magic != "GGUF") {
    const std::string_view begin(static_cast<const char*>(data), size < 4 ? size : 4);
    return InvalidArgument(
        Format("not a GGUF file: its %zu bytes begin with %s, wanted 'GGUF'", size, Quoted(begin).c_str()));
  }
  uint32_t version;
  uint64_t tensor_count, key_count;
  if (!cursor.Number(&version)) return PastEnd("the header", size);
  if (version != kVersion) {
    const bool swapped = version == __builtin_bswap32(kVersion);
    return InvalidArgument(
        Format("GGUF version is %u, wanted %u%s", version, kVersion, swapped ? ": a big-endian file" : ""));
  }
  if (!cursor.Number(&tensor_count) || !cursor.Number(&key_count)) return PastEnd("the header", size);
  if (key_count > cursor.remaining() / kMinKeyBytes) return TooMany("key-values", key_count, cursor.remaining());
  directory->keys.resize(key_count);
  for (uint64_t i = 0; i < key_count; ++i) {
    const Status status = ReadKey({"key-value", i, key_count, size}, &cursor, &directory->keys[i]);
    if (!status.ok()) return status;
  }
  if (tensor_count > cursor.remaining() / kMinTensorBytes) return TooMany("tensors", tensor_count, cursor.remaining());
  directory->tensors.resize(tensor_count);
  for (uint64_t i = 0; i < tensor_count; ++i) {
    const Status status = ReadTensor({"tensor", i, tensor_count, size}, &cursor, &directory->tensors[i]);
    if (!status.ok()) return status;
  }
  directory->end = size - cursor.remaining();
  return Status();
}

std::string Quoted(std::string_view text) {
  constexpr size_t kMaxShown = 60;
  std::string out = "'";
  for (unsigned char c : text.substr(0, kMaxShown)) {
    out += Format(c >= 0x20 && c < 0x7f && c != '\'' ? "%c" : "\\x%02x", c);
  }
  return out + (text.size() > kMaxShown ? "...'" : "'");
}

}  // namespace tf_wavenet
