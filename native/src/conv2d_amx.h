// What the passes of convolution on the matrix unit share.
#pragma once

#include "conv2d_direct.h"

namespace quern {

constexpr int64_t kAmxMostTaps = 64;

// Inputs are copied; of an axis with one tap, only those that it reads. From one output to the next in the copy ...
inline int64_t amx_step(const DirectAxis& axis) { return axis.taps == 1 ? 1 : axis.stride; }
// ... how many inputs some outputs see there ...
inline int64_t amx_reach(const DirectAxis& axis, int64_t outputs) {
  return (outputs - 1) * amx_step(axis) + axis.reach();
}
// ... and the input at a place of the copy.
inline int64_t amx_input(const DirectAxis& axis, int64_t at) {
  return at * (axis.stride / amx_step(axis)) + axis.first;
}

int amx_backward_weights(const Conv2d& c, const float* src, const float* diff_dst, float* diff_weights,
                         float* diff_bias, void* memory, int64_t bytes);
int64_t amx_weights_workspace(const Conv2d& c);

}  // namespace quern
