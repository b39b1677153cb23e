// The image that augmentation steps change: floats from 0 to 1, in planes.
#pragma once

#include <cstdint>
#include <cstring>
#include <utility>

#include "quern.h"

namespace quern {

struct Picture {
  int64_t channels, height, width;
  float* data;
  float* other;    // as large; what a step writes that cannot work in place
  float* weights;  // of a filter: one for each row and column twice

  int64_t plane() const noexcept { return height * width; }
  int64_t size() const noexcept { return channels * plane(); }
  void swap() noexcept { std::swap(data, other); }
};

// The words of a step: the first one is a quern_augment_step, the others are integers or floats.
class Step {
 public:
  explicit Step(const int32_t* words) noexcept : words_(words) {}

  int32_t operation() const noexcept { return words_[0]; }
  int32_t whole(int at) const noexcept { return words_[at]; }
  float number(int at) const noexcept {
    float value;
    std::memcpy(&value, words_ + at, sizeof value);
    return value;
  }

 private:
  const int32_t* words_;
};

// NaN becomes 0.
inline float unit(float v) noexcept { return v > 0 ? (v < 1 ? v : 1.0f) : 0.0f; }

// torchvision's weights of red, green and blue.
inline float grey(float r, float g, float b) noexcept { return 0.2989f * r + 0.587f * g + 0.114f * b; }

void move(Picture* p, const Step& s) noexcept;
void warp(Picture* p, const Step& s) noexcept;
void erase(Picture* p, const Step& s, const float* scale, const float* shift) noexcept;

void brightness(Picture* p, const Step& s) noexcept;
void contrast(Picture* p, const Step& s) noexcept;
void saturation(Picture* p, const Step& s) noexcept;
void hue(Picture* p, const Step& s) noexcept;
void grayscale(Picture* p) noexcept;

void gaussian_blur(Picture* p, const Step& s) noexcept;
void gaussian_noise(Picture* p, const Step& s) noexcept;
void sharpness(Picture* p, const Step& s) noexcept;

void posterize(Picture* p, const Step& s) noexcept;
void solarize(Picture* p, const Step& s) noexcept;
void autocontrast(Picture* p) noexcept;
void equalize(Picture* p) noexcept;
void invert(Picture* p) noexcept;

// Fills with normal numbers of a key of two words.
void normal_numbers(const Step& s, int key, int64_t count, float mean, float sigma, float* dst) noexcept;

}  // namespace quern
