// QUERN_VERBOSE=1: prints the implementation that ran, and its speed.
#pragma once

namespace quern {

bool verbose() noexcept;

// Operations per second of fused multiply-adds in registers on one thread; measured once, in about 30 milliseconds.
double fma_peak() noexcept;

}  // namespace quern
