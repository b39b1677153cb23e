// Steps that read neighboring pixels, and noise.
#include <algorithm>
#include <cmath>

#include "augment/picture.h"
#include "operators/reflected.h"

namespace quern {
namespace {

#include "kernels/math.inc"
#include "kernels/philox.inc"

constexpr double kTwoPi = 6.28318530717958647692;

// Cosine and sine of u turns, u in [0, 1), by the Taylor series around the nearest quarter turn. libm's functions are
// not used, because their results differ between CPUs.
void turned(double u, double* cosine, double* sine) noexcept {
  const int quarters = static_cast<int>(4 * u + 0.5);
  const double angle = kTwoPi * (u - 0.25 * quarters), square = angle * angle;  // |angle| <= pi / 4
  double c = 1.0, s = 1.0;
  for (int i = 16; i >= 2; i -= 2) c = 1.0 - c * square / (i * (i - 1));
  for (int i = 17; i >= 3; i -= 2) s = 1.0 - s * square / (i * (i - 1));
  s *= angle;
  *cosine = quarters % 2 == 0 ? c : s;
  *sine = quarters % 2 == 0 ? s : c;
  if (quarters == 1 || quarters == 2) *cosine = -*cosine;
  if (quarters == 2 || quarters == 3) *sine = -*sine;
}

// Weights of a normal density at integers around 0; their sum is 1.
void densities(int64_t taps, float sigma, float* weights) noexcept {
  double sum = 0;
  for (int pass = 0; pass < 2; pass++) {
    for (int64_t i = 0; i < taps; i++) {
      const double x = (static_cast<double>(i) - static_cast<double>(taps / 2)) / static_cast<double>(sigma);
      const double density = exp_double(-0.5 * x * x);
      if (pass == 0) sum += density;
      if (pass == 1) weights[i] = static_cast<float>(density / sum);
    }
  }
}

// dst = the weighted sums of src along an axis of `length` elements `step` apart; `lines` axes lie `next` apart.
void filter(const float* src, int64_t lines, int64_t next, int64_t length, int64_t step, const float* weights,
            int64_t taps, float* dst) noexcept {
  const int64_t half = taps / 2;
  for (int64_t l = 0; l < lines; l++, src += next, dst += next) {
    for (int64_t i = 0; i < length; i++) {
      float sum = 0;
      const bool inside = i >= half && i + half < length;
      for (int64_t k = 0; k < taps; k++) {
        const int64_t at = i + k - half;
        sum += weights[k] * src[(inside ? at : Reflected(at, 1, length).from) * step];
      }
      dst[i * step] = sum;
    }
  }
}

}  // namespace

void gaussian_blur(Picture* p, const Step& s) noexcept {
  const int64_t h = p->height, w = p->width, taps_x = s.whole(1), taps_y = s.whole(2);
  float* weights_y = p->weights + 2 * w;
  densities(taps_x, s.number(3), p->weights);
  densities(taps_y, s.number(4), weights_y);
  for (int64_t c = 0; c < p->channels; c++) {
    filter(p->data + c * h * w, h, w, w, 1, p->weights, taps_x, p->other + c * h * w);
    filter(p->other + c * h * w, w, 1, h, w, weights_y, taps_y, p->data + c * h * w);
  }
}

void normal_numbers(const Step& s, int key, int64_t count, float mean, float sigma, float* dst) noexcept {
  constexpr int64_t kBlocks = 16;
  const uint64_t low = static_cast<uint32_t>(s.whole(key)), high = static_cast<uint32_t>(s.whole(key + 1));
  Philox<kBlocks> words;
  for (int64_t i = 0; i < count; i++) {
    const int64_t at = i % (4 * kBlocks) / 4;
    if (i % (4 * kBlocks) == 0) words.draw(high << 32 | low, static_cast<uint64_t>(i / 4), 0, kBlocks);
    const bool second = i % 4 >= 2;
    const uint32_t a = second ? words.c2[at] : words.c0[at], b = second ? words.c3[at] : words.c1[at];
    if (i % 2 == 1) continue;
    const double radius = static_cast<double>(sigma) * std::sqrt(-2 * log_double(((a >> 8) + 1) * 0x1p-24));
    double cosine, sine;
    turned((b >> 8) * 0x1p-24, &cosine, &sine);
    dst[i] = mean + static_cast<float>(radius * cosine);
    if (i + 1 < count) dst[i + 1] = mean + static_cast<float>(radius * sine);
  }
}

void gaussian_noise(Picture* p, const Step& s) noexcept {
  normal_numbers(s, 3, p->size(), s.number(1), s.number(2), p->other);
  for (int64_t i = 0; i < p->size(); i++) p->data[i] = unit(p->data[i] + p->other[i]);
}

void sharpness(Picture* p, const Step& s) noexcept {
  const int64_t h = p->height, w = p->width;
  if (h <= 2 || w <= 2) return;
  const float factor = s.number(1);
  for (int64_t c = 0; c < p->channels; c++) {
    for (int64_t y = 0; y < h; y++) {
      const float* row = p->data + (c * h + y) * w;
      float* dst = p->other + (c * h + y) * w;
      for (int64_t x = 0; x < w; x++) {
        float smooth = row[x];
        if (y > 0 && y < h - 1 && x > 0 && x < w - 1) {
          const float *above = row - w + x, *below = row + w + x;
          smooth = (above[-1] + above[0] + above[1] + row[x - 1] + 5 * row[x] + row[x + 1] + below[-1] + below[0] +
                    below[1]) /
                   13;
        }
        dst[x] = unit(factor * row[x] + (1 - factor) * smooth);
      }
    }
  }
  p->swap();
}

}  // namespace quern
