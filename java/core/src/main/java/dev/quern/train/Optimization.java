package dev.quern.train;

import dev.quern.error.InvalidArgumentException;
import dev.quern.error.NumericException;
import dev.quern.error.QuernException;
import dev.quern.internal.OffHeap;
import dev.quern.internal.UserCode;
import dev.quern.kernel.AddKernel;
import dev.quern.kernel.ConcatKernel;
import dev.quern.kernel.VectorKernel;
import dev.quern.optim.Lookahead;
import dev.quern.optim.Schedule;
import dev.quern.plan.Weights;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;

/**
 * An optimizer at work: gradients are accumulated, clipped and followed; averages of the weights
 * are kept beside them; the learning rate goes by its schedule. Not thread-safe.
 */
final class Optimization implements AutoCloseable {
  private final Schedule schedule;
  private final double lr;
  private final double clipNorm;
  private final double clipValue;
  private final int accumulate;
  private final double ema;
  private final Lookahead lookahead;
  private final Weights weights;
  private final ParameterPiece[] pieces;
  private final List<OffHeap> blocks = new ArrayList<>();

  /** The optimizer's arrays, each laid out as the weights; a piece uses the first of them. */
  private final List<OffHeap> states = new ArrayList<>();

  private final DoublePointer result;
  private final OffHeap sum;
  private final OffHeap slow;
  private final FloatPointer sums;
  private final Weights averaged;
  private long updates;

  /** The updates that were done when each later stage began. */
  private List<Long> unfrozen = List.of();

  private int accumulated;
  private long fitUpdate;
  private long updatesPerEpoch;

  /** Updates of the present call of fit; 0 outside, where steps have a factor of 1. */
  private long fitUpdates;

  /** What the schedule multiplies learning rates by at the next update. */
  private double factor = 1;

  /** What the rule for plateaus multiplies learning rates by. */
  private double plateau = 1;

  Optimization(UpdateRules rules, Weights weights) {
    schedule = rules.schedule();
    lr = rules.lr();
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
   * Begins or goes on with a call of fit.
   *
   * @param stepsPerEpoch of which {@code done} epochs and {@code step} steps are behind us
   */
  void begin(int epochs, int stepsPerEpoch, int done, int step) {
    updatesPerEpoch = (stepsPerEpoch + accumulate - 1) / accumulate;
    fitUpdates = Math.multiplyExact((long) epochs, updatesPerEpoch);
    // an epoch's last step updates in any case
    long here = step == stepsPerEpoch ? updatesPerEpoch : step / accumulate;
    fitUpdate = done * updatesPerEpoch + here;
    schedule();
  }

  /** Ends a call of fit. */
  void end() {
    fitUpdates = 0;
    factor = 1;
    plateau = 1;
  }

  /** The optimizer's learning rate for the next update. */
  double lr() {
    return lr * factor * plateau;
  }

  /** The optimizer's own. */
  double ownLr() {
    return lr;
  }

  void plateau(double of) {
    plateau = of;
  }

  private Schedule.Position position() {
    return new Schedule.Position(fitUpdate, fitUpdates, updatesPerEpoch);
  }

  /** Asks the schedule once for each update. */
  private void schedule() {
    factor =
        fitUpdate < fitUpdates
            ? UserCode.answer("training: schedule", () -> schedule.factor(position()))
            : 1;
    if (!(factor >= 0) || Double.isInfinite(factor)) {
      throw new NumericException(
          "training: the schedule's factor "
              + factor
              + " of update "
              + fitUpdate
              + " is not a number of at least 0");
    }
  }

  /**
   * Takes in a step's gradients, and moves the weights when it is time.
   *
   * @param last whether the epoch ends here, so that nothing is left over
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
        s.update(updates - before(s.stage()), factor * plateau);
      }
    } catch (QuernException e) {
      weights.pack(); // what has moved is used from here on
      throw e;
    }
    lookAhead();
    weights.packTrained();
    average();
    if (fitUpdates > 0) {
      fitUpdate++;
      schedule(); // last, since a caller's own may throw
    }
  }

  /** Updates from before a stage, which its parameters took no part in. */
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
            "training: the gradients' norm is " + Math.sqrt(squares) + "; the weights stay");
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
    double share = lookahead.at(fitUpdates == 0 ? 0 : (fitUpdate + 1.0) / fitUpdates);
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

  /** Follows the first weights: slow weights start there. */
  void started() {
    for (ParameterPiece s : pieces) {
      if (slow != null) {
        copy(s.weight(), s.slow(), s.length());
      }
    }
  }

