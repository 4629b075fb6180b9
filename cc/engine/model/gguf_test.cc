#include "cc/engine/model/gguf.h"

#include <gtest/gtest.h>

#include <limits>
#include <string>

#include "cc/engine/model/voice_test_writer.h"

namespace tf_wavenet {
namespace {

constexpr uint64_t kHuge = std::numeric_limits<uint64_t>::max();

std::string Header(uint64_t tensors, uint64_t keys) {
  return "GGUF" + Bytes<uint32_t>(3) + Bytes(tensors) + Bytes(keys);
}

std::string Key(const std::string& name, uint32_t type, const std::string& value) {
  return LengthAnd(name) + Bytes(type) + value;
}

// The message of the refusal; empty when the directory was read.
std::string Refusal(const std::string& file) {
  AlignedBytes bytes(file);
  GgufDirectory directory;
  const Status status = ReadGgufDirectory(bytes.data(), bytes.size(), &directory);
  EXPECT_TRUE(status.ok() || status.code() == StatusCode::kInvalidArgument);
  EXPECT_EQ(status.ok(), status.message().empty());
  return status.message();
}

#define EXPECT_REFUSED(file, part) EXPECT_NE(Refusal(file).find(part), std::string::npos) << Refusal(file)

TEST(Gguf, ReadsEveryScalarType) {
  AlignedBytes bytes(Header(0, 5) + Key("a", 0, Bytes<uint8_t>(7)) + Key("b", 4, Bytes<uint32_t>(70000)) +
                     Key("c", 6, Bytes(0.5f)) + Key("d", 12, Bytes(0.25)) + Key("e", 8, LengthAnd("text")));
  GgufDirectory directory;
  ASSERT_TRUE(ReadGgufDirectory(bytes.data(), bytes.size(), &directory).ok());
  EXPECT_EQ(directory.end, bytes.size());
  ASSERT_EQ(directory.keys.size(), 5u);
  EXPECT_EQ(directory.Find("a")->As<uint8_t>(), 7);
  EXPECT_EQ(directory.Find("b")->As<uint32_t>(), 70000u);
  EXPECT_EQ(directory.Find("c")->As<float>(), 0.5f);
  EXPECT_EQ(directory.Find("d")->As<double>(), 0.25);
  EXPECT_EQ(directory.Find("e")->value, "text");
  EXPECT_EQ(directory.Find("f"), nullptr);
}

TEST(Gguf, ReadsTensorsAndOverArrays) {
  const std::string numbers = Bytes<uint32_t>(4) + Bytes<uint64_t>(3) + std::string(12, 'x');
  const std::string texts = Bytes<uint32_t>(8) + Bytes<uint64_t>(2) + LengthAnd("one") + LengthAnd("");
  AlignedBytes bytes(Header(1, 2) + Key("numbers", 9, numbers) + Key("texts", 9, texts) + LengthAnd("w") +
                     Bytes<uint32_t>(2) + Bytes<uint64_t>(3) + Bytes<uint64_t>(5) + Bytes<uint32_t>(27) +
                     Bytes<uint64_t>(128) + "data");
  GgufDirectory directory;
  ASSERT_TRUE(ReadGgufDirectory(bytes.data(), bytes.size(), &directory).ok());
  EXPECT_EQ(directory.end, bytes.size() - 4);
  EXPECT_EQ(directory.Find("texts")->value.size(), texts.size());
  ASSERT_EQ(directory.tensors.size(), 1u);
  EXPECT_EQ(directory.tensors[0].name, "w");
  EXPECT_EQ(directory.tensors[0].dims, 2u);
  EXPECT_EQ(directory.tensors[0].size[1], 5u);
  EXPECT_EQ(directory.tensors[0].type, kGgufTensorI64);
  EXPECT_EQ(directory.tensors[0].offset, 128u);
}

TEST(Gguf, RefusesOtherFiles) {
  EXPECT_REFUSED("", "not a GGUF file: its 0 bytes begin with '', wanted 'GGUF'");
  EXPECT_REFUSED("RIFF....WAVE", "begin with 'RIFF'");
  EXPECT_REFUSED("GGUF" + Bytes<uint32_t>(2) + std::string(16, '\0'), "GGUF version is 2, wanted 3");
  EXPECT_REFUSED("GGUF" + Bytes<uint32_t>(0x03000000) + std::string(16, '\0'), "a big-endian file");
}

TEST(Gguf, RefusesEveryTruncation) {
  const std::string whole = MakeVoiceFile(TinyConfig(), 1).Header();
  AlignedBytes bytes(whole);
  GgufDirectory directory;
  ASSERT_TRUE(ReadGgufDirectory(bytes.data(), bytes.size(), &directory).ok());
  for (size_t size = 8; size < directory.end; ++size) EXPECT_REFUSED(whole.substr(0, size), "truncated or damaged: ");
}

TEST(Gguf, RefusesCountsThatCannotFit) {
  EXPECT_REFUSED(Header(0, kHuge), "18446744073709551615 key-values, the 0 bytes after it cannot hold them");
  EXPECT_REFUSED(Header(kHuge, 0), "18446744073709551615 tensors");
  EXPECT_REFUSED(Header(0, 2) + std::string(25, '\0'), "2 key-values, the 25 bytes");
  EXPECT_REFUSED(Header(2, 0) + std::string(47, '\0'), "2 tensors, the 47 bytes");
}

TEST(Gguf, RefusesLengthsThatRunPastTheEnd) {
  const std::string rest(100, '\0');
  for (uint64_t length : {kHuge, kHuge - 7, uint64_t{1} << 63, uint64_t{1} << 32, uint64_t{101}}) {
    EXPECT_REFUSED(Header(0, 1) + Bytes(length) + rest, "key-value 1 of 1 runs past the end");
    EXPECT_REFUSED(Header(0, 1) + Key("k", 8, Bytes(length)) + rest, "key-value 1 of 1 'k' runs past the end");
    EXPECT_REFUSED(Header(1, 0) + Bytes(length) + rest, "tensor 1 of 1 runs past the end");
    for (uint32_t item : {0, 4, 8, 12}) {
      EXPECT_REFUSED(Header(0, 1) + Key("k", 9, Bytes(item) + Bytes(length)) + rest, "'k' runs past the end");
    }
  }
}

TEST(Gguf, RefusesWhatTheFormatDoesNotKnow) {
  EXPECT_REFUSED(Header(0, 1) + Key("k", 13, "12345678"), "'k' has type 13, GGUF v3 has 0 to 12");
  EXPECT_REFUSED(Header(0, 1) + Key("k", 9, Bytes<uint32_t>(9) + Bytes<uint64_t>(0)), "'k' runs past the end");
  EXPECT_REFUSED(Header(1, 0) + LengthAnd("w") + Bytes<uint32_t>(5) + std::string(60, '\0'), "'w' has 5 dimensions");
}

TEST(Gguf, QuotesWhatDoesNotPrint) {
  EXPECT_EQ(Quoted("plain"), "'plain'");
  EXPECT_EQ(Quoted(std::string("a\0\n\xff'", 5)), "'a\\x00\\x0a\\xff\\x27'");
  EXPECT_EQ(Quoted(std::string(61, 'x')), "'" + std::string(60, 'x') + "...'");
}

}  // namespace
}  // namespace tf_wavenet
