package dev.quern.train;

import dev.quern.error.InvalidArgumentException;
import dev.quern.internal.Names;
import dev.quern.internal.Require;
import dev.quern.network.Network;
import dev.quern.plan.StepTimes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * Where the time of a training step goes, as {@link Trainer#profile} measures it. Each time is the
 * median of its own over the steps, in seconds. Immutable and thread-safe.
 *
 * @param samples in each step
 * @param steps that were measured
 * @param layers in the network's order; a layer that runs with another has no row of its own
 * @param lossSeconds of all losses with their gradients
 * @param stepSeconds of forward passes, losses and backward passes together; neither loading the
 *     samples nor the optimizer's update is in it
 */
public record LayerTimes(
    int samples, int steps, List<Row> layers, double lossSeconds, double stepSeconds) {
  private static final String OPERATION = "layer times";

  /**
   * A layer, or several that run as one operation.
   *
   * @param layer its name
   * @param type as in network files, for example {@code conv2d}
   * @param fused names of the layers that run with it, in order; empty for most
   * @param forwardSeconds 0 for a layer that only sees its input by another shape
   * @param backwardSeconds 0 where no backward pass runs; with the second forward pass where
   *     activations are recomputed
   */
  public record Row(
      String layer,
      String type,
      List<String> fused,
      double forwardSeconds,
      double backwardSeconds) {
    public Row {
      Require.present(OPERATION, "layer", layer);
      Require.present(OPERATION, "type", type);
      fused = Require.all(OPERATION, "fused", fused);
      requireTime("forwardSeconds", forwardSeconds);
      requireTime("backwardSeconds", backwardSeconds);
    }

    /** Forward and backward together. */
    public double seconds() {
      return forwardSeconds + backwardSeconds;
    }
  }

  public LayerTimes {
    if (samples < 1 || steps < 1) {
      throw new InvalidArgumentException(
          OPERATION + ": samples " + samples + " and steps " + steps + " must be at least 1");
    }
    layers = Require.all(OPERATION, "layers", layers);
    requireTime("lossSeconds", lossSeconds);
    requireTime("stepSeconds", stepSeconds);
  }

  private static void requireTime(String what, double seconds) {
    if (!(seconds >= 0) || Double.isInfinite(seconds)) {
      throw new InvalidArgumentException(
          OPERATION + ": " + what + " " + seconds + " is not a number of at least 0");
    }
  }

  static LayerTimes of(Network network, int samples, List<StepTimes> steps) {
    Map<String, Integer> order = new HashMap<>();
    network.nodes().forEach(n -> order.put(n.name(), order.size()));
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < steps.get(0).chains().size(); i++) {
      int at = i;
      List<String> names =
          steps.get(0).chains().get(i).nodes().stream().map(Network.Node::name).toList();
      rows.add(
          new Row(
              names.get(0),
              network.facts(names.get(0)).type(),
              names.subList(1, names.size()),
              median(steps, s -> s.chains().get(at).forward()),
              median(steps, s -> s.chains().get(at).backward())));
    }
    rows.sort(Comparator.comparing(row -> order.get(row.layer()))); // frozen ones run first
    return new LayerTimes(
        samples,
        steps.size(),
        rows,
        median(steps, StepTimes::loss),
        median(steps, StepTimes::seconds));
  }

  private static double median(List<StepTimes> steps, ToDoubleFunction<StepTimes> of) {
    double[] sorted = steps.stream().mapToDouble(of).sorted().toArray();
    int n = sorted.length;
    return (sorted[(n - 1) / 2] + sorted[n / 2]) / 2;
  }

  /** A table in milliseconds, with each layer's share of the step. */
  @Override
  public String toString() {
    List<String[]> lines = new ArrayList<>();
    lines.add(cells("layer", "type", "forward ms", "backward ms", "share"));
    for (Row row : layers) {
      String fused = row.fused().isEmpty() ? "" : " + " + String.join(" + ", row.fused());
      lines.add(
          cells(
              Names.inLine(row.layer() + fused),
              Names.inLine(row.type()),
              millis(row.forwardSeconds()),
              millis(row.backwardSeconds()),
              share(row.seconds())));
    }
    lines.add(cells("loss", "", millis(lossSeconds), "", share(lossSeconds)));
    lines.add(cells("step of " + samples, "", millis(stepSeconds), "", ""));
    String format = "%-" + width(lines, 0) + "s  %-" + width(lines, 1) + "s %12s %12s %8s";
    StringBuilder text = new StringBuilder();
    lines.forEach(
        l -> text.append(String.format(Locale.ROOT, format, (Object[]) l).stripTrailing() + "\n"));
    return text.toString();
  }

  private static String[] cells(String... cells) {
    return cells;
  }

  private static int width(List<String[]> lines, int column) {
    return lines.stream().mapToInt(l -> l[column].length()).max().orElseThrow();
  }

  private static String millis(double seconds) {
    return String.format(Locale.ROOT, "%.3f", 1000 * seconds);
  }

  private String share(double seconds) {
    return stepSeconds == 0
        ? ""
        : String.format(Locale.ROOT, "%.1f %%", 100 * seconds / stepSeconds);
  }
}
