// Register tiles of convolution whose weights are of 16 bits: floats again as they are read, and all else in float32.
#pragma once

#include "kernels/kernels.h"

namespace quern {

struct HalfKernels {
  void (*bf16)(const ConvRow& row);
  void (*f16)(const ConvRow& row);
};

// The selected ones; NULL before quern_init.
const HalfKernels* half_kernels() noexcept;

}  // namespace quern
