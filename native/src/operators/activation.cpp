#include <cfloat>
#include <cmath>

#include "kernels/kernels.h"
#include "runtime/checks.h"
#include "runtime/threads.h"

namespace quern {
namespace {

constexpr int64_t kGrain = 16384;  // elements, a multiple of the kernels' blocks

// Klambauer et al., "Self-Normalizing Neural Networks", 2017.
constexpr double kSeluAlpha = 1.6732632423543772848170429916717, kSeluScale = 1.0507009873554804934193349852946;

const char* name(int64_t kind) noexcept {
  static const char* const names[] = {"relu6", "leaky_relu", "elu",         "selu",    "gelu", "gelu",    "silu",
                                      "mish",  "hardswish",  "hardsigmoid", "sigmoid", "tanh", "softplus"};
  return kind >= QUERN_RELU6 && kind <= QUERN_SOFTPLUS ? names[kind] : nullptr;
}

// As a float it must still be a number.
int check_number(const char* op, const char* what, double value) noexcept {
  if (std::fabs(value) <= FLT_MAX) return QUERN_OK;
  return fail(QUERN_INVALID_ARGUMENT, "%s: %s %g is not a finite float", op, what, value);
}

int check(const quern_activation* d) noexcept {
  QUERN_TRY(check_pointers("activation", d != nullptr));
  const char* op = name(d->kind);
  if (op == nullptr) {
    return fail(QUERN_INVALID_ARGUMENT, "activation: kind %lld is not one of 0 to %d", static_cast<long long>(d->kind),
                QUERN_SOFTPLUS);
  }
  QUERN_TRY(check_type(op, "type", d->type));
  if (d->kind == QUERN_LEAKY_RELU) return check_number(op, "negative_slope", d->alpha);
  if (d->kind == QUERN_ELU) return check_number(op, "alpha", d->alpha);
  if (d->kind != QUERN_SOFTPLUS) return QUERN_OK;
  if (!(d->beta >= FLT_MIN && d->beta <= 1.0 / FLT_MIN)) {
    return fail(QUERN_INVALID_ARGUMENT, "softplus: beta %g is outside [%g, %g]", d->beta, FLT_MIN, 1.0 / FLT_MIN);
  }
  return check_number(op, "threshold", d->threshold);
}

int prepare(const quern_activation* d, bool pointers, int64_t n) noexcept {
  QUERN_TRY(check_initialized("activation"));
  QUERN_TRY(check(d));
  QUERN_TRY(check_pointers(name(d->kind), pointers));
  QUERN_TRY(check_elements(name(d->kind), n));
  ran(name(d->kind));
  return QUERN_OK;
}

ActivationStep step_of(const quern_activation& d) noexcept {
  const bool selu = d.kind == QUERN_SELU;
  ActivationStep s;
  s.kind = static_cast<quern_activation_kind>(d.kind);
  s.alpha = static_cast<float>(selu ? kSeluAlpha * kSeluScale : d.alpha);
  s.scale = selu ? static_cast<float>(kSeluScale) : 1.0f;
  s.beta = static_cast<float>(d.beta);
  s.inverse_beta = static_cast<float>(1 / d.beta);
  s.threshold = static_cast<float>(d.threshold);
  return s;
}

}  // namespace
}  // namespace quern

using namespace quern;

extern "C" int quern_activation_reads_dst(const quern_activation* activation, int64_t* reads_dst) noexcept {
  QUERN_TRY(check(activation));
  QUERN_TRY(check_pointers(name(activation->kind), reads_dst != nullptr));
  switch (activation->kind) {
    case QUERN_RELU6:
    case QUERN_SELU:
    case QUERN_SIGMOID:
    case QUERN_TANH:
      *reads_dst = 1;
      break;
    case QUERN_LEAKY_RELU:
    case QUERN_ELU:
      *reads_dst = activation->alpha >= 0;
      break;
    default:
      *reads_dst = 0;
  }
  return QUERN_OK;
}

extern "C" int quern_activation_forward(const quern_activation* activation, int64_t n, const void* src,
                                        void* dst) noexcept {
  QUERN_TRY(prepare(activation, src && dst, n));
  const ActivationStep step = step_of(*activation);
  parallel_ranges(n, kGrain, [&](int64_t begin, int64_t end) {
    kernels().activation_forward(step, end - begin, f32(src) + begin, f32(dst) + begin);
  });
  return QUERN_OK;
}

extern "C" int quern_activation_backward(const quern_activation* activation, int64_t n, const void* saved,
                                         const void* diff_dst, void* diff_src) noexcept {
  QUERN_TRY(prepare(activation, saved && diff_dst && diff_src, n));
  const ActivationStep step = step_of(*activation);
  parallel_ranges(n, kGrain, [&](int64_t begin, int64_t end) {
    kernels().activation_backward(step, end - begin, f32(saved) + begin, f32(diff_dst) + begin, f32(diff_src) + begin);
  });
  return QUERN_OK;
}
