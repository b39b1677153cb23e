package dev.quern;

import dev.quern.data.Dataset;
import dev.quern.data.Normalization;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.NumericException;
import dev.quern.error.ShapeException;
import dev.quern.internal.Philox;
import dev.quern.internal.Require;
import dev.quern.internal.TensorAccess;
import dev.quern.internal.Usage;
import dev.quern.loss.CrossEntropy;
import dev.quern.optim.Schedule;
import dev.quern.optim.Sgd;
import dev.quern.plan.Plan;
import dev.quern.plan.Weights;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Trains a network: owns weights, gradients, optimizer state and the run's seed. Same seed, data,
 * instruction set and OpenBLAS core give the same weights to the last bit, whatever the thread
 * count.
 *
 * <pre>{@code
 * try (Trainer trainer = Trainer.builder(network).batch(64).optimizer(new Sgd(0.01f, 0.9f)).build()) {
 *   trainer.fit(train, 5);
 *   System.out.println(trainer.evaluate(test));
 * }
 * }</pre>
 *
 * Calls from several threads wait for each other; closing during one is refused.
 */
public final class Trainer implements AutoCloseable {
  private final Network network;
  private final CrossEntropy loss;
  private final Normalization normalization;
  private final long seed;
  private final Weights weights;
  private final Plan plan;
  private final Optimization optimization;
  private final Usage usage = new Usage("trainer");
  private Evaluator evaluator;
  private long stepCorrect;
  private int epochs;

  private Trainer(Builder b) {
    network = b.network;
    loss = b.loss;
    seed = b.seed;
    normalization = b.normalization;
    if (network.output().rank() != 1) {
      throw new ShapeException(
          "trainer: output "
              + network.output()
              + " of network "
              + network.name()
              + " is not one row of classes");
    }
    normalization.requireFit(network.input());
    weights = new Weights(network, true);
    Optimization o = null;
    Plan p = null;
    try {
      p = new Plan(network, weights, b.batch, true, loss).allocate();
      o = new Optimization(b.optimizer, b.schedule, weights);
      Map<String, float[]> first = Initializer.initial(network, seed);
      first.putAll(b.weights);
      checkState(first);
      first.forEach(weights::set);
      weights.pack();
    } catch (RuntimeException e) {
      weights.close();
      if (p != null) {
        p.close();
      }
      throw e;
    }
    plan = p;
    optimization = o;
  }

  private void checkState(Map<String, float[]> state) {
    Map<String, Shape> wanted = network.state();
    state.forEach(
        (name, values) -> {
          if (!wanted.containsKey(name)) {
            throw new InvalidArgumentException(
                "trainer: network " + network.name() + " has no weight " + name);
          }
          if (values.length != wanted.get(name).elements()) {
            throw new ShapeException(
                "trainer: "
                    + values.length
                    + " values do not fill weight "
                    + name
                    + " of "
                    + wanted.get(name));
          }
        });
  }

  public static Builder builder(Network network) {
    return new Builder(network);
  }

  /**
   * Settings of a trainer; the defaults are batch 64, SGD with lr 0.01 and momentum 0.9, plain
   * cross-entropy, seed 1.
   */
  public static final class Builder {
    private final Network network;
    private int batch = 64;
    private Sgd optimizer = new Sgd(0.01f, 0.9f);
    private Schedule schedule = Schedule.constant();
    private CrossEntropy loss = new CrossEntropy();
    private Normalization normalization;
    private long seed = 1;
    private Map<String, float[]> weights = Map.of();

    private Builder(Network network) {
      this.network = Require.present("trainer", "network", network);
      this.normalization =
          Normalization.unit(network.input().rank() == 3 ? (int) network.input().dim(0) : 1);
    }

    /** Images a step; the last step of an epoch takes what is left. */
    public Builder batch(int images) {
      batch = images;
      return this;
    }

    public Builder optimizer(Sgd sgd) {
      optimizer = Require.present("trainer", "optimizer", sgd);
      return this;
    }

    /** How the learning rate moves over each call of fit; default constant. */
    public Builder schedule(Schedule s) {
      schedule = Require.present("trainer", "schedule", s);
      return this;
    }

    public Builder loss(CrossEntropy crossEntropy) {
      loss = Require.present("trainer", "loss", crossEntropy);
      return this;
    }

    /**
     * How pixels become floats; default scaling to [0, 1]. Usually {@link Dataset#normalization()}
     * of the training set.
     */
    public Builder normalization(Normalization n) {
      normalization = Require.present("trainer", "normalization", n);
      return this;
    }

    /**
     * First values of weights and buffers by dotted name, in file layouts; the rest is initialised
     * by the seed.
     *
     * @see ModelData#weights()
     */
    public Builder weights(Map<String, float[]> values) {
      weights = Map.copyOf(values);
      return this;
    }

    /** Decides first weights and order of images. */
    public Builder seed(long s) {
      seed = s;
      return this;
    }

    /**
     * @throws dev.quern.error.MemoryLimitException if the plan needs more memory than there is
     */
    public Trainer build() {
      return new Trainer(this);
    }
  }

  /** Bytes held off-heap: weights, gradients, optimizer state and the plan. */
  public long bytes() {
    return weights.bytes() + optimization.bytes() + plan.bytes();
  }

