// A table of sixteen int16 values, as words and as their bytes apart: byte shuffles look a word up in two halves.
#ifndef TF_WAVENET_CC_ENGINE_KERNELS_TABLE16_H_
#define TF_WAVENET_CC_ENGINE_KERNELS_TABLE16_H_

#include <stdint.h>

namespace tf_wavenet {

struct alignas(32) Table16 {
  int16_t words[16];
  uint8_t low[16];
  uint8_t high[16];
};

constexpr Table16 MakeTable16(const int16_t (&words)[16]) {
  Table16 table = {};
  for (int i = 0; i < 16; ++i) {
    table.words[i] = words[i];
    table.low[i] = static_cast<uint8_t>(words[i] & 0xff);
    table.high[i] = static_cast<uint8_t>((words[i] >> 8) & 0xff);
  }
  return table;
}

}  // namespace tf_wavenet

#endif  // TF_WAVENET_CC_ENGINE_KERNELS_TABLE16_H_
