#include "cc/engine/model/checksum.h"

#include <cstring>

namespace tf_wavenet {
namespace {

constexpr uint64_t kBasis = 0xcbf29ce484222325;
constexpr uint64_t kPrime = 0x100000001b3;
constexpr int kLanes = 8;

static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "voice files are read in place, so the host is little endian");

inline uint64_t Fold(uint64_t hash, uint64_t word) {
  const uint64_t mixed = hash ^ word;
  return (mixed << 29 | mixed >> 35) * kPrime;
}

}  // namespace

uint64_t Checksum(const void* data, size_t size) {
  const unsigned char* bytes = static_cast<const unsigned char*>(data);
  uint64_t lane[kLanes];
  for (int j = 0; j < kLanes; ++j) lane[j] = kBasis + j;
  for (size_t block = 0; block + sizeof(lane) <= size; block += sizeof(lane)) {
    uint64_t word[kLanes];
    std::memcpy(word, bytes + block, sizeof(word));
    for (int j = 0; j < kLanes; ++j) lane[j] = Fold(lane[j], word[j]);
  }
  uint64_t folded = kBasis;
  for (int j = 0; j < kLanes; ++j) folded = Fold(folded, lane[j]);
  return folded;
}

}  // namespace tf_wavenet
