// conv2d: descriptors that hardly fit or do not, null pointers, workspaces that are too small.
#include "attacks.h"
#include "conv2d.h"
#include "conv2d_check.h"

namespace {

constexpr int64_t kMost = INT32_MAX;
using D = quern_conv2d;
const Field<D> kFields[] = {{&D::batch, 0, kMost, nullptr},
                            {&D::in_channels, 1, kMost, nullptr},
                            {&D::in_height, 1, kMost, nullptr},
                            {&D::in_width, 1, kMost, nullptr},
                            {&D::out_channels, 1, kMost, nullptr},
                            {&D::kernel_height, 1, kMost, nullptr},
                            {&D::kernel_width, 1, kMost, nullptr},
                            {&D::stride_height, 1, kMost, nullptr},
                            {&D::stride_width, 1, kMost, nullptr},
                            {&D::padding_height, 0, kMost, nullptr},
                            {&D::padding_width, 0, kMost, nullptr},
                            {&D::dilation_height, 1, kMost, nullptr},
                            {&D::dilation_width, 1, kMost, nullptr},
                            {&D::groups, 1, kMost, nullptr},
                            {&D::src_pitch, 1, kMost, &D::in_channels},
                            {&D::dst_pitch, 1, kMost, &D::out_channels},
                            {&D::implementation, -1, conv2d_implementations() - 1, nullptr},
                            {&D::precision, 0, 3, nullptr},
                            {&D::inference, 0, 1, nullptr},
                            {&D::src_type, QUERN_F32, QUERN_F32, nullptr},
                            {&D::weights_type, QUERN_F32, QUERN_F32, nullptr},
                            {&D::dst_type, QUERN_F32, QUERN_F32, nullptr},
                            {&D::src_order, QUERN_NHWC, QUERN_NCHW, nullptr},
                            {&D::dst_order, QUERN_NHWC, QUERN_NHWC, nullptr},
                            {&D::src_zero, 0, 0, nullptr},
                            {&D::uneven_height, 0, 0, nullptr},
                            {&D::uneven_width, 0, 0, nullptr}};

// Every function must refuse it, before it touches a buffer.
void refused_by_all(const D& d) {
  float* f = untouchable<float>();
  int64_t* size = untouchable<int64_t>();
  const char* op = "conv2d: ";
  for (int64_t pass = QUERN_FORWARD; pass <= QUERN_BACKWARD_WEIGHTS; pass++) {
    REFUSED(op, quern_conv2d_chosen, &d, pass, size);
  }
  REFUSED(op, quern_conv2d_packed_size, &d, size);
  REFUSED(op, quern_conv2d_pack, &d, f, f);
  REFUSED(op, quern_conv2d_workspace, &d, size);
  REFUSED(op, quern_conv2d_piece_sums, &d, size);
  REFUSED(op, quern_conv2d_forward, &d, f, f, f, nullptr, f, f, INT64_MAX);
  REFUSED(op, quern_conv2d_backward_data, &d, f, f, f, f, INT64_MAX);
  REFUSED(op, quern_conv2d_backward_weights, &d, f, f, f, f, f, INT64_MAX);
}

// What hardly fits is taken or refused by all alike, and its sizes are none that wrapped.
void hardly_fits(const D& d) {
  int64_t chosen = -1, packed = -1, bytes = -1;
  if (quern_conv2d_chosen(&d, QUERN_FORWARD, &chosen) != QUERN_OK) return refused_by_all(d);
  CHECK_OK(quern_conv2d_packed_size(&d, &packed));
  CHECK_OK(quern_conv2d_workspace(&d, &bytes));
  CHECK(chosen >= 0 && packed >= 0 && bytes >= 0);
}

void nulls(const D& d) {
  float* f = untouchable<float>();
  int64_t* size = untouchable<int64_t>();
  const char* op = "conv2d: ";
  REFUSES_NULLS(op, "r..", quern_conv2d_accepts, &d, QUERN_FORWARD, 0);
  REFUSES_NULLS(op, "r.r", quern_conv2d_chosen, &d, QUERN_FORWARD, size);
  REFUSES_NULLS(op, "rr", quern_conv2d_packed_size, &d, size);
  REFUSES_NULLS(op, "rrr", quern_conv2d_pack, &d, f, f);
  REFUSES_NULLS(op, "rr", quern_conv2d_workspace, &d, size);
  REFUSES_NULLS(op, "rr", quern_conv2d_piece_sums, &d, size);
  REFUSES_NULLS(op, "rrr..r..", quern_conv2d_forward, &d, f, f, f, nullptr, f, f, INT64_MAX);
  REFUSES_NULLS(op, "rrrr..", quern_conv2d_backward_data, &d, f, f, f, f, INT64_MAX);
  REFUSES_NULLS(op, "rrrr...", quern_conv2d_backward_weights, &d, f, f, f, f, f, INT64_MAX);
}

void post_ops(Random* r, const D& d) {
  float* f = untouchable<float>();
  double* sums = untouchable<double>();
  const float low = r->real();
  const quern_post_ops bad[] = {{f, nullptr, nullptr, 0, 1, nullptr, nullptr},
                                {nullptr, f, nullptr, 0, 1, nullptr, nullptr},
                                {nullptr, nullptr, f, 0, 1, nullptr, nullptr},  // where dst is
                                {nullptr, nullptr, nullptr, 0, 1, sums, nullptr},
                                {nullptr, nullptr, nullptr, 0, 1, nullptr, sums},
                                {nullptr, nullptr, nullptr, low, low - 1, nullptr, nullptr},
                                {nullptr, nullptr, nullptr, NAN, low, nullptr, nullptr},
                                {nullptr, nullptr, nullptr, low, NAN, nullptr, nullptr}};
  for (const quern_post_ops& post : bad) {
    REFUSED("conv2d: ", quern_conv2d_forward, &d, f, f, f, &post, f, f, INT64_MAX);
  }
}

// Nobody wrote there.
bool untouched(const Image& image) {
  for (int64_t e = 0; e < image.elements(); e++) {
    if (!std::isnan(image.at(e / image.c, e % image.c))) return false;
  }
  return true;
}

// A pass may do with less than all three; what it is given ends at an unmapped page. It gives the right answer or
// refuses, and then writes nothing.
void small_workspaces(Random* r, const D& d, int64_t implementation) {
  const Guard side = any_side(r);
  const Conv2dProblem p(d, Values::Integers, side, r->next());
  D forced = d;
  forced.implementation = implementation;
  int64_t packed_bytes = 0, bytes = 0;
  CHECK_OK(quern_conv2d_packed_size(&forced, &packed_bytes));
  CHECK_OK(quern_conv2d_workspace(&forced, &bytes));
  if (bytes == 0) return;
  Packed packed(packed_bytes, side);
  CHECK_OK(quern_conv2d_pack(&forced, p.weights.data(), packed.data()));
  const void* weights = packed.or_plain(p.weights.data());
  const int64_t given = one_in(r, 2) ? bytes - 1 : r->between(0, bytes - 1) / 64 * 64;
  Guarded<char> memory(given, side, 64);
  Image dst(d.batch, out_height(d), out_width(d), d.out_channels, d.dst_pitch, side);
  Image diff_src(d.batch, d.in_height, d.in_width, d.in_channels, d.src_pitch, side);
  const auto answered = [](int status, const Image& image) {
    if (status != QUERN_OK) check_refusal("quern_conv2d_forward", "conv2d: workspace", status);
    if (status != QUERN_OK) CHECK(untouched(image));
    return status == QUERN_OK;
  };
  name_conv2d(forced, implementation);
  if (answered(quern_conv2d_forward(&forced, p.src.data(), weights, p.bias.data(), nullptr, dst.data(), memory.data(),
                                    given),
               dst)) {
    compare_images("dst", dst, p.dst, Tolerance(p.kind, ran_transformed(), p.dst));
  }
  if (answered(quern_conv2d_backward_data(&forced, p.diff_dst.data(), weights, diff_src.data(), memory.data(), given),
               diff_src)) {
    compare_images("diff_src", diff_src, p.diff_src, Tolerance(p.kind, ran_transformed(), p.diff_src));
  }
}

void shapes(Random* r, D d) {
  const int64_t kind = r->between(0, 2);
  if (kind == 0) d.groups = d.in_channels + r->between(1, 9);
  if (kind == 1) d.kernel_height = d.in_height + 2 * d.padding_height + r->between(1, 9);
  if (kind == 2) d.kernel_width = 2, d.dilation_width = d.in_width + 2 * d.padding_width;
  name_conv2d(d, -1);
  refused_by_all(d);
}

}  // namespace

