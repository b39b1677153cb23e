// max_pool2d and avg_pool2d: random windows, ceil mode, padding, dilation, pitches; NaN and infinities among the
// values.
#include "attacks.h"
#include "avg_pool2d_check.h"
#include "bytes_check.h"
#include "max_pool2d_check.h"

namespace {

constexpr int64_t kMost = INT32_MAX;
using D = quern_pool2d;
const Field<D> kFields[] = {{&D::batch, 0, kMost, nullptr},
                            {&D::channels, 1, kMost, nullptr},
                            {&D::in_height, 1, kMost, nullptr},
                            {&D::in_width, 1, kMost, nullptr},
                            {&D::kernel_height, 1, kMost, nullptr},
                            {&D::kernel_width, 1, kMost, nullptr},
                            {&D::stride_height, 1, kMost, nullptr},
                            {&D::stride_width, 1, kMost, nullptr},
                            {&D::padding_top, 0, kMost, nullptr},
                            {&D::padding_left, 0, kMost, nullptr},
                            {&D::padding_bottom, 0, kMost, nullptr},
                            {&D::padding_right, 0, kMost, nullptr},
                            {&D::dilation_height, 1, kMost, nullptr},
                            {&D::dilation_width, 1, kMost, nullptr},
                            {&D::ceil_mode, 0, 1, nullptr},
                            {&D::count_include_pad, 0, 1, nullptr},
                            {&D::src_pitch, 1, kMost, &D::channels},
                            {&D::dst_pitch, 1, kMost, &D::channels},
                            {&D::src_type, QUERN_F32, QUERN_F32, nullptr},
                            {&D::dst_type, QUERN_F32, QUERN_F32, nullptr},
                            {&D::src_order, QUERN_NHWC, QUERN_NHWC, nullptr},
                            {&D::dst_order, QUERN_NHWC, QUERN_NHWC, nullptr}};

// Those that a mean of bytes must refuse.
const Field<D> kByteFields[] = {{&D::batch, 0, kMost, nullptr},
                                {&D::channels, 1, kMost, nullptr},
                                {&D::in_height, 1, kMost, nullptr},
                                {&D::kernel_width, 1, kMost, nullptr},
                                {&D::stride_height, 1, kMost, nullptr},
                                {&D::dilation_width, 1, kMost, nullptr},
                                {&D::src_pitch, 1, kMost, &D::channels},
                                {&D::dst_pitch, 1, kMost, &D::channels},
                                {&D::src_type, QUERN_U8, QUERN_U8, nullptr},
                                {&D::dst_type, QUERN_F32, QUERN_U8, nullptr},
                                {&D::dst_order, QUERN_NHWC, QUERN_NHWC, nullptr}};

D any_pool2d(Random* r, bool dilation) {
  D d{};
  do {
    d = pool(one_in(r, 20) ? 0 : r->between(1, 4), any_channels(r), r->between(1, 12), r->between(1, 12), 1, 1);
    d.kernel_height = r->between(1, 5), d.kernel_width = one_in(r, 2) ? d.kernel_height : r->between(1, 5);
    d.stride_height = r->between(1, 4), d.stride_width = one_in(r, 2) ? d.stride_height : r->between(1, 4);
    if (dilation) d = dilated(d, r->between(1, 3), r->between(1, 3));
    d = padded_somehow(d, r);
    d.ceil_mode = r->between(0, 1);
    d.count_include_pad = r->between(0, 1);
  } while (out_height(d) == 0 || out_width(d) == 0);
  return pitched(d, any_gap(r), any_gap(r));
}

// Some values are ones that comparisons treat in their own way.
void fill_specially(Random* r, Image* src) {
  static const float special[] = {NAN, INFINITY, -INFINITY, 0.0f, -0.0f, -3e38f, 3e38f};
  for (int64_t e = 0; e < src->elements(); e++) {
    if (one_in(r, 6)) src->at(e / src->c, e % src->c) = one_of(r, special);
  }
}

// Long lines under wide windows.
D any_line(Random* r) {
  D d = pool(r->between(1, 2), r->between(1, 9), 1, r->between(1, 300), 1, 1);
  d.kernel_width = r->between(1, std::min<int64_t>(40, d.in_width));
  d.stride_width = one_in(r, 8) ? kMost : r->between(1, 50);
  d.padding_left = r->between(0, d.kernel_width - 1), d.padding_right = r->between(0, d.kernel_width - 1);
  d.ceil_mode = r->between(0, 1);
  return pitched(d, any_gap(r), any_gap(r));
}

// Indices that no forward pass has left: gradients go nowhere else than into the image.
void garbage_indices(Random* r, const D& d, Guard side) {
  Image diff_dst(d.batch, out_height(d), out_width(d), d.channels, d.dst_pitch, side), diff_src = pool_src(d, side);
  Guarded<int32_t> indices(diff_dst.elements(), side);
  diff_dst.fill(r, Values::Integers);
  for (int32_t& i : indices) {
    i = static_cast<int32_t>(one_in(r, 2) ? static_cast<int64_t>(r->next()) : r->between(-9, d.in_height * d.in_width));
  }
  CHECK_OK(quern_max_pool2d_backward(&d, diff_dst.data(), indices.data(), diff_src.data()));
  CHECK(diff_src.gaps_untouched());
}

// Of no images nothing is read or written, whatever the other fields are.
void no_images(Random* r, D d) {
  float* f = untouchable<float>();
  d.batch = 0;
  spoil(r, kFields, &d);
  in_pool_case(d, 0);
  if (d.batch != 0) return;
  if (quern_max_pool2d_forward(&d, f, f, untouchable<int32_t>()) != QUERN_OK) {
    REFUSED("max_pool2d: ", quern_max_pool2d_forward, &d, f, f, untouchable<int32_t>());
  }
  if (quern_avg_pool2d_forward(&d, f, f) != QUERN_OK) REFUSED("avg_pool2d: ", quern_avg_pool2d_forward, &d, f, f);
}

D bad_pool2d(Random* r) {
  D d = any_pool2d(r, true);
  const int64_t kind = r->between(0, 4);
  if (kind == 0) d.padding_bottom = d.dilation_height * (d.kernel_height - 1) + r->between(1, 5);
  if (kind == 1) d.kernel_width = d.in_width + d.padding_left + d.padding_right + r->between(1, 9);
  if (kind == 2) d.src_pitch = d.channels - 1;
  if (kind == 3) d.src_pitch = d.in_height = d.in_width = kMost;  // too many elements
  return kind == 4 ? broken(r, kFields, d) : d;
}

}  // namespace

