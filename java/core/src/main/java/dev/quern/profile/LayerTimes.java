package dev.quern.profile;

import dev.quern.engine.Engine;
import dev.quern.error.InvalidArgumentException;
import dev.quern.internal.arguments.Require;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Times of a training or prediction step by layer, measured by {@link
 * dev.quern.train.Trainer#profile} and {@link dev.quern.predict.Model#profile}. Each time is the
 * median over the steps, in seconds. Immutable and thread-safe.
 *
 * @param samples number of samples per step
 * @param steps number of measured steps
 * @param layers one row per layer, in the network's order; a layer that is fused into another layer
 *     does not have its own row
 * @param lossSeconds time of all losses with their gradients
 * @param stepSeconds time of forward passes, losses and backward passes together, without loading
 *     the samples and without the optimizer's update
 * @param speed peak performance of the machine
 */
public record LayerTimes(
    int samples,
    int steps,
    List<Row> layers,
    double lossSeconds,
    double stepSeconds,
    Engine.Speed speed) {

  /**
   * Times of a layer, or of several layers that run as one operation.
   *
   * @param layer name of the layer
   * @param type type as in network files, for example {@code conv2d}; several types joined by
   *     {@code " + "} if several layers run as one operation
   * @param implementation name of the implementation that runs the layer, as in {@link
   *     dev.quern.train.Trainer#implementations}; empty for layers that have only one
   * @param fused names of the layers that are fused into this one, in order; usually empty
   * @param forward time and work of the forward pass
   * @param backward time and work of the backward pass, or {@link Pass#NONE}; includes the second
   *     forward pass if activations are recomputed
   */
  public record Row(
      String layer,
      String type,
      String implementation,
      List<String> fused,
      Pass forward,
      Pass backward) {
    /**
     * Checks the arguments.
     *
     * @throws InvalidArgumentException if an argument is null
     */
    public Row {
      Require.present(Pass.OPERATION, "layer", layer);
      Require.present(Pass.OPERATION, "type", type);
      Require.present(Pass.OPERATION, "implementation", implementation);
      fused = Require.all(Pass.OPERATION, "fused", fused);
      Require.present(Pass.OPERATION, "forward", forward);
      Require.present(Pass.OPERATION, "backward", backward);
    }

    /** Returns the total time and work of the forward and the backward pass. */
    public Pass both() {
      return forward.plus(backward);
    }
  }

  /**
   * Total times of all layers of one type, returned by {@link LayerTimes#operators}.
   *
   * @param type type of the layers, as in {@link Row}
   * @param layers number of rows of this type
   */
  public record Operator(String type, int layers, Pass forward, Pass backward) {
    /**
     * Checks the arguments.
     *
     * @throws InvalidArgumentException if an argument is null, or the number of layers is below 1
     */
    public Operator {
      Require.present(Pass.OPERATION, "type", type);
      if (layers < 1) {
        throw new InvalidArgumentException(
            Pass.OPERATION + ": layers " + layers + " must be at least 1");
      }
      Require.present(Pass.OPERATION, "forward", forward);
      Require.present(Pass.OPERATION, "backward", backward);
    }

    /** Returns the total time and work of the forward and the backward pass. */
    public Pass both() {
      return forward.plus(backward);
    }
  }

  /**
   * Checks the arguments.
   *
   * @throws InvalidArgumentException if samples or steps are below 1, times are negative or not
   *     finite, or an argument is null
   */
  public LayerTimes {
    if (samples < 1 || steps < 1) {
      throw new InvalidArgumentException(
          Pass.OPERATION + ": samples " + samples + " and steps " + steps + " must be at least 1");
    }
    layers = Require.all(Pass.OPERATION, "layers", layers);
    Pass.require("lossSeconds", lossSeconds);
    Pass.require("stepSeconds", stepSeconds);
    Require.present(Pass.OPERATION, "speed", speed);
  }

  /** Returns the total times per layer type, the longest time first. */
  public List<Operator> operators() {
    Map<String, Operator> all = new LinkedHashMap<>();
    for (Row row : layers) {
      all.merge(
          row.type(),
          new Operator(row.type(), 1, row.forward(), row.backward()),
          (a, b) ->
              new Operator(
                  a.type(),
                  a.layers() + b.layers(),
                  a.forward().plus(b.forward()),
                  a.backward().plus(b.backward())));
    }
    return all.values().stream()
        .sorted(Comparator.comparingDouble((Operator o) -> o.both().seconds()).reversed())
        .toList();
  }

  /**
   * Returns two tables, by layer and by operator. The columns are milliseconds, the fraction of the
   * step, and the operations and bytes per second, also as percentages of the machine's peak.
   */
  @Override
  public String toString() {
    return TimesTable.of(this);
  }
}
