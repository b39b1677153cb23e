// Steps that map the values of a channel to others, as torchvision.transforms.v2 defines them for images of floats.
#include <algorithm>
#include <cmath>

#include "augment/picture.h"

namespace quern {
namespace {

// torchvision's conversion of a float to one of 256 levels.
int level(float v) noexcept { return static_cast<int>(unit(v) * (256 - 1e-3f)); }

void equalize_plane(float* plane, int64_t pixels) noexcept {
  int64_t counts[256] = {};
  for (int64_t i = 0; i < pixels; i++) counts[level(plane[i])]++;
  int64_t last = 0;
  for (int64_t count : counts) last = count > 0 ? count : last;
  const int64_t step = (pixels - last) / 255;
  if (step == 0) {
    for (int64_t i = 0; i < pixels; i++) plane[i] = static_cast<float>(level(plane[i])) / 255;
    return;
  }
  float mapped[256];
  int64_t below = 0;
  for (int i = 0; i < 256; i++) {
    mapped[i] = i == 0 ? 0 : static_cast<float>(std::min<int64_t>((below + step / 2) / step, 255)) / 255;
    below += counts[i];
  }
  for (int64_t i = 0; i < pixels; i++) plane[i] = mapped[level(plane[i])];
}

}  // namespace

void posterize(Picture* p, const Step& s) noexcept {
  const float levels = static_cast<float>(1 << std::clamp(s.whole(1), 0, 8));
  for (int64_t i = 0; i < p->size(); i++) {
    p->data[i] = std::min(std::floor(unit(p->data[i]) * levels), levels - 1) / levels;
  }
}

void solarize(Picture* p, const Step& s) noexcept {
  const float threshold = s.number(1);
  for (int64_t i = 0; i < p->size(); i++) p->data[i] = p->data[i] >= threshold ? 1 - p->data[i] : p->data[i];
}

void autocontrast(Picture* p) noexcept {
  for (int64_t c = 0; c < p->channels; c++) {
    float* plane = p->data + c * p->plane();
    const auto range = std::minmax_element(plane, plane + p->plane());
    const float least = *range.first, most = *range.second;
    if (!(most > least)) continue;
    const float scale = 1 / (most - least);
    for (int64_t i = 0; i < p->plane(); i++) plane[i] = unit((plane[i] - least) * scale);
  }
}

void equalize(Picture* p) noexcept {
  for (int64_t c = 0; c < p->channels; c++) equalize_plane(p->data + c * p->plane(), p->plane());
}

void invert(Picture* p) noexcept {
  for (int64_t i = 0; i < p->size(); i++) p->data[i] = 1 - p->data[i];
}

}  // namespace quern
