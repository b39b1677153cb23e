package dev.quern.io;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.quern.io.json.Json;
import dev.quern.io.json.JsonFields;
import dev.quern.io.json.LayerCodecs;
import dev.quern.layer.Layer;

/** A layer as the text that stands for it in a network's description. */
final class OneLayer {
  private OneLayer() {}

  static String write(Layer layer) {
    ObjectNode out = Json.NODES.objectNode();
    LayerCodecs.write("layer", layer, out);
    return out.toString();
  }

  static Layer read(String text) {
    JsonFields in = new JsonFields("layer", Json.parse("layer", text));
    Layer layer = LayerCodecs.read(in);
    in.end();
    return layer;
  }
}
