package dev.quern.io.json;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.quern.error.InvalidArgumentException;
import dev.quern.layer.CustomLayer;
import dev.quern.layer.Layer;
import dev.quern.layer.LayerType;
import dev.quern.network.LayerTypes;
import java.util.List;

/**
 * The conversion of layers to and from network descriptions, by the options of their {@link
 * LayerType}s.
 */
public final class LayerCodecs {
  /** The registry of custom layers. */
  public static final CustomCodecs<CustomLayer> CUSTOM = new CustomCodecs<>("layer");

  private LayerCodecs() {}

  /**
   * Creates the layer whose type and options {@code in} describes; afterwards the caller must call
   * {@code in.end()}.
   */
  public static Layer read(JsonFields in) {
    String name = in.text("type");
    LayerType<?> type = LayerTypes.find(name);
    if (type != null) {
      try {
        return type.make(LayerOptions.read(type, in));
      } catch (InvalidArgumentException e) {
        throw in.wrong(e.getMessage());
      }
    }
    CustomLayer own = CUSTOM.read(name, in);
    if (own == null) {
      throw in.wrong("type", CustomCodecs.unknown(name, types(), "Codecs.layer"));
    }
    return own;
  }

  /** Returns the names of the built-in layers. */
  public static List<String> types() {
    return LayerTypes.all().stream().<String>map(LayerType::name).toList();
  }

  /**
   * Writes the layer's type and options to {@code out}.
   *
   * @param where the layer's position, for messages
   * @throws InvalidArgumentException if a custom layer is not registered
   */
  public static void write(String where, Layer layer, ObjectNode out) {
    LayerType<?> type = LayerTypes.of(layer);
    if (type != null) {
      out.put("type", type.name());
      LayerOptions.write(type, layer, out);
    } else if (!CUSTOM.write(where, layer, out)) {
      throw new InvalidArgumentException(
          where
              + ": "
              + layer.getClass().getName()
              + " is a custom layer, which has no JSON form: register a codec for it with"
              + " Codecs.layer");
    }
  }
}
