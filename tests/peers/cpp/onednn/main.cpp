// oneDNN used directly: ReLU and sums as post-operations, weights reordered beforehand, memory reused.
#include "onednn/model.h"
#include "onednn/sums.h"
#include "program.h"

int main(int argc, char** argv) {
  return peers::program(argc, argv, [](const peers::Request& request, peers::Network& network) {
    std::vector<peers::Operator> operators = peers::with_sums(network.operators);
    peers::Floats ranges;
    if (request.int8) {
      peers::Model floats(operators, request.batch, network.images, false, {},
                          [&](const float* values, size_t count) { ranges.push_back(peers::largest(values, count)); });
    }
    return std::make_unique<peers::Model>(operators, request.batch, network.images, request.bf16, ranges);
  });
}
