// Says that there is a matrix unit, which tests with the kernels of tile_emulation.h have.
#include "runtime/isa.h"

namespace quern {

bool has_matrix_unit() noexcept { return true; }

}  // namespace quern
