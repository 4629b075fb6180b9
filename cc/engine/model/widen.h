// Widening of int16 weights to float32, for the conditioning matrix: what a file need not carry.
#ifndef TF_WAVENET_CC_ENGINE_MODEL_WIDEN_H_
#define TF_WAVENET_CC_ENGINE_MODEL_WIDEN_H_

#include "cc/engine/base/aligned.h"
#include "cc/engine/kernels/layout.h"
#include "cc/engine/model/voice.h"

namespace tf_wavenet {

// Returns scale w_q, rounded once, of the first `cols` columns of an int16 matrix with scales, in the tile order of
// float32.
AlignedFloats Widen(const Matrix& w, int cols);

// Puts the float32 matrix in the place of the conditioning matrix that BindTensors found in an integer voice.
void WidenConditioning(Voice* voice);

}  // namespace tf_wavenet

#endif  // TF_WAVENET_CC_ENGINE_MODEL_WIDEN_H_
