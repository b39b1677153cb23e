package dev.quern;

import dev.quern.error.InvalidArgumentException;
import dev.quern.error.LayerException;
import dev.quern.error.ShapeException;
import dev.quern.internal.Require;
import dev.quern.layer.CustomLayer;
import dev.quern.layer.Parameter;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/** What a network asks of a layer of the user's own before it believes its shapes. */
final class CustomChecks {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_]+");

  private CustomChecks() {}

  /**
   * The layer's output shape, with its parameters checked as well.
   *
   * @throws InvalidArgumentException if shapes or parameters cannot be, or the layer itself says so
   * @throws LayerException if the layer throws anything else
   */
  static Shape outputShape(String node, CustomLayer layer, Shape input) {
    String type = asked(node, layer, "type", layer::type);
    if (asked(node, layer, "merges", layer::merges)) {
      throw new ShapeException(type + ": a custom layer takes one input");
    }
    Shape out = asked(node, layer, "outputShape", () -> layer.outputShape(input));
    if (out.rank() == 0 || out.elements() == 0) {
      throw new ShapeException(type + ": output " + out + " is empty");
    }
    if (!asked(node, layer, "buffers", () -> layer.buffers(input)).isEmpty()) {
      throw new InvalidArgumentException(type + ": a custom layer has no buffers");
    }
    checkParameters(type, asked(node, layer, "parameters", () -> layer.parameters(input)));
    return out;
  }

  private static void checkParameters(String type, List<Parameter> parameters) {
    Set<String> names = new HashSet<>();
    for (Parameter p : parameters) {
      Require.present(type, "parameter", p);
      String name = Require.present(type, "parameter name", p.name());
      if (!NAME.matcher(name).matches()) {
        throw new InvalidArgumentException(
            type + ": \"" + name + "\" is not a parameter name (letters, digits and _)");
      }
      if (!names.add(name)) {
        throw new InvalidArgumentException(type + ": two parameters are called " + name);
      }
      if (Require.present(type, "shape of " + name, p.shape()).elements() == 0) {
        throw new ShapeException(type + ": parameter " + name + " of " + p.shape() + " is empty");
      }
      if (p.fanIn() < 0 || !Float.isFinite(p.constant())) {
        throw new InvalidArgumentException(
            type
                + ": parameter "
                + name
                + " has fan in "
                + p.fanIn()
                + ", constant "
                + p.constant());
      }
    }
  }

  private static <T> T asked(String node, CustomLayer layer, String what, Supplier<T> answer) {
    T value;
    try {
      value = answer.get();
    } catch (InvalidArgumentException e) {
      throw e; // the layer's own rule, reported beside those of other layers
    } catch (RuntimeException e) {
      throw new LayerException(
          "layer " + node + ": " + what + " of " + layer.getClass().getName() + " threw " + e, e);
    }
    return Require.present(layer.getClass().getName(), what, value); // some have no simple name
  }
}
