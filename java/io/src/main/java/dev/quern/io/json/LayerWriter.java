package dev.quern.io.json;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Sides;
import dev.quern.tensor.Size;
import java.util.List;

/**
 * Writes one layer's keys in order; with a default as third argument, only a value that differs
 * from it.
 */
final class LayerWriter {
  private final ObjectNode out;

  LayerWriter(ObjectNode out) {
    this.out = out;
  }

  LayerWriter put(String key, int value) {
    out.put(key, value);
    return this;
  }

  LayerWriter put(String key, int value, int otherwise) {
    return value == otherwise ? this : put(key, value);
  }

  LayerWriter put(String key, boolean value, boolean otherwise) {
    if (value != otherwise) {
      out.put(key, value);
    }
    return this;
  }

  LayerWriter put(String key, float value, float otherwise) {
    if (value != otherwise) {
      out.put(key, value);
    }
    return this;
  }

  LayerWriter put(String key, String value, String otherwise) {
    if (!value.equals(otherwise)) {
      out.put(key, value);
    }
    return this;
  }

  LayerWriter put(String key, Size value) {
    if (value.height() == value.width()) {
      return put(key, value.height());
    }
    out.putArray(key).add(value.height()).add(value.width());
    return this;
  }

  LayerWriter put(String key, Shape value) {
    ArrayNode dims = out.putArray(key);
    for (long d : value.toArray()) {
      dims.add(d);
    }
    return this;
  }

  LayerWriter put(String key, List<Integer> values) {
    ArrayNode all = out.putArray(key);
    values.forEach(all::add);
    return this;
  }

  LayerWriter put(String key, float[] values) {
    ArrayNode all = out.putArray(key);
    for (float v : values) {
      all.add(v);
    }
    return this;
  }

  LayerWriter put(String key, Size value, Size otherwise) {
    return value.equals(otherwise) ? this : put(key, value);
  }

  /** Nothing where there is none. */
  LayerWriter padding(String key, Sides sides, boolean same) {
    if (same) {
      out.put(key, "same");
      return this;
    }
    return sides.isEven()
        ? put(key, sides.begin(), Size.of(0))
        : sides(key, sides.left(), sides.right(), sides.top(), sides.bottom());
  }

  LayerWriter sides(String key, int left, int right, int top, int bottom) {
    if (left == right && left == top && left == bottom) {
      return put(key, left);
    }
    out.putArray(key).add(left).add(right).add(top).add(bottom);
    return this;
  }
}
