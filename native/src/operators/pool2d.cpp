#include "operators/pool2d.h"

#include "runtime/checks.h"

namespace quern {

namespace {
// A window that contains only padding does not have a maximum or a mean.
int check_padding(const char* op, const quern_pool2d& d) noexcept {
  const int64_t height = d.dilation_height * (d.kernel_height - 1), width = d.dilation_width * (d.kernel_width - 1);
  if (d.padding_top <= height && d.padding_bottom <= height && d.padding_left <= width && d.padding_right <= width) {
    return QUERN_OK;
  }
  return fail(QUERN_INVALID_ARGUMENT,
              "%s: padding left %lld, right %lld, top %lld, bottom %lld is not less than the kernel's extent %lldx%lld",
              op, static_cast<long long>(d.padding_left), static_cast<long long>(d.padding_right),
              static_cast<long long>(d.padding_top), static_cast<long long>(d.padding_bottom),
              static_cast<long long>(height + 1), static_cast<long long>(width + 1));
}
}  // namespace

int prepare_pool2d(const char* op, const quern_pool2d* desc, Pool2d* out, Elements elements) noexcept {
  QUERN_TRY(check_initialized(op));
  QUERN_TRY(check_pointers(op, desc != nullptr));
  const quern_pool2d& d = *desc;
  struct Field {
    const char* name;
    int64_t value, least;
  };
  const Field fields[] = {{"batch", d.batch, 0},
                          {"channels", d.channels, 1},
                          {"in_height", d.in_height, 1},
                          {"in_width", d.in_width, 1},
                          {"kernel_height", d.kernel_height, 1},
                          {"kernel_width", d.kernel_width, 1},
                          {"stride_height", d.stride_height, 1},
                          {"stride_width", d.stride_width, 1},
                          {"padding_top", d.padding_top, 0},
                          {"padding_left", d.padding_left, 0},
                          {"padding_bottom", d.padding_bottom, 0},
                          {"padding_right", d.padding_right, 0},
                          {"dilation_height", d.dilation_height, 1},
                          {"dilation_width", d.dilation_width, 1}};
  for (const Field& f : fields) QUERN_TRY(check_range(op, f.name, f.value, f.least));
  QUERN_TRY(check_types(op, d.src_type, d.dst_type, elements));
  QUERN_TRY(check_channels_last(op, "src_order", d.src_order));
  QUERN_TRY(check_channels_last(op, "dst_order", d.dst_order));
  QUERN_TRY(check_pitch(op, "src_pitch", d.src_order, d.src_pitch, d.channels));
  QUERN_TRY(check_pitch(op, "dst_pitch", d.dst_order, d.dst_pitch, d.channels));
  QUERN_TRY(check_flag(op, "ceil_mode", d.ceil_mode));
  QUERN_TRY(check_flag(op, "count_include_pad", d.count_include_pad));
  QUERN_TRY(check_padding(op, d));
  const bool ceil = d.ceil_mode != 0;
  const int64_t oh =
      Axis{d.in_height, d.kernel_height, d.stride_height, d.padding_top, d.padding_bottom, d.dilation_height}.windows(
          ceil);
  const int64_t ow =
      Axis{d.in_width, d.kernel_width, d.stride_width, d.padding_left, d.padding_right, d.dilation_width}.windows(ceil);
  if (oh < 1 || ow < 1) {
    return fail(QUERN_INVALID_SHAPE, "%s: kernel %lldx%lld does not fit the padded input %lldx%lld", op,
                static_cast<long long>(d.kernel_height), static_cast<long long>(d.kernel_width),
                static_cast<long long>(d.in_height + d.padding_top + d.padding_bottom),
                static_cast<long long>(d.in_width + d.padding_left + d.padding_right));
  }
  const int64_t samples = d.batch > 0 ? d.batch : 1;
  int64_t ignored;
  QUERN_TRY(count(op, "input", samples, d.src_pitch, d.in_height, d.in_width, &ignored));
  QUERN_TRY(count(op, "output", samples, d.dst_pitch, oh, ow, &ignored));
  // indices are 32 bits, and reads per window are counted
  QUERN_TRY(check_range(op, "pixels of an image", d.in_height * d.in_width, 1));
  QUERN_TRY(count(op, "row of windows", ow, d.channels, d.kernel_height, d.kernel_width, &ignored));
  out->w = {d.channels,
            d.in_height,
            d.in_width,
            oh,
            ow,
            d.kernel_height,
            d.kernel_width,
            d.stride_height,
            d.stride_width,
            d.padding_top,
            d.padding_left,
            d.dilation_height,
            d.dilation_width,
            d.src_pitch,
            d.dst_pitch};
  out->batch = d.batch;
  out->avg = {d.padding_bottom, d.padding_right, d.count_include_pad != 0};
  return QUERN_OK;
}

}  // namespace quern