void refuse_conv2d(Random* r) {
  const D good = any_conv2d(r);
  name_conv2d(good, -1);
  nulls(good);
  post_ops(r, good);
  const D bad = broken(r, kFields, good);
  name_conv2d(bad, bad.implementation);
  refused_by_all(bad);
  const int64_t no_pass =
      one_in(r, 2) ? r->between(QUERN_BACKWARD_WEIGHTS + 1, INT64_MAX) : -1 - r->between(0, INT64_MAX);
  REFUSED("conv2d: ", quern_conv2d_accepts, &good, no_pass, 0);
  REFUSED("conv2d: ", quern_conv2d_chosen, &good, no_pass, untouchable<int64_t>());
  REFUSED("conv2d: ", quern_conv2d_accepts, &good, QUERN_FORWARD,
          one_in(r, 2) ? r->between(conv2d_implementations(), INT64_MAX) : -1 - r->between(0, INT64_MAX));
  shapes(r, good);
  D hard = good;
  for (int i = 0; i < 4; i++) {
    spoil(r, kFields, &hard);
    name_conv2d(hard, hard.implementation);
    hardly_fits(hard);
    hard = good;
  }
  for (int64_t i = 0; i < conv2d_implementations(); i++) {
    if (quern_conv2d_accepts(&good, QUERN_FORWARD, i) == QUERN_OK) small_workspaces(r, good, i);
  }
}
