// grid_sample: any mode, padding and sizes.
#include "attacks.h"
#include "grid_sample_check.h"

namespace {

constexpr int64_t kMost = INT32_MAX;
using D = quern_grid_sample;
const Field<D> kFields[] = {{&D::batch, 0, kMost, nullptr},
                            {&D::channels, 1, kMost, nullptr},
                            {&D::in_height, 1, kMost, nullptr},
                            {&D::in_width, 1, kMost, nullptr},
                            {&D::out_height, 1, kMost, nullptr},
                            {&D::out_width, 1, kMost, nullptr},
                            {&D::mode, QUERN_SAMPLE_BILINEAR, QUERN_SAMPLE_BICUBIC, nullptr},
                            {&D::padding, QUERN_SAMPLE_ZEROS, QUERN_SAMPLE_REFLECTION, nullptr},
                            {&D::align_corners, 0, 1, nullptr},
                            {&D::src_pitch, 1, kMost, &D::channels},
                            {&D::dst_pitch, 1, kMost, &D::channels},
                            {&D::type, QUERN_F32, QUERN_F32, nullptr},
                            {&D::order, QUERN_NHWC, QUERN_NHWC, nullptr}};

D any_sample(Random* r) {
  D d{};
  d.batch = one_in(r, 20) ? 0 : r->between(1, 4);
  d.channels = any_channels(r);
  d.in_height = r->between(1, 9), d.in_width = r->between(1, 9);
  d.out_height = r->between(1, 12), d.out_width = r->between(1, 12);
  d.mode = r->between(QUERN_SAMPLE_BILINEAR, QUERN_SAMPLE_BICUBIC);
  d.padding = r->between(QUERN_SAMPLE_ZEROS, QUERN_SAMPLE_REFLECTION);
  d.align_corners = r->between(0, 1);
  d.src_pitch = d.channels + (one_in(r, 2) ? 0 : r->between(1, 9));
  d.dst_pitch = d.channels + (one_in(r, 2) ? 0 : r->between(1, 9));
  return d;
}

}  // namespace

void attack_grid_sample(Random* r) { of_grid_sample::check(any_sample(r), any_side(r)); }

void refuse_grid_sample(Random* r) {
  float* f = untouchable<float>();
  const char* op = "grid_sample: ";
  const D d = any_sample(r);
  of_grid_sample::name_case(d);
  REFUSES_NULLS(op, "rrrr", quern_grid_sample_forward, &d, f, f, f);
  REFUSES_NULLS(op, "rrrr..", quern_grid_sample_backward, &d, f, f, f, f, f);
  const D bad = broken(r, kFields, d);
  of_grid_sample::name_case(bad);
  REFUSED(op, quern_grid_sample_forward, &bad, f, f, f);
  REFUSED(op, quern_grid_sample_backward, &bad, f, f, f, f, f);
}
