// adaptive pooling, the pads, the upsamplings.
#include "adaptive_avg_pool2d_check.h"
#include "adaptive_max_pool2d_check.h"
#include "attacks.h"
#include "bytes_check.h"
#include "circular_pad2d_check.h"
#include "reflection_pad2d_check.h"
#include "replication_pad2d_check.h"
#include "upsample_bilinear2d_check.h"
#include "upsample_nearest2d_check.h"
#include "zero_pad2d_check.h"

namespace {

constexpr int64_t kMost = INT32_MAX;
using D = quern_resize2d;
const Field<D> kFields[] = {{&D::batch, 0, kMost, nullptr},
                            {&D::channels, 1, kMost, nullptr},
                            {&D::in_height, 1, kMost, nullptr},
                            {&D::in_width, 1, kMost, nullptr},
                            {&D::out_height, 1, kMost, nullptr},
                            {&D::out_width, 1, kMost, nullptr},
                            {&D::padding_top, 0, kMost, nullptr},
                            {&D::padding_left, 0, kMost, nullptr},
                            {&D::src_pitch, 1, kMost, &D::channels},
                            {&D::dst_pitch, 1, kMost, &D::channels},
                            {&D::src_type, QUERN_F32, QUERN_F32, nullptr},
                            {&D::dst_type, QUERN_F32, QUERN_F32, nullptr},
                            {&D::src_order, QUERN_NHWC, QUERN_NHWC, nullptr},
                            {&D::dst_order, QUERN_NHWC, QUERN_NHWC, nullptr},
                            {&D::align_corners, 0, 1, nullptr}};

void name_case(const D& d) {
  in_case("{batch %lld, channels %lld, in %lldx%lld, out %lldx%lld, padding %lldx%lld, src_pitch %lld, dst_pitch %lld}",
          (long long)d.batch, (long long)d.channels, (long long)d.in_height, (long long)d.in_width,
          (long long)d.out_height, (long long)d.out_width, (long long)d.padding_top, (long long)d.padding_left,
          (long long)d.src_pitch, (long long)d.dst_pitch);
}

// Without sizes of the output.
D any_input(Random* r) {
  D d = resize(one_in(r, 20) ? 0 : r->between(1, 4), any_channels(r), r->between(1, 9), r->between(1, 9), 1, 1);
  d.src_pitch += any_gap(r), d.dst_pitch += any_gap(r);
  return d;
}

D any_adaptive(Random* r) {
  D d = any_input(r);
  d.out_height = r->between(1, 10), d.out_width = r->between(1, 10);
  if (!one_in(r, 6)) return d;
  // few channels, and ratios of hundreds, to either side
  d = resize(r->between(1, 2), r->between(1, 5), 1, r->between(1, 300), 1, r->between(1, 300));
  if (one_in(r, 2)) std::swap(d.in_height, d.in_width), std::swap(d.out_height, d.out_width);
  d.src_pitch += any_gap(r), d.dst_pitch += any_gap(r);
  return d;
}

D any_padding(Random* r) {
  D d = any_input(r);
  d.padding_top = r->between(0, 4), d.padding_left = r->between(0, 4);
  d.out_height = d.in_height + d.padding_top + r->between(0, 4);
  d.out_width = d.in_width + d.padding_left + r->between(0, 4);
  return d;
}

D any_reflection(Random* r) {
  D d = any_input(r);
  d.padding_top = r->between(0, d.in_height - 1), d.padding_left = r->between(0, d.in_width - 1);
  d.out_height = d.in_height + d.padding_top + r->between(0, d.in_height - 1);
  d.out_width = d.in_width + d.padding_left + r->between(0, d.in_width - 1);
  return d;
}

D any_circular(Random* r) {
  D d = any_input(r);
  d.padding_top = r->between(0, d.in_height), d.padding_left = r->between(0, d.in_width);
  d.out_height = d.in_height + d.padding_top + r->between(0, d.in_height);
  d.out_width = d.in_width + d.padding_left + r->between(0, d.in_width);
  return d;
}

D any_upsampling(Random* r) {
  D d = any_input(r);
  d.out_height = d.in_height * r->between(1, 4), d.out_width = d.in_width * r->between(1, 4);
  return d;
}

// forward and backward as they are called, for the count.
struct Names {
  const char *op, *forward, *backward;
};

void attack(Random* r, const Resize2d& op, const Names& names, const D& d) {
  name_case(d);
  check_on(op, d, any_side(r));
  count_call(names.forward, QUERN_OK);
  count_call(names.backward, QUERN_OK);
}

void refused(const Resize2d& op, const Names& names, const D& d) {
  float* f = untouchable<float>();
  name_case(d);
  check_refusal(names.forward, names.op, op.forward(&d, f, f));
  check_refusal(names.backward, names.op, op.backward(&d, f, f));
}

// Of no images nothing is read or written, whatever the other fields are.
void no_images(Random* r, const Resize2d& op, const Names& names, D d) {
  float* f = untouchable<float>();
  d.batch = 0;
  spoil(r, kFields, &d);
  name_case(d);
  if (d.batch != 0) return;
  const int forward = op.forward(&d, f, f);
  if (forward != QUERN_OK) check_refusal(names.forward, names.op, forward);
  const int backward = op.backward(&d, f, f);
  if (backward != QUERN_OK) check_refusal(names.backward, names.op, backward);
  CHECK((forward == QUERN_OK) == (backward == QUERN_OK));
}

// One that hardly fits need not be refused; one of 2^54 elements or more must.
void refuse(Random* r, const Resize2d& op, const Names& names, const D& good) {
  float* f = untouchable<float>();
  name_case(good);
  for (int missing = 0; missing < 3; missing++) {
    const D* d = missing == 0 ? nullptr : &good;
    float *from = missing == 1 ? nullptr : f, *to = missing == 2 ? nullptr : f;
    check_refusal(names.forward, names.op, op.forward(d, from, to));
    check_refusal(names.backward, names.op, op.backward(d, from, to));
  }
  refused(op, names, broken(r, kFields, good));
  for (int n = 0; n < 3; n++) no_images(r, op, names, good);
  D wide = good;
  wide.in_height = wide.src_pitch = kMost;
  wide.batch = one_in(r, 2) ? kMost : 1;
  wide.in_width = r->between(1 << 20, kMost);
  refused(op, names, wide);
}

constexpr Names kAdaptive{"adaptive_avg_pool2d: ", "quern_adaptive_avg_pool2d_forward",
                          "quern_adaptive_avg_pool2d_backward"};
constexpr Names kZero{"zero_pad2d: ", "quern_zero_pad2d_forward", "quern_zero_pad2d_backward"};
constexpr Names kCrop{"crop2d: ", "quern_zero_pad2d_forward", "quern_crop2d"};
constexpr Names kReflection{"reflection_pad2d: ", "quern_reflection_pad2d_forward", "quern_reflection_pad2d_backward"};
constexpr Names kReplication{"replication_pad2d: ", "quern_replication_pad2d_forward",
                             "quern_replication_pad2d_backward"};
constexpr Names kCircular{"circular_pad2d: ", "quern_circular_pad2d_forward", "quern_circular_pad2d_backward"};
constexpr Names kBilinear{"upsample_bilinear2d: ", "quern_upsample_bilinear2d_forward",
                          "quern_upsample_bilinear2d_backward"};
constexpr Names kUpsample{"upsample_nearest2d: ", "quern_upsample_nearest2d_forward",
                          "quern_upsample_nearest2d_backward"};

}  // namespace

