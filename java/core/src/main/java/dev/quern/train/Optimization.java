package dev.quern.train;

import dev.quern.error.InvalidArgumentException;
import dev.quern.error.NumericException;
import dev.quern.error.QuernException;
import dev.quern.internal.OffHeap;
import dev.quern.kernel.AddKernel;
import dev.quern.kernel.ConcatKernel;
import dev.quern.kernel.optim.VectorKernel;
import dev.quern.optim.Lookahead;
import dev.quern.plan.build.Weights;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;

/**
 * The update of weights: accumulates and clips gradients, runs the optimizer, maintains averages of
 * the weights, and applies the learning-rate schedule. Not thread-safe.
 */
final class Optimization implements AutoCloseable {
  final LearningRate rate;
  private final double clipNorm;
  private final double clipValue;
  private final int accumulate;
  private final double ema;
  private final Lookahead lookahead;
  private final Weights weights;
  private final ParameterPiece[] pieces;
  private final List<OffHeap> blocks = new ArrayList<>();

  /**
   * The optimizer's state arrays, each with the layout of the weights; an optimizer with fewer
   * arrays uses the first ones.
   */
  private final List<OffHeap> states = new ArrayList<>();

  private final DoublePointer result;
  private final OffHeap sum;
  private final OffHeap slow;
  private final FloatPointer sums;
  private final Weights averaged;
  private final OptimizationState state;
  private long updates;

  /** The number of updates before each stage, from the second stage on. */
  private List<Long> unfrozen = List.of();

  private int accumulated;

  Optimization(UpdateRules rules, Weights weights) {
    rate = new LearningRate(rules);
    clipNorm = rules.clipNorm();
    clipValue = rules.clipValue();
    accumulate = rules.accumulate();
    ema = rules.ema();
    lookahead = rules.lookahead();
    this.weights = weights;
    pieces = ParameterPiece.of(rules.rules(), weights).toArray(new ParameterPiece[0]);
    try {
      int most = Stream.of(pieces).mapToInt(s -> s.states().size()).max().orElse(0);
      for (int i = 0; i < most; i++) {
        states.add(block("optimizer state"));
      }
      slow = lookahead != null ? block("slow weights") : null;
      for (ParameterPiece s : pieces) {
        s.bind(weights, states, slow);
      }
      result = block(8, "norm").doubles(0);
      sum = accumulate > 1 ? block("accumulated gradients") : null;
      sums = sum == null ? null : sum.floats(0);
      averaged = ema > 0 ? weights.alike() : null;
      state = new OptimizationState(weights, pieces, states, sum, slow, averaged);
    } catch (RuntimeException | Error e) {
      close();
      throw e;
    }
  }

  private OffHeap block(String what) {
    return block(weights.trainedLength() * Float.BYTES, what);
  }

  private OffHeap block(long bytes, String what) {
    OffHeap b = new OffHeap(bytes, what);
    blocks.add(b);
    return b;
  }

  /**
   * Accumulates a step's gradients, and updates the weights if the gradients of enough steps are
   * accumulated.
   *
   * @param last whether this is the last step of the epoch, which always updates the weights
   */
  void step(boolean last) {
    accumulated++;
    FloatPointer gradients = weights.allGradients();
    if (accumulated < accumulate && !last) {
      addTo(sums, accumulated == 1 ? null : sums, gradients);
      return;
    }
    if (accumulated > 1) {
      addTo(gradients, sums, gradients);
      VectorKernel.scale(weights.trainedLength(), 1.0 / accumulated, gradients);
    }
    accumulated = 0;
    update();
  }

  private void addTo(FloatPointer to, FloatPointer aOrNull, FloatPointer b) {
    if (aOrNull == null) {
      copy(b, to, weights.trainedLength());
    } else {
      AddKernel.forward(weights.trainedLength(), aOrNull, b, to);
    }
  }

  private void update() {
    clip();
    updates++;
    try {
      for (ParameterPiece s : pieces) {
        s.update(updates - before(s.stage()), rate.factor());
      }
    } catch (QuernException e) {
      weights.pack(); // the forward pass uses the weights that were updated before the error
      throw e;
    }
    lookAhead();
    weights.packTrained();
    average();
    rate.updated(); // last, since a custom schedule may throw
  }

  /**
   * Returns the number of updates before a stage; the stage's new parameters were frozen until
   * then.
   */
  private long before(int stage) {
    return stage == 0 ? 0 : unfrozen.get(stage - 1);
  }

