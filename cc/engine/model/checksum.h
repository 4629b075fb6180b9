// Checksum of a voice file: FNV-1a over eight interleaved 64-bit lanes (fast enough to check at every call), with a
// rotation: a product passes differences only upwards, so without it two flipped sign bits in a lane would cancel.
//
//   lane[j] = rotl(lane[j] ^ word[8 b + j], 29) * 0x100000001b3   for each 64-byte block b, j in 0..7, begun at
//             0xcbf29ce484222325 + j;   then the same folding of lane[0..7] into one value begun at 0xcbf29ce484222325.
// Words are little endian. It finds accidents, not attackers.
#ifndef TF_WAVENET_CC_ENGINE_MODEL_CHECKSUM_H_
#define TF_WAVENET_CC_ENGINE_MODEL_CHECKSUM_H_

#include <cstddef>
#include <cstdint>

namespace tf_wavenet {

// `size` must be a multiple of 64.
uint64_t Checksum(const void* data, size_t size);

}  // namespace tf_wavenet

#endif  // TF_WAVENET_CC_ENGINE_MODEL_CHECKSUM_H_