void attack_adaptive_avg_pool2d(Random* r) {
  const D d = any_adaptive(r);
  attack(r, of_adaptive_avg_pool2d::kOperator, kAdaptive, d);
  name_case(d);
  of_bytes::check_adaptive_avg_pool2d(d, r, any_side(r));
  count_call("quern_adaptive_avg_pool2d_bytes", QUERN_OK);
}
void refuse_adaptive_avg_pool2d(Random* r) {
  D d = any_adaptive(r);
  refuse(r, of_adaptive_avg_pool2d::kOperator, kAdaptive, d);
  float* f = untouchable<float>();
  const char* op = "adaptive_avg_pool2d: ";
  const auto scale = static_cast<float>(bad_number(r));
  REFUSED(op, quern_adaptive_avg_pool2d_bytes, &d, f, 1, 0, f, 1, 0, 0, 255);
  d.src_type = QUERN_U8;
  REFUSED(op, quern_adaptive_avg_pool2d_bytes, &d, f, scale, 0, f, 1, 0, 0, 255);
  REFUSED(op, quern_adaptive_avg_pool2d_bytes, &d, f, 1, 0, f, 1, -1, 0, 255);
  REFUSES_NULLS(op, "rr..r....", quern_adaptive_avg_pool2d_bytes, &d, f, 1, 0, f, 1, 0, 0, 255);
}

