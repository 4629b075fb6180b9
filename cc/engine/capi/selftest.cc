// Speaks made-up frames through the C ABI and prints what was chosen and what came out, in one line:
//
//   selftest VOICE FRAMES [ISA]   ->   isa avx2, 8000 samples, checksum 0123456789abcdef
//
// Equal checksums on two CPUs mean equal samples. tools/check_dispatch.sh runs it as CPUs that this machine is not.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <vector>

#include "cc/engine/capi/tf_wavenet.h"

namespace {

struct alignas(64) Block {
  char bytes[64];
};

size_t Blocks(size_t bytes) { return (bytes + sizeof(Block) - 1) / sizeof(Block); }

int Run(const char* path, int frames, const char* isa, char* message, size_t message_size) {
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  const size_t size = file ? static_cast<size_t>(file.tellg()) : 0;
  std::vector<Block> voice(Blocks(size) + 1);
  file.seekg(0);
  file.read(voice[0].bytes, static_cast<std::streamsize>(size));
  tfwn_voice_info info;
  if (int code = tfwn_voice_info_of(voice.data(), size, &info, message, message_size)) return code;
  if (*isa == '\0') {
    if (int code = tfwn_best_isa(&isa, message, message_size)) return code;
  }

  std::vector<float> conditioning(static_cast<size_t>(frames) * info.conditioning_channels);
  uint32_t random = 1;
  for (float& value : conditioning) {
    random = random * 1664525 + 1013904223;  // Numerical Recipes' generator
    value = static_cast<float>(random >> 8) * 0x1p-23f - 1.0f;
  }
  const size_t count = static_cast<size_t>(frames) * info.hop_samples;
  std::vector<Block> samples(Blocks(count * sizeof(int32_t)) + 1);
  const int64_t seed = 1;
  tfwn_request request = {};
  request.batch = 1;
  request.frames = frames;
  request.conditioning_channels = info.conditioning_channels;
  request.conditioning = conditioning.data();
  request.seed = &seed;
  request.samples = reinterpret_cast<int32_t*>(samples.data());
  tfwn_engine_options options = {};
  options.isa = isa;
  tfwn_engine* engine = nullptr;
  if (int code = tfwn_engine_create(voice.data(), size, &options, &engine, message, message_size)) return code;
  const int code = tfwn_generate(engine, &request, message, message_size);
  tfwn_engine_delete(engine);
  if (code != TFWN_OK) return code;
  std::printf("isa %s, %zu samples, checksum %016llx\n", isa, count,
              static_cast<unsigned long long>(tfwn_checksum(samples.data(), samples.size() * sizeof(Block))));
  return TFWN_OK;
}

}  // namespace

int main(int argc, char** argv) {
  const int frames = argc >= 3 ? std::atoi(argv[2]) : 0;
  if (argc < 3 || argc > 4 || frames < 1) {
    std::fprintf(stderr, "usage: %s VOICE FRAMES [ISA]; FRAMES at least 1\n", argv[0]);
    return 2;
  }
  char message[1024] = "";
  const int code = Run(argv[1], frames, argc == 4 ? argv[3] : "", message, sizeof message);
  if (code != TFWN_OK) std::fprintf(stderr, "%s\n", message);
  return code;
}
