#include "cc/engine/model/voice.h"

#include <gtest/gtest.h>

#include <cfenv>
#include <cstring>
#include <limits>
#include <string>

#include "cc/engine/model/voice_test_writer.h"
#include "cc/engine/model/widen.h"

namespace tf_wavenet {
namespace {

std::string RefusalOf(const std::string& file) {
  AlignedBytes bytes(file);
  Voice voice;
  const Status status = OpenVoice(bytes.data(), bytes.size(), &voice);
  EXPECT_TRUE(status.ok() || status.code() == StatusCode::kInvalidArgument);
  EXPECT_TRUE(status.ok() || voice.layers.empty()) << "a refused voice must be left as it was";
  return status.message();
}

VoiceFile Tiny() { return MakeVoiceFile(TinyConfig(), 1); }

#define EXPECT_REFUSED(file, part) EXPECT_NE(RefusalOf(file).find(part), std::string::npos) << RefusalOf(file)

TEST(OpenVoice, PointsIntoTheFile) {
  const VoiceFile file = Tiny();
  AlignedBytes bytes(file.Serialize());
  Voice voice;
  const Status status = OpenVoice(bytes.data(), bytes.size(), &voice);
  ASSERT_TRUE(status.ok()) << status.message();

  EXPECT_EQ(voice.config.layers, 3);
  EXPECT_EQ(voice.config.residual_channels, 5);
  EXPECT_EQ(voice.config.skip_channels, 17);
  EXPECT_EQ(voice.config.output_channels, 18);
  EXPECT_EQ(voice.config.dilation_cycle, 2);
  EXPECT_EQ(voice.config.conditioning_channels, 3);
  EXPECT_EQ(voice.config.conditioning_context, 1);
  EXPECT_EQ(voice.config.upsampling, Upsampling::kLinear);
  EXPECT_FALSE(voice.config.embed_tanh);
  EXPECT_EQ(voice.config.hop_samples, 4);
  EXPECT_EQ(voice.config.sample_rate_hz, 16000);

  const char* data = bytes.data() + file.Header().size();
  int64_t streamed = 0;
  size_t next = 0;
  const auto expect_at_next = [&](const void* found, const std::string& name) {
    const VoiceFile::Tensor& tensor = file.tensors[next++];
    EXPECT_EQ(tensor.name, name);
    EXPECT_EQ(found, data) << name;
    const bool is_streamed = name.compare(0, 5, "embed") != 0 && name.compare(0, 4, "cond") != 0;
    streamed += is_streamed ? tensor.data.size() : 0;
    data += tensor.data.size();
  };
  const auto expect_matrix = [&](const Matrix& matrix, const std::string& name, int rows, int cols) {
    expect_at_next(matrix.data, name);
    EXPECT_EQ(matrix.rows, rows) << name;
    EXPECT_EQ(matrix.cols, cols) << name;
  };
  expect_at_next(voice.embed_prev, "embed.prev");
  expect_at_next(voice.embed_cur, "embed.cur");
  expect_at_next(voice.skip_bias, "skip.bias");
  ASSERT_EQ(voice.layers.size(), 3u);
  const auto name_of = [](int layer, const char* tensor) { return "layers." + std::to_string(layer) + tensor; };
  for (int i = 0; i < 2; ++i) expect_at_next(voice.layers[i].res_bias, name_of(i, ".res.bias"));
  expect_at_next(voice.relu_bias, "relu.bias");
  expect_at_next(voice.out_bias, "out.bias");
  for (int i = 0; i < 3; ++i) expect_matrix(voice.layers[i].prev, name_of(i, ".prev"), 32, 5);
  for (int i = 0; i < 3; ++i) {
    const Layer& layer = voice.layers[i];
    expect_matrix(layer.cur, name_of(i, ".cur"), 32, 5);
    if (i < 2) expect_matrix(layer.res, name_of(i, ".res"), 16, 5);
    expect_matrix(layer.skip, name_of(i, ".skip"), 32, 5);
  }
  EXPECT_EQ(voice.layers[2].res.data, nullptr);
  EXPECT_EQ(voice.layers[2].res_bias, nullptr);
  expect_matrix(voice.relu, "relu", 32, 17);
  expect_matrix(voice.out, "out", 32, 18);
  expect_matrix(voice.cond, "cond", 96, 9);
  expect_at_next(voice.cond_bias, "cond.bias");
  EXPECT_EQ(data + 64, bytes.data() + bytes.size());
  EXPECT_EQ(voice.weight_bytes_per_sample, streamed);
  EXPECT_EQ(voice.checksum, Checksum(bytes.data(), bytes.size() - 64));
}

class OpenIntegerVoice : public testing::TestWithParam<Precision> {
 protected:
  VoiceFile Tiny() const { return MakeVoiceFile(TinyConfig(), 1, GetParam()); }
  bool int16() const { return GetParam() == Precision::kInt16; }