void attack_zero_pad2d(Random* r) {
  const D d = any_padding(r);
  attack(r, of_zero_pad2d::kOperator, kZero, d);
  attack(r, of_zero_pad2d::kCropping, kCrop, d);
}
void refuse_zero_pad2d(Random* r) {
  D d = any_padding(r);
  refuse(r, of_zero_pad2d::kOperator, kZero, d);
  d.padding_left += d.out_width - d.in_width + 1;
  refused(of_zero_pad2d::kOperator, kZero, d);
  check_refusal(kCrop.backward, kCrop.op, quern_crop2d(&d, untouchable<float>(), untouchable<float>()));
}

void attack_reflection_pad2d(Random* r) { attack(r, of_reflection_pad2d::kOperator, kReflection, any_reflection(r)); }
void refuse_reflection_pad2d(Random* r) {
  D d = any_reflection(r);
  refuse(r, of_reflection_pad2d::kOperator, kReflection, d);
  d.out_height = d.in_height + d.padding_top + d.in_height + r->between(0, 9);
  refused(of_reflection_pad2d::kOperator, kReflection, d);
}

void attack_upsample_nearest2d(Random* r) {
  const D d = any_upsampling(r);
  attack(r, of_upsample_nearest2d::kOperator, kUpsample, d);
  name_case(d);
  of_bytes::check_upsample_nearest2d(d, r, any_side(r));
}
void refuse_upsample_nearest2d(Random* r) {
  D d = any_upsampling(r);
  refuse(r, of_upsample_nearest2d::kOperator, kUpsample, d);
  d.in_height++;
  d.out_height = d.in_height * r->between(1, 4) + r->between(1, d.in_height - 1);
  refused(of_upsample_nearest2d::kOperator, kUpsample, d);
}

void attack_adaptive_max_pool2d(Random* r) {
  const D d = any_adaptive(r);
  name_case(d);
  const Guard side = any_side(r);
  const Values values = any_values(r);
  Image src(d.batch, d.in_height, d.in_width, d.channels, d.src_pitch, side);
  src.fill(r, values);
  of_adaptive_max_pool2d::check_on(d, src, values, side);
  Image diff_dst(d.batch, d.out_height, d.out_width, d.channels, d.dst_pitch, side);
  Guarded<int32_t> garbage(diff_dst.elements(), side);
  diff_dst.fill(r, values);
  for (int32_t& i : garbage) i = static_cast<int32_t>(r->next());
  CHECK_OK(quern_adaptive_max_pool2d_backward(&d, diff_dst.data(), garbage.data(), src.data()));
  CHECK(src.gaps_untouched());
}
void refuse_adaptive_max_pool2d(Random* r) {
  float* f = untouchable<float>();
  int32_t* i = untouchable<int32_t>();
  const char* op = "adaptive_max_pool2d: ";
  const D good = any_adaptive(r), bad = broken(r, kFields, good);
  name_case(bad);
  REFUSED(op, quern_adaptive_max_pool2d_forward, &bad, f, f, i);
  REFUSED(op, quern_adaptive_max_pool2d_backward, &bad, f, i, f);
  REFUSES_NULLS(op, "rrr.", quern_adaptive_max_pool2d_forward, &good, f, f, i);
  REFUSES_NULLS(op, "rrrr", quern_adaptive_max_pool2d_backward, &good, f, i, f);
}

void attack_replication_pad2d(Random* r) { attack(r, of_replication_pad2d::kOperator, kReplication, any_padding(r)); }
void refuse_replication_pad2d(Random* r) {
  D d = any_padding(r);
  refuse(r, of_replication_pad2d::kOperator, kReplication, d);
  d.padding_left += d.out_width - d.in_width + 1;
  refused(of_replication_pad2d::kOperator, kReplication, d);
}

void attack_circular_pad2d(Random* r) { attack(r, of_circular_pad2d::kOperator, kCircular, any_circular(r)); }
void refuse_circular_pad2d(Random* r) {
  D d = any_circular(r);
  refuse(r, of_circular_pad2d::kOperator, kCircular, d);
  d.out_height = d.in_height + d.padding_top + d.in_height + r->between(1, 9);
  refused(of_circular_pad2d::kOperator, kCircular, d);
}

void attack_upsample_bilinear2d(Random* r) {
  D d = one_in(r, 2) ? any_upsampling(r) : any_adaptive(r);
  d.align_corners = r->between(0, 1);
  attack(r, of_upsample_bilinear2d::kOperator, kBilinear, d);
}
void refuse_upsample_bilinear2d(Random* r) {
  refuse(r, of_upsample_bilinear2d::kOperator, kBilinear, any_upsampling(r));
}
