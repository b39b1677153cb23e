package dev.quern.network;

import dev.quern.detect.DetectionTask;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.ShapeException;
import dev.quern.internal.Names;
import dev.quern.internal.arguments.Require;
import dev.quern.internal.messages.NearNames;
import dev.quern.layer.Layer;
import dev.quern.tensor.Shape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Creates modified copies of a network: a part, a copy with another layer or head, or a copy at a
 * fixed size.
 */
final class Surgery {
  private final Network whole;
  private final Map<String, Network.Node> nodes = new HashMap<>();

  Surgery(Network whole) {
    this.whole = whole;
    whole.nodes().forEach(n -> nodes.put(n.name(), n));
  }

  /**
   * Returns the part of the network that computes {@code outputs}. The part starts at the layers
   * {@code from} or, without any, at the network's inputs.
   */
  Network part(List<String> from, List<String> outputs) {
    Set<String> begins = new LinkedHashSet<>(Require.all("network", "begin of a part", from));
    Set<String> ends = new LinkedHashSet<>(Require.all("network", "end of a part", outputs));
    begins.forEach(this::requireValue);
    ends.forEach(this::requireLayer);
    ends = ends.isEmpty() ? new LinkedHashSet<>(whole.outputs()) : ends;
    for (String end : ends) {
      if (begins.contains(end)) {
        throw refused("a part cannot both begin and end at " + end);
      }
    }
    Set<String> needed = needed(begins, ends);
    for (String begin : begins) {
      if (!needed.contains(begin)) {
        throw refused("no layer of a part that ends at " + ends + " reads " + begin);
      }
    }
    return part(needed, begins.isEmpty() ? whole.inputs().keySet() : begins, ends);
  }

  private Network part(Set<String> needed, Set<String> begins, Set<String> ends) {
    Map<String, Shape> inputs = new LinkedHashMap<>();
    begins.stream()
        .filter(needed::contains)
        .forEach(name -> inputs.put(name, whole.shapes().get(name)));
    List<Network.Node> kept =
        whole.nodes().stream()
            .filter(n -> needed.contains(n.name()) && !begins.contains(n.name()))
            .toList();
    return made(inputs, kept, List.copyOf(ends));
  }

  /**
   * Returns the names of all layers and inputs on which {@code ends} depend, back to {@code
   * begins}, including both sets.
   */
  private Set<String> needed(Set<String> begins, Set<String> ends) {
    Set<String> needed = new HashSet<>(ends);
    List<Network.Node> all = whole.nodes();
    for (int i = all.size() - 1; i >= 0; i--) { // a layer's inputs precede it
      Network.Node n = all.get(i);
      if (needed.contains(n.name()) && !begins.contains(n.name())) {
        needed.addAll(n.inputs());
      }
    }
    for (String input : whole.inputs().keySet()) {
      if (needed.contains(input) && !begins.isEmpty() && !begins.contains(input)) {
        throw refused(
            "a part from " + begins + " to " + ends + " also reads " + input + ": begin there too");
      }
    }
    return needed;
  }

  /** Returns the network with a node's layer replaced. */
  Network replace(String node, Layer layer) {
    requireLayer(Require.present("network", "layer name", node));
    Require.present("network: layer " + node, "description", layer);
    List<Network.Node> changed = new ArrayList<>();
    for (Network.Node n : whole.nodes()) {
      changed.add(n.name().equals(node) ? new Network.Node(node, layer, n.inputs()) : n);
    }
    return made(whole.inputs(), changed, whole.outputs());
  }

