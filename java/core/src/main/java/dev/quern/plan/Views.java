package dev.quern.plan;

import dev.quern.data.Dataset;
import dev.quern.data.TestTimeAugmentation;
import dev.quern.internal.Require;
import dev.quern.network.Network;
import java.util.List;

/**
 * Several views of the same samples.
 *
 * @param weights one for each; their sum is 1
 */
public record Views(List<Sources> sources, List<Double> weights) {
  public static Views of(
      String operation, Network network, Dataset data, TestTimeAugmentation how) {
    Require.present(operation, "data", data);
    Require.present(operation, "views", how);
    double sum = how.views().stream().mapToDouble(TestTimeAugmentation.View::weight).sum();
    return new Views(
        how.views().stream()
            .map(v -> Sources.of(operation, network, TestTimeAugmentation.of(data, v)))
            .toList(),
        how.views().stream().map(v -> v.weight() / sum).toList());
  }
}
