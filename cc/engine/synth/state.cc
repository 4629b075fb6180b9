#include "cc/engine/synth/state.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "cc/engine/base/format.h"

namespace tf_wavenet {
namespace {

constexpr unsigned char kZeroOfInt8 = 128;

size_t PadBytes(size_t bytes) { return (bytes + 63) / 64 * 64; }

// Where the history (0) ends and each ring begins; the last is the size of all.
std::vector<size_t> RingOffsets(const Voice& voice) {
  const VoiceConfig& config = voice.config;
  const size_t history = size_t(config.conditioning_context) * config.conditioning_channels * sizeof(float);
  const size_t slot = PadRows(config.residual_channels) * ElementBytes(voice.precision);
  std::vector<size_t> offsets = {PadBytes(history)};
  for (int i = 0; i < config.layers; ++i) offsets.push_back(offsets.back() + PadBytes(config.Dilation(i) * slot));
  return offsets;
}

Status BadField(int row, const char* field, const std::string& got, const std::string& wanted) {
  return InvalidArgument(Format("state[%d].%s is %s, must be %s", row, field, got.c_str(), wanted.c_str()));
}

Status CheckLevel(const VoiceConfig& config, int row, const char* field, int32_t level) {
  if (level >= 0 && level < config.output_channels) return {};
  return BadField(row, field, Format("%d", level), Format("in 0..%d", config.output_channels - 1));
}

}  // namespace

int64_t StateBytes(const Voice& voice) { return sizeof(StateHeader) + RingOffsets(voice).back(); }

Status CheckState(const Voice& voice, const void* blob, int row) {
  const VoiceConfig& config = voice.config;
  StateHeader header;
  std::memcpy(&header, blob, sizeof(header));
  if (header.magic != kStateMagic) {
    return BadField(row, "magic", Format("0x%08x", header.magic), Format("0x%08x: not a state", kStateMagic));
  }
  if (header.version != kStateVersion) {
    return BadField(row, "version", Format("%u", header.version), Format("%u", kStateVersion));
  }
  if (header.voice_checksum != voice.checksum) {
    return BadField(row, "voice_checksum", Format("0x%016llx", static_cast<unsigned long long>(header.voice_checksum)),
                    Format("0x%016llx: the state is another voice's", static_cast<unsigned long long>(voice.checksum)));
  }
  if (header.position > kMaxPosition || header.position % config.hop_samples != 0) {
    return BadField(row, "position", Format("%llu", static_cast<unsigned long long>(header.position)),
                    Format("a multiple of hop_samples (%d) up to 2^62", config.hop_samples));
  }
  if (Status status = CheckLevel(config, row, "y_prev", header.y_prev); !status.ok()) return status;
  if (Status status = CheckLevel(config, row, "y_cur", header.y_cur); !status.ok()) return status;
  const uint64_t frames = std::min<uint64_t>(header.position / config.hop_samples, config.conditioning_context);
  if (header.history_frames != static_cast<int64_t>(frames)) {
    return BadField(
        row, "history_frames", Format("%d", header.history_frames),
        Format("%d at position %llu", static_cast<int>(frames), static_cast<unsigned long long>(header.position)));
  }
  for (uint8_t byte : header.reserved) {
    if (byte != 0) return BadField(row, "reserved", Format("0x%02x", byte), "zeros");
  }
  const char* history = static_cast<const char*>(blob) + sizeof(header);
  for (int i = 0; i < header.history_frames * config.conditioning_channels; ++i) {
    float value;
    std::memcpy(&value, history + i * sizeof(float), sizeof(value));
    if (!std::isfinite(value)) return BadField(row, "history", Format("%g at [%d]", value, i), "finite");
  }
  return {};
}

State::State(const Voice& voice) : voice_(voice), ring_offsets_(RingOffsets(voice)), data_(ring_offsets_.back()) {
  Reset();
}

void State::Reset() {
  const int silence = voice_.config.SilenceLevel();
  header = {kStateMagic, kStateVersion, voice_.checksum, 0, silence, silence, 0, {}};
  std::memset(data_.data(), 0, ring_offsets_.front());
  std::memset(data_.data() + ring_offsets_.front(), voice_.precision == Precision::kInt8 ? kZeroOfInt8 : 0,
              data_.size() - ring_offsets_.front());
}

void State::Load(const void* blob) {
  std::memcpy(&header, blob, sizeof(header));
  std::memcpy(data_.data(), static_cast<const char*>(blob) + sizeof(header), data_.size());
}

void State::Save(void* blob) const {
  std::memcpy(blob, &header, sizeof(header));
  std::memcpy(static_cast<char*>(blob) + sizeof(header), data_.data(), data_.size());
}

}  // namespace tf_wavenet
