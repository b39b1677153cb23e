// conv2d of bytes: windows, strides beyond the image, uneven padding, any zero points, bounds, scales that are no
// numbers, in memory that was asked for larger batches; and descriptors of bytes that hardly fit or do not.
#include "attacks.h"
#include "conv2d.h"
#include "conv2d_int8_check.h"

namespace {

using namespace of_conv2d_int8;
using D = quern_conv2d;
constexpr int64_t kMost = INT32_MAX;

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
                            {&D::inference, 1, 1, nullptr},
                            {&D::src_type, QUERN_U8, QUERN_U8, nullptr},
                            {&D::src_order, QUERN_NHWC, QUERN_NHWC, nullptr},
                            {&D::dst_order, QUERN_NHWC, QUERN_NHWC, nullptr},
                            {&D::src_zero, 0, 255, nullptr},
                            {&D::uneven_height, -kMost, kMost, nullptr},
                            {&D::uneven_width, -kMost, kMost, nullptr}};

// Many channels now and then: whole matrices of the matrix unit, and columns of the kernel apart.
D any_shape(Random* r) {
  D d = any_conv2d(r);
  if (one_in(r, 6)) {
    d = with(conv(r->between(0, 3), r->between(48, 140), r->between(1, 8), r->between(1, 8), r->between(1, 40), 1, 1),
             r->between(1, 3), r->between(0, 2));
    if (one_in(r, 2)) d.kernel_width = d.kernel_height = r->between(1, 1 + d.padding_width);
    d = pitched(d, any_gap(r), any_gap(r));
  }
  if (one_in(r, 12)) {  // one window, and a stride that leads anywhere
    d.stride_height = d.stride_width = one_in(r, 2) ? kMost : r->between(20, 3000);
  }
  if (one_in(r, 3)) {
    d.uneven_height = r->between(-std::min<int64_t>(d.padding_height, d.in_height), 3);
    d.uneven_width = r->between(-std::min<int64_t>(d.padding_width, d.in_width), 3);
  }
  return d;
}

D any_int8(Random* r, bool to_bytes) {
  D d{};
  do {
    d = bytes_of(any_shape(r), one_in(r, 2) ? 255 * r->between(0, 1) : r->between(0, 255), to_bytes);
  } while (out_height(d) == 0 || out_width(d) == 0);
  if (one_in(r, 3)) d.weights_type = QUERN_S16;
  return d;
}

// Bounds as of ReLU, and scales and shifts that no calibration gives.
void make_odd(Random* r, Problem* p) {
  static const float odd[] = {0.0f, -0.0f, -1.0f, 1e-45f, 3e38f, -3e38f, INFINITY, -INFINITY, NAN};
  if (one_in(r, 2)) p->post.low = p->how.to_bytes ? std::max(p->post.low, 0.0f) : 0.0f;
  if (one_in(r, 6)) p->post.high = p->post.low;
  if (!one_in(r, 3)) return;
  for (int64_t n = r->between(1, 4); n > 0; n--) {
    p->scale[r->between(0, p->d.out_channels - 1)] = one_of(r, odd);
    p->shift[r->between(0, p->d.out_channels - 1)] = one_of(r, odd);
  }
  if (one_in(r, 4)) p->post.add_scale = one_of(r, odd);
}

template <typename T>
void check(Random* r, const Problem& p, Guard side) {
  const int64_t more = one_in(r, 2) ? r->between(0, 40) : 0;
  int64_t chosen = -1;
  CHECK_OK(quern_conv2d_chosen(&p.d, QUERN_FORWARD, &chosen));
  for (const char* name : {"int8", "int8_depthwise"}) check_as<T>(p, name, side, more);
}

float* f() { return untouchable<float>(); }

void refused_by_all(const D& d, const quern_post_ops& post) {
  int64_t* size = untouchable<int64_t>();
  const char* op = "conv2d: ";
  REFUSED(op, quern_conv2d_chosen, &d, QUERN_FORWARD, size);
  REFUSED(op, quern_conv2d_packed_size, &d, size);
  REFUSED(op, quern_conv2d_pack, &d, f(), f());
  REFUSED(op, quern_conv2d_workspace, &d, size);
  REFUSED(op, quern_conv2d_forward, &d, f(), f(), nullptr, &post, f(), f(), INT64_MAX);
}

