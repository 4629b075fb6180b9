#include "cc/engine/model/voice_keys.h"

#include <gtest/gtest.h>

#include <iterator>
#include <limits>
#include <string>

#include "cc/engine/model/voice_test_writer.h"

namespace tf_wavenet {
namespace {

std::string RefusalOf(const VoiceFile& file) {
  AlignedBytes bytes(file.Header());
  GgufDirectory directory;
  EXPECT_TRUE(ReadGgufDirectory(bytes.data(), bytes.size(), &directory).ok());
  Status status = CheckVoiceFormat(directory);
  VoiceConfig config;
  Precision precision;
  if (status.ok()) status = ReadVoiceKeys(directory, &config, &precision);
  return status.message();
}

VoiceFile Tiny() { return MakeVoiceFile(TinyConfig(), 1); }

std::string RefusalWith(const std::string& key, const std::string& value) {
  VoiceFile file = Tiny();
  file.Key(key).value = value;
  return RefusalOf(file);
}

// One step outside of [low, high] is refused with the range in the message, the ends are not.
TEST(VoiceKeys, IntegerRanges) {
  for (const VoiceKey& rule : kVoiceKeys) {
    if (rule.type != GgufType::kU32) continue;
    const std::string name = rule.name;
    for (const double end : {rule.low, rule.high}) {
      EXPECT_EQ(RefusalWith(name, Bytes(static_cast<uint32_t>(end)))
                    .find(name + " is " + std::to_string(int(end)) + ", must be in"),
                std::string::npos);
    }
    const std::string above = RefusalWith(name, Bytes(static_cast<uint32_t>(rule.high + 1)));
    const bool format = name == "wavenet.format_version";
    EXPECT_NE(above.find(format ? "upgrade tf_wavenet" : name + " is "), std::string::npos);
    EXPECT_NE(RefusalWith(name, Bytes(std::numeric_limits<uint32_t>::max())), "") << name;
    if (rule.low == 0) continue;
    const std::string below = RefusalWith(name, Bytes(static_cast<uint32_t>(rule.low - 1)));
    EXPECT_NE(below.find(format ? "export the voice again" : name + " is "), std::string::npos) << below;
  }
}

TEST(VoiceKeys, EveryKeyMustHaveItsTypeAndMayStandOnce) {
  ASSERT_EQ(Tiny().keys.size(), std::size(kVoiceKeys));
  for (const VoiceKey& rule : kVoiceKeys) {
    const std::string name = rule.name;
    VoiceFile file = Tiny();
    file.Key(name) = {name, GgufType::kI64, Bytes<int64_t>(1)};
    EXPECT_EQ(RefusalOf(file), name + " has type i64, must be " + GgufTypeName(rule.type));
    file = Tiny();
    file.keys.push_back(file.Key(name));
    EXPECT_EQ(RefusalOf(file), "key " + name + " stands twice");
    file = Tiny();
    file.Erase(name);
    EXPECT_EQ(RefusalOf(file), rule.required ? "key " + name + " is missing" : "");
  }
}

TEST(VoiceKeys, UnknownKeysAreRefused) {
  VoiceFile file = Tiny();
  file.keys.push_back({"wavenet.kernel_width", GgufType::kU32, Bytes<uint32_t>(2)});
  EXPECT_EQ(RefusalOf(file), "unknown key 'wavenet.kernel_width': was the file written by a newer version?");
}

TEST(VoiceKeys, TextsAreChosenFromAList) {
  EXPECT_EQ(RefusalWith("general.architecture", "llama"), "general.architecture is 'llama', must be 'wavenet'");
  EXPECT_EQ(RefusalWith("wavenet.precision", "i16"), "wavenet.precision is 'i16', must be 'f32' or 'int16' or 'int8'");
  EXPECT_EQ(RefusalWith("wavenet.upsampling", "cubic"), "wavenet.upsampling is 'cubic', must be 'linear' or 'repeat'");
  EXPECT_EQ(RefusalWith("wavenet.upsampling", ""), "wavenet.upsampling is '', must be 'linear' or 'repeat'");
  EXPECT_EQ(RefusalWith("wavenet.upsampling", "repeat"), "");
}

TEST(VoiceKeys, OlderFormatsAreToBeExportedAgain) {
  for (uint32_t old : {1u, 2u, 3u, 4u}) {
    EXPECT_EQ(RefusalWith("wavenet.format_version", Bytes(old)),
              "voice file format " + std::to_string(old) + ", this library reads 5: export the voice again");
  }
}

TEST(VoiceKeys, SpeakersAreDifferentNames) {
  const auto with = [](const char* names) { return RefusalWith("wavenet.speakers", names); };
  for (const char* good : {"", "slt", "slt,rms_2,a.b-c"}) EXPECT_EQ(with(good), "") << good;
  const std::string rule = "', must be names of letters, digits, '_', '.' and '-', joined by commas";
  for (const char* bad : {",", "slt,", ",slt", "a,,b", "a b", "a\n"}) {
    EXPECT_NE(with(bad).find("must be names of letters"), std::string::npos) << bad;
  }
  EXPECT_EQ(with("a b"), "wavenet.speakers is 'a b" + rule);
  EXPECT_EQ(with("a,b,a"), "wavenet.speakers is 'a,b,a', must be different names");
  std::string many = "s0";
  for (int i = 1; i < 256; ++i) many += ",s" + std::to_string(i);
  EXPECT_EQ(with(many.c_str()), "");
  EXPECT_NE(with((many + ",s256").c_str()).find("must be 256 names at most"), std::string::npos);
}

TEST(VoiceKeys, BooleansAndFloats) {
  EXPECT_EQ(RefusalWith("wavenet.embed_tanh", "\1"), "");
  EXPECT_EQ(RefusalWith("wavenet.embed_tanh", "\2"), "wavenet.embed_tanh is 2, must be in [0, 1]");
  const auto with = [](const char* key, float value) { return RefusalWith(key, Bytes(value)); };
  EXPECT_EQ(with("wavenet.audio.log_floor", 1e-12f), "");
  EXPECT_NE(with("wavenet.audio.log_floor", 9e-13f), "");
  EXPECT_NE(with("wavenet.audio.log_floor", 0.0f), "");
  EXPECT_NE(with("wavenet.audio.log_floor", 1.5f), "");
  for (const char* key : {"wavenet.audio.log_floor", "wavenet.audio.mel_min_hz", "wavenet.audio.mel_max_hz"}) {
    EXPECT_NE(with(key, std::numeric_limits<float>::quiet_NaN()), "") << key;
    EXPECT_NE(with(key, std::numeric_limits<float>::infinity()), "") << key;
    EXPECT_NE(with(key, -1.0f), "") << key;
  }
}

TEST(VoiceKeys, RulesBetweenFields) {
  EXPECT_EQ(RefusalWith("wavenet.audio.window_samples", Bytes<uint32_t>(1025)),
            "wavenet.audio.window_samples is 1025, must be at most fft_size (1024)");
  EXPECT_EQ(RefusalWith("wavenet.audio.mel_max_hz", Bytes(8001.0f)),
            "wavenet.audio.mel_max_hz is 8001, must be at most half of sample_rate_hz (8000)");
  EXPECT_EQ(RefusalWith("wavenet.audio.mel_min_hz", Bytes(8000.0f)),
            "wavenet.audio.mel_min_hz is 8000, must be below mel_max_hz (8000)");
}

}  // namespace
}  // namespace tf_wavenet