void attack_max_pool2d(Random* r) {
  const D d = one_in(r, 6) ? any_line(r) : any_pool2d(r, one_in(r, 3));
  in_pool_case(d, 0);
  const Guard side = any_side(r);
  const Values values = any_values(r);
  Image src = pool_src(d, side);
  src.fill(r, values);
  if (one_in(r, 4)) fill_specially(r, &src);
  of_max_pool2d::check_on(d, src, values, side);
  of_max_pool2d::check_bytes(d, r, side);
  garbage_indices(r, d, side);
}

void refuse_max_pool2d(Random* r) {
  float* f = untouchable<float>();
  int32_t* i = untouchable<int32_t>();
  const char* op = "max_pool2d: ";
  const D good = any_pool2d(r, true), bad = bad_pool2d(r);
  for (int n = 0; n < 4; n++) no_images(r, good);
  in_pool_case(bad, 0);
  REFUSED(op, quern_max_pool2d_forward, &bad, f, f, i);
  REFUSED(op, quern_max_pool2d_backward, &bad, f, i, f);
  REFUSES_NULLS(op, "rrr.", quern_max_pool2d_forward, &good, f, f, i);
  REFUSES_NULLS(op, "rrrr", quern_max_pool2d_backward, &good, f, i, f);
}

void attack_avg_pool2d(Random* r) {
  const D d = one_in(r, 6) ? any_line(r) : any_pool2d(r, one_in(r, 3));
  in_pool_case(d, 0);
  of_avg_pool2d::check_on(d, any_side(r), any_values(r), r->next());
  of_bytes::check_avg_pool2d(d, r, any_side(r));
  count_call("quern_avg_pool2d_bytes", QUERN_OK);
}

void refuse_avg_pool2d(Random* r) {
  float* f = untouchable<float>();
  const char* op = "avg_pool2d: ";
  const D good = any_pool2d(r, true), bad = bad_pool2d(r);
  in_pool_case(bad, 0);
  REFUSED(op, quern_avg_pool2d_forward, &bad, f, f);
  REFUSED(op, quern_avg_pool2d_backward, &bad, f, f);
  REFUSES_NULLS(op, "rrr", quern_avg_pool2d_forward, &good, f, f);
  REFUSES_NULLS(op, "rrr", quern_avg_pool2d_backward, &good, f, f);
  D bytes = good;
  bytes.src_type = bytes.dst_type = QUERN_U8;
  const D broken_bytes = broken(r, kByteFields, bytes);
  in_pool_case(broken_bytes, 0);
  const auto scale = static_cast<float>(bad_number(r));
  REFUSED(op, quern_avg_pool2d_bytes, &broken_bytes, f, 1, 0, f, 1, 0, 0, 255);
  REFUSED(op, quern_avg_pool2d_bytes, &bytes, f, scale, 0, f, 1, 0, 0, 255);
  REFUSED(op, quern_avg_pool2d_bytes, &bytes, f, 1, 0, f, scale, 0, 0, 255);
  REFUSED(op, quern_avg_pool2d_bytes, &bytes, f, 1, 256, f, 1, 0, 0, 255);
  REFUSES_NULLS(op, "rr..r....", quern_avg_pool2d_bytes, &bytes, f, 1, 0, f, 1, 0, 0, 255);
}