  /** {@link #fit(Dataset, int, TrainingListener)} with nobody listening. */
  public History fit(Dataset data, int epochCount) {
    return fit(data, epochCount, new TrainingListener() {});
  }

  /**
   * Runs epochs over a shuffled data set.
   *
   * @return one entry for each of these epochs
   * @throws NumericException if a loss is NaN or infinite
   */
  public synchronized History fit(Dataset data, int epochCount, TrainingListener listener) {
    Require.present("fit", "data", data);
    Require.present("fit", "listener", listener);
    if (epochCount < 1) {
      throw new InvalidArgumentException("fit: epochs " + epochCount + " must be at least 1");
    }
    if (data.size() == 0) {
      throw new InvalidArgumentException("fit: data set " + data.name() + " is empty");
    }
    Evaluator.requireClasses(network, data);
    List<History.Epoch> done = new ArrayList<>();
    usage.enter();
    try {
      optimization.begin(Math.multiplyExact((long) epochCount, stepsOf(data)), stepsOf(data));
    } catch (RuntimeException e) {
      usage.exit();
      throw e;
    }
    try {
      for (int i = 0; i < epochCount; i++) {
        done.add(epoch(data, listener));
      }
    } finally {
      optimization.end();
      usage.exit();
    }
    return new History(done);
  }

  private int stepsOf(Dataset data) {
    return (data.size() + plan.batch() - 1) / plan.batch();
  }

  private History.Epoch epoch(Dataset data, TrainingListener listener) {
    epochs++;
    int[] order = Philox.permutation(seed, epochs, data.size());
    int stepCount = stepsOf(data);
    double lossSum = 0;
    long correct = 0;
    long start = System.nanoTime();
    for (int s = 0; s < stepCount; s++) {
      int from = s * plan.batch();
      int n = Math.min(plan.batch(), data.size() - from);
      plan.load(data, order, from, n, normalization);
      double stepLoss = step("epoch " + epochs + ", step " + (s + 1));
      lossSum += stepLoss * n;
      correct += stepCorrect;
      listener.onStep(new TrainingListener.Step(epochs, s + 1, stepCount, n, stepLoss));
    }
    double seconds = (System.nanoTime() - start) * 1e-9;
    History.Epoch e =
        new History.Epoch(
            epochs,
            lossSum / data.size(),
            (double) correct / data.size(),
            seconds,
            data.size() / seconds);
    listener.onEpoch(e);
    return e;
  }

  /**
   * One step on a batch of the caller's own.
   *
   * @param images {@code [N, C, H, W]} or {@code [N, F]}, already normalised, N at most the
   *     trainer's batch
   * @param labels N class indices
   * @return the batch's loss before the update
   */
  public synchronized double step(Tensor images, int... labels) {
    Require.present("trainer", "images", images);
    Require.present("trainer", "labels", labels);
    usage.enter();
    try {
      load(images, labels);
      return step("step " + (optimization.steps() + 1));
    } finally {
      usage.exit();
    }
  }

  private void load(Tensor images, int[] labels) {
    Usage arena = TensorAccess.get().usage(images.arena());
    arena.enter();
    try {
      Shape s = images.shape();
      if (s.rank() < 2 || s.dim(0) > plan.batch() || s.dim(0) < 1) {
        throw new ShapeException(
            "trainer: images " + s + " are not between 1 and " + plan.batch() + " samples");
      }
      plan.load(s, TensorAccess.get().pointer(images), (int) s.dim(0));
      plan.labels(labels);
    } finally {
      arena.exit();
    }
  }

  private double step(String when) {
    plan.forward();
    double value = plan.loss();
    if (!Double.isFinite(value)) {
      throw new NumericException(
          "training: loss is "
              + value
              + " at "
              + when
              + "; the weights are those before it (try a lower lr)");
    }
    stepCorrect = plan.correct(); // before the backward pass reuses the memory
    plan.backward();
    optimization.update();
    return value;
  }

  /**
   * The gradients of the last step, by dotted name, in file layouts: for tests and curious users.
   */
  public synchronized Map<String, float[]> gradients() {
    usage.enter();
    try {
      return weights.copyGradients();
    } finally {
      usage.exit();
    }
  }

  /** Accuracy and loss on a data set, with the weights of now. */
  public synchronized Evaluation evaluate(Dataset data) {
    Require.present("evaluate", "data", data);
    usage.enter();
    try {
      if (evaluator == null) {
        evaluator = new Evaluator(network, weights, plan.batch());
      }
      return evaluator.evaluate(data, normalization);
    } finally {
      usage.exit();
    }
  }

  /**
   * A copy of the weights of now with all that a model needs.
   *
   * @param classes the labels of the outputs
   * @param provenance free text by key, kept in the model file
   * @throws NumericException if a weight is NaN or infinite
   */
  public synchronized ModelData modelData(List<String> classes, Map<String, String> provenance) {
    usage.enter();
    try {
      return new ModelData(network, weights.copy(), normalization, classes, provenance);
    } finally {
      usage.exit();
    }
  }

  /**
   * Frees the memory; later calls do nothing.
   *
   * @throws dev.quern.error.ClosedException if a call is inside; the trainer stays open, so close
   *     it again afterwards
   */
  @Override
  public void close() {
    if (usage.close()) {
      plan.close();
      if (evaluator != null) {
        evaluator.close();
      }
      weights.close();
      optimization.close();
    }
  }
}
