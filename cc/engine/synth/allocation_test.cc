// The loop allocates nothing per sample: a long call allocates as often as a short one.
#include <gtest/gtest.h>

#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <new>
#include <vector>

#include "cc/engine/runtime/dispatch.h"
#include "cc/engine/synth/testing_call.h"

namespace {
std::atomic<int64_t> allocations{0};
}  // namespace

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)

// The sanitizers own malloc; what the engine allocates goes through operator new. Not inlined: gcc would warn of memory
// from operator new that free() gets.
#define NOT_INLINED __attribute__((noinline))
NOT_INLINED void* operator new(size_t size) {
  ++allocations;
  if (void* memory = std::malloc(size > 0 ? size : 1)) return memory;
  throw std::bad_alloc();
}
NOT_INLINED void* operator new(size_t size, std::align_val_t align) {
  ++allocations;
  void* memory = nullptr;
  if (posix_memalign(&memory, static_cast<size_t>(align), size > 0 ? size : 1) == 0) return memory;
  throw std::bad_alloc();
}
NOT_INLINED void* operator new(size_t size, const std::nothrow_t&) noexcept {
  ++allocations;
  return std::malloc(size > 0 ? size : 1);
}
NOT_INLINED void operator delete(void* memory) noexcept { std::free(memory); }
NOT_INLINED void operator delete(void* memory, const std::nothrow_t&) noexcept { std::free(memory); }
NOT_INLINED void operator delete(void* memory, size_t) noexcept { std::free(memory); }
NOT_INLINED void operator delete(void* memory, std::align_val_t) noexcept { std::free(memory); }
NOT_INLINED void operator delete(void* memory, size_t, std::align_val_t) noexcept { std::free(memory); }

#else

// Stand before glibc's own, under which the same functions have a second name.
extern "C" {
void* __libc_malloc(size_t size);
void* __libc_calloc(size_t count, size_t size);
void* __libc_realloc(void* memory, size_t size);
void* __libc_memalign(size_t align, size_t size);

void* malloc(size_t size) {
  ++allocations;
  return __libc_malloc(size);
}
void* calloc(size_t count, size_t size) {
  ++allocations;
  return __libc_calloc(count, size);
}
void* realloc(void* memory, size_t size) {
  ++allocations;
  return __libc_realloc(memory, size);
}
void* aligned_alloc(size_t align, size_t size) {
  ++allocations;
  return __libc_memalign(align, size);
}
}  // extern "C"

#endif

namespace tf_wavenet {
namespace {

constexpr int kChannels = 5;

// Allocations of one call that speaks all of `frames`, in one row, or scores silence.
int64_t AllocationsOf(const TestVoice& test, int frames, const Kernels& kernels, bool score = false,
                      const EngineOptions& options = Call::OneThread()) {
  Call call(test, 1, RandomConditioning(frames * kChannels, 2), {1});
  call.options = options;
  if (score) {
    call.forced.assign(call.samples.size(), test.voice.config.SilenceLevel());
    call.log_probs.resize(call.samples.size());
    call.all_log_probs.resize(call.logits.size());
  }
  const int64_t before = allocations;
  const Status status = call.Run(kernels, score ? &VoiceEngine::Score : &VoiceEngine::Generate);
  const int64_t count = allocations - before;
  EXPECT_TRUE(status.ok()) << status.message();
  return count;
}

TEST(AllocationTest, TheHooksSeeAllocations) {
  const int64_t before = allocations;
  const std::vector<int> list(1000);
  EXPECT_EQ(allocations, before + 1);
  const AlignedFloats floats(1000);
  EXPECT_EQ(allocations, before + 2);
}

TEST(AllocationTest, ALongCallAllocatesAsOftenAsAShortOne) {
  for (Precision precision : {Precision::kF32, Precision::kInt16, Precision::kInt8}) {
    const TestVoice test(SmallConfig(), 1, precision);
    for (const Kernels* kernels : AvailableKernels(DetectCpu())) {
      const int64_t few = AllocationsOf(test, 1, *kernels);
      EXPECT_GT(few, 0);
      EXPECT_EQ(AllocationsOf(test, 300, *kernels), few) << kernels->isa;
      EXPECT_EQ(AllocationsOf(test, 300, *kernels, true), AllocationsOf(test, 1, *kernels, true)) << kernels->isa;
    }
  }
}

// In any of its threads.
TEST(AllocationTest, NorDoesATeamAllocatePerSample) {
  const TestVoice test(SmallConfig(), 1, Precision::kInt8);
  for (Schedule schedule : {Schedule::kSplit, Schedule::kOverlay, Schedule::kTrail}) {
    EngineOptions options;
    options.num_threads = 2;
    options.schedule = schedule;
    const Kernels& kernels = *BuiltKernels()[0];
    EXPECT_EQ(AllocationsOf(test, 300, kernels, false, options), AllocationsOf(test, 1, kernels, false, options));
  }
}

}  // namespace
}  // namespace tf_wavenet
