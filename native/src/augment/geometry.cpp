// Steps that move or erase pixels.
#include <algorithm>
#include <cmath>

#include "augment/picture.h"
#include "operators/reflected.h"

namespace quern {
namespace {

// The readable pixels of an image; coordinates outside are clamped to them or yield the fill value.
struct Bounds {
  int64_t left, top, right, bottom;  // the last ones included
};

float tap(const float* plane, int64_t w, const Bounds& b, int64_t x, int64_t y, float fill) noexcept {
  return x >= b.left && x <= b.right && y >= b.top && y <= b.bottom ? plane[y * w + x] : fill;
}

// Interpolates one pixel of all planes between the four pixels around (x, y).
void sample(const Picture& p, const Bounds& b, double x, double y, float fill, float* dst) noexcept {
  const double fx = std::floor(x), fy = std::floor(y);
  const float u = static_cast<float>(x - fx), v = static_cast<float>(y - fy);
  const int64_t x0 = static_cast<int64_t>(fx), y0 = static_cast<int64_t>(fy);
  const bool inside = x0 >= b.left && x0 < b.right && y0 >= b.top && y0 < b.bottom;
  const float* plane = p.data;
  for (int64_t c = 0; c < p.channels; c++, plane += p.plane(), dst += p.plane()) {
    float corner[4];
    if (inside) {
      const float* at = plane + y0 * p.width + x0;
      corner[0] = at[0], corner[1] = at[1], corner[2] = at[p.width], corner[3] = at[p.width + 1];
    } else {
      for (int64_t i = 0; i < 4; i++) corner[i] = tap(plane, p.width, b, x0 + i % 2, y0 + i / 2, fill);
    }
    const float above = corner[0] * (1 - u) + corner[1] * u, below = corner[2] * (1 - u) + corner[3] * u;
    *dst = above * (1 - v) + below * v;
  }
}

double clamped(double v, int64_t low, int64_t high) noexcept {
  const double l = static_cast<double>(low), h = static_cast<double>(high);
  return v > l ? (v < h ? v : h) : l;  // NaN becomes the first
}

}  // namespace

void move(Picture* p, const Step& s) noexcept {
  const int64_t h = p->height, w = p->width, down = s.whole(1), right = s.whole(2), how = s.whole(3);
  for (int64_t y = 0; y < h; y++) {
    int64_t from = (how & QUERN_MOVE_UPSIDE_DOWN ? h - 1 - y : y) + down;
    if (how & QUERN_MOVE_REFLECT) from = Reflected(from, 1, h).from;
    for (int64_t x = 0; x < w; x++) {
      int64_t at = (how & QUERN_MOVE_MIRRORED ? w - 1 - x : x) + right;
      if (how & QUERN_MOVE_REFLECT) at = Reflected(at, 1, w).from;
      const bool inside = from >= 0 && from < h && at >= 0 && at < w;
      for (int64_t c = 0; c < p->channels; c++) {
        p->other[(c * h + y) * w + x] = inside ? p->data[(c * h + from) * w + at] : 0.0f;
      }
    }
  }
  p->swap();
}

void warp(Picture* p, const Step& s) noexcept {
  const int64_t h = p->height, w = p->width;
  double m[9];
  for (int i = 0; i < 9; i++) m[i] = s.number(1 + i);
  const Bounds b{std::clamp<int64_t>(s.whole(10), 0, w - 1), std::clamp<int64_t>(s.whole(11), 0, h - 1),
                 std::clamp<int64_t>(s.whole(12), 0, w - 1), std::clamp<int64_t>(s.whole(13), 0, h - 1)};
  const bool clamps = s.whole(14) != 0;
  const bool affine = m[6] == 0 && m[7] == 0 && m[8] == 1;
  const double cx = (static_cast<double>(w) - 1) / 2, cy = (static_cast<double>(h) - 1) / 2;
  float* dst = p->other;
  for (int64_t row = 0; row < h; row++) {
    const double y = static_cast<double>(row) - cy;
    for (int64_t column = 0; column < w; column++, dst++) {
      const double x = static_cast<double>(column) - cx;
      const double z = affine ? 1 : m[6] * x + m[7] * y + m[8];
      double from_x = (m[0] * x + m[1] * y + m[2]) / z + cx, from_y = (m[3] * x + m[4] * y + m[5]) / z + cy;
      if (clamps) {
        from_x = clamped(from_x, b.left, b.right), from_y = clamped(from_y, b.top, b.bottom);
      } else {  // farther out than this everything is the fill; NaN, too
        from_x = clamped(from_x, -2, w + 1), from_y = clamped(from_y, -2, h + 1);
      }
      sample(*p, b, from_x, from_y, s.number(15), dst);
    }
  }
  p->swap();
}

void erase(Picture* p, const Step& s, const float* scale, const float* shift) noexcept {
  const int64_t h = p->height, w = p->width;
  const int64_t top = std::clamp<int64_t>(s.whole(1), 0, h), left = std::clamp<int64_t>(s.whole(2), 0, w);
  const int64_t bottom = std::clamp<int64_t>(int64_t{s.whole(1)} + s.whole(3), top, h);
  const int64_t right = std::clamp<int64_t>(int64_t{s.whole(2)} + s.whole(4), left, w);
  const int32_t kind = s.whole(5);
  if (kind == QUERN_ERASE_NOISE) normal_numbers(s, 7, p->size(), 0, 1, p->other);
  for (int64_t c = 0; c < p->channels; c++) {
    // what becomes 0, and the standard deviation, once normalized
    const float mean = -shift[c] / (255 * scale[c]), deviation = 1 / (255 * scale[c]);
    for (int64_t y = top; y < bottom; y++) {
      const int64_t row = (c * h + y) * w;
      for (int64_t x = left; x < right; x++) {
        p->data[row + x] = kind == QUERN_ERASE_VALUE  ? s.number(6)
                           : kind == QUERN_ERASE_MEAN ? mean
                                                      : mean + deviation * p->other[row + x];
      }
    }
  }
}

}  // namespace quern
