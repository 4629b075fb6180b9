#include "cc/engine/model/voice.h"

#include <cstring>
#include <iterator>
#include <string>
#include <utility>

#include "cc/engine/base/float_environment.h"
#include "cc/engine/base/format.h"
#include "cc/engine/model/checksum.h"
#include "cc/engine/model/gguf.h"
#include "cc/engine/model/voice_keys.h"
#include "cc/engine/model/voice_numbers.h"
#include "cc/engine/model/voice_tensors.h"
#include "cc/engine/model/widen.h"

namespace tf_wavenet {
namespace {

constexpr uint64_t kChecksumBytes = 64;               // the value and its padding
constexpr int64_t kMaxStateBytes = int64_t{1} << 30;  // of one utterance: a config that needs more is a mistake

// The checksum is the last tensor, so its offset tells how long the file must be, before anything else is believed.
Status CheckSize(const GgufDirectory& directory, uint64_t data_start, size_t size) {
  if (directory.tensors.empty() || directory.tensors.back().name != "checksum") {
    return InvalidArgument("the last tensor is " +
                           (directory.tensors.empty() ? "missing" : Quoted(directory.tensors.back().name)) +
                           ", must be 'checksum'");
  }
  const uint64_t offset = directory.tensors.back().offset;
  uint64_t promised;
  if (__builtin_add_overflow(data_start + kChecksumBytes, offset, &promised)) {
    return InvalidArgument(
        Format("tensor 'checksum' has offset %llu, no file is that long", static_cast<unsigned long long>(offset)));
  }
  if (size == promised) return Status();
  return InvalidArgument(Format("%s: file has %zu bytes, the header promises %llu",
                                size < promised ? "truncated" : "too long", size,
                                static_cast<unsigned long long>(promised)));
}

// Header, history and rings of one utterance's state; layers <= 2^10, d <= 2^15 and rp <= 2^12 keep it in range.
Status CheckStateBytes(const VoiceConfig& config) {
  int64_t floats = int64_t{config.conditioning_context} * config.conditioning_channels;
  for (int i = 0; i < config.layers; ++i) floats += config.Dilation(i) * PadRows(config.residual_channels);
  const int64_t bytes = floats * int64_t{sizeof(float)};
  if (bytes <= kMaxStateBytes) return Status();
  return InvalidArgument(Format(
      "wavenet.layers, dilation_cycle and residual_channels ask for %lld bytes of state, at most %lld are allowed",
      static_cast<long long>(bytes), static_cast<long long>(kMaxStateBytes)));
}

Status CheckChecksum(const char* bytes, size_t size, uint64_t* checksum) {
  const char* tail = bytes + size - kChecksumBytes;
  uint64_t tail_words[kChecksumBytes / sizeof(uint64_t)];
  std::memcpy(tail_words, tail, sizeof(tail_words));
  *checksum = tail_words[0];
  const uint64_t computed = Checksum(bytes, size - kChecksumBytes);
  if (computed != *checksum) {
    return InvalidArgument(Format("damaged: checksum of the file's bytes is 0x%016llx, the file says 0x%016llx",
                                  static_cast<unsigned long long>(computed),
                                  static_cast<unsigned long long>(*checksum)));
  }
  for (size_t i = 1; i < std::size(tail_words); ++i) {
    if (tail_words[i] != 0) return InvalidArgument("damaged: the bytes after the checksum are not zero");
  }
  return Status();
}

}  // namespace

Status OpenVoice(const void* data, size_t size, Voice* voice) {
  // Where subnormals read as zero, negative ones would pass, and widened weights would have other bits.
  const DefaultFloatEnvironment environment;
  GgufDirectory directory;
  Status status = ReadGgufDirectory(data, size, &directory);
  if (status.ok()) status = CheckVoiceFormat(directory);
  if (!status.ok()) return status;

  const uint64_t data_start = (directory.end + uint64_t{kVoiceAlignment} - 1) / kVoiceAlignment * kVoiceAlignment;
  Voice opened;
  status = CheckSize(directory, data_start, size);
  if (status.ok()) status = ReadVoiceKeys(directory, &opened.config, &opened.precision);
  if (status.ok()) status = CheckStateBytes(opened.config);
  if (!status.ok()) return status;

  const char* bytes = static_cast<const char*>(data);
  status = BindTensors(directory, bytes + data_start, size - data_start, &opened);
  if (!status.ok()) return status;

  if (const int past = reinterpret_cast<uintptr_t>(data) % kVoiceAlignment; past != 0) {
    return InvalidArgument(
        Format("the voice lies at an address %d bytes past a multiple of %u, must be aligned", past, kVoiceAlignment));
  }
  status = CheckChecksum(bytes, size, &opened.checksum);
  if (status.ok()) status = CheckVoiceNumbers(opened);
  if (!status.ok()) return status;
  if (opened.precision != Precision::kF32) WidenConditioning(&opened);
  *voice = std::move(opened);
  return status;
}

}  // namespace tf_wavenet
