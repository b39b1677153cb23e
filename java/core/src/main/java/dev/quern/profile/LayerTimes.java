package dev.quern.profile;

import dev.quern.engine.Engine;
import dev.quern.error.InvalidArgumentException;
import dev.quern.internal.Require;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Where the time of a step goes, as {@link dev.quern.train.Trainer#profile} and {@link
 * dev.quern.predict.Model#profile} measure it. Each time is the median of its own over the steps,
 * in seconds. Immutable and thread-safe.
 *
 * @param samples in each step
 * @param steps that were measured
 * @param layers in the network's order; a layer that runs with another has no row of its own
 * @param lossSeconds of all losses with their gradients
 * @param stepSeconds of forward passes, losses and backward passes together; neither loading the
 *     samples nor the optimizer's update is in it
 * @param speed what the machine could do at best
 */
public record LayerTimes(
    int samples,
    int steps,
    List<Row> layers,
    double lossSeconds,
    double stepSeconds,
    Engine.Speed speed) {

  /**
   * A layer, or several that run as one operation.
   *
   * @param layer its name
   * @param type as in network files, for example {@code conv2d}; joined by {@code " + "} where
   *     several run as one
   * @param fused names of the layers that run with it, in order; empty for most
   * @param backward {@link Pass#NONE} where none runs; with the second forward pass's time where
   *     activations are recomputed
   */
  public record Row(String layer, String type, List<String> fused, Pass forward, Pass backward) {
    /**
     * @throws InvalidArgumentException if something is null
     */
    public Row {
      Require.present(Pass.OPERATION, "layer", layer);
      Require.present(Pass.OPERATION, "type", type);
      fused = Require.all(Pass.OPERATION, "fused", fused);
      Require.present(Pass.OPERATION, "forward", forward);
      Require.present(Pass.OPERATION, "backward", backward);
    }

    /** Forward and backward together. */
    public Pass both() {
      return forward.plus(backward);
    }
  }

  /**
   * All layers of one type, by {@link LayerTimes#operators}.
   *
   * @param type as a row has it
   * @param layers how many rows
   */
  public record Operator(String type, int layers, Pass forward, Pass backward) {
    /**
     * @throws InvalidArgumentException if something is null, or there are no layers
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

    /** Forward and backward together. */
    public Pass both() {
      return forward.plus(backward);
    }
  }

  /**
   * @throws InvalidArgumentException if samples or steps are below 1, times below 0 or not finite,
   *     or something is null
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

  /** The rows by type, what takes longest first. */
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
   * Two tables, by layer and by operator: milliseconds, share of the step, and beside the machine's
   * best the rates of forward and backward pass together.
   */
  @Override
  public String toString() {
    return TimesTable.of(this);
  }
}
