package dev.quern.io.json;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.quern.layer.FieldValues;
import dev.quern.layer.Layer;
import dev.quern.layer.LayerField;
import dev.quern.layer.LayerField.Padding;
import dev.quern.layer.LayerType;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Sides;
import dev.quern.tensor.Size;
import dev.quern.tensor.Size3;
import java.util.List;

/** The conversion of a layer's options to and from the keys of a JSON object. */
final class LayerOptions {
  private LayerOptions() {}

  /** Reads the values of all options; missing options have their default values. */
  static FieldValues read(LayerType<?> type, JsonFields in) {
    FieldValues values = new FieldValues();
    for (LayerField<?> field : type.fields()) {
      boolean said = field.otherwise() == null || in.has(field.name());
      Object value =
          said ? read(field, in) : in.skip(field.name(), field.otherwise().apply(values));
      values.put(field.name(), value);
    }
    return values;
  }

  private static Object read(LayerField<?> field, JsonFields in) {
    String key = field.name();
    return switch (field.kind()) {
      case INTEGER -> in.integer(key);
      case NUMBER -> in.number(key);
      case FLAG -> in.flag(key, false);
      case SIZE -> in.size(key);
      case SIZE3 -> in.size3(key);
      case SHAPE -> in.shape(key);
      case INTEGERS -> in.integers(key);
      case NUMBERS -> in.floats(key);
      case CHOICE -> in.one(field.choices().getEnumConstants(), key);
      case SIDES -> {
        int[] s = in.sides(key);
        yield new Sides(s[0], s[1], s[2], s[3]);
      }
      case PADDING -> new Padding(in.paddings(key, false), false);
      case PADDING_OR_SAME ->
          in.is(key, "same")
              ? new Padding(Sides.of(Size.of(0)), true)
              : new Padding(in.paddings(key, true), false);
    };
  }

  /** Writes the required options, and the options that differ from their defaults. */
  static <L extends Layer> void write(LayerType<L> type, Layer any, ObjectNode out) {
    L layer = type.layer().cast(any);
    FieldValues values = new FieldValues();
    for (LayerField<L> field : type.fields()) {
      Object value = field.of().apply(layer);
      boolean usual = field.otherwise() != null && value.equals(field.otherwise().apply(values));
      if (!usual) {
        write(field.name(), value, out);
      }
      values.put(field.name(), value);
    }
  }

  private static void write(String key, Object value, ObjectNode out) {
    if (value instanceof Integer i) {
      out.put(key, i);
    } else if (value instanceof Float f) {
      out.put(key, f);
    } else if (value instanceof Boolean b) {
      out.put(key, b);
    } else if (value instanceof Size s) {
      size(key, s, out);
    } else if (value instanceof Size3 s) {
      size3(key, s, out);
    } else if (value instanceof Shape s) {
      ArrayNode dims = out.putArray(key);
      for (long d : s.toArray()) {
        dims.add(d);
      }
    } else if (value instanceof List<?> list) {
      ArrayNode all = out.putArray(key);
      list.forEach(v -> all.add((Integer) v));
    } else if (value instanceof float[] numbers) {
      ArrayNode all = out.putArray(key);
      for (float v : numbers) {
        all.add(v);
      }
    } else if (value instanceof Enum<?> e) {
      out.put(key, JsonFields.text(e));
    } else if (value instanceof Sides s) {
      sides(key, s, out);
    } else if (value instanceof Padding p) {
      padding(key, p, out);
    } else {
      throw new IllegalStateException("layer: option " + key + " is a " + value.getClass());
    }
  }

  private static void size(String key, Size size, ObjectNode out) {
    if (size.height() == size.width()) {
      out.put(key, size.height());
    } else {
      out.putArray(key).add(size.height()).add(size.width());
    }
  }

  private static void size3(String key, Size3 size, ObjectNode out) {
    if (size.equals(Size3.of(size.depth()))) {
      out.put(key, size.depth());
    } else {
      out.putArray(key).add(size.depth()).add(size.height()).add(size.width());
    }
  }

  private static void sides(String key, Sides s, ObjectNode out) {
    if (s.left() == s.right() && s.left() == s.top() && s.left() == s.bottom()) {
      out.put(key, s.left());
    } else {
      out.putArray(key).add(s.left()).add(s.right()).add(s.top()).add(s.bottom());
    }
  }

  private static void padding(String key, Padding p, ObjectNode out) {
    if (p.same()) {
      out.put(key, "same");
    } else if (p.sides().isEven()) {
      size(key, p.sides().begin(), out);
    } else {
      sides(key, p.sides(), out);
    }
  }
}
