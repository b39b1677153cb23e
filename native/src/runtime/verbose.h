// QUERN_VERBOSE=1: what ran, and how fast.
#pragma once

namespace quern {

bool verbose() noexcept;

// Operations a second of fused multiply-adds in registers, of one thread; measured once, in about 30 milliseconds.
double fma_peak() noexcept;

}  // namespace quern
