#include "kernels/unit.h"

namespace quern {
namespace QUERN_ISA_NAME {
namespace {

// each stands on those before it
// clang-format off
#include "kernels/simd.inc"
#include "kernels/tile_rows.inc"
#include "kernels/post.inc"
#include "kernels/conv_tiles.inc"
#include "kernels/im2col.inc"
#include "kernels/peak.inc"
// clang-format on

void conv_row(const ConvRow& row) { conv_rows_of<float>(row); }

}  // namespace

void fill_convolution(Kernels& table) noexcept {
  table.lanes = kLanes;
  table.widest = kWidest;
  table.most_vectors = kMostVectors;
  QUERN_CONVOLUTION_KERNELS(QUERN_FILL)
}

}  // namespace QUERN_ISA_NAME
}  // namespace quern
