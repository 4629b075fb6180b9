#include "cc/engine/model/voice_keys.h"

#include <algorithm>
#include <iterator>
#include <set>
#include <string>
#include <string_view>

#include "cc/engine/base/format.h"

namespace tf_wavenet {
namespace {

double NumberOf(const GgufKeyValue& key) {
  if (key.type == GgufType::kF32) return key.As<float>();
  if (key.type == GgufType::kBool) return key.As<uint8_t>();
  return key.As<uint32_t>();
}

const VoiceKey* RuleOf(std::string_view name) {
  for (const VoiceKey& rule : kVoiceKeys) {
    if (name == rule.name) return &rule;
  }
  return nullptr;
}

Status CheckText(const VoiceKey& rule, std::string_view text) {
  if (rule.texts[0] == nullptr) return Status();
  std::string wanted;
  for (const char* allowed : rule.texts) {
    if (allowed == nullptr) continue;
    if (text == allowed) return Status();
    wanted += (wanted.empty() ? "" : " or ") + Quoted(allowed);
  }
  return InvalidArgument(Format("%s is %s, must be %s", rule.name, Quoted(text).c_str(), wanted.c_str()));
}

Status CheckKey(const VoiceKey& rule, const GgufKeyValue& key) {
  if (key.type != rule.type) {
    return InvalidArgument(
        Format("%s has type %s, must be %s", rule.name, GgufTypeName(key.type), GgufTypeName(rule.type)));
  }
  if (rule.type == GgufType::kString) return CheckText(rule, key.value);
  const double number = NumberOf(key);
  if (number >= rule.low && number <= rule.high) return Status();
  const std::string wanted =
      rule.low == rule.high ? Format("%.10g", rule.low) : Format("in [%.10g, %.10g]", rule.low, rule.high);
  return InvalidArgument(Format("%s is %.10g, must be %s", rule.name, number, wanted.c_str()));
}

Status CheckPresent(const GgufDirectory& directory, const VoiceKey& rule) {
  const GgufKeyValue* key = directory.Find(rule.name);
  if (key != nullptr) return CheckKey(rule, *key);
  return rule.required ? InvalidArgument(Format("key %s is missing", rule.name)) : Status();
}

Precision ReadPrecision(const GgufDirectory& directory) {
  const std::string_view name = directory.Find("wavenet.precision")->value;
  int precision = 0;
  while (name != PrecisionName(static_cast<Precision>(precision))) ++precision;
  return static_cast<Precision>(precision);
}

// Rules that tie one field to another (AudioConfig.__post_init__).
Status CheckAudio(const GgufDirectory& directory) {
  const auto number = [&](const char* name) { return NumberOf(*directory.Find(name)); };
  const double rate = number("wavenet.audio.sample_rate_hz"), fft = number("wavenet.audio.fft_size");
  const double window = number("wavenet.audio.window_samples");
  const double low = number("wavenet.audio.mel_min_hz"), high = number("wavenet.audio.mel_max_hz");
  if (window > fft) {
    return InvalidArgument(
        Format("wavenet.audio.window_samples is %.10g, must be at most fft_size (%.10g)", window, fft));
  }
  if (high > rate / 2) {
    return InvalidArgument(
        Format("wavenet.audio.mel_max_hz is %.10g, must be at most half of sample_rate_hz (%.10g)", high, rate / 2));
  }
  if (low >= high) {
    return InvalidArgument(Format("wavenet.audio.mel_min_hz is %.10g, must be below mel_max_hz (%.10g)", low, high));
  }
  return Status();
}

// Names of letters, digits, '_', '.' and '-', joined by commas; none = one speaker without a name.
Status CountSpeakers(std::string_view names, int* speakers) {
  *speakers = 1;
  if (names.empty()) return Status();
  const auto refused = [&](const std::string& rule) {
    return InvalidArgument("wavenet.speakers is " + Quoted(names) + ", must be " + rule);
  };
  std::set<std::string_view> known;
  for (size_t begin = 0, end; begin <= names.size(); begin = end + 1) {
    end = std::min(names.find(',', begin), names.size());
    const std::string_view name = names.substr(begin, end - begin);
    constexpr char kAllowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-";
    if (name.empty() || name.find_first_not_of(kAllowed) != std::string_view::npos) {
      return refused("names of letters, digits, '_', '.' and '-', joined by commas");
    }
    if (!known.insert(name).second) return refused("different names");
  }
  if (known.size() > kMaxSpeakers) return refused(Format("%d names at most", kMaxSpeakers));
  *speakers = static_cast<int>(known.size());
  return Status();
}

}  // namespace

const char* PrecisionName(Precision precision) {
  return RuleOf("wavenet.precision")->texts[static_cast<int>(precision)];
}

Status CheckVoiceFormat(const GgufDirectory& directory) {
  Status status = CheckPresent(directory, *RuleOf("general.architecture"));
  if (!status.ok()) return status;
  const GgufKeyValue* version = directory.Find("wavenet.format_version");
  if (version != nullptr && version->type == GgufType::kU32 && version->As<uint32_t>() != kVoiceFormatVersion) {
    const uint32_t found = version->As<uint32_t>();
    return InvalidArgument(Format("voice file format %u, this library reads %u: %s", found, kVoiceFormatVersion,
                                  found > kVoiceFormatVersion ? "upgrade tf_wavenet" : "export the voice again"));
  }
  status = CheckPresent(directory, *RuleOf("wavenet.format_version"));
  if (!status.ok()) return status;
  return CheckPresent(directory, *RuleOf("general.alignment"));
}

Status ReadVoiceKeys(const GgufDirectory& directory, VoiceConfig* config, Precision* precision) {
  bool seen[std::size(kVoiceKeys)] = {};
  for (const GgufKeyValue& key : directory.keys) {
    const VoiceKey* rule = RuleOf(key.key);
    if (rule == nullptr) {
      return InvalidArgument(
          Format("unknown key %s: was the file written by a newer version?", Quoted(key.key).c_str()));
    }
    if (seen[rule - kVoiceKeys]) return InvalidArgument(Format("key %s stands twice", rule->name));
    seen[rule - kVoiceKeys] = true;
  }
  for (const VoiceKey& rule : kVoiceKeys) {
    const Status status = CheckPresent(directory, rule);
    if (!status.ok()) return status;
  }
  if (Status status = CheckAudio(directory); !status.ok()) return status;
  *precision = ReadPrecision(directory);

  const auto number = [&](const char* name) { return static_cast<int>(NumberOf(*directory.Find(name))); };
  config->layers = number("wavenet.layers");
  config->residual_channels = number("wavenet.residual_channels");
  config->skip_channels = number("wavenet.skip_channels");
  config->output_channels = number("wavenet.output_channels");
  config->dilation_cycle = number("wavenet.dilation_cycle");
  config->conditioning_channels = number("wavenet.conditioning_channels");
  config->conditioning_context = number("wavenet.conditioning_context");
  config->upsampling =
      directory.Find("wavenet.upsampling")->value == "linear" ? Upsampling::kLinear : Upsampling::kRepeat;
  config->embed_tanh = number("wavenet.embed_tanh") != 0;
  config->names = directory.Find("wavenet.speakers")->value;
  config->temperature = directory.Find("wavenet.temperature")->As<float>();
  config->preemphasis = directory.Find("wavenet.audio.preemphasis")->As<float>();
  config->hop_samples = number("wavenet.audio.hop_samples");
  config->sample_rate_hz = number("wavenet.audio.sample_rate_hz");
  return CountSpeakers(config->names, &config->speakers);
}

}  // namespace tf_wavenet
