// Reports a matrix unit, for tests whose kernels are compiled with tile_emulation.h.
#include "runtime/isa.h"

namespace quern {

bool has_matrix_unit() noexcept { return true; }

}  // namespace quern
