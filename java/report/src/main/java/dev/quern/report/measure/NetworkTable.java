package dev.quern.report.measure;

import dev.quern.network.Network;
import dev.quern.report.data.NetworkData;
import java.util.ArrayList;
import java.util.List;

/** Creates the table of a network's layers. */
public final class NetworkTable {
  private NetworkTable() {}

  public static NetworkData of(Network network) {
    List<NetworkData.LayerData> layers = new ArrayList<>();
    for (Network.Node n : network.nodes()) {
      Network.Facts facts = network.facts(n.name());
      layers.add(
          new NetworkData.LayerData(
              n.name(),
              facts.type(),
              n.inputs(),
              facts.output().toString(),
              facts.parameters().stream().mapToLong(p -> p.shape().elements()).sum(),
              network.isFree() ? -1 : facts.multiplyAdds()));
    }
    return new NetworkData(
        network.name(),
        List.copyOf(network.inputs().keySet()),
        layers,
        network.parameterCount(),
        network.isFree() ? -1 : network.multiplyAdds());
  }
}
