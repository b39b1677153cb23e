package dev.quern.network;

import dev.quern.error.InvalidArgumentException;
import dev.quern.internal.Names;
import dev.quern.layer.Buffer;
import dev.quern.layer.CustomLayer;
import dev.quern.layer.Layer;
import dev.quern.layer.Parameter;
import dev.quern.tensor.Shape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Shape inference: calls each layer once, in order, with its input shapes, and collects all
 * problems.
 */
final class Inference {
  /** Maximum number of elements of a tensor, so that byte counts do not overflow. */
  private static final long MAX_ELEMENTS = 1L << 53;

  /** The shapes of inputs and layer outputs by name; null for a layer with a problem. */
  final Map<String, Shape> shapes = new HashMap<>();

  final Map<String, Network.Facts> facts = new LinkedHashMap<>();
  final Map<String, Parameter> parameters = new LinkedHashMap<>();
  final Map<String, Buffer> buffers = new LinkedHashMap<>();
  final List<String> problems = new ArrayList<>();
  private long elements;
  long multiplyAdds;

  Inference(Map<String, Shape> inputs, List<Network.Node> nodes, List<String> outputs) {
    if (nodes.isEmpty()) {
      problems.add("it has no layers");
    }
    if (inputs.isEmpty()) {
      problems.add("it has no inputs");
    }
    inputs.forEach(this::input);
    for (Network.Node n : nodes) {
      if (!Names.isPath(n.name())) {
        problems.add(noName("a layer", n.name()));
        shapes.putIfAbsent(n.name(), null);
      } else if (shapes.containsKey(n.name())) {
        problems.add("two layers are called " + n.name());
      } else {
        note(n, facts(n));
      }
    }
    outputs(outputs, nodes);
  }

  private void input(String name, Shape shape) {
    if (!Names.isPath(name)) {
      problems.add(noName("an input", name));
    }
    if (shape.isFree() && (shape.rank() != 3 || shape.isFree(0))) {
      problems.add(
          "input " + shape + " has dynamic dimensions other than the height and width of an image");
    } else if (isEmpty(shape)) {
      problems.add("input " + shape + " is empty");
    }
    shapes.put(name, shape);
  }

  /** Returns whether a fixed dimension is 0. */
  static boolean isEmpty(Shape shape) {
    for (int axis = 0; axis < shape.rank(); axis++) {
      if (!shape.isFree(axis) && shape.dim(axis) == 0) {
        return true;
      }
    }
    return false;
  }

  private void outputs(List<String> outputs, List<Network.Node> nodes) {
    if (outputs.isEmpty() && !nodes.isEmpty()) {
      problems.add("it has no outputs");
    }
    Set<String> layers = nodes.stream().map(Network.Node::name).collect(Collectors.toSet());
    Set<String> met = new HashSet<>();
    for (String name : outputs) {
      if (!layers.contains(name)) {
        problems.add("output " + Names.shown(name) + " is not a layer");
      } else if (!met.add(name)) {
        problems.add("output " + name + " is named twice");
      }
    }
  }

  private static String noName(String what, String name) {
    return "\""
        + Names.shown(name)
        + "\" is not "
        + what
        + " name (words of letters, digits, _ and -, separated by dots"
        + (name.length() > Names.LONGEST ? ", at most " + Names.LONGEST : "")
        + ")";
  }

  private void note(Network.Node n, Network.Facts f) {
    shapes.put(n.name(), f == null ? null : f.output());
    if (f == null) {
      return;
    }
    facts.put(n.name(), f);
    f.parameters().forEach(p -> parameters.put(n.name() + "." + p.name(), p));
    f.buffers().forEach(b -> buffers.put(n.name() + "." + b.name(), b));
    count(n, f);
  }

  private void count(Network.Node n, Network.Facts f) {
    boolean fits = elements <= MAX_ELEMENTS;
    f.parameters().forEach(p -> add(p.shape()));
    f.buffers().forEach(b -> add(b.shape()));
    if (fits && elements > MAX_ELEMENTS) {
      problems.add("layer " + n.name() + ": parameters up to it have more than 2^53 elements");
    }
    long own = f.multiplyAdds();
    if (multiplyAdds > Long.MAX_VALUE - own) {
      problems.add("layer " + n.name() + ": multiply-adds up to it are more than 2^63");
    } else {
      multiplyAdds += own;
    }
  }

  private void add(Shape tensor) {
    elements = Math.min(elements + tensor.elements(), MAX_ELEMENTS + 1);
  }

  /**
   * Returns the properties of a node; null if the node, or a node that it reads, has a problem. A
   * new problem is added to the list.
   */
  private Network.Facts facts(Network.Node n) {
    CustomLayer own = n.layer() instanceof CustomLayer c ? c : null;
    boolean merges = own == null && n.layer().merges();
    int count = n.inputs().size();
    if (merges ? count < 2 : count != 1) {
      problems.add(
          "layer "
              + n.name()
              + ": "
              + (own == null ? n.layer().type() : CustomChecks.type(n.name(), own))
              + " takes "
              + (merges ? "2 inputs or more" : "1 input")
              + ", not "
              + count);
      return null;
    }
    List<Shape> in = new ArrayList<>();
    for (String from : n.inputs()) {
      if (!shapes.containsKey(from)) {
        problems.add(
            "layer " + n.name() + ": its input " + Names.shown(from) + " is not a layer before it");
      }
      in.add(shapes.get(from));
    }
    return in.contains(null) ? null : facts(n, in);
  }

  private Network.Facts facts(Network.Node n, List<Shape> in) {
    try {
      return n.layer() instanceof CustomLayer own
          ? CustomChecks.facts(n.name(), own, in.get(0))
          : facts(n.layer(), in);
    } catch (InvalidArgumentException e) {
      problems.add(
          e.getMessage()
              + " (layer "
              + n.name()
              + ", input "
              + in.stream().map(Shape::toString).collect(Collectors.joining(" and "))
              + ")");
      return null;
    }
  }

  private static Network.Facts facts(Layer layer, List<Shape> in) {
    Shape out = layer.outputShape(in);
    Shape first = in.get(0);
    return new Network.Facts(
        layer.type(),
        first,
        out,
        List.copyOf(layer.parameters(in)),
        List.copyOf(layer.buffers(first)),
        in.stream().anyMatch(Shape::isFree) ? 0 : layer.multiplyAdds(in));
  }
}
