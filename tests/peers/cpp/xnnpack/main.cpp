// XNNPACK, the CPU engine of TensorFlow Lite, used directly through its subgraphs.
#include <memory>

#include "program.h"
#include "xnnpack/model.h"

int main(int argc, char** argv) {
  return peers::program(argc, argv, [](const peers::Request& request, peers::Network& network) {
    peers::require(xnn_initialize(nullptr));
    pthreadpool_t pool = pthreadpool_create(request.threads);
    peers::Floats ranges;
    if (request.bf16) throw std::runtime_error("has no bf16 here");
    if (request.int8) {
      peers::Model floats(network, request.batch, {}, true, pool);
      floats.run();
      ranges = floats.ranges();
    }
    return std::make_unique<peers::Model>(network, request.batch, ranges, false, pool);
  });
}
