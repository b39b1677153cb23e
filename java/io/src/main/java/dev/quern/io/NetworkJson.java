package dev.quern.io;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.quern.detect.DetectionTask;
import dev.quern.error.FormatException;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.ShapeException;
import dev.quern.internal.arguments.Heap;
import dev.quern.internal.arguments.Require;
import dev.quern.io.file.RegularFile;
import dev.quern.io.json.DetectionJson;
import dev.quern.io.json.Json;
import dev.quern.io.json.JsonFields;
import dev.quern.io.json.LayerCodecs;
import dev.quern.io.json.TaskJson;
import dev.quern.layer.CustomLayer;
import dev.quern.layer.Layer;
import dev.quern.network.Network;
import dev.quern.network.NetworkBuilder;
import dev.quern.network.Task;
import dev.quern.tensor.Shape;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Reading and writing of networks as JSON text, in separate files and inside saved models:
 *
 * <pre>{@code
 * {"name": "small", "input": [1, 28, 28], "layers": [
 *   {"name": "conv1", "type": "conv2d", "out_channels": 20, "kernel": 5},
 *   {"type": "relu"},
 *   {"type": "max_pool2d", "kernel": [2, 2]},
 *   {"type": "flatten"},
 *   {"type": "linear", "out_features": 10}]}
 * }</pre>
 *
 * {@code input} is the sample shape, {@code [C, H, W]}, {@code [C, L]} or {@code [F]}; null makes a
 * height or width dynamic, as in {@code [3, null, null]}. Each layer has a {@code type} and the
 * keys of that type. All types with their keys and defaults are listed in the manual
 * (java/manual/networks.md, "Layer table") and in {@link dev.quern.network.LayerTypes}; keys with a
 * default are optional. A size is one integer for both axes or {@code [height, width]}. The padding
 * of a window may also be {@code [left, right, top, bottom]}, and for {@code conv2d} also {@code
 * "same"}.
 *
 * <p>A layer without {@code name} is named after its type and a count, as in {@link
 * NetworkBuilder}. A layer's {@code inputs} lists the names of the layers whose outputs it reads,
 * or {@code "input"} for the network's input; the default is the preceding layer.
 *
 * <p>The type of a custom layer is the name under which it is registered with {@link Codecs}.
 *
 * <p>A network with several inputs has {@code "inputs": {"left": [3, 32, 32], "right": [8]}}
 * instead of {@code input}; if the first layer has no {@code inputs}, it reads the network's first
 * input. {@code "outputs": ["boxes", "classes"]} lists the layers whose outputs are the network's
 * outputs; the default is the last layer.
 *
 * <p>{@code "task"} is the task of the only output: the name of a {@link Task.Kind}, as in {@code
 * "task": "multi_label"}, or {@code {"type": "multi_label", "classes": ["cat", "dog"], "weight":
 * 1}}. {@code "tasks": {"boxes": "regression", "classes": "single_label"}} sets the tasks of
 * several outputs. A task may have a {@code loss}: the loss's type, or an object with the type and
 * the options that differ from their defaults; the default is the loss of the task's kind. The
 * losses, with their options in parentheses, are {@code cross_entropy} (label_smoothing,
 * class_weights, ignore_index), {@code bce_with_logits} (class_weights, pos_weights), {@code mse},
 * {@code huber} (delta), {@code dice} (smooth, ignore_index), {@code sigmoid_focal} (alpha, gamma),
 * {@code softmax_focal} (gamma, class_weights, ignore_index) and {@code box_iou} (generalized), all
 * with the further option {@code "reduction": "mean" | "sum"}; {@code point_loss} (alpha, gamma,
 * box_weight); and losses that the application has registered with {@link Codecs#loss}.
 *
 * <p>{@code "detection"} describes how outputs are decoded to boxes, by the type and the options of
 * a {@link dev.quern.detect.BoxDecoder}: {@code {"type": "decoded_boxes", "scores": "scores",
 * "boxes": "boxes", "background": 0, "classes": ["background", "face"], "nms": {"score": 0.7,
 * "iou": 0.3}}}. The types, with their options in parentheses and defaults after an equals sign,
 * are {@code decoded_boxes} (scores, boxes, form, fractions = true, function = as_they_are,
 * background = -1), {@code ssd_boxes} (scores, offsets, priors with four numbers each,
 * center_variance = 0.1, size_variance = 0.2, function = softmax, background = 0), {@code
 * yolo_heads} (heads, version = v5, values_last = false), {@code yolo_rows} (output, objectness =
 * false, rows_last = false), {@code yolo_pose} (output, key_points, visibility = true), {@code
 * yolo_seg} (output, prototypes) and {@code point_boxes} (levels, centerness = false, exp = false,
 * function = sigmoid). Each of the heads has an output, a stride and anchors with two numbers each;
 * each of the levels has a stride and outputs. The options of {@code nms} are score = 0.5, iou =
 * 0.5, candidates = 1000 and most = 100.
 *
 * <p>Unknown keys and types, values of the wrong kind, duplicate keys and integers outside 32 bits
 * are rejected.
 */
public final class NetworkJson {
  private static final String OPERATION = "network";

  private NetworkJson() {}

  /**
   * Parses a network description.
   *
   * @throws FormatException if the text is not a valid description, or refers to a name that is not
   *     registered with {@link Codecs}; the message names layer and key
   * @throws ShapeException if shapes of layers do not match; the message lists all problems
   */
  public static Network read(String text) {
    Require.present(OPERATION, "text", text);
    return Heap.within(OPERATION, () -> network(text));
  }

  private static Network network(String text) {
    JsonFields in = new JsonFields(OPERATION, Json.parse(OPERATION, text));
    String name = in.text("name");
    Map<String, Shape> inputs =
        in.has("inputs") ? in.freeShapes("inputs") : Map.of(Network.INPUT, in.freeShape("input"));
    List<JsonNode> layers = in.nodes("layers");
    List<String> outputs = in.texts("outputs", List.of());
    Map<String, Task> tasks = new LinkedHashMap<>();
    if (in.has("tasks")) {
      in.named("tasks")
          .forEach((o, t) -> tasks.put(o, TaskJson.read(OPERATION + ": task of " + o, t)));
    }
    Task task = in.has("task") ? TaskJson.read(OPERATION + ": task", in.node("task")) : null;
    DetectionTask detection =
        in.has("detection")
            ? DetectionJson.read(OPERATION + ": detection", in.node("detection"))
            : null;
    in.end();
    try {
      List<Network.Node> nodes = nodes(layers, inputs.keySet());
      Network made =
          new Network(name, inputs, nodes, outputs.isEmpty() ? last(nodes) : outputs, tasks);
      if (task != null && (!tasks.isEmpty() || made.outputs().size() > 1)) {
        throw in.wrong("task", "it requires one output; \"tasks\" is for several");
      }
      return (task == null ? made : made.withTask(task)).withDetection(detection);
    } catch (ShapeException e) {
      throw e;
    } catch (InvalidArgumentException e) {
      throw new FormatException(e.getMessage(), e);
    }
  }

  /**
   * Reads a network description from a file of at most 16 MiB of UTF-8 text. Throws the exceptions
   * of {@link #read} and:
   *
   * @throws dev.quern.error.NotFoundException if the file does not exist
   */
  public static Network load(Path file) {
    Require.present(OPERATION, "file", file);
    String text =
        Heap.within(
            OPERATION + ": " + file, () -> RegularFile.readText(OPERATION, file, Json.MAX_LENGTH));
    try {
      return read(text);
    } catch (FormatException e) {
      throw new FormatException(file + ": " + e.getMessage(), e);
    } catch (ShapeException e) {
      throw new ShapeException(file + ": " + e.getMessage());
    }
  }

  /**
   * Returns the JSON description from which {@link #read} builds an equal network: one line per
   * layer, without default values.
   *
   * @throws InvalidArgumentException if a {@link CustomLayer} is not registered with {@link Codecs}
   * @throws FormatException if a custom layer's codec throws, or returns a value without a JSON
   *     form
   */
  public static String write(Network network) {
    Require.present(OPERATION, "network", network);
    String head = "{\"name\": " + Json.NODES.textNode(network.name()) + ", " + inputs(network);
    if (!network.outputs().equals(last(network.nodes()))) {
      ArrayNode outputs = Json.NODES.arrayNode();
      network.outputs().forEach(outputs::add);
      head += ", \"outputs\": " + outputs;
    }
    head += tasks(network);
    if (network.detection() != null) {
      head += ", \"detection\": " + DetectionJson.write(network.detection());
    }
    List<ObjectNode> layers = new ArrayList<>();
    String before = network.inputs().keySet().iterator().next();
    for (Network.Node node : network.nodes()) {
      layers.add(line(node, before));
      before = node.name();
    }
    return layers.stream()
        .map(ObjectNode::toString)
        .collect(Collectors.joining(",\n  ", head + ", \"layers\": [\n  ", "]}\n"));
  }

  /** Returns the JSON of the tasks; empty if no output has a task. */
  private static String tasks(Network network) {
    ObjectNode all = Json.NODES.objectNode();
    network
        .tasks()
        .forEach(
            (output, task) -> {
              if (!task.equals(Task.plain())) {
                all.set(output, TaskJson.write(task));
              }
            });
    if (all.isEmpty()) {
      return "";
    }
    return network.outputs().size() == 1
        ? ", \"task\": " + all.elements().next()
        : ", \"tasks\": " + all;
  }

  private static String inputs(Network network) {
    if (network.inputs().keySet().equals(Set.of(Network.INPUT))) {
      return "\"input\": " + dims(network.input());
    }
    ObjectNode all = Json.NODES.objectNode();
    network.inputs().forEach((name, shape) -> all.set(name, dims(shape)));
    return "\"inputs\": " + all;
  }

  private static ArrayNode dims(Shape shape) {
    ArrayNode dims = Json.NODES.arrayNode();
    for (long d : shape.toArray()) {
      dims.add(d == Shape.FREE ? null : Long.valueOf(d));
    }
    return dims;
  }

  private static ObjectNode line(Network.Node node, String before) {
    ObjectNode out = Json.NODES.objectNode();
    out.put("name", node.name());
    LayerCodecs.write(OPERATION + ": layer " + node.name(), node.layer(), out);
    if (!node.inputs().equals(List.of(before))) {
      ArrayNode inputs = out.putArray("inputs");
      node.inputs().forEach(inputs::add);
    }
    return out;
  }

  private static List<String> last(List<Network.Node> nodes) {
    return nodes.isEmpty() ? List.of() : List.of(nodes.get(nodes.size() - 1).name());
  }

  private static List<Network.Node> nodes(List<JsonNode> layers, Set<String> inputs) {
    List<Network.Node> nodes = new ArrayList<>();
    Map<String, Integer> unnamed = new HashMap<>();
    Set<String> names = new HashSet<>();
    String before = inputs.stream().findFirst().orElse(Network.INPUT);
    for (JsonNode layer : layers) {
      Network.Node node = node(place(nodes.size() + 1, layer), layer, before, unnamed, names);
      nodes.add(node);
      names.add(node.name());
      before = node.name();
    }
    return nodes;
  }

  private static Network.Node node(
      String where, JsonNode json, String before, Map<String, Integer> unnamed, Set<String> taken) {
    JsonFields in = new JsonFields(where, json);
    String name = in.text("name", null);
    Layer layer = LayerCodecs.read(in);
    List<String> inputs = in.texts("inputs", List.of(before));
    in.end();
    if (name == null) { // a custom layer's type() is user code and may return any string
      String type = layer instanceof CustomLayer ? in.text("type") : layer.type();
      do {
        name = type + unnamed.merge(type, 1, Integer::sum);
      } while (taken.contains(name));
    }
    return new Network.Node(name, layer, inputs);
  }

  /** Returns the layer's position for messages, for example {@code network: layer 3 (conv2)}. */
  private static String place(int number, JsonNode layer) {
    String name = layer.path("name").asText("");
    return OPERATION + ": layer " + number + (name.isEmpty() ? "" : " (" + name + ")");
  }
}
