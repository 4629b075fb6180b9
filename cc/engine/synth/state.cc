#include "cc/engine/synth/state.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "cc/engine/base/format.h"

namespace tf_wavenet {
namespace {

size_t HistoryFloats(const VoiceConfig& config) {
  return PadRows(int64_t{config.conditioning_context} * config.conditioning_channels);
}

std::vector<size_t> RingOffsets(const VoiceConfig& config) {
  std::vector<size_t> offsets = {HistoryFloats(config)};
  for (int i = 0; i < config.layers; ++i) {
    offsets.push_back(offsets.back() + config.Dilation(i) * PadRows(config.residual_channels));
  }
  return offsets;  // one more than layers: the last is the size of all
}

Status BadField(int row, const char* field, const std::string& got, const std::string& wanted) {
  return InvalidArgument(Format("state[%d].%s is %s, must be %s", row, field, got.c_str(), wanted.c_str()));
}

Status CheckLevel(const VoiceConfig& config, int row, const char* field, int32_t level) {
  if (level >= 0 && level < config.output_channels) return {};
  return BadField(row, field, Format("%d", level), Format("in 0..%d", config.output_channels - 1));
}

}  // namespace

int64_t StateBytes(const VoiceConfig& config) {
  return sizeof(StateHeader) + RingOffsets(config).back() * sizeof(float);
}

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

State::State(const Voice& voice)
    : voice_checksum_(voice.checksum),
      silence_level_(voice.config.SilenceLevel()),
      ring_offsets_(RingOffsets(voice.config)),
      data_(ring_offsets_.back()) {
  Reset();
}

void State::Reset() {
  header = {kStateMagic, kStateVersion, voice_checksum_, 0, silence_level_, silence_level_, 0, {}};
  std::fill_n(data_.data(), data_.size(), 0.0f);
}

void State::Load(const void* blob) {
  std::memcpy(&header, blob, sizeof(header));
  std::memcpy(data_.data(), static_cast<const char*>(blob) + sizeof(header), data_.size() * sizeof(float));
}

void State::Save(void* blob) const {
  std::memcpy(blob, &header, sizeof(header));
  std::memcpy(static_cast<char*>(blob) + sizeof(header), data_.data(), data_.size() * sizeof(float));
}

}  // namespace tf_wavenet
