package dev.quern.tests;

import com.fasterxml.jackson.databind.JsonNode;
import dev.quern.tensor.Size;
import dev.quern.tensor.Size3;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Which options of an operator a test sets, whatever to: for example {@code padding, stride}. */
final class OptionNames {
  /** What an operator cannot do without: sizes, and numbers that choose no code. */
  private static final Set<String> NO_OPTIONS =
      Set.of(
          "kernel",
          "axes",
          "scale",
          "shift",
          "min",
          "max",
          "exponent",
          "kind",
          "zero_point",
          "quant_min",
          "quant_max",
          "axis",
          "dims",
          "end",
          "indices",
          "index",
          "keep_dims",
          "keep_dim",
          "chunks",
          "start",
          "step",
          "to",
          "out_channels",
          "out_features",
          "output",
          "shape",
          "dim",
          "start_dim",
          "target",
          "training",
          "lr",
          "eps",
          "alpha",
          "negative_slope",
          "delta",
          "ns_coefficients",
          "ns_steps",
          "rest",
          "output_size",
          "scale_factor",
          "pads",
          "init",
          "k",
          "size",
          "betas",
          "beta1",
          "beta2");

  /** What an option is where nobody sets it, other than 0, false or nothing. */
  private static final Map<String, String> USUAL =
      Map.of(
          "stride", "1",
          "dilation", "1",
          "groups", "1",
          "num_parameters", "1",
          "windows", "1",
          "bias", "true",
          "affine", "true",
          "count_include_pad", "true",
          "reduction", "mean");

  private static final Set<String> OFF = Set.of("0", "0.0", "false", "null");

  private OptionNames() {}

  /** Of a layer, a loss or an optimizer. */
  static String of(Object description) {
    Map<String, String> values = new TreeMap<>();
    for (RecordComponent c : description.getClass().getRecordComponents()) {
      try {
        values.put(snakeCase(c.getName()), text(c.getAccessor().invoke(description)));
      } catch (ReflectiveOperationException e) {
        throw new AssertionError("component " + c + " of " + description, e);
      }
    }
    return names(values);
  }

  private static String snakeCase(String camelCase) {
    return camelCase.replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT);
  }

  private static String text(Object value) {
    if (value instanceof Size s) {
      return size(s.height(), s.width());
    }
    if (value instanceof Size3 s && s.equals(Size3.of(s.depth()))) {
      return Integer.toString(s.depth());
    }
    return String.valueOf(value).toLowerCase(Locale.ROOT);
  }

  private static String size(int height, int width) {
    return height == width ? Integer.toString(height) : height + "x" + width;
  }

  /** Of a recorded case. */
  static String of(JsonNode params) {
    Map<String, String> values = new TreeMap<>();
    params.fields().forEachRemaining(p -> values.put(p.getKey(), text(p.getValue())));
    return names(values);
  }

  private static String text(JsonNode value) {
    if (value.size() == 3) {
      String depth = value.get(0).asText();
      String plane = size(value.get(1).asInt(), value.get(2).asInt());
      return plane.equals(depth) ? depth : depth + "x" + plane;
    }
    return value.size() == 2 ? size(value.get(0).asInt(), value.get(1).asInt()) : value.asText();
  }

  private static String names(Map<String, String> values) {
    List<String> names = new ArrayList<>();
    values.forEach(
        (name, value) -> {
          if (!NO_OPTIONS.contains(name) && !isUsual(name, value, values.get("kernel"))) {
            names.add(value.equals("false") ? "no " + name : name);
          }
        });
    return String.join(", ", names);
  }

  /** Pools step by their kernel where nobody says otherwise; so may convolutions, by chance. */
  private static boolean isUsual(String name, String value, String kernel) {
    return USUAL.containsKey(name)
        ? value.equals(USUAL.get(name)) || (name.equals("stride") && value.equals(kernel))
        : OFF.contains(value);
  }
}