  /** Returns the network at fixed sizes of its inputs. */
  Network at(Map<String, Shape> sizes) {
    Map<String, Shape> all = Require.all("network", "sizes", sizes);
    if (!all.keySet().equals(whole.inputs().keySet())) {
      throw new InvalidArgumentException(
          "network "
              + whole.name()
              + ": sizes of "
              + all.keySet()
              + " do not match the inputs "
              + whole.inputs().keySet());
    }
    Map<String, Shape> ordered = new LinkedHashMap<>();
    whole
        .inputs()
        .forEach(
            (of, shape) -> {
              Shape size = all.get(of);
              if (size.isFree() || !shape.matches(size)) {
                throw new ShapeException(
                    "network "
                        + whole.name()
                        + ": size "
                        + size
                        + " must be fixed and match the input "
                        + shape);
              }
              ordered.put(of, size);
            });
    Network sized =
        withDetection(
            new Network(whole.name(), ordered, whole.nodes(), whole.outputs(), whole.tasks()),
            whole.detection());
    // a custom layer may return other shapes
    if (!List.copyOf(sized.state().entrySet()).equals(List.copyOf(whole.state().entrySet()))) {
      throw new ShapeException(
          "network "
              + whole.name()
              + ": the shapes of its weights must not depend on the input size, but change at size "
              + Graph.text(ordered.values()));
    }
    whole
        .shapes()
        .forEach(
            (name, free) -> {
              Shape shape = sized.shapes().get(name);
              if (!free.matches(shape)) {
                throw new ShapeException(
                    "network "
                        + whole.name()
                        + ": at size "
                        + Graph.text(ordered.values())
                        + ", layer "
                        + name
                        + " has shape "
                        + shape
                        + ", which contradicts the dynamic shape "
                        + free);
              }
            });
    return sized;
  }

  /**
   * Returns a network of the layers up to {@code after}, followed by a head. The task of a single
   * output is kept.
   */
  Network withHead(String after, Layer... head) {
    Require.present("network", "last layer", after);
    NetworkBuilder b = whole.upTo(after).toBuilder();
    for (Layer l : Require.present("network", "head", head)) {
      b.add(l);
    }
    Network made = b.build();
    return whole.isSingle() ? withTask(made, made.outputs().get(0), whole.task()) : made;
  }

  /**
   * Creates a network from nodes of the original network. Tasks of outputs that still exist are
   * kept.
   */
  private Network made(Map<String, Shape> inputs, List<Network.Node> kept, List<String> outputs) {
    Network made = new Network(whole.name(), inputs, kept, outputs);
    for (String output : outputs) {
      made = withTask(made, output, whole.tasks().getOrDefault(output, Task.plain()));
    }
    return withDetection(made, whole.detection());
  }

  /**
   * Returns the network with a detection task, without class names if their number differs. If the
   * shapes do not match, returns the network unchanged.
   */
  private static Network withDetection(Network made, @Nullable DetectionTask taskOrNull) {
    if (taskOrNull == null || !made.outputs().containsAll(taskOrNull.decoder().outputs())) {
      return made;
    }
    DetectionTask unnamed = new DetectionTask(taskOrNull.decoder(), List.of(), taskOrNull.nms());
    for (DetectionTask t : List.of(taskOrNull, unnamed)) {
      try {
        return made.withDetection(t);
      } catch (ShapeException e) {
        continue; // the shapes do not match
      }
    }
    return made;
  }

  /**
   * Returns the network with a task for an output, without class names if their number differs. If
   * the output's shape does not match, returns the network unchanged.
   */
  static Network withTask(Network made, String output, Task task) {
    for (Task t : List.of(task, task.withClasses(List.of()))) {
      try {
        return made.withTask(output, t);
      } catch (ShapeException e) {
        continue; // the shape does not match
      }
    }
    return made;
  }

  private void requireLayer(String name) {
    if (!nodes.containsKey(name)) {
      throw unknown("layer", name);
    }
  }

  private void requireValue(String name) {
    if (!whole.shapes().containsKey(name)) {
      throw unknown("layer or input", name);
    }
  }

  private InvalidArgumentException unknown(String what, String name) {
    List<String> all = whole.nodes().stream().map(Network.Node::name).toList();
    return refused("unknown " + what + " " + Names.shown(name) + NearNames.text(name, all));
  }

  private InvalidArgumentException refused(String why) {
    return new InvalidArgumentException("network " + whole.name() + ": " + why);
  }
}
