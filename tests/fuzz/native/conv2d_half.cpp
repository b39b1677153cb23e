// conv2d in inference with weights of 16 bits, or with products of bfloat16: NaN, infinities and numbers below the
// normal ones among the weights and inputs; and descriptors that hardly fit or do not.
#include "attacks.h"
#include "conv2d.h"
#include "conv2d_check.h"

namespace {

using D = quern_conv2d;
constexpr int64_t kMost = INT32_MAX;

// NaN and infinity are put into one output channel's weights and into one image, and must stay there.
struct Specials {
  int64_t channel = -1, image = -1;
  bool spoils(const D& d, int64_t element) const {
    return element % d.out_channels == channel || element / d.out_channels / (out_height(d) * out_width(d)) == image;
  }
};

Specials draw_specials(Random* r, Conv2dProblem* p) {
  static const float special[] = {NAN, INFINITY, -INFINITY, 3e38f, -0.0f, 1e-45f};
  const D& d = p->d;
  const int64_t depth = weight_count(d) / d.out_channels;
  Specials s;
  if (one_in(r, 2)) {
    s.channel = r->between(0, d.out_channels - 1);
    for (int64_t n = r->between(1, 3); n > 0; n--) {
      p->weights[s.channel * depth + r->between(0, depth - 1)] = one_of(r, special);
    }
  }
  if (d.batch > 0 && one_in(r, 2)) {
    s.image = r->between(0, d.batch - 1);
    const int64_t pixels = d.in_height * d.in_width;
    for (int64_t n = r->between(1, 3); n > 0; n--) {
      p->src.at(s.image * pixels + r->between(0, pixels - 1), r->between(0, d.in_channels - 1)) = one_of(r, special);
    }
  }
  return s;
}

// Multiples of the least number of the type, whose products with integers are exact.
void make_tiny(Random* r, Conv2dProblem* p) {
  const int least = p->d.weights_type == QUERN_F16 ? -24 : -133;
  for (float& w : p->weights) w = std::ldexp(static_cast<float>(r->between(-7, 7)), least);
  for (float& b : p->bias) b = 0;
  p->compute();
}

void compare(const Conv2dProblem& p, const Image& got, const Specials& s, bool tiny) {
  const bool winograd = ran_transformed(), unit = ran("conv2d:amx") || ran("conv2d:bf16");
  if (tiny && unit) return;  // it takes numbers below the normal ones for 0
  const Tolerance tolerance(p.kind, winograd, p.dst);
  const double rounds = product_error(p.d);
  for (int64_t e = 0; e < got.elements(); e++) {
    if (s.spoils(p.d, e)) continue;
    const Sum& sum = p.dst[static_cast<size_t>(e)];
    const float value = got.at(e / got.c, e % got.c);
    // transformed weights below the normal numbers lose 2^-150 each, times what the transforms of inputs and outputs
    // make of it, summed over channels
    const double more = rounds * sum.magnitude + (winograd ? 0x1p-136 : 0);
    if (!tolerance.allows(value, sum) && !close_to(value, sum.value, more + tolerance.mixed + sum.tolerance())) {
      failed(__FILE__, __LINE__, "dst %lld: %.9g, not %.9g", (long long)e, value, sum.value);
    }
  }
  CHECK(got.gaps_untouched());
}

D any_half(Random* r) {
  D d = any_conv2d(r);
  d.inference = 1;
  const int64_t kind = r->between(0, 4);
  d.weights_type = kind < 2 ? QUERN_BF16 : kind < 4 ? QUERN_F16 : QUERN_F32;
  if (kind == 4 || one_in(r, 4)) d.precision = one_in(r, 2) ? QUERN_PRECISION_BF16 : QUERN_PRECISION_HIGH;
  return d;
}

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
                            {&D::inference, 1, 1, nullptr},
                            {&D::src_type, QUERN_F32, QUERN_F32, nullptr},
                            {&D::dst_type, QUERN_F32, QUERN_F32, nullptr},
                            {&D::src_zero, 0, 0, nullptr},
                            {&D::uneven_width, 0, 0, nullptr}};

void refused_by_all(const D& d) {
  float* f = untouchable<float>();
  int64_t* size = untouchable<int64_t>();
  REFUSED("conv2d: ", quern_conv2d_chosen, &d, QUERN_FORWARD, size);
  REFUSED("conv2d: ", quern_conv2d_packed_size, &d, size);
  REFUSED("conv2d: ", quern_conv2d_pack, &d, f, f);
  REFUSED("conv2d: ", quern_conv2d_workspace, &d, size);
  REFUSED("conv2d: ", quern_conv2d_forward, &d, f, f, f, nullptr, f, f, INT64_MAX);
}

}  // namespace

void attack_conv2d_half(Random* r) {
  const D d = any_half(r);
  const Guard side = any_side(r);
  const bool tiny = one_in(r, 5) && d.weights_type != QUERN_F32;
  Conv2dProblem p(d, tiny ? Values::Integers : any_values(r), side, r->next());
  if (tiny) make_tiny(r, &p);
  const Specials specials = !tiny && one_in(r, 3) ? draw_specials(r, &p) : Specials{};
  for (int64_t i = -1; i < conv2d_implementations(); i++) {
    if (i >= 0 && (!one_in(r, 2) || quern_conv2d_accepts(&d, QUERN_FORWARD, i) != QUERN_OK)) continue;
    name_conv2d(d, i);
    Outputs one(d, side), other(d, side);
    const Asked larger{d.batch + r->between(0, 30), static_cast<int>(r->between(1, 8))};
    run(p, i, 1, {d.batch, 1}, side, &one, one_in(r, 2) ? 8 : 64);
    compare(p, one.dst, specials, tiny);
    run(p, i, many_threads, larger, side, &other);
    CHECK(other.dst.same_bits(one.dst));
  }
}

void refuse_conv2d_half(Random* r) {
  float* f = untouchable<float>();
  D good = any_half(r);
  if (good.weights_type == QUERN_F32) good.weights_type = QUERN_BF16;  // in float32, training is no error
  name_conv2d(good, -1);
  REFUSES_NULLS("conv2d: ", "rrr..r..", quern_conv2d_forward, &good, f, f, f, nullptr, f, f, INT64_MAX);
  REFUSES_NULLS("conv2d: ", "rrr", quern_conv2d_pack, &good, f, f);
  REFUSED("conv2d: packed", quern_conv2d_pack, &good, f, reinterpret_cast<char*>(f) + r->between(1, 63));
  const D bad = broken(r, kFields, good);
  name_conv2d(bad, bad.implementation);
  refused_by_all(bad);
  for (int i = 0; i < 6; i++) {
    D hard = good;
    spoil(r, kFields, &hard);
    name_conv2d(hard, hard.implementation);
    int64_t packed = -1, bytes = -1;
    if (quern_conv2d_workspace(&hard, &bytes) != QUERN_OK) {
      refused_by_all(hard);
      continue;
    }
    CHECK_OK(quern_conv2d_packed_size(&hard, &packed));
    CHECK(packed >= 0 && bytes >= 0);
  }
  D training = good;
  training.inference = 0;
  refused_by_all(training);
  D other = good;
  other.weights_type = one_in(r, 2) ? QUERN_S8 : QUERN_S16;
  refused_by_all(other);
}