void hardly_fits(const D& d, const quern_post_ops& post) {
  int64_t packed = -1, bytes = -1;
  if (quern_conv2d_workspace(&d, &bytes) != QUERN_OK) return refused_by_all(d, post);
  CHECK_OK(quern_conv2d_packed_size(&d, &packed));
  CHECK(packed >= 0 && bytes >= 0);
}

void refuse_post(Random* r, const D& d, const quern_post_ops& good) {
  const auto refused = [&](const quern_post_ops& post) {
    REFUSED("conv2d: ", quern_conv2d_forward, &d, f(), f(), nullptr, &post, f(), f(), INT64_MAX);
  };
  quern_post_ops post = good;
  post.scale = nullptr;
  refused(post);
  post = good;
  post.shift = nullptr;
  refused(post);
  post = good;
  post.sums = post.pieces = untouchable<double>();
  refused(post);
  for (float quern_post_ops::*bound : {&quern_post_ops::low, &quern_post_ops::high}) {
    post = good;
    post.*bound = NAN;
    refused(post);
  }
  if (d.dst_type != QUERN_U8) return;
  for (int64_t quern_post_ops::*zero : {&quern_post_ops::dst_zero, &quern_post_ops::add_zero}) {
    post = good;
    post.*zero = one_in(r, 2) ? r->between(256, INT64_MAX) : r->between(INT64_MIN, -1);
    refused(post);
  }
  post = good;
  (one_in(r, 2) ? post.low : post.high) *= one_in(r, 2) ? 1e9f : INFINITY;
  if (post.low <= post.high && (post.low != good.low || post.high != good.high)) refused(post);
}

}  // namespace

void attack_conv2d_int8(Random* r) {
  const bool to_bytes = one_in(r, 2);
  const D d = any_int8(r, to_bytes);
  const Guard side = any_side(r);
  name_conv2d(d, -1);
  Problem p(d, {to_bytes, one_in(r, 2), r->between(0, 255), r->between(0, 255)}, side, r->next() >> 8);
  make_odd(r, &p);
  to_bytes ? check<uint8_t>(r, p, side) : check<float>(r, p, side);
}

void refuse_conv2d_int8(Random* r) {
  const bool to_bytes = one_in(r, 2);
  const D good = any_int8(r, to_bytes);
  name_conv2d(good, -1);
  const quern_post_ops post{f(), f(), nullptr, to_bytes ? -3.0f : -INFINITY, to_bytes ? 4.0f : 9.0f, nullptr, nullptr,
                            3,   0,   1};
  REFUSES_NULLS("conv2d: ", "rrr.rr..", quern_conv2d_forward, &good, f(), f(), nullptr, &post, f(), f(), INT64_MAX);
  REFUSED("conv2d: ", quern_conv2d_forward, &good, f(), f(), f(), &post, f(), f(), INT64_MAX);  // a bias
  REFUSED("conv2d: packed", quern_conv2d_pack, &good, f(), reinterpret_cast<char*>(f()) + r->between(1, 63));
  refuse_post(r, good, post);
  const D bad = broken(r, kFields, good);
  name_conv2d(bad, bad.implementation);
  refused_by_all(bad, post);
  for (int i = 0; i < 6; i++) {
    D hard = good;
    spoil(r, kFields, &hard);
    name_conv2d(hard, hard.implementation);
    hardly_fits(hard, post);
  }
  int64_t bytes = 0;
  CHECK_OK(quern_conv2d_workspace(&good, &bytes));
  if (bytes > 0) {
    REFUSED("conv2d: workspace", quern_conv2d_forward, &good, f(), f(), nullptr, &post, f(), f(),
            one_in(r, 2) ? r->between(INT64_MIN, 0) : r->between(0, 63));
    REFUSED("conv2d: workspace", quern_conv2d_forward, &good, f(), f(), nullptr, &post, f(), nullptr, bytes);
  }
  D other = good;
  other.weights_type = one_in(r, 2) ? QUERN_F32 : QUERN_F16;
  refused_by_all(other, post);
  other = good;
  other.dst_type = one_in(r, 2) ? QUERN_S8 : QUERN_BF16;
  refused_by_all(other, post);
  REFUSED("conv2d: ", quern_conv2d_backward_data, &good, f(), f(), f(), f(), INT64_MAX);
  REFUSED("conv2d: ", quern_conv2d_backward_weights, &good, f(), f(), f(), f(), f(), INT64_MAX);
}
