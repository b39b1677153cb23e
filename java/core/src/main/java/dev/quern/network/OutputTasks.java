package dev.quern.network;

import dev.quern.detect.DetectionTask;
import dev.quern.error.InvalidArgumentException;
import dev.quern.internal.Names;
import dev.quern.internal.arguments.Require;
import dev.quern.tensor.Shape;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Validates the tasks of a network's outputs. */
final class OutputTasks {
  private OutputTasks() {}

  /**
   * Returns a task for each output, in order.
   *
   * @param network the network's name, for messages
   * @param given tasks by output name; missing outputs get {@link Task#plain}
   * @throws InvalidArgumentException if an output does not exist
   * @throws ShapeException if an output's shape does not match its task
   */
  static Map<String, Task> of(String network, Graph graph, Map<String, Task> given) {
    Map<String, Task> known = Require.all("network " + network, "tasks", given);
    known.keySet().forEach(output -> requireOutput(network, graph.outputs, output));
    Map<String, Task> all = new LinkedHashMap<>();
    for (String output : graph.outputs) {
      Task task = known.getOrDefault(output, Task.plain());
      task.requireFit(output, graph.shapes.get(output));
      all.put(output, task);
    }
    return Collections.unmodifiableMap(all);
  }

  /**
   * Returns the tasks of a network, with the task of one output replaced.
   *
   * @throws InvalidArgumentException if the output does not exist
   */
  static Map<String, Task> with(Network network, String output, Task task) {
    requireOutput(network.name(), network.outputs(), output);
    Map<String, Task> all = new LinkedHashMap<>(network.tasks());
    all.put(output, Require.present("network", "task", task));
    return all;
  }

  /** Checks that a detection task can decode the network's outputs. */
  static void requireFit(Graph graph, DetectionTask detection) {
    Map<String, Shape> ends = new LinkedHashMap<>();
    graph.outputs.forEach(output -> ends.put(output, graph.shapes.get(output)));
    detection.requireFit(ends);
  }

  private static void requireOutput(String network, List<String> outputs, String output) {
    if (!outputs.contains(Require.present("network", "output", output))) {
      throw new InvalidArgumentException(
          "network "
              + network
              + ": "
              + Names.shown(output)
              + " is not one of its outputs "
              + Names.inLine(outputs.toString()));
    }
  }
}
