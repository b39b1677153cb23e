package dev.quern.report.data;

import java.util.List;

/**
 * The table of a network's layers.
 *
 * @param inputs the names of the inputs
 * @param layers the layers, each after the layers that it reads
 * @param multiplyAdds the multiply-adds of one sample; -1 if its size is dynamic
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
   * @param output the shape of the output as text
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
