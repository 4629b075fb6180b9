// An f32 voice for BLAS, which knows no panels: the same numbers, each matrix whole and column by column.
//
//   w[row][col] = data[col rows + row]    rows padded as in the voice, which is BLAS's leading dimension
#ifndef TF_WAVENET_CC_ENGINE_MODEL_COLUMN_MAJOR_H_
#define TF_WAVENET_CC_ENGINE_MODEL_COLUMN_MAJOR_H_

#include "cc/engine/base/aligned.h"
#include "cc/engine/base/status.h"
#include "cc/engine/model/voice.h"

namespace tf_wavenet {

// Copies all matrices of `voice`, conditioning too, to `memory` in the order in which a step reads them, and points the
// voice at the copies. InvalidArgument unless its precision is f32. From then on only kernels that multiply such
// matrices (runtime/blas.h) may run it, in one thread, since a share of rows is cut from panels (synth/share.h).
Status CopyColumnMajor(Voice* voice, AlignedFloats* memory);

}  // namespace tf_wavenet

#endif  // TF_WAVENET_CC_ENGINE_MODEL_COLUMN_MAJOR_H_
