package dev.quern.network;

import dev.quern.error.InvalidArgumentException;
import dev.quern.error.LayerException;
import dev.quern.error.ShapeException;
import dev.quern.internal.Names;
import dev.quern.internal.arguments.Require;
import dev.quern.internal.arguments.UserCode;
import dev.quern.layer.CustomLayer;
import dev.quern.layer.Parameter;
import dev.quern.tensor.Shape;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;

/** Reads and validates the properties of a custom layer once, when a network is created. */
final class CustomChecks {
  /**
   * Maximum number of parameters of a custom layer, so that an endless list does not exhaust
   * memory.
   */
  private static final int MAX_PARAMETERS = 10_000;

  private CustomChecks() {}

  /**
   * Returns validated copies of a custom layer's properties.
   *
   * @throws InvalidArgumentException if a property is not valid, or if the layer throws this
   *     exception
   * @throws LayerException if the layer throws another exception
   */
  static Network.Facts facts(String node, CustomLayer layer, Shape input) {
    String type = type(node, layer);
    if (asked(node, layer, "merges", layer::merges)) {
      throw new ShapeException(type + ": a custom layer takes one input");
    }
    Shape out = asked(node, layer, "outputShape", () -> layer.outputShape(input));
    if (out.rank() == 0 || Inference.isEmpty(out)) {
      throw new ShapeException(type + ": output " + out + " is empty");
    }
    boolean bare = answer(node, layer, "buffers", () -> layer.buffers(input), List::isEmpty);
    if (!bare) {
      throw new InvalidArgumentException(type + ": a custom layer must not have buffers");
    }
    List<Parameter> parameters =
        answer(node, layer, "parameters", () -> layer.parameters(input), p -> checked(type, p));
    long multiplyAdds =
        input.isFree() ? 0 : asked(node, layer, "multiplyAdds", () -> layer.multiplyAdds(input));
    if (multiplyAdds < 0) {
      throw new InvalidArgumentException(
          type + ": multiply-adds " + multiplyAdds + " must be at least 0");
    }
    return new Network.Facts(type, input, out, parameters, List.of(), multiplyAdds);
  }

  static String type(String node, CustomLayer layer) {
    return asked(node, layer, "type", layer::type);
  }

  /**
   * Returns a validated copy of the parameters. Only the copy is used, because a custom list may
   * return different elements later.
   */
  private static List<Parameter> checked(String type, List<Parameter> parameters) {
    List<Parameter> copy = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (Parameter p : parameters) {
      check(type, Require.present(type, "parameter", p));
      if (!names.add(p.name())) {
        throw new InvalidArgumentException(type + ": two parameters are called " + p.name());
      }
      copy.add(p);
      if (copy.size() > MAX_PARAMETERS) {
        throw new InvalidArgumentException(
            type + ": the layer has more than " + MAX_PARAMETERS + " parameters");
      }
    }
    return List.copyOf(copy);
  }

  private static void check(String type, Parameter p) {
    String name = Require.present(type, "parameter name", p.name());
    if (!Names.isWord(name)) {
      throw new InvalidArgumentException(
          type + ": \"" + Names.shown(name) + "\" is not a parameter name (letters, digits and _)");
    }
    if (Require.present(type, "shape of " + name, p.shape()).elements() == 0) {
      throw new ShapeException(type + ": parameter " + name + " of " + p.shape() + " is empty");
    }
    if (p.fanIn() < 0 || !Float.isFinite(p.constant())) {
      throw new InvalidArgumentException(
          type
              + ": parameter "
              + name
              + " has fan-in "
              + p.fanIn()
              + " (must be at least 0) and constant "
              + p.constant()
              + " (must be finite)");
    }
  }

  /**
   * Calls a method of a custom layer and applies a function to its result. An exception from the
   * result, which may be a custom list, is treated like an exception from the layer.
   */
  private static <A, T> T answer(
      String node, CustomLayer layer, String what, Supplier<A> answer, Function<A, T> use) {
    return UserCode.ask(
        node,
        what,
        layer.getClass().getName(),
        () -> use.apply(Require.present(layer.getClass().getName(), what, answer.get())));
  }

  private static <T> T asked(String node, CustomLayer layer, String what, Supplier<T> answer) {
    return answer(node, layer, what, answer, a -> a);
  }
}