  /** The weights to evaluate with: the average where there is one. */
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

  int accumulated() {
    return accumulated;
  }

  /** The updates that were done when each later stage began. */
  List<Long> unfrozen() {
    return unfrozen;
  }

  /**
   * Goes on from another that trained fewer parameters. Those that are new start as all did: with
   * empty arrays, and updates counted from here, as PyTorch counts them for each parameter.
   */
  void goOnFrom(Optimization before) {
    started();
    Map<String, float[]> had = before.state();
    visit(
        before.updates,
        before.accumulated,
        (name, block, parameter) -> {
          if (had.containsKey(name)) {
            weights.set(parameter, had.get(name), block);
          }
        });
    if (averaged != null && before.updates > 0) {
      weights.network().state().keySet().forEach(n -> averaged.set(n, had.get("ema." + n)));
    }
    updates = before.updates;
    accumulated = before.accumulated;
    unfrozen = new ArrayList<>(before.unfrozen);
    unfrozen.add(updates);
  }

  /** Copies of everything that the next update depends on, besides the weights. */
  Map<String, float[]> state() {
    Map<String, float[]> all = new LinkedHashMap<>();
    visit(
        updates,
        accumulated,
        (name, block, parameter) -> all.put(name, weights.copy(parameter, block)));
    if (averaged != null && updates > 0) {
      averaged.copy().forEach((name, values) -> all.put("ema." + name, values));
    }
    return all;
  }

  /**
   * Takes back what {@link #state} gave.
   *
   * @param stage that the state is of
   * @throws InvalidArgumentException if a tensor is missing, too long or short, or one too many, or
   *     more steps are accumulated than this can hold; nothing is changed then
   */
  void restore(TrainingState.Progress p, Map<String, float[]> tensors, int stage) {
    if (p.unfrozen().size() != stage) {
      throw new InvalidArgumentException(
          "trainer: the state has unfrozen "
              + p.unfrozen().size()
              + " times by epoch "
              + p.epochs()
              + ", the trainer "
              + stage
              + " times");
    }
    if (p.accumulated() >= accumulate) {
      throw new InvalidArgumentException(
          "trainer: the state has the gradients of "
              + p.accumulated()
              + " steps, the trainer follows them every "
              + accumulate);
    }
    Map<String, Long> wanted = new LinkedHashMap<>();
    visit(
        p.updates(),
        p.accumulated(),
        (name, block, parameter) -> wanted.put(name, weights.elements(parameter)));
    boolean average = averaged != null && p.updates() > 0;
    if (average) {
      weights.network().state().forEach((name, s) -> wanted.put("ema." + name, s.elements()));
    }
    wanted.forEach(
        (name, length) -> {
          float[] values = tensors.get(name);
          if (values == null || values.length != length) {
            throw new InvalidArgumentException(
                "trainer: the state's tensor "
                    + name
                    + (values == null ? " is missing" : " has " + values.length + " values")
                    + ", "
                    + length
                    + " are wanted");
          }
        });
    requireOnly(wanted.keySet(), tensors.keySet());
    visit(
        p.updates(),
        p.accumulated(),
        (name, block, parameter) -> weights.set(parameter, tensors.get(name), block));
    if (average) {
      weights.network().state().keySet().forEach(n -> averaged.set(n, tensors.get("ema." + n)));
    }
    updates = p.updates();
    accumulated = p.accumulated();
    unfrozen = p.unfrozen();
  }

  /** What the state holds beyond that would be lost without a word. */
  private void requireOnly(Set<String> wanted, Set<String> held) {
    Set<String> others = new LinkedHashSet<>(held);
    others.removeAll(wanted);
    weights.network().state().keySet().forEach(n -> others.remove(TrainingState.WEIGHTS + n));
    if (!others.isEmpty()) {
      throw new InvalidArgumentException(
          "trainer: the state's tensor "
              + others.iterator().next()
              + " is none that the trainer has");
    }
  }

  private interface Visitor {
    void tensor(String name, OffHeap block, String parameter);
  }

  /** Every array of the state that lies in a block of ours. */
  private void visit(long updated, int pending, Visitor v) {
    for (ParameterPiece s : pieces) {
      for (String parameter : s.parameters()) {
        for (int i = 0; updated > 0 && i < s.states().size(); i++) {
          v.tensor("optimizer." + s.states().get(i) + "." + parameter, states.get(i), parameter);
        }
        if (pending > 0) {
          v.tensor("accumulated." + parameter, sum, parameter);
        }
        if (slow != null) {
          v.tensor("lookahead." + parameter, slow, parameter);
        }
      }
    }
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
