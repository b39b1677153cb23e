package dev.quern.report.data;

import java.util.List;

/**
 * A network's table.
 *
 * @param inputs their names
 * @param layers each after those that feed it
 * @param multiplyAdds of one sample; -1 where its size is free
 */
public record NetworkData(
    String name, List<String> inputs, List<LayerData> layers, long parameters, long multiplyAdds) {
  /** Data for an unknown network. */
  public static final NetworkData NONE = new NetworkData("", List.of(), List.of(), 0, 0);

  public NetworkData {
    inputs = List.copyOf(inputs);
    layers = List.copyOf(layers);
    if (name == null) {
      throw new IllegalArgumentException("the network's name is missing");
    }
  }

  /**
   * A layer.
   *
   * @param output its shape
   */
  public record LayerData(
      String name,
      String type,
      List<String> inputs,
      String output,
      long parameters,
      long multiplyAdds) {
    public LayerData {
      inputs = List.copyOf(inputs);
      if (name == null || type == null || output == null) {
        throw new IllegalArgumentException("a layer's name, type or output is missing");
      }
    }
  }
}
