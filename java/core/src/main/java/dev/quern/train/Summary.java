package dev.quern.train;

import dev.quern.engine.Precision;
import dev.quern.internal.NativeLibrary;
import dev.quern.internal.arguments.Require;
import dev.quern.loss.CrossEntropy;
import dev.quern.network.Network;
import dev.quern.plan.Plan;
import dev.quern.plan.loss.OutputLoss;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * A text summary of a network: layers, output shapes, parameters, multiply-adds, and memory for
 * training and inference.
 */
public final class Summary {
  private Summary() {}

  /**
   * Returns the summary for a batch size.
   *
   * @throws dev.quern.error.InvalidArgumentException if the batch size is less than 1
   */
  public static String of(Network network, int batch) {
    Require.present("summary", "network", network);
    List<String[]> rows = new ArrayList<>();
    rows.add(row("layer", "type", "output", "parameters", "multiply-adds"));
    network.inputs().forEach((name, shape) -> rows.add(row(name, "", shape.toString(), "", "")));
    for (Network.Node n : network.nodes()) {
      Network.Facts facts = network.facts(n.name());
      long parameters = facts.parameters().stream().mapToLong(p -> p.shape().elements()).sum();
      rows.add(
          row(
              n.name(),
              facts.type(),
              facts.output().toString(),
              number(parameters),
              facts.input().isFree() ? "?" : number(facts.multiplyAdds())));
    }
    rows.add(
        row(
            "total",
            network.name().replaceAll("\\p{Cntrl}", "?"),
            network.outputs().stream()
                .map(o -> network.shapes().get(o).toString())
                .collect(Collectors.joining(", ")),
            number(network.parameterCount()),
            network.isFree() ? "?" : number(network.multiplyAdds())));
    StringBuilder text = new StringBuilder();
    String format = "%-" + width(rows, 0, 16) + "s %-" + width(rows, 1, 12) + "s %12s %12s %15s%n";
    rows.forEach(cells -> text.append(String.format(Locale.ROOT, format, (Object[]) cells)));
    network.warnings().forEach(w -> text.append("note: ").append(w).append('\n'));
    if (network.isFree()) {
      return text.append("plan: height or width is dynamic, so its size is not known yet\n")
          .toString();
    }
    text.append(
        String.format(
            Locale.ROOT,
            "plan for batch %d: %s bytes training, %s with --recompute, %s with --precision bf16,"
                + " %s inference%n",
            batch,
            number(planBytes(network, batch, true)),
            number(recomputedPlanBytes(network, batch)),
            number(trainingPlanBytes(network, batch, Precision.BF16)),
            number(planBytes(network, batch, false))));
    return text.toString();
  }

  /**
   * Returns the memory in bytes of activations, their gradients and workspaces for a batch size,
   * without weights.
   */
  public static long planBytes(Network network, int batch, boolean training) {
    Require.present("summary", "network", network);
    NativeLibrary.require();
    try (Plan p = Plan.layout(network, batch, training, Precision.DEFAULT)) {
      return p.bytes();
    }
  }

  /** Returns the memory of {@link #planBytes} for training with a precision. */
  public static long trainingPlanBytes(Network network, int batch, Precision precision) {
    Require.present("summary", "network", network);
    Require.present("summary", "precision", precision);
    NativeLibrary.require();
    try (Plan p = Plan.layout(network, batch, true, precision)) {
      return p.bytes();
    }
  }

  /**
   * Returns the memory of {@link #planBytes} for training with {@link TrainerBuilder#recompute}.
   */
  public static long recomputedPlanBytes(Network network, int batch) {
    Require.present("summary", "network", network);
    NativeLibrary.require();
    try (Plan p = Plan.training(network, null, batch, losses(network), true)) {
      return p.bytes();
    }
  }

  /** Returns losses for the memory estimate, which hardly depends on the choice of losses. */
  private static List<OutputLoss> losses(Network network) {
    return network.outputs().stream().map(o -> new OutputLoss(o, new CrossEntropy(), 1)).toList();
  }

  private static String number(long value) {
    return value == 0 ? "0" : String.format(Locale.ROOT, "%,d", value);
  }

  private static String[] row(String... cells) {
    return cells;
  }

  private static int width(List<String[]> rows, int column, int least) {
    return rows.stream().mapToInt(r -> r[column].length()).reduce(least, Math::max);
  }
}
