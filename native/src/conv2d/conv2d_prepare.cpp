// Checks a descriptor of conv2d, and converts it to the form that the implementations read.
#include "conv2d/conv2d.h"
#include "runtime/checks.h"
#include "runtime/halves.h"

namespace quern {
namespace {

int check_fields(const quern_conv2d& d) noexcept {
  struct Field {
    const char* name;
    int64_t value, least;
  };
  const Field fields[] = {{"batch", d.batch, 0},
                          {"in_channels", d.in_channels, 1},
                          {"in_height", d.in_height, 1},
                          {"in_width", d.in_width, 1},
                          {"out_channels", d.out_channels, 1},
                          {"kernel_height", d.kernel_height, 1},
                          {"kernel_width", d.kernel_width, 1},
                          {"stride_height", d.stride_height, 1},
                          {"stride_width", d.stride_width, 1},
                          {"padding_height", d.padding_height, 0},
                          {"padding_width", d.padding_width, 0},
                          {"dilation_height", d.dilation_height, 1},
                          {"dilation_width", d.dilation_width, 1},
                          {"groups", d.groups, 1}};
  for (const Field& f : fields) QUERN_TRY(check_range("conv2d", f.name, f.value, f.least));
  if (d.in_channels % d.groups != 0 || d.out_channels % d.groups != 0) {
    return fail(QUERN_INVALID_SHAPE, "conv2d: in_channels %lld and out_channels %lld are not multiples of groups %lld",
                static_cast<long long>(d.in_channels), static_cast<long long>(d.out_channels),
                static_cast<long long>(d.groups));
  }
  return QUERN_OK;
}

int check_float_type(const char* field, int64_t type) noexcept {
  return type == QUERN_BF16 ? QUERN_OK : check_type("conv2d", field, type);
}

int check_layouts(const quern_conv2d& d) noexcept {
  QUERN_TRY(check_known_type("conv2d", "src_type", d.src_type));
  QUERN_TRY(check_known_type("conv2d", "weights_type", d.weights_type));
  QUERN_TRY(check_known_type("conv2d", "dst_type", d.dst_type));
  QUERN_TRY(check_float_type("saved_type", d.saved_type));
  QUERN_TRY(check_float_type("diff_src_type", d.diff_src_type));
  QUERN_TRY(check_float_type("diff_dst_type", d.diff_dst_type));
  if (d.src_zero < 0 || d.src_zero > (d.src_type == QUERN_U8 ? 255 : 0)) {
    return fail(QUERN_INVALID_ARGUMENT, "conv2d: src_zero %lld is outside the range of src_type %lld",
                static_cast<long long>(d.src_zero), static_cast<long long>(d.src_type));
  }
  if (d.src_type != QUERN_U8 && (d.uneven_height != 0 || d.uneven_width != 0)) {
    return fail(QUERN_UNSUPPORTED, "conv2d: uneven padding %lld, %lld of src_type %lld",
                static_cast<long long>(d.uneven_height), static_cast<long long>(d.uneven_width),
                static_cast<long long>(d.src_type));
  }
  QUERN_TRY(check_order("conv2d", "src_order", d.src_order));
  QUERN_TRY(check_channels_last("conv2d", "dst_order", d.dst_order));
  QUERN_TRY(check_pitch("conv2d", "src_pitch", d.src_order, d.src_pitch, d.in_channels));
  return check_pitch("conv2d", "dst_pitch", d.dst_order, d.dst_pitch, d.out_channels);
}

int check_weights_type(const quern_conv2d& d) noexcept {
  if (d.inference == 1 || !is_half(d.weights_type)) return QUERN_OK;
  return fail(QUERN_UNSUPPORTED, "conv2d: weights_type %lld in training", static_cast<long long>(d.weights_type));
}

int check_precision(const quern_conv2d& d) noexcept {
  if (d.precision >= QUERN_PRECISION_DEFAULT && d.precision <= QUERN_PRECISION_BF16) return QUERN_OK;
  return fail(QUERN_INVALID_ARGUMENT, "conv2d: precision %lld is not one of quern_precisions",
              static_cast<long long>(d.precision));
}

int check_windows(const quern_conv2d& d, int64_t out_height, int64_t out_width) noexcept {
  if (out_height >= 1 && out_width >= 1) return QUERN_OK;
  return fail(QUERN_INVALID_SHAPE, "conv2d: kernel %lldx%lld does not fit the padded input %lldx%lld",
              static_cast<long long>(d.kernel_height), static_cast<long long>(d.kernel_width),
              static_cast<long long>(d.in_height + 2 * d.padding_height + d.uneven_height),
              static_cast<long long>(d.in_width + 2 * d.padding_width + d.uneven_width));
}

}  // namespace

int conv2d_prepare(const quern_conv2d* desc, Conv2d* c) noexcept {
  QUERN_TRY(check_initialized("conv2d"));
  QUERN_TRY(check_pointers("conv2d", desc != nullptr));
  const quern_conv2d& d = *desc;
  QUERN_TRY(check_fields(d));
  QUERN_TRY(check_layouts(d));
  QUERN_TRY(check_precision(d));
  QUERN_TRY(check_flag("conv2d", "inference", d.inference));
  QUERN_TRY(check_weights_type(d));
  if (d.uneven_height < -INT32_MAX || d.uneven_height > INT32_MAX || d.uneven_width < -INT32_MAX ||
      d.uneven_width > INT32_MAX) {
    return fail(QUERN_INVALID_ARGUMENT, "conv2d: uneven padding %lld, %lld is out of range",
                static_cast<long long>(d.uneven_height), static_cast<long long>(d.uneven_width));
  }
  const int64_t bottom = d.padding_height + d.uneven_height, right = d.padding_width + d.uneven_width;
  QUERN_TRY(check_range("conv2d", "padding at the bottom", bottom, 0));
  QUERN_TRY(check_range("conv2d", "padding on the right", right, 0));
  const int64_t oh =
      Axis{d.in_height, d.kernel_height, d.stride_height, d.padding_height, bottom, d.dilation_height}.windows(false);
  const int64_t ow =
      Axis{d.in_width, d.kernel_width, d.stride_width, d.padding_width, right, d.dilation_width}.windows(false);
  QUERN_TRY(check_windows(d, oh, ow));
  const int64_t cg = d.in_channels / d.groups;
  const int64_t samples = d.batch > 0 ? d.batch : 1;
  int64_t ignored;
  QUERN_TRY(count("conv2d", "input", samples, d.src_order == QUERN_NCHW ? d.in_channels : d.src_pitch, d.in_height,
                  d.in_width, &ignored));
  QUERN_TRY(count("conv2d", "output", samples, d.dst_pitch, oh, ow, &ignored));
  QUERN_TRY(count("conv2d", "padded input", 1, d.in_channels > d.out_channels ? d.in_channels : d.out_channels,
                  d.in_height + d.padding_height + bottom, d.in_width + d.padding_width + right, &ignored));
  QUERN_TRY(count("conv2d", "weight", d.out_channels, cg, d.kernel_height, d.kernel_width, &c->weights));
  c->w = {cg,
          d.in_height,
          d.in_width,
          oh,
          ow,
          d.kernel_height,
          d.kernel_width,
          d.stride_height,
          d.stride_width,
          d.padding_height,
          d.padding_width,
          d.dilation_height,
          d.dilation_width,
          d.src_pitch,
          d.dst_pitch};
  c->batch = d.batch;
  c->strict = d.precision == QUERN_PRECISION_STRICT;
  c->inference = d.inference == 1;
  c->parts = d.precision == QUERN_PRECISION_BF16 ? 1 : d.precision == QUERN_PRECISION_HIGH ? 2 : 3;
  c->src_nchw = d.src_order == QUERN_NCHW;
  c->types = {d.src_type, d.weights_type, d.dst_type, d.saved_type, d.diff_src_type, d.diff_dst_type};
  c->src_zero = d.src_zero;
  c->groups = d.groups;
  c->out_channels = d.out_channels;
  c->out_per_group = d.out_channels / d.groups;
  c->depth = c->weights / d.out_channels;
  c->per_image = oh * ow;
  c->rows = d.batch * c->per_image;
  return check_range("conv2d", "inputs per output", c->depth, 1);
}

}  // namespace quern