  // Sets weight [row, col] of a packed tensor of up to 64 rows, padding included.
  void SetWeight(VoiceFile* file, const std::string& tensor, int rows, int row, int col, int value) const {
    const int group = kGroupBytes / ElementBytes(GetParam());
    const size_t at = (col / group * rows + row) * kGroupBytes + col % group * ElementBytes(GetParam());
    const std::string bytes = int16() ? Bytes(static_cast<int16_t>(value)) : Bytes(static_cast<int8_t>(value));
    file->Find(tensor).data.replace(at, bytes.size(), bytes);
  }
};

TEST_P(OpenIntegerVoice, PointsIntoTheFile) {
  const VoiceFile file = Tiny();
  AlignedBytes bytes(file.Serialize());
  Voice voice;
  const Status status = OpenVoice(bytes.data(), bytes.size(), &voice);
  ASSERT_TRUE(status.ok()) << status.message();
  EXPECT_EQ(voice.precision, GetParam());
  const char* data = bytes.data() + file.Header().size();
  int64_t streamed = 0;
  size_t next = 0;
  const auto expect_at_next = [&](const void* found, const std::string& name) {
    const VoiceFile::Tensor& tensor = file.tensors[next++];
    EXPECT_EQ(tensor.name, name);
    EXPECT_EQ(found, data) << name;
    const bool is_streamed = name.rfind("embed", 0) != 0 && name.rfind("cond", 0) != 0 && name.rfind("act", 0) != 0;
    streamed += is_streamed ? tensor.data.size() : 0;
    data += tensor.data.size();
  };
  const auto expect_matrix = [&](const Matrix& matrix, const std::string& name, int rows, int cols) {
    expect_at_next(matrix.data, name);
    EXPECT_EQ(matrix.rows, rows) << name;
    EXPECT_EQ(matrix.cols, PadCols(cols, GetParam())) << name;
  };
  expect_at_next(voice.inverse_scale, "act.inverse_scale");
  expect_at_next(voice.embed_prev, "embed.prev");
  expect_at_next(voice.embed_cur, "embed.cur");
  expect_at_next(voice.skip_bias, "skip.bias");
  const auto name_of = [](int layer, const char* tensor) { return "layers." + std::to_string(layer) + tensor; };
  for (int i = 0; i < 3; ++i) {
    const Layer& layer = voice.layers[i];
    EXPECT_EQ(layer.prev.scale, layer.cur.scale);
    expect_at_next(layer.cur.scale, name_of(i, ".gate.scale"));
    if (i < 2) {
      expect_at_next(layer.res.scale, name_of(i, ".res.scale"));
      expect_at_next(layer.res_bias, name_of(i, ".res.bias"));
    }
    expect_at_next(layer.skip.scale, name_of(i, ".skip.scale"));
  }
  expect_at_next(voice.relu.scale, "relu.scale");
  expect_at_next(voice.relu_bias, "relu.bias");
  expect_at_next(voice.out.scale, "out.scale");
  expect_at_next(voice.out_bias, "out.bias");
  for (int i = 0; i < 3; ++i) expect_matrix(voice.layers[i].prev, name_of(i, ".prev"), 32, 5);
  for (int i = 0; i < 3; ++i) {
    const Layer& layer = voice.layers[i];
    expect_matrix(layer.cur, name_of(i, ".cur"), 32, 5);
    if (i < 2) expect_matrix(layer.res, name_of(i, ".res"), 16, 5);
    expect_matrix(layer.skip, name_of(i, ".skip"), 32, 5);
  }
  expect_matrix(voice.relu, "relu", 32, 17);
  expect_matrix(voice.out, "out", 32, 18);
  const auto skip_next = [&](const std::string& name) {
    const char* const found = data;
    expect_at_next(found, name);
    return found;
  };
  const float* const scale = reinterpret_cast<const float*>(skip_next("cond.scale"));
  const AlignedFloats widened = Widen({skip_next("cond"), 96, 10, scale}, 9);
  ASSERT_EQ(voice.widened_cond->size(), widened.size());
  EXPECT_EQ(std::memcmp(voice.widened_cond->data(), widened.data(), sizeof(float) * widened.size()), 0);
  EXPECT_EQ(voice.cond.data, voice.widened_cond->data());
  EXPECT_EQ(voice.cond.rows, 96);
  EXPECT_EQ(voice.cond.cols, 9);
  EXPECT_EQ(voice.cond.scale, nullptr);
  expect_at_next(voice.cond_bias, "cond.bias");
  EXPECT_EQ(data + 64, bytes.data() + bytes.size());
  EXPECT_EQ(voice.weight_bytes_per_sample, streamed);
}

// A row may reach the bound; one past it could overflow. A gate's rows are those of prev and cur together.
// Bytes never get there: 8192 columns of 128 times 255 stay below 2^31.
class OpenInt16Voice : public OpenIntegerVoice {};

TEST_P(OpenInt16Voice, KeepsSumsBelow32Bits) {
  const struct {
    const char *tensor, *other, *named;
    int rows;
  } kRows[] = {{"layers.1.res", nullptr, "layers.1.res row 3", 16},
               {"layers.2.skip", nullptr, "layers.2.skip row 3", 32},
               {"relu", nullptr, "relu row 3", 32},
               {"out", nullptr, "out row 3", 32},
               {"layers.0.prev", "layers.0.cur", "layers.0.prev and .cur row 3", 32},
               {"layers.0.cur", "layers.0.prev", "layers.0.prev and .cur row 3", 32}};
  for (const auto& row : kRows) {
    VoiceFile file = Tiny();
    const int cols = std::string(row.tensor) == "relu" ? 17 : std::string(row.tensor) == "out" ? 18 : 5;
    for (int col = 0; col < PadCols(cols, GetParam()); ++col) SetWeight(&file, row.tensor, row.rows, 3, col, 0);
    if (row.other) {
      for (int col = 0; col < 6; ++col) SetWeight(&file, row.other, row.rows, 3, col, 0);
    }
    SetWeight(&file, row.tensor, row.rows, 3, 0, 32767);
    SetWeight(&file, row.other ? row.other : row.tensor, row.rows, 3, 4, -32768);
    EXPECT_EQ(RefusalOf(file.Serialize()), "") << row.tensor;
    SetWeight(&file, row.tensor, row.rows, 3, 1, -1);
    EXPECT_EQ(RefusalOf(file.Serialize()),
              std::string(row.named) +
                  " has weights whose magnitudes sum to 65536, must be at most 65535, or the row's "
                  "sum could overflow 32 bits");
  }
}

// Two products of int16 are added in 32 bits.
class OpenInt8Voice : public OpenIntegerVoice {};

TEST_P(OpenInt8Voice, KeepsPairsOfBytesBelow16Bits) {
  for (const char* name : {"layers.0.prev", "layers.0.cur", "layers.2.skip", "relu", "out"}) {
    VoiceFile file = Tiny();
    SetWeight(&file, name, 32, 3, 2, -128);
    SetWeight(&file, name, 32, 3, 3, 0);
    SetWeight(&file, name, 32, 4, 0, 127);
    SetWeight(&file, name, 32, 4, 1, -1);
    EXPECT_EQ(RefusalOf(file.Serialize()), "") << name;
    SetWeight(&file, name, 32, 4, 1, 2);
    const std::string gate = std::string(name).find("layers.0") == 0 ? "layers.0.prev and .cur" : name;
    EXPECT_EQ(RefusalOf(file.Serialize()),
              gate +
                  " row 4 has two weights side by side whose magnitudes sum to 129, must be at most 128, or their "
                  "products could overflow 16 bits");
    SetWeight(&file, name, 32, 4, 1, 1);
    SetWeight(&file, name, 32, 4, 2, 64);  // another pair: that of columns 2 and 3
    SetWeight(&file, name, 32, 4, 3, 64);
    EXPECT_EQ(RefusalOf(file.Serialize()), "") << name;
  }
}

TEST_P(OpenIntegerVoice, RefusesNumbersThatASumWouldHide) {
  const auto with = [&](const std::string& tensor, int at, float value) {
    VoiceFile file = Tiny();
    file.Find(tensor).data.replace(at * sizeof(float), sizeof(float), Bytes(value));
    return RefusalOf(file.Serialize());
  };
  const auto number = [](const char* name, int at, const char* value, const char* range) {
    return std::string(name) + "[" + std::to_string(at) + "] is " + value + ", must be in " + range;
  };
  const float nan = std::numeric_limits<float>::quiet_NaN(), inf = std::numeric_limits<float>::infinity();
  for (const char* name :
       {"layers.1.gate.scale", "layers.1.res.scale", "layers.2.skip.scale", "relu.scale", "out.scale", "cond.scale"}) {
    EXPECT_EQ(with(name, 7, nan), number(name, 7, "nan", "[0, 1e+20]"));
    EXPECT_EQ(with(name, 7, inf), number(name, 7, "inf", "[0, 1e+20]"));
    EXPECT_EQ(with(name, 7, 1.1e20f), number(name, 7, "1.1e+20", "[0, 1e+20]"));
    EXPECT_EQ(with(name, 7, -1e-9f), number(name, 7, "-1e-09", "[0, 1e+20]"));
    EXPECT_EQ(with(name, 7, 1e20f), "");
    EXPECT_EQ(with(name, 7, 0), "");
  }
  EXPECT_EQ(with("act.inverse_scale", 7, inf), number("act.inverse_scale", 7, "inf", "[0, 3.40282e+38]"));
  EXPECT_EQ(with("act.inverse_scale", 7, -1), number("act.inverse_scale", 7, "-1", "[0, 3.40282e+38]"));
  EXPECT_EQ(with("act.inverse_scale", 7, 3e38f), "");
  for (const char* name :
       {"embed.prev", "embed.cur", "skip.bias", "layers.0.res.bias", "relu.bias", "out.bias", "cond.bias"}) {
    EXPECT_EQ(with(name, 5, nan), number(name, 5, "nan", "[-1e+30, 1e+30]"));
    EXPECT_EQ(with(name, 5, -inf), number(name, 5, "-inf", "[-1e+30, 1e+30]"));
    EXPECT_EQ(with(name, 5, -1.1e30f), number(name, 5, "-1.1e+30", "[-1e+30, 1e+30]"));
    EXPECT_EQ(with(name, 5, -1e30f), "");
  }
}

TEST_P(OpenIntegerVoice, TheCallersFloatEnvironmentDoesNotMatter) {
  AlignedBytes bytes(Tiny().Serialize());
  Voice expected, rounded_up;
  ASSERT_TRUE(OpenVoice(bytes.data(), bytes.size(), &expected).ok());
  std::fenv_t before;
  ASSERT_EQ(std::fegetenv(&before), 0);
  ASSERT_EQ(std::fesetround(FE_UPWARD), 0);
  const bool ok = OpenVoice(bytes.data(), bytes.size(), &rounded_up).ok();
  std::fesetenv(&before);
  ASSERT_TRUE(ok);
  const size_t size = sizeof(float) * expected.widened_cond->size();
  EXPECT_EQ(std::memcmp(rounded_up.widened_cond->data(), expected.widened_cond->data(), size), 0);
}

TEST_P(OpenIntegerVoice, RefusesTensorsOfOtherTypes) {
  VoiceFile file = Tiny();
  file.Find("relu").type = kGgufTensorF32;
  const std::string type = int16() ? "i16" : "i8", count = int16() ? "576" : "640";
  EXPECT_NE(RefusalOf(file.Serialize()).find("wanted 'relu' " + type + " [" + count + "] at offset"), std::string::npos)
      << RefusalOf(file.Serialize());
  file = Tiny();
  file.Find("cond").type = int16() ? kGgufTensorI8 : kGgufTensorF32;
  EXPECT_NE(RefusalOf(file.Serialize()).find("wanted 'cond' i16 [960] at offset"), std::string::npos)
      << RefusalOf(file.Serialize());
  file = Tiny();
  file.tensors.erase(file.tensors.begin());
  EXPECT_NE(RefusalOf(file.Serialize()).find("wanted 'act.inverse_scale' f32 [16]"), std::string::npos);
}

const auto kNameOf = [](const auto& info) { return PrecisionName(info.param); };
INSTANTIATE_TEST_SUITE_P(Precision, OpenIntegerVoice, testing::Values(Precision::kInt16, Precision::kInt8), kNameOf);
INSTANTIATE_TEST_SUITE_P(Precision, OpenInt16Voice, testing::Values(Precision::kInt16), kNameOf);
INSTANTIATE_TEST_SUITE_P(Precision, OpenInt8Voice, testing::Values(Precision::kInt8), kNameOf);

TEST(OpenVoice, TakesOddConfigs) {
  for (int layers : {1, 2, 17}) {
    for (int channels : {1, 15, 16, 17, 64}) {
      for (int context : {0, 2}) {
        const Precision precision = static_cast<Precision>((layers + channels) % kNumPrecisions);
        VoiceConfig config = TinyConfig();
        config.layers = layers;
        config.residual_channels = config.skip_channels = channels;
        config.output_channels = channels + 1;
        config.conditioning_channels = channels;
        config.conditioning_context = context;
        config.dilation_cycle = 16;
        config.embed_tanh = true;
        config.upsampling = Upsampling::kRepeat;
        AlignedBytes bytes(MakeVoiceFile(config, 2, precision).Serialize());
        Voice voice;
        const Status status = OpenVoice(bytes.data(), bytes.size(), &voice);
        ASSERT_TRUE(status.ok()) << status.message();
        EXPECT_TRUE(voice.config.embed_tanh);
        EXPECT_EQ(voice.config.upsampling, Upsampling::kRepeat);
        EXPECT_EQ(voice.config.LookaheadFrames(), context);
      }
    }
  }
}

TEST(OpenVoice, OptionalKeysMayBeAbsentAndKeysMayStandInAnyOrder) {
  VoiceFile file = Tiny();
  file.Erase("general.description");
  file.Erase("wavenet.training");
  std::swap(file.keys.front(), file.keys.back());
  EXPECT_EQ(RefusalOf(file.Serialize()), "");
}

TEST(OpenVoice, RefusesTruncationAndExtension) {
  const std::string whole = Tiny().Serialize();
  const std::string promise = " bytes, the header promises " + std::to_string(whole.size());
  for (size_t size : {whole.size() - 1, whole.size() - 64, whole.size() / 2}) {
    EXPECT_EQ(RefusalOf(whole.substr(0, size)), "truncated: file has " + std::to_string(size) + promise);
  }
  EXPECT_EQ(RefusalOf(whole + "x"), "too long: file has " + std::to_string(whole.size() + 1) + promise);
}

TEST(OpenVoice, RefusesDamage) {
  const std::string whole = Tiny().Serialize();
  for (size_t from_end : {64u, 65u, 5000u}) {  // in the checksum, in the last weight, in some weight
    std::string damaged = whole;
    damaged[whole.size() - from_end] ^= 1;
    EXPECT_REFUSED(damaged, "damaged: checksum of the file's bytes is ");
  }
  std::string damaged = whole;
  damaged[whole.size() - 1] = 1;
  EXPECT_EQ(RefusalOf(damaged), "damaged: the bytes after the checksum are not zero");
}

TEST(OpenVoice, RefusesNewerFormatsBeforeAllElse) {
  VoiceFile file = Tiny();
  file.Key("wavenet.format_version").value = Bytes<uint32_t>(6);
  file.Key("general.alignment").value = Bytes<uint32_t>(128);
  file.keys.push_back({"wavenet.sparse", GgufType::kBool, "\1"});
  file.tensors[3].type = 99;
  EXPECT_EQ(RefusalOf(file.Serialize()), "voice file format 6, this library reads 5: upgrade tf_wavenet");
}

TEST(OpenVoice, RefusesAddressesThatAreNotAligned) {
  const std::string whole = Tiny().Serialize();
  AlignedBytes bytes(std::string(16, ' ') + whole);
  Voice voice;
  const Status status = OpenVoice(bytes.data() + 16, whole.size(), &voice);
  EXPECT_EQ(status.message(), "the voice lies at an address 16 bytes past a multiple of 64, must be aligned");
}

// 64 cycles of 65535 samples are 1 GiB less 16 KiB with 64 channels; 65 are padded to 80.
TEST(OpenVoice, RefusesStatesBeyondOneGibibyte) {
  VoiceFile file = Tiny();
  file.Key("wavenet.layers").value = Bytes<uint32_t>(1024);
  file.Key("wavenet.dilation_cycle").value = Bytes<uint32_t>(16);
  file.Key("wavenet.residual_channels").value = Bytes<uint32_t>(64);
  EXPECT_REFUSED(file.Serialize(), "wanted 'embed.prev' f32 [1152]");
  file.Key("wavenet.residual_channels").value = Bytes<uint32_t>(65);
  EXPECT_REFUSED(file.Serialize(), "ask for 1342156812 bytes of state, at most 1073741824 are allowed");
}

TEST(OpenVoice, RefusesOtherTensors) {
  const auto refused = [](void (*edit)(VoiceFile*), const std::string& part) {
    VoiceFile file = Tiny();
    edit(&file);
    EXPECT_REFUSED(file.Serialize(), part);
  };
  refused([](VoiceFile* file) { file->tensors.clear(); }, "the last tensor is missing, must be 'checksum'");
  refused([](VoiceFile* file) { file->tensors.pop_back(); }, "the last tensor is 'cond.bias', must be 'checksum'");
  refused([](VoiceFile* file) { file->tensors[3].name = "layers.0.residual"; },
          "tensor 4 is 'layers.0.residual' f32 [16] at offset 2432, wanted 'layers.0.res.bias' f32 [16] at offset "
          "2432");
  refused([](VoiceFile* file) { file->tensors[0].data.resize(64); },
          "'embed.prev' f32 [16] at offset 0, wanted 'embed.prev' f32 [288] at offset 0");
  refused([](VoiceFile* file) { file->tensors[0].type = 1; }, "'embed.prev' type 1 [288]");
  refused([](VoiceFile* file) { std::swap(file->tensors[0], file->tensors[1]); }, "tensor 1 is 'embed.cur'");
  refused([](VoiceFile* file) { file->tensors.erase(file->tensors.begin() + 2); }, "wanted 'skip.bias'");
  refused([](VoiceFile* file) { file->tensors.insert(file->tensors.end() - 1, file->tensors[0]); },
          "'embed.prev' f32 [288] at offset 17920, wanted 'checksum' i64 [1]");
  refused([](VoiceFile* file) { file->tensors.erase(file->tensors.begin(), file->tensors.end() - 1); },
          "tensor 1 is 'checksum' i64 [1] at offset 0, wanted 'embed.prev'");
  refused([](VoiceFile* file) { file->tensors.insert(file->tensors.begin(), file->tensors.back()); },
          "tensor 1 is 'checksum'");
}

TEST(OpenVoice, RefusesOffsetsThatLeaveTheFileOrGap) {
  const std::string whole = Tiny().Serialize();
  const size_t entry = whole.find("checksum");  // name, u32 dimensions, u64 size, u32 type, u64 offset
  for (uint64_t offset : {~uint64_t{0}, ~uint64_t{0} - 4096, uint64_t{1} << 62, uint64_t{0}, uint64_t{64}}) {
    std::string moved = whole;
    moved.replace(entry + 8 + 16, 8, Bytes(offset));
    EXPECT_NE(RefusalOf(moved), "") << offset;
  }
  std::string gap = whole;
  gap.replace(whole.find("embed.cur") + 9 + 16, 8, Bytes<uint64_t>(1152 + 64));
  EXPECT_REFUSED(gap, "'embed.cur' f32 [288] at offset 1216, wanted 'embed.cur' f32 [288] at offset 1152");
  std::string flat = whole;
  flat.replace(entry + 8, 4, Bytes<uint32_t>(0));
  EXPECT_NE(RefusalOf(flat), "");
}

}  // namespace
}  // namespace tf_wavenet
