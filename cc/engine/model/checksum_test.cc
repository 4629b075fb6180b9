#include "cc/engine/model/checksum.h"

#include <gtest/gtest.h>

#include <string>

namespace tf_wavenet {
namespace {

uint64_t SlowFold(uint64_t hash, uint64_t word) {
  uint64_t mixed = hash ^ word;
  for (int i = 0; i < 29; ++i) mixed = mixed * 2 + (mixed >> 63);
  return mixed * 1099511628211u;
}

// The equation of checksum.h, word by word.
uint64_t SlowChecksum(const std::string& bytes) {
  const uint64_t basis = 14695981039346656037u;
  uint64_t lane[8];
  for (uint64_t j = 0; j < 8; ++j) lane[j] = basis + j;
  for (size_t i = 0; i < bytes.size() / 8; ++i) {
    uint64_t word = 0;
    for (int b = 7; b >= 0; --b) word = word << 8 | static_cast<unsigned char>(bytes[8 * i + b]);
    lane[i % 8] = SlowFold(lane[i % 8], word);
  }
  uint64_t folded = basis;
  for (uint64_t value : lane) folded = SlowFold(folded, value);
  return folded;
}

std::string Pattern(size_t size) {
  std::string bytes(size, '\0');
  uint32_t state = 1;
  for (char& c : bytes) c = static_cast<char>((state = state * 1664525 + 1013904223) >> 24);
  return bytes;
}

TEST(Checksum, IsTheEquationInItsHeader) {
  for (size_t size : {0, 64, 128, 192, 4096}) {
    const std::string bytes = Pattern(size);
    EXPECT_EQ(Checksum(bytes.data(), size), SlowChecksum(bytes)) << size;
  }
}

// Held by the Python writer's tests as well: the two sides may not drift apart together.
TEST(Checksum, KnownValues) {
  EXPECT_EQ(Checksum(nullptr, 0), 0x40e6e9333f92d8abu);
  std::string counting(128, '\0');
  for (size_t i = 0; i < counting.size(); ++i) counting[i] = static_cast<char>(i);
  EXPECT_EQ(Checksum(counting.data(), counting.size()), 0xcfc33d289af88e82u);
}

TEST(Checksum, EveryBitCounts) {
  std::string bytes = Pattern(192);
  const uint64_t original = Checksum(bytes.data(), bytes.size());
  for (size_t bit = 0; bit < 8 * bytes.size(); ++bit) {
    bytes[bit / 8] ^= static_cast<char>(1 << bit % 8);
    EXPECT_NE(Checksum(bytes.data(), bytes.size()), original) << bit;
    bytes[bit / 8] ^= static_cast<char>(1 << bit % 8);
  }
}

TEST(Checksum, TwoFlippedSignsDoNotCancel) {
  std::string bytes = Pattern(192);
  const uint64_t original = Checksum(bytes.data(), bytes.size());
  bytes[7] ^= '\x80';
  bytes[64 + 7] ^= '\x80';  // the same lane, one block later
  EXPECT_NE(Checksum(bytes.data(), bytes.size()), original);
}

TEST(Checksum, SwappedBlocksAndAddedZerosCount) {
  const std::string bytes = Pattern(128);
  const uint64_t original = Checksum(bytes.data(), bytes.size());
  const std::string swapped = bytes.substr(64) + bytes.substr(0, 64), longer = bytes + std::string(64, '\0');
  EXPECT_NE(Checksum(swapped.data(), swapped.size()), original);
  EXPECT_NE(Checksum(longer.data(), longer.size()), original);
}

}  // namespace
}  // namespace tf_wavenet
