// Sums as the end of a convolution, which oneDNN has as a post-operation.
#pragma once

#include "network.h"

namespace peers {

/** Each sum in the later of its two convolutions, whose second input is what it adds before the ReLU. */
std::vector<Operator> with_sums(const std::vector<Operator>& operators);

}  // namespace peers
