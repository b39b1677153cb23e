package dev.quern.bench.random;

import dev.quern.io.NetworkJson;
import dev.quern.network.Network;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Writes the networks to files, as {@code quern bench --net FILE} reads them.
 *
 * <p>RandomNetworks DIR [SEEDS]
 */
final class RandomNetworks {
  private RandomNetworks() {}

  public static void main(String[] args) throws IOException {
    Path dir = Files.createDirectories(Path.of(args[0]));
    int seeds = args.length > 1 ? Integer.parseInt(args[1]) : 5;
    for (String family : Family.all().keySet()) {
      for (int seed = 1; seed <= seeds; seed++) {
        Network network = Family.network(family, seed);
        Path file = write(dir, network);
        System.out.printf(
            "%s: %s, %d layers, %,d parameters, %,d multiply-adds, batch %d%n",
            file,
            network.input(),
            network.nodes().size(),
            network.parameterCount(),
            network.multiplyAdds(),
            BatchSize.of(network));
      }
    }
  }

  /** The network's file in that folder. */
  static Path write(Path dir, Network network) throws IOException {
    return Files.writeString(dir.resolve(network.name() + ".json"), NetworkJson.write(network));
  }
}
