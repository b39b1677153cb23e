// Numbers of half precision as they lie in memory. They are types of their own, so that neither is taken for the other
// or for an integer; runtime/halves.h makes them of floats.
#pragma once

#include <stdint.h>

namespace quern {

struct Bf16 {  // bfloat16
  uint16_t bits;
};
struct F16 {  // IEEE 754's binary16
  uint16_t bits;
};

}  // namespace quern
