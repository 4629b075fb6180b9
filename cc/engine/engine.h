// The engine: a voice speaks. The one header that users in C++ include (others: capi/tf_wavenet.h).
//
//   Voice voice;            OpenVoice(bytes, size, &voice)        the checked view of a voice file (model/voice.h)
//   const Kernels* kernels; ChooseKernels("", &kernels)           the best code for this CPU (runtime/dispatch.h)
//   EngineOptions options;  VoiceEngine::Create(voice, *kernels, options, &engine)   threads and memory to speak with
//   Request request = ...;  engine->Generate(request)             the sampling loop (synth/request.h, voice_engine.h)
//                           engine->Score(request)                the same, teacher-forced: log-probabilities
//
// Each gives a Status. Nothing here is global: all may be used from any thread at once; calls of one engine take turns.
#ifndef TF_WAVENET_CC_ENGINE_ENGINE_H_
#define TF_WAVENET_CC_ENGINE_ENGINE_H_

#include "cc/engine/base/status.h"
#include "cc/engine/model/voice.h"
#include "cc/engine/numerics/philox.h"
#include "cc/engine/runtime/cores.h"
#include "cc/engine/runtime/dispatch.h"
#include "cc/engine/runtime/measure.h"
#include "cc/engine/synth/request.h"
#include "cc/engine/synth/state.h"
#include "cc/engine/synth/trace.h"
#include "cc/engine/synth/voice_engine.h"

#endif  // TF_WAVENET_CC_ENGINE_ENGINE_H_
