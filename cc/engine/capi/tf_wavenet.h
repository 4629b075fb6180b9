/* C ABI of the engine: what the TensorFlow op and ctypes call. No C++ and no TensorFlow crosses it.
 *
 * Functions that return int give 0 on success, else a code (TFWN_*), and write a message that says what, got and wanted
 * into `message` (always terminated, cut to `message_size`). All functions may run concurrently; calls of one engine
 * take turns.
 */
#ifndef TF_WAVENET_CC_ENGINE_CAPI_TF_WAVENET_H_
#define TF_WAVENET_CC_ENGINE_CAPI_TF_WAVENET_H_

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define TFWN_API __attribute__((visibility("default")))

#define TFWN_ABI_VERSION 5

enum { TFWN_OK = 0, TFWN_INVALID_ARGUMENT = 1, TFWN_UNAVAILABLE = 2, TFWN_INTERNAL = 3 };

/* What a caller must know of a voice in order to size its buffers. */
typedef struct tfwn_voice_info {
  int32_t layers, residual_channels, skip_channels, output_channels, dilation_cycle;
  int32_t conditioning_channels, conditioning_context, lookahead_frames;
  int32_t hop_samples, sample_rate_hz, silence_level;
  int32_t num_speakers;            /* at least 1 */
  int32_t speakers_bytes;          /* of `speakers` */
  float temperature;               /* at which it speaks where its user wants no other */
  float preemphasis;               /* p: levels decode to e(t), audio is x(t) = e(t) + p x(t - 1) */
  int64_t state_bytes;             /* S of the op, a multiple of 64 */
  int64_t weight_bytes_per_sample; /* streamed by each step */
  int64_t trace_floats_per_sample; /* layers * r + 2 s + 2 a: x_0..x_{l-1} [l][r], q [s], z_s [s], z_a [a],
                                      logits [a] */
  uint64_t checksum;
  const char* precision; /* "f32", "int16" or "int8" */
  const char* speakers;  /* names joined by commas, in the voice's memory, no NUL behind them; none for one speaker
                            without a name */
} tfwn_voice_info;

/* A voice made ready to speak, with threads and memory that live as long as it does. */
typedef struct tfwn_engine tfwn_engine;

/* All zero = the best there is. */
typedef struct tfwn_engine_options {
  const char* isa;            /* "" or NULL = best; "scalar", "avx2", "avx512", "avx512vnni" */
  const char* nonlinearities; /* "libm", "rational", "fixed"; "" or NULL = rational for f32, fixed for integers */
  const char* schedule;       /* "single", "split", "overlay", "trail" (synth/schedule.h); "" or NULL = the best for the
                                 voice and the batch */
  int32_t num_threads;        /* 0 = one for each physical core that the process may use, up to 256 */
  int32_t steps_ahead; /* how many steps of left halves are taken at once, a power of two up to 64; 1 = none ahead,
                          0 = best */
  int32_t max_lanes;   /* how many utterances share a pass over the weights at most, up to 64; 0 = best */
  int32_t unpinned;    /* not 0: threads run wherever the system puts them */
  const char* blas;    /* a library whose cblas_sgemv multiplies in place of the engine's own kernels, of an f32
                          voice in one thread (runtime/blas.h); "" or NULL = none */
} tfwn_engine_options;

/* How an engine speaks a batch of some size. */
typedef struct tfwn_plan {
  const char* schedule;
  int32_t teams;   /* that speak at once, each with some of the utterances */
  int32_t threads; /* of each team */
  int32_t lanes;   /* utterances of each team at once */
} tfwn_plan;

/* One call of the sampling loop. Arrays are dense and row-major; B = batch, F = frames, N = F * hop_samples. */
typedef struct tfwn_request {
  int32_t batch;                   /* B >= 1 */
  int32_t frames;                  /* F >= 0 */
  int32_t conditioning_channels;   /* must be the voice's */
  const float* conditioning;       /* [B, F, C]; finite in the frames that are used */
  const int32_t* num_frames;       /* [B] frames to speak, 0..F; NULL = F for all */
  const int32_t* lookahead_frames; /* [B] frames after those that are real and serve as context only (a later chunk will
                                      speak them), num + lookahead <= F; NULL = 0: the utterance ends, its last frame
                                      repeats */
  const int64_t* seed;             /* [B] */
  const float* temperature;        /* [B] > 0, finite; NULL = 1 for all */
  const int32_t* speaker;          /* [B] 0..num_speakers-1; NULL = 0 for all */
  const void* state_in;            /* [B, state_bytes] of an earlier call, or NULL = start afresh */
  size_t state_in_size;            /* bytes of one row: state_bytes or 0 */
  const int32_t* forced;           /* [B, N] levels that enter the history in place of the drawn ones, or NULL */
  int32_t* samples;                /* out [B, N]: drawn levels, silence_level past num_frames * hop; may be NULL for
                                      tfwn_score */
  void* state_out;                 /* out [B, state_bytes] or NULL; may equal state_in */
  float* logits;                   /* out [B, N, a] before temperature, or NULL; zero past num_frames * hop */
  float* trace;                    /* out [B, N, trace_floats_per_sample] or NULL; zero past num_frames * hop */
  float* log_probs;                /* out [B, N]: natural log of the probability, at `temperature`, of the level that
                                      enters the history, or NULL; zero past num_frames * hop */
  float* all_log_probs;            /* out [B, N, a]: the same of every level, or NULL; zero past num_frames * hop */
} tfwn_request;

