package dev.quern.train;

import dev.quern.error.DataException;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.QuernException;
import dev.quern.error.UserCodeException;
import dev.quern.internal.arguments.Require;
import dev.quern.internal.arguments.UserCode;
import dev.quern.layer.Quantized;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * A source of training steps in which each step is a round of local or remote replicas. Not
 * thread-safe.
 */
final class RoundSteps implements StepSource {
  private static final String NAME = "gradient exchange";

  private final TrainerParts parts;
  private final TrainingStep step;
  private final GradientExchange exchange;
  private final LocalSgd rule;
  private final OuterStep outer;
  private final Map<String, String> settings;
  private final String name;
  private final List<Integer> sizes;
  private final int images;

  /**
   * Names of the scales of quantized weights; scales are computed from the weights, not averaged.
   */
  private final Set<String> scales;

  private int epoch;
  private int epochs;
  private int done;

  /** The summed contribution of the last round. */
  private Contribution brought = Contribution.NONE;

  RoundSteps(
      TrainerParts parts,
      TrainingStep step,
      GradientExchange exchange,
      LocalSgd rule,
      OuterStep outer,
      Map<String, String> settings) {
    this.parts = parts;
    this.step = step;
    this.exchange = exchange;
    this.rule = rule;
    this.outer = outer;
    this.settings = settings;
    sizes = Require.all(NAME, "sizes", UserCode.answer(NAME + ": sizes", exchange::sizes));
    long sum = 0;
    for (int size : sizes) {
      if (size < 0) {
        throw new InvalidArgumentException(
            NAME + ": size " + size + " of a part must be at least 0");
      }
      sum += size;
    }
    if (sum == 0 || sum > Integer.MAX_VALUE) {
      throw new InvalidArgumentException(
          NAME + ": " + sizes.size() + " parts have " + sum + " images, expected 1 to 2^31 - 1");
    }
    images = (int) sum;
    String data = UserCode.answer(NAME + ": name", exchange::name);
    name = data + " in " + sizes.size() + " parts of " + sizes.hashCode() + ", " + rule;
    scales =
        parts.weights.network().nodes().stream()
            .filter(n -> n.layer() instanceof Quantized)
            .map(n -> n.name() + "." + Quantized.SCALE)
            .collect(Collectors.toSet());
    requireNothingBeside();
  }

  /**
   * Checks that rounds of several steps are not combined with a setting whose state the replicas do
   * not update, such as averaged weights.
   */
  private void requireNothingBeside() {
    String beside = parts.optimization.beside();
    if (rule.steps() > 1 && !beside.isEmpty()) {
      throw new InvalidArgumentException(NAME + ": " + beside + " requires rounds of one step");
    }
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public int images() {
    return images;
  }

  @Override
  public int steps() {
    return (int) (((long) stepsOfReplica() + rule.steps() - 1) / rule.steps());
  }

  /** Returns the number of steps per epoch of the replica with the most steps. */
  private int stepsOfReplica() {
    return sizes.stream().mapToInt(parts::stepsOf).max().orElseThrow();
  }

  @Override
  public void begin(int epochNow, FitRun run) {
    epoch = epochNow;
    epochs = run.epochs;
    done = run.done.size();
  }

  @Override
  public double step(int number, Supplier<String> place) {
    int first = number * rule.steps();
    int steps = Math.min(rule.steps(), stepsOfReplica() - first);
    Round round = round(first, steps);
    brought = asked(round);
    if (round.gradients) {
      follow(number + 1 == steps());
    } else {
      meet(round);
    }
    step.restore(round.stepsDone + steps);
    return brought.loss();
  }

  @Override
  public int count() {
    return brought.images();
  }

  @Override
  public long correct() {
    return brought.correct();
  }

  @Override
  public long answers() {
    return brought.answers();
  }

  private Round round(int first, int steps) {
    int here = 0;
    Round.Place at = new Round.Place(epoch, epochs, done, first, steps, stepsOfReplica(), 0);
    for (int size : sizes) {
      here += at.images(size, parts.plan.batch());
    }
    Map<String, float[]> tensors = new LinkedHashMap<>();
    parts.weights.copy().forEach((n, values) -> tensors.put(StateNames.weight(n), values));
    if (rule.steps() > 1) {
      tensors.putAll(parts.optimization.state());
    }
    return new Round(
        at.of(here), rule, parts.optimization.rate.plateau(), progress(), tensors, settings);
  }

  private TrainingState.Progress progress() {
    Optimization o = parts.optimization;
    return new TrainingState.Progress(
        step.done(), o.updates(), o.accumulated(), epoch, null, o.unfrozen());
  }

  /**
   * Runs a round, and returns its contribution if the contribution fits the network and the round.
   */
  private Contribution asked(Round round) {
    Contribution all = round(round);
    if (all.images() != round.place.images()) {
      throw new DataException(
          NAME
              + ": "
              + round
              + " returned "
              + all.images()
              + " images, expected "
              + round.place.images(),
          null);
    }
    parts
        .weights
        .network()
        .state()
        .forEach(
            (n, shape) -> {
              float[] values = all.shares().get(share(round, n));
              boolean wanted = !round.gradients || !parts.weights.frozen().parameter(n);
              if (wanted && (values == null || values.length != shape.elements())) {
                throw new DataException(NAME + ": " + round + " did not return a valid " + n, null);
              }
            });
    return all;
  }

  /** Runs a round. Quern's exceptions, such as errors in a replica's data, are not wrapped. */
  private Contribution round(Round round) {
    try {
      return UserCode.answer(NAME + ": " + round, () -> exchange.round(round));
    } catch (UserCodeException e) {
      throw e.getCause() instanceof QuernException own ? own : e;
    }
  }

  private String share(Round round, String n) {
    boolean moves = parts.weights.parameters().containsKey(n);
    return round.gradients && moves ? StateNames.gradient(n) : StateNames.weight(n);
  }

  /** Updates the weights with the mean gradients of the round. */
  private void follow(boolean last) {
    StateNames.gradients(brought.shares()).forEach(parts.weights::setGradient);
    Map<String, float[]> statistics = StateNames.weights(brought.shares());
    statistics.keySet().removeAll(scales);
    statistics.forEach(parts.weights::set);
    parts.optimization.step(last);
  }

  /** Updates the weights by an outer step with the mean change of the round. */
  private void meet(Round round) {
    Map<String, float[]> before = StateNames.weights(round.tensors());
    Map<String, float[]> now = StateNames.weights(brought.shares());
    now.replaceAll(
        (n, v) ->
            parts.weights.parameters().containsKey(n)
                ? outer.moved(n, before.get(n), v, rule)
                : scales.contains(n) ? before.get(n) : v);
    long updates = round.updates + round.place.steps();
    TrainingState.Progress p =
        new TrainingState.Progress(
            round.stepsDone + round.place.steps(),
            updates,
            0,
            epoch,
            null,
            round.progress().unfrozen());
    parts.restore(p, StateNames.ofOptimizer(brought.shares()), now);
    parts.optimization.rate.updated();
  }

  @Override
  public void end() {}
}
