// deform_im2col: any window, offset groups and sizes, with and without a mask.
#include "attacks.h"
#include "deform_im2col_check.h"

namespace {

constexpr int64_t kMost = INT32_MAX;
using D = quern_deform_im2col;
const Field<D> kFields[] = {{&D::batch, 0, kMost, nullptr},
                            {&D::channels, 1, kMost, nullptr},
                            {&D::in_height, 1, kMost, nullptr},
                            {&D::in_width, 1, kMost, nullptr},
                            {&D::kernel_height, 1, kMost, nullptr},
                            {&D::kernel_width, 1, kMost, nullptr},
                            {&D::stride_height, 1, kMost, nullptr},
                            {&D::stride_width, 1, kMost, nullptr},
                            {&D::padding_height, 0, kMost, nullptr},
                            {&D::padding_width, 0, kMost, nullptr},
                            {&D::dilation_height, 1, kMost, nullptr},
                            {&D::dilation_width, 1, kMost, nullptr},
                            {&D::offset_groups, 1, kMost, nullptr},
                            {&D::src_pitch, 1, kMost, &D::channels},
                            {&D::type, QUERN_F32, QUERN_F32, nullptr},
                            {&D::order, QUERN_NHWC, QUERN_NHWC, nullptr}};

D any_deform(Random* r) {
  D d{};
  d.batch = one_in(r, 20) ? 0 : r->between(1, 3);
  d.offset_groups = one_in(r, 2) ? 1 : r->between(1, 4);
  d.channels = d.offset_groups * r->between(1, 1 + any_channels(r) / d.offset_groups);
  d.kernel_height = r->between(1, 3), d.kernel_width = r->between(1, 3);
  d.stride_height = r->between(1, 3), d.stride_width = r->between(1, 3);
  d.padding_height = r->between(0, 2), d.padding_width = r->between(0, 2);
  d.dilation_height = r->between(1, 2), d.dilation_width = r->between(1, 2);
  d.in_height = d.dilation_height * (d.kernel_height - 1) + r->between(1, 5);
  d.in_width = d.dilation_width * (d.kernel_width - 1) + r->between(1, 5);
  d.src_pitch = d.channels + any_gap(r);
  return d;
}

}  // namespace

void attack_deform_im2col(Random* r) {
  const D d = any_deform(r);
  of_deform_im2col::check(d, one_in(r, 2), any_side(r));
}

void refuse_deform_im2col(Random* r) {
  float* f = untouchable<float>();
  const char* op = "deform_im2col: ";
  const D d = any_deform(r);
  of_deform_im2col::name_case(d, true);
  REFUSES_NULLS(op, "rrr.r", quern_deform_im2col_forward, &d, f, f, f, f);
  REFUSES_NULLS(op, "rrr.r...", quern_deform_im2col_backward, &d, f, f, f, f, f, f, f);
  const D bad = broken(r, kFields, d);
  of_deform_im2col::name_case(bad, true);
  REFUSED(op, quern_deform_im2col_forward, &bad, f, f, f, f);
  REFUSED(op, quern_deform_im2col_backward, &bad, f, f, f, f, f, f, f);
}