  private void clip() {
    if (Double.isFinite(clipValue)) {
      for (ParameterPiece s : pieces) {
        VectorKernel.clip(s.length(), clipValue, s.gradient());
      }
    }
    if (Double.isFinite(clipNorm)) {
      double squares = 0;
      for (ParameterPiece s : pieces) {
        squares += sumSquares(s.gradient(), s.length());
      }
      if (!Double.isFinite(squares)) {
        throw new NumericException(
            "training: the gradients' norm is "
                + Math.sqrt(squares)
                + "; the weights are unchanged");
      }
      double factor = clipNorm / (Math.sqrt(squares) + 1e-6); // PyTorch's rule
      if (factor < 1) {
        for (ParameterPiece s : pieces) {
          VectorKernel.scale(s.length(), factor, s.gradient());
        }
      }
    }
  }

  private double sumSquares(FloatPointer x, long n) {
    VectorKernel.sumSquares(n, x, result);
    return result.get();
  }

  private void lookAhead() {
    if (lookahead == null || updates % lookahead.k() != 0) {
      return;
    }
    double share = lookahead.at(rate.progress());
    for (ParameterPiece s : pieces) {
      VectorKernel.lerp(s.length(), share, s.weight(), s.slow());
      copy(s.slow(), s.weight(), s.length());
    }
  }

  private void average() {
    if (averaged == null) {
      return;
    }
    if (updates == 1) {
      copy(weights.all(), averaged.all(), weights.length());
      if (weights.bufferLength() > 0) {
        copy(weights.allBuffers(), averaged.allBuffers(), weights.bufferLength());
      }
      return;
    }
    double weight = 1 - ema;
    VectorKernel.lerp(weights.length(), weight, weights.all(), averaged.all());
    if (weights.bufferLength() > 0) {
      VectorKernel.lerp(
          weights.bufferLength(), weight, weights.allBuffers(), averaged.allBuffers());
    }
  }

  private static void copy(FloatPointer from, FloatPointer to, long n) {
    ConcatKernel.copy(n, from, to);
  }

  /** Initializes the slow weights of lookahead with the initial weights. */
  void started() {
    for (ParameterPiece s : pieces) {
      if (slow != null) {
        copy(s.weight(), s.slow(), s.length());
      }
    }
  }

  /**
   * Returns the weights for evaluation: the moving average or, without one, the current weights.
   */
  Weights evaluated() {
    if (averaged == null || updates == 0) {
      return weights;
    }
    averaged.pack();
    return averaged;
  }

  long updates() {
    return updates;
  }

  /**
   * Returns the name of a setting with state other than weights and optimizer state, such as {@code
   * ema}; empty without such a setting.
   */
  String beside() {
    return accumulate > 1 ? "accumulate" : ema > 0 ? "ema" : lookahead != null ? "lookahead" : "";
  }

  int accumulated() {
    return accumulated;
  }

  /** Returns the number of updates at the start of each stage after the first. */
  List<Long> unfrozen() {
    return unfrozen;
  }

  /**
   * Takes over the state of an optimization with fewer trained parameters. The additional
   * parameters start with zero state and zero updates, as in PyTorch.
   */
  void goOnFrom(Optimization before) {
    started();
    state.takeOver(before.state(), before.updates, before.accumulated);
    updates = before.updates;
    accumulated = before.accumulated;
    unfrozen = new ArrayList<>(before.unfrozen);
    unfrozen.add(updates);
  }

  /** Returns copies of all tensors on which the next update depends, except for the weights. */
  Map<String, float[]> state() {
    return state.copy(updates, accumulated);
  }

  /**
   * Restores the result of {@link #state}.
   *
   * @param stage the stage of the state
   * @throws InvalidArgumentException if a tensor is missing, unknown or has the wrong size, or more
   *     steps are accumulated than the settings allow; this optimization is then unchanged
   */
  void restore(TrainingState.Progress p, Map<String, float[]> tensors, int stage) {
    if (p.unfrozen().size() != stage) {
      throw new InvalidArgumentException(
          "trainer: parameters were unfrozen "
              + p.unfrozen().size()
              + " times by epoch "
              + p.epochs()
              + " in the state, but "
              + stage
              + " times in the trainer");
    }
    if (p.accumulated() >= accumulate) {
      throw new InvalidArgumentException(
          "trainer: the state has accumulated the gradients of "
              + p.accumulated()
              + " steps, but the trainer updates the weights every "
              + accumulate
              + " steps");
    }
    state.set(p, tensors);
    updates = p.updates();
    accumulated = p.accumulated();
    unfrozen = p.unfrozen();
  }

  long bytes() {
    return blocks.stream().mapToLong(OffHeap::bytes).sum()
        + Stream.of(pieces).mapToLong(ParameterPiece::bytes).sum()
        + (averaged == null ? 0 : averaged.bytes());
  }

  @Override
  public void close() {
    blocks.forEach(OffHeap::close);
    Stream.of(pieces).forEach(ParameterPiece::close);
    if (averaged != null) {
      averaged.close();
    }
  }
}
