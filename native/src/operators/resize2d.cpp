#include "operators/resize2d.h"

#include "runtime/checks.h"

namespace quern {

int check_resize2d(const char* op, const quern_resize2d* desc, bool pointers, Elements elements) noexcept {
  QUERN_TRY(check_initialized(op));
  QUERN_TRY(check_pointers(op, desc != nullptr));
  const quern_resize2d& d = *desc;
  struct Field {
    const char* name;
    int64_t value, least;
  };
  const Field fields[] = {{"batch", d.batch, 0},
                          {"channels", d.channels, 1},
                          {"in_height", d.in_height, 1},
                          {"in_width", d.in_width, 1},
                          {"out_height", d.out_height, 1},
                          {"out_width", d.out_width, 1},
                          {"padding_top", d.padding_top, 0},
                          {"padding_left", d.padding_left, 0}};
  for (const Field& f : fields) QUERN_TRY(check_range(op, f.name, f.value, f.least));
  QUERN_TRY(check_types(op, d.src_type, d.dst_type, elements));
  QUERN_TRY(check_channels_last(op, "src_order", d.src_order));
  QUERN_TRY(check_channels_last(op, "dst_order", d.dst_order));
  QUERN_TRY(check_pitch(op, "src_pitch", d.src_order, d.src_pitch, d.channels));
  QUERN_TRY(check_pitch(op, "dst_pitch", d.dst_order, d.dst_pitch, d.channels));
  QUERN_TRY(check_flag(op, "align_corners", d.align_corners));
  const int64_t samples = d.batch > 0 ? d.batch : 1;
  int64_t ignored;
  QUERN_TRY(count(op, "input", samples, d.src_pitch, d.in_height, d.in_width, &ignored));
  QUERN_TRY(count(op, "output", samples, d.dst_pitch, d.out_height, d.out_width, &ignored));
  return check_pointers(op, pointers);
}

int check_pad2d(const char* op, const quern_resize2d* desc, bool pointers) noexcept {
  QUERN_TRY(check_resize2d(op, desc, pointers));
  const quern_resize2d& d = *desc;
  if (d.out_height >= d.in_height + d.padding_top && d.out_width >= d.in_width + d.padding_left) return QUERN_OK;
  return fail(QUERN_INVALID_SHAPE, "%s: output %lldx%lld cannot hold input %lldx%lld after padding %lldx%lld", op,
              static_cast<long long>(d.out_height), static_cast<long long>(d.out_width),
              static_cast<long long>(d.in_height), static_cast<long long>(d.in_width),
              static_cast<long long>(d.padding_top), static_cast<long long>(d.padding_left));
}

}  // namespace quern
