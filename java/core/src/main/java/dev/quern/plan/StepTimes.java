package dev.quern.plan;

import dev.quern.engine.Engine;
import dev.quern.error.InvalidArgumentException;
import dev.quern.network.Network;
import dev.quern.plan.build.Builder;
import dev.quern.profile.LayerTimes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/**
 * Execution times of one training or inference step.
 *
 * @param chains the times of the operations, in execution order
 * @param loss the seconds spent on the losses and their gradients
 * @param seconds the seconds of the whole step
 */
public record StepTimes(List<ChainTime> chains, double loss, double seconds) {
  private static final int MOST_STEPS = 1000;

  /**
   * Execution times of a chain of nodes that run as one operation.
   *
   * @param nodes the nodes, in order
   * @param forward the seconds of the forward pass
   * @param backward the seconds of the backward pass
   */
  public record ChainTime(List<Network.Node> nodes, double forward, double backward) {}

  static StepTimes of(List<Builder.Made> made, TimedOp[] ops, long lossNanos, long nanos) {
    List<ChainTime> chains = new ArrayList<>();
    int done = 0;
    for (int i = 0; i < made.size(); i++) {
      // reordering of outputs runs after all chains and is counted for the last chain
      int end = i + 1 == made.size() ? ops.length : made.get(i).ops();
      long forward = 0;
      long backward = 0;
      for (; done < end; done++) {
        forward += ops[done].forwardNanos();
        backward += ops[done].backwardNanos();
      }
      chains.add(new ChainTime(made.get(i).chain().nodes(), forward * 1e-9, backward * 1e-9));
    }
    return new StepTimes(chains, lossNanos * 1e-9, nanos * 1e-9);
  }

  /**
   * Checks the number of measured steps.
   *
   * @throws InvalidArgumentException if the number is out of range
   */
  public static void requireCount(String operation, int steps) {
    if (steps < 1 || steps > MOST_STEPS) {
      throw new InvalidArgumentException(
          operation + ": steps " + steps + " must be from 1 to " + MOST_STEPS);
    }
  }

  /**
   * Returns the median time of each operation over several steps. Also measures the machine's
   * speed, for comparison.
   *
   * @param implementations the names of the implementations that run layers, by layer
   */
  public static LayerTimes medians(
      Network network, Map<String, String> implementations, int samples, List<StepTimes> steps) {
    Map<String, Integer> order = new HashMap<>();
    network.nodes().forEach(n -> order.put(n.name(), order.size()));
    List<LayerTimes.Row> rows = new ArrayList<>();
    for (int i = 0; i < steps.get(0).chains().size(); i++) {
      int at = i;
      List<Network.Node> nodes = steps.get(0).chains().get(i).nodes();
      List<String> names = nodes.stream().map(Network.Node::name).toList();
      ChainWork work = ChainWork.of(network, nodes);
      rows.add(
          new LayerTimes.Row(
              names.get(0),
              names.stream().map(n -> network.facts(n).type()).collect(Collectors.joining(" + ")),
              implementations.getOrDefault(names.get(0), ""),
              names.subList(1, names.size()),
              work.forward(median(steps, s -> s.chains().get(at).forward()), samples),
              work.backward(median(steps, s -> s.chains().get(at).backward()), samples)));
    }
    rows.sort(Comparator.comparing(row -> order.get(row.layer()))); // frozen chains run first
    return new LayerTimes(
        samples,
        steps.size(),
        rows,
        median(steps, StepTimes::loss),
        median(steps, StepTimes::seconds),
        Engine.speed());
  }

  private static double median(List<StepTimes> steps, ToDoubleFunction<StepTimes> of) {
    double[] sorted = steps.stream().mapToDouble(of).sorted().toArray();
    int n = sorted.length;
    return (sorted[(n - 1) / 2] + sorted[n / 2]) / 2;
  }
}
