package dev.quern.io.json;

import dev.quern.layer.Layer;
import java.util.function.BiConsumer;
import java.util.function.Function;

/**
 * How one type of layer stands in JSON.
 *
 * @param type the value of the key {@code type}
 * @param layer the record that holds it
 * @param reader makes the layer from its keys, defaults for those left out
 * @param writer writes the mandatory keys and those whose values differ from the default
 */
record LayerCodec<L extends Layer>(
    String type,
    Class<L> layer,
    Function<JsonFields, L> reader,
    BiConsumer<L, LayerWriter> writer) {

  void write(Layer any, LayerWriter out) {
    writer.accept(layer.cast(any), out);
  }
}
