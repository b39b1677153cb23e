// Steps that change colors, as torchvision.transforms.functional defines them for images of floats.
#include <cmath>

#include "augment/picture.h"

namespace quern {
namespace {

// The gray value of pixel i; for images without three channels, the first channel.
float grey_of(const Picture& p, int64_t i) noexcept {
  return p.channels == 3 ? grey(p.data[i], p.data[i + p.plane()], p.data[i + 2 * p.plane()]) : p.data[i];
}

// Hue, saturation and value of a pixel to red, green and blue.
void from_hsv(float h, float s, float v, float* r, float* g, float* b) noexcept {
  const float six = h * 6, sector = std::floor(six), f = six - sector;
  const float p = unit(v * (1 - s)), q = unit(v * (1 - s * f)), t = unit(v * (1 - s * (1 - f)));
  const float red[] = {v, q, p, p, t, v}, green[] = {t, v, v, q, p, p}, blue[] = {p, p, t, v, v, q};
  const int i = sector >= 0 && sector < 6 ? static_cast<int>(sector) : 0;  // 6 is 0 again
  *r = red[i], *g = green[i], *b = blue[i];
}

}  // namespace

void brightness(Picture* p, const Step& s) noexcept {
  const float factor = s.number(1);
  for (int64_t i = 0; i < p->size(); i++) p->data[i] = unit(factor * p->data[i]);
}

void contrast(Picture* p, const Step& s) noexcept {
  const float factor = s.number(1);
  double sum = 0;
  for (int64_t i = 0; i < p->plane(); i++) sum += grey_of(*p, i);
  const float mean = static_cast<float>(sum / static_cast<double>(p->plane()));
  for (int64_t i = 0; i < p->size(); i++) p->data[i] = unit(factor * p->data[i] + (1 - factor) * mean);
}

void saturation(Picture* p, const Step& s) noexcept {
  if (p->channels != 3) return;
  const float factor = s.number(1);
  for (int64_t i = 0; i < p->plane(); i++) {
    const float mean = (1 - factor) * grey_of(*p, i);
    for (int64_t c = 0; c < 3; c++) {
      float& v = p->data[i + c * p->plane()];
      v = unit(factor * v + mean);
    }
  }
}

void hue(Picture* p, const Step& s) noexcept {
  if (p->channels != 3) return;
  const float turn = s.number(1);
  float* red = p->data;
  float *green = red + p->plane(), *blue = green + p->plane();
  for (int64_t i = 0; i < p->plane(); i++) {
    const float r = red[i], g = green[i], b = blue[i];
    const float most = std::fmax(r, std::fmax(g, b)), least = std::fmin(r, std::fmin(g, b)), range = most - least;
    if (!(range > 0)) continue;  // gray
    float h = most == r ? (g - b) / range : most == g ? 2 + (b - r) / range : 4 + (r - g) / range;
    h = h / 6 + 1 + turn;
    from_hsv(h - std::floor(h), range / most, most, red + i, green + i, blue + i);
  }
}

void grayscale(Picture* p) noexcept {
  if (p->channels != 3) return;
  for (int64_t i = 0; i < p->plane(); i++) {
    p->data[i] = p->data[i + p->plane()] = p->data[i + 2 * p->plane()] = grey_of(*p, i);
  }
}

}  // namespace quern
