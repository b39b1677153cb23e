// A channels-last tensor in guarded memory. It ends with the last channel of its last pixel: the gap that a pitch
// leaves behind every other pixel is not there, as in a slice of a wider tensor.
#pragma once

#include "guarded.h"
#include "numbers.h"

struct Image {
  int64_t n, h, w, c, pitch;
  Guarded<float> memory;

  Image(int64_t n_, int64_t h_, int64_t w_, int64_t c_, int64_t pitch_, Guard side)
      : n(n_), h(h_), w(w_), c(c_), pitch(pitch_), memory(pixels() == 0 ? 0 : (pixels() - 1) * pitch + c, side) {}

  int64_t pixels() const { return n * h * w; }
  int64_t elements() const { return pixels() * c; }
  float* data() { return memory.data(); }
  const float* data() const { return memory.data(); }

  // By pixel (counted over the batch) and channel.
  float& at(int64_t pixel, int64_t channel) { return memory[pixel * pitch + channel]; }
  float at(int64_t pixel, int64_t channel) const { return memory[pixel * pitch + channel]; }
  int64_t pixel(int64_t i, int64_t y, int64_t x) const { return (i * h + y) * w + x; }

  void fill(Random* random, Values kind) {
    for (int64_t p = 0; p < pixels(); p++) {
      for (int64_t i = 0; i < c; i++) at(p, i) = random->value(kind);
    }
  }

  // The floats between the pixels still hold the canary.
  bool gaps_untouched() const {
    for (int64_t p = 0; p + 1 < pixels(); p++) {
      for (int64_t i = c; i < pitch; i++) {
        const auto* bytes = reinterpret_cast<const unsigned char*>(&memory[p * pitch + i]);
        for (size_t b = 0; b < sizeof(float); b++) {
          if (bytes[b] != kCanary) return false;
        }
      }
    }
    return true;
  }

  bool same_bits(const Image& other) const {
    return memory.size() == other.memory.size() &&
           std::memcmp(data(), other.data(), static_cast<size_t>(memory.size()) * sizeof(float)) == 0;
  }
};
