package dev.quern.feed;

import dev.quern.data.Dataset;
import dev.quern.data.TestTimeAugmentation;
import dev.quern.error.ShapeException;
import dev.quern.internal.arguments.Require;
import dev.quern.network.Network;
import dev.quern.tensor.Shape;
import java.util.List;

/**
 * Several augmented views of the same samples, for test-time augmentation.
 *
 * @param weights the weight of each view; the sum of all weights is 1
 */
public record Views(List<NetworkData> sources, List<Double> weights) {
  public static Views of(
      String operation, Network network, Dataset data, TestTimeAugmentation how) {
    Require.present(operation, "data", data);
    Require.present(operation, "views", how);
    requireWhole(operation, network);
    double sum = how.views().stream().mapToDouble(TestTimeAugmentation.View::weight).sum();
    return new Views(
        how.views().stream()
            .map(v -> NetworkData.of(operation, network, TestTimeAugmentation.of(data, v)))
            .toList(),
        how.views().stream().map(v -> v.weight() / sum).toList());
  }

  /** Rejects networks that predict positions, because positions differ from view to view. */
  private static void requireWhole(String operation, Network network) {
    for (String output : network.outputs()) {
      Shape shape = network.shapes().get(output);
      boolean places = shape.rank() == 3 && shape.elements() > shape.dim(0);
      if (network.detection() != null || places) {
        throw new ShapeException(
            operation
                + ": output "
                + output
                + " of "
                + shape
                + " predicts positions in the image; test-time augmentation cannot map them back");
      }
    }
  }
}
