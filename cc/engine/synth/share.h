// What one thread of a team computes of a step: some rows of each matrix. Who has all rows reads the voice in place;
// each of several threads has a copy of its share, packed anew in the order in which it reads it, so that it reads
// forward without gaps and, if it fits, from its own core's caches. Rows are divided in units of kRowAlign, so that no
// two threads write to one vector.
#ifndef TF_WAVENET_CC_ENGINE_SYNTH_SHARE_H_
#define TF_WAVENET_CC_ENGINE_SYNTH_SHARE_H_

#include <vector>

#include "cc/engine/base/aligned.h"
#include "cc/engine/model/voice.h"

namespace tf_wavenet {

// Rows begin .. end - 1, both multiples of kRowAlign.
struct Rows {
  int begin = 0;
  int end = 0;

  int count() const { return end - begin; }
  bool empty() const { return begin == end; }
};

// What falls to the `part`th of `parts` of `rows`: as even as whole units allow, perhaps nothing.
Rows PartOf(int rows, int part, int parts);

// The rows of one thread.
struct Division {
  Rows channels;           // of [0, rp): the residual stream x and h; of cur, both halves of the gate of these channels
  std::vector<Rows> left;  // of [0, 2rp): prev
  int left_begin = 0;      // how many rows of prev the threads before this one have: where its sums go
  Rows skip;               // of [0, sp): skip, z_s
  Rows output;             // of [0, ap): relu, z_a, out
};

class Share {
 public:
  Share(const Voice& voice, const Division& division);

  const Division division;
  std::vector<Layer> layers;  // no data where there are no rows
  Matrix relu, out;

 private:
  Aligned<char> memory_;  // of the copies
};

}  // namespace tf_wavenet

#endif  // TF_WAVENET_CC_ENGINE_SYNTH_SHARE_H_
