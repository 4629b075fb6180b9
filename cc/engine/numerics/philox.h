// Philox4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011): a generator without state.
// Ten rounds of multiplication and exchange turn a counter into 128 random bits, so that any draw of any utterance can
// be had by itself: whole or in chunks, alone or in a batch, on any number of threads.
//
//   u(t) = (word 0 of Philox(counter = (t low, t high, 0, 0), key = (seed low, seed high)) >> 8) * 2^-24   in [0, 1)
#ifndef TF_WAVENET_CC_ENGINE_NUMERICS_PHILOX_H_
#define TF_WAVENET_CC_ENGINE_NUMERICS_PHILOX_H_

#include <array>
#include <cstdint>

namespace tf_wavenet {

using PhiloxCounter = std::array<uint32_t, 4>;
using PhiloxKey = std::array<uint32_t, 2>;

inline PhiloxCounter Philox4x32(PhiloxCounter counter, PhiloxKey key) {
  constexpr int kRounds = 10;
  constexpr uint64_t kMultiplier0 = 0xD2511F53, kMultiplier1 = 0xCD9E8D57;
  constexpr uint32_t kWeyl0 = 0x9E3779B9, kWeyl1 = 0xBB67AE85;  // golden ratio, sqrt(3) - 1
  for (int round = 0; round < kRounds; ++round) {
    const uint64_t product0 = kMultiplier0 * counter[0];
    const uint64_t product1 = kMultiplier1 * counter[2];
    counter = {static_cast<uint32_t>(product1 >> 32) ^ counter[1] ^ key[0], static_cast<uint32_t>(product1),
               static_cast<uint32_t>(product0 >> 32) ^ counter[3] ^ key[1], static_cast<uint32_t>(product0)};
    key = {key[0] + kWeyl0, key[1] + kWeyl1};
  }
  return counter;
}

// u(t) of the utterance that `seed` names: 24 random bits, exact in float.
inline float Uniform(int64_t seed, uint64_t t) {
  const uint64_t key = static_cast<uint64_t>(seed);
  const PhiloxCounter bits = Philox4x32({static_cast<uint32_t>(t), static_cast<uint32_t>(t >> 32), 0, 0},
                                        {static_cast<uint32_t>(key), static_cast<uint32_t>(key >> 32)});
  return static_cast<float>(bits[0] >> 8) * 0x1p-24f;
}

}  // namespace tf_wavenet

#endif  // TF_WAVENET_CC_ENGINE_NUMERICS_PHILOX_H_
