package dev.quern.report.data;

import java.util.List;

/**
 * The layers of a network, as a table.
 *
 * @param inputs the names of the network's inputs
 * @param layers the layers in topological order
 * @param parameters the number of parameters
 * @param multiplyAdds the number of multiply-adds for one sample; -1 if the sample's size is
 *     dynamic
 */
public record NetworkData(
    String name, List<String> inputs, List<LayerData> layers, long parameters, long multiplyAdds) {
  /** The data of an unknown network. */
  public static final NetworkData NONE = new NetworkData("", List.of(), List.of(), 0, 0);

  public NetworkData {
    inputs = List.copyOf(inputs);
    layers = List.copyOf(layers);
    if (name == null) {
      throw new IllegalArgumentException("the network's name is missing");
    }
  }

  /**
   * A layer of the table.
   *
   * @param inputs the names of the layer's inputs
   * @param output the shape of the output as text
   * @param parameters the number of parameters
   * @param multiplyAdds the number of multiply-adds for one sample; -1 if the sample's size is
   *     dynamic
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
