// Declarations for other operators that end with an activation.
#pragma once

#include "kernels/kernels.h"

namespace quern {

// Kind, type and coefficients; null is refused.
int check_activation(const quern_activation* activation) noexcept;

ActivationStep activation_step(const quern_activation& activation) noexcept;

// Whether the backward pass reads the output instead of the input.
bool activation_reads_dst(const quern_activation& activation) noexcept;

}  // namespace quern
