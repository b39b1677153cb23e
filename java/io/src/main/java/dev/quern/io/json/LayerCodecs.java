package dev.quern.io.json;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.quern.error.InvalidArgumentException;
import dev.quern.layer.CustomLayer;
import dev.quern.layer.Layer;
import dev.quern.layer.LayerType;
import dev.quern.network.LayerTypes;
import java.util.List;

/** Layers in network descriptions, by the options that their {@link LayerType}s name. */
public final class LayerCodecs {
  /** Registry of custom layers. */
  public static final CustomCodecs<CustomLayer> CUSTOM = new CustomCodecs<>("layer");

  private LayerCodecs() {}

  /**
   * The layer that {@code in} describes, its type and all of its keys; the caller ends {@code in}.
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

  /** The names of the built-in layers. */
  public static List<String> types() {
    return LayerTypes.all().stream().<String>map(LayerType::name).toList();
  }

  /**
   * Writes the layer's type and options to {@code out}.
   *
   * @param where the layer's place, for the message
   * @throws InvalidArgumentException for a custom layer that is not registered
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