TFWN_API int tfwn_abi_version(void);

/* The ISA that "" stands for: TF_WAVENET_ISA if set, else the best built one that this CPU has. */
TFWN_API int tfwn_best_isa(const char** isa, char* message, size_t message_size);

/* Comma-separated names of the ISAs that this CPU can run, worst first. */
TFWN_API const char* tfwn_available_isas(void);

TFWN_API int tfwn_voice_info_of(const void* voice, size_t voice_size, tfwn_voice_info* info, char* message,
                                size_t message_size);

/* `voice`: a voice file in memory, 64-byte aligned, read in place; it must outlive the engine. `options` may be NULL.
 */
TFWN_API int tfwn_engine_create(const void* voice, size_t voice_size, const tfwn_engine_options* options,
                                tfwn_engine** engine, char* message, size_t message_size);

/* Not during a call. NULL is fine, and so is an engine that the process inherited by fork(). */
TFWN_API void tfwn_engine_delete(tfwn_engine* engine);

TFWN_API int tfwn_engine_voice_info(const tfwn_engine* engine, tfwn_voice_info* info, char* message,
                                    size_t message_size);

/* How it speaks `batch` utterances, at least 1. */
TFWN_API int tfwn_engine_plan(const tfwn_engine* engine, int32_t batch, tfwn_plan* plan, char* message,
                              size_t message_size);

/* The sampling loop. Everything is checked before anything is written to the outputs. An engine of one thread computes
 * in the caller's; others are TFWN_UNAVAILABLE in a process that was forked off after they were made. */
TFWN_API int tfwn_generate(tfwn_engine* engine, const tfwn_request* request, char* message, size_t message_size);

/* Scores given audio (teacher forcing): as tfwn_generate, but `forced` and `log_probs` must be there, and `samples`,
 * what would have been drawn, may be NULL. */
TFWN_API int tfwn_score(tfwn_engine* engine, const tfwn_request* request, char* message, size_t message_size);

/* u(first) .. u(first + count - 1) of `seed`: the uniforms in [0, 1) that the sampler draws with. */
TFWN_API void tfwn_uniforms(int64_t seed, uint64_t first, int64_t count, float* out);

/* Reads `bytes` bytes at `data` (64-byte aligned, multiple of 64) `repeats` times with `threads` cores, each its part,
 * by each of two loops; seconds per pass, the median of the passes of the faster one. */
TFWN_API int tfwn_measure_stream(const char* isa, const void* data, int64_t bytes, int32_t threads, int32_t repeats,
                                 double* seconds, char* message, size_t message_size);

/* Multiply-adds per second of `threads` cores together with the best instruction of `isa` for `precision` ("f32",
 * "int16", "int8"), weights in the innermost caches; the median of `repeats` runs of some milliseconds. */
TFWN_API int tfwn_measure_multiply_adds(const char* isa, const char* precision, int32_t threads, int32_t repeats,
                                        double* per_second, char* message, size_t message_size);

/* Seconds from one core's write to another's seeing it, between the first two CPUs that the process may use;
 * TFWN_UNAVAILABLE if it may use only one. */
TFWN_API int tfwn_measure_handover(int32_t repeats, double* seconds, char* message, size_t message_size);

/* How many threads num_threads = 0 stands for: one for each physical core that the process may use. */
TFWN_API int32_t tfwn_default_threads(void);

/* Checksum that a voice file ends with (model/checksum.h); size is a multiple of 64. */
TFWN_API uint64_t tfwn_checksum(const void* data, size_t size);

#ifdef __cplusplus
}
#endif

#endif /* TF_WAVENET_CC_ENGINE_CAPI_TF_WAVENET_H_ */
