// What the passes of convolution on the matrix unit share.
#pragma once

#include "conv2d_direct.h"

namespace quern {

constexpr int64_t kAmxMostTaps = 64;

int amx_backward_weights(const Conv2d& c, const float* src, const float* diff_dst, float* diff_weights,
                         float* diff_bias, void* memory, int64_t bytes);
int64_t amx_weights_workspace(const Conv2d& c);

}  // namespace quern
