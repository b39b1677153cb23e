// Augmentation: applies a list of steps to each image while it is converted from bytes to floats.
#include <cmath>

#include "augment/picture.h"
#include "runtime/checks.h"
#include "runtime/threads.h"

namespace quern {
namespace {

constexpr int64_t kMostSteps = 4096;  // an image

int64_t slot_floats(const quern_augment& d) noexcept {
  const int64_t floats = 2 * d.channels * d.height * d.width + 2 * (d.height + d.width);
  return round_up(floats, 16);
}

int check(const quern_augment* d) noexcept {
  QUERN_TRY(check_initialized("augment"));
  QUERN_TRY(check_pointers("augment", d != nullptr));
  QUERN_TRY(check_type("augment", "type", d->type));
  QUERN_TRY(check_range("augment", "batch", d->batch, 0));
  QUERN_TRY(check_range("augment", "channels", d->channels, 1));
  QUERN_TRY(check_range("augment", "height", d->height, 1));
  QUERN_TRY(check_range("augment", "width", d->width, 1));
  QUERN_TRY(check_range("augment", "steps", d->steps, 0));
  if (d->steps > kMostSteps) {
    return fail(QUERN_INVALID_ARGUMENT, "augment: steps %lld must be at most %lld", static_cast<long long>(d->steps),
                static_cast<long long>(kMostSteps));
  }
  int64_t elements;
  QUERN_TRY(count("augment", "image", 64 * 8, d->channels, d->height, d->width, &elements));  // a workspace's bytes
  return count("augment", "batch", d->batch > 0 ? d->batch : 1, d->channels, d->height, d->width, &elements);
}

int check_taps(const char* what, int64_t taps, float sigma, int64_t length) noexcept {
  if (taps >= 1 && taps % 2 == 1 && taps / 2 < length && sigma > 0 && std::isfinite(sigma)) return QUERN_OK;
  return fail(QUERN_INVALID_ARGUMENT, "augment: blur of %lld taps and sigma %g does not fit %s %lld",
              static_cast<long long>(taps), static_cast<double>(sigma), what, static_cast<long long>(length));
}

int check_step(const quern_augment& d, const Step& s) noexcept {
  if (s.operation() < QUERN_AUGMENT_END || s.operation() > QUERN_AUGMENT_INVERT) {
    return fail(QUERN_INVALID_ARGUMENT, "augment: operation %d is unknown", s.operation());
  }
  if (s.operation() == QUERN_AUGMENT_ERASE && (s.whole(5) < 0 || s.whole(5) > QUERN_ERASE_NOISE)) {
    return fail(QUERN_INVALID_ARGUMENT, "augment: erasing kind %d is unknown", s.whole(5));
  }
  if (s.operation() != QUERN_AUGMENT_GAUSSIAN_BLUR) return QUERN_OK;
  QUERN_TRY(check_taps("width", s.whole(1), s.number(3), d.width));
  return check_taps("height", s.whole(2), s.number(4), d.height);
}

void run(Picture* p, const Step& s, const float* scale, const float* shift) noexcept {
  switch (s.operation()) {
    case QUERN_AUGMENT_MOVE:
      return move(p, s);
    case QUERN_AUGMENT_WARP:
      return warp(p, s);
    case QUERN_AUGMENT_ERASE:
      return erase(p, s, scale, shift);
    case QUERN_AUGMENT_BRIGHTNESS:
      return brightness(p, s);
    case QUERN_AUGMENT_CONTRAST:
      return contrast(p, s);
    case QUERN_AUGMENT_SATURATION:
      return saturation(p, s);
    case QUERN_AUGMENT_HUE:
      return hue(p, s);
    case QUERN_AUGMENT_GRAYSCALE:
      return grayscale(p);
    case QUERN_AUGMENT_GAUSSIAN_BLUR:
      return gaussian_blur(p, s);
    case QUERN_AUGMENT_GAUSSIAN_NOISE:
      return gaussian_noise(p, s);
    case QUERN_AUGMENT_SHARPNESS:
      return sharpness(p, s);
    case QUERN_AUGMENT_POSTERIZE:
      return posterize(p, s);
    case QUERN_AUGMENT_SOLARIZE:
      return solarize(p, s);
    case QUERN_AUGMENT_AUTOCONTRAST:
      return autocontrast(p);
    case QUERN_AUGMENT_EQUALIZE:
      return equalize(p);
    default:
      return invert(p);
  }
}

// Writes the normalized image to the plan's input.
void store(const Picture& p, const float* scale, const float* shift, int64_t pitch, float* dst) noexcept {
  const int64_t step = pitch == 0 ? 1 : pitch, plane = pitch == 0 ? p.plane() : 1;
  for (int64_t c = 0; c < p.channels; c++) {
    const float* src = p.data + c * p.plane();
    const float times = 255 * scale[c], plus = shift[c];
    for (int64_t i = 0; i < p.plane(); i++) {
      const float scaled = src[i] * times;
      dst[c * plane + i * step] = scaled + plus;
    }
  }
}

}  // namespace
}  // namespace quern

using namespace quern;

extern "C" int quern_augment_workspace(const quern_augment* augment, int64_t* bytes) noexcept {
  QUERN_TRY(check(augment));
  QUERN_TRY(check_pointers("augment", bytes != nullptr));
  *bytes = threads() * slot_floats(*augment) * static_cast<int64_t>(sizeof(float));
  return QUERN_OK;
}

extern "C" int quern_augment_apply(const quern_augment* augment, const unsigned char* src, const int32_t* steps,
                                   const float* scale, const float* shift, void* dst, int64_t dst_pitch,
                                   void* workspace, int64_t workspace_bytes) noexcept {
  QUERN_TRY(check(augment));
  const quern_augment& d = *augment;
  QUERN_TRY(check_pointers("augment", (steps || d.steps == 0) && scale && shift && dst));
  QUERN_TRY(check_range("augment", "pitch", dst_pitch == 0 ? d.channels : dst_pitch, d.channels));
  if (src == nullptr && dst_pitch != 0 && dst_pitch != d.channels) {
    return fail(QUERN_INVALID_ARGUMENT, "augment: pitch %lld in place must be 0 or the channels",
                static_cast<long long>(dst_pitch));
  }
  const int64_t slot = slot_floats(d) * static_cast<int64_t>(sizeof(float));
  QUERN_TRY(check_workspace("augment", workspace, workspace_bytes, slot));
  for (int64_t i = 0; i < d.batch * d.steps; i++) QUERN_TRY(check_step(d, Step(steps + i * QUERN_AUGMENT_WORDS)));
  ran("augment");
  const Slots slots(workspace_bytes, slot);
  parallel_for(d.batch, slots.count, [&](int64_t n, int at) {
    float* memory = reinterpret_cast<float*>(static_cast<char*>(workspace) + at * slots.bytes);
    const int64_t size = d.channels * d.height * d.width;
    float* to = f32(dst) + n * (dst_pitch == 0 ? size : d.height * d.width * dst_pitch);
    Picture p{d.channels, d.height, d.width, memory, memory + size, memory + 2 * size};
    for (int64_t i = 0; i < size; i++) p.data[i] = src ? static_cast<float>(src[n * size + i]) / 255 : to[i];
    for (int64_t i = 0; i < d.steps; i++) {
      const Step s(steps + (n * d.steps + i) * QUERN_AUGMENT_WORDS);
      if (s.operation() == QUERN_AUGMENT_END) break;
      run(&p, s, scale, shift);
    }
    store(p, scale, shift, dst_pitch, to);
  });
  return QUERN_OK;
}
