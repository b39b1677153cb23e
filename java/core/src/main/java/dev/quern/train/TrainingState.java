package dev.quern.train;

import dev.quern.error.InvalidArgumentException;
import dev.quern.error.ShapeException;
import dev.quern.internal.arguments.Require;
import dev.quern.network.Network;
import dev.quern.tensor.Shape;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The state needed to resume training exactly: the content of a checkpoint. The order of images and
 * all other random numbers are functions of seed, epoch and step, so the state of a random
 * generator is not needed.
 *
 * <p>A state is created by a trainer or read from a file; the constructor checks each value.
 *
 * @param settings the settings that determine the run's result, by name; a trainer with other
 *     settings rejects the state
 * @param progress the position of the run
 * @param tensors {@code weights.NAME} for each weight and running statistic; {@code
 *     optimizer.STATE.NAME} for each state array of the optimizer; if in use, also {@code
 *     ema.NAME}, {@code lookahead.NAME}, {@code accumulated.NAME} and {@code outer.NAME} (the
 *     momentum of {@link LocalSgd}). Tensors have the layouts of model files and are not copied
 */
public record TrainingState(
    Network network,
    Map<String, String> settings,
    Progress progress,
    Map<String, float[]> tensors) {

  static final String WEIGHTS = "weights.";

  private static final String STATE = "training state";

  /** Maximum number of steps in a state; a resumed run can double the number without overflow. */
  private static final long MAX_STEPS = Long.MAX_VALUE / 2;

  private static final int MAX_EPOCHS = Integer.MAX_VALUE - 1;

  /**
   * The position of a run.
   *
   * @param steps number of steps since the trainer was built
   * @param updates number of updates of the weights; less than {@code steps} if gradients are
   *     accumulated
   * @param accumulated number of steps since the last update
   * @param epochs number of started epochs
   * @param fit the running call of fit; null between calls
   * @param unfrozen number of updates at the start of each epoch of {@link
   *     TrainerBuilder#unfreeze}; may be null for none
   */
  public record Progress(
      long steps,
      long updates,
      int accumulated,
      int epochs,
      @Nullable Fit fit,
      @Nullable List<Long> unfrozen) {
    public Progress {
      unfrozen = unfrozen == null ? List.of() : Require.all(STATE, "unfrozen", unfrozen);
      for (long at : unfrozen) {
        requireRange("unfrozen", at, 0, updates);
      }
      requireRange("steps", steps, 0, MAX_STEPS);
      requireRange("updates", updates, 0, steps);
      requireRange("accumulated", accumulated, 0, steps);
      requireRange("epochs", epochs, fit == null ? 0 : fit.begun(), MAX_EPOCHS);
    }

    /**
     * Returns the number of updates at the start of each epoch that unfroze parameters; never null.
     */
    @Override
    public List<Long> unfrozen() {
      return unfrozen;
    }

    /** Creates the progress of a trainer that does not unfreeze parameters. */
    public Progress(long steps, long updates, int accumulated, int epochs, @Nullable Fit fit) {
      this(steps, updates, accumulated, epochs, fit, null);
    }
  }

  /**
   * The progress of a running call of fit. If a listener saves the state after the last epoch, a
   * trainer that restores that state can run more epochs.
   *
   * @param epochs number of epochs of the call
   * @param data the training set's name
   * @param images number of images in the training set
   * @param done the finished epochs
   * @param step number of finished steps in the first unfinished epoch
   * @param lossSum sum of losses over the images of that epoch so far
   * @param correct number of correct predictions for these images
   * @param seconds training time in that epoch so far
   * @param answers number of predictions for these images; null if unknown, as in older states
   */
  public record Fit(
      int epochs,
      String data,
      int images,
      List<History.Epoch> done,
      int step,
      double lossSum,
      long correct,
      double seconds,
      @Nullable Long answers) {
    public Fit {
      Require.present(STATE, "data", data);
      done = Require.all(STATE, "done", done);
      requireRange("fit's epochs", epochs, 1, MAX_EPOCHS);
      requireRange("images", images, 1, Integer.MAX_VALUE);
      requireRange("done", done.size(), 0, epochs);
      // a step has an image at least
      requireRange("step", step, 0, done.size() == epochs ? 0 : images);
      requireRange("answers", answers == null ? 0 : answers, 0, Long.MAX_VALUE);
      requireRange("correct", correct, 0, answers == null ? Long.MAX_VALUE : answers);
      requireFinite("lossSum", lossSum, -Double.MAX_VALUE);
      requireFinite("seconds", seconds, 0);
    }

    /** Returns the number of epochs started by this call of fit. */
    int begun() {
      return done.size() + (step > 0 ? 1 : 0);
    }
  }

  public TrainingState {
    Require.present(STATE, "network", network);
    Require.present(STATE, "progress", progress);
    settings = Require.all(STATE, "settings", settings);
    tensors = Require.all(STATE, "tensors", tensors);
  }

  private static void requireRange(String what, long value, long least, long most) {
    if (value < least || value > most) {
      throw new InvalidArgumentException(
          STATE + ": " + what + " " + value + " must be from " + least + " to " + most);
    }
  }

  private static void requireFinite(String what, double value, double least) {
    if (!Double.isFinite(value) || value < least) {
      throw new InvalidArgumentException(
          STATE + ": " + what + " " + value + " must be at least " + least);
    }
  }

  /** Returns all weights and running statistics by their names in the network. */
  Map<String, float[]> weights() {
    Map<String, float[]> all = new LinkedHashMap<>();
    for (String name : network.state().keySet()) {
      float[] values = tensors.get(WEIGHTS + name);
      if (values == null) {
        throw new InvalidArgumentException(
            "training state: tensor " + WEIGHTS + name + " is missing");
      }
      all.put(name, values);
    }
    return all;
  }

  /**
   * Checks that weights match a network.
   *
   * @throws InvalidArgumentException if the network has no weight with one of the names
   * @throws ShapeException if a weight has another number of values
   */
  static void requireWeights(Network network, Map<String, float[]> weights) {
    Map<String, Shape> wanted = network.state();
    weights.forEach(
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

  /**
   * Checks that a trainer may restore this state.
   *
   * @throws InvalidArgumentException if the trainer's network or settings differ from those of the
   *     state
   */
  void requireSame(Network other, Map<String, String> otherSettings) {
    if (!network.equals(other)) {
      throw new InvalidArgumentException(
          "trainer: the network of the state, "
              + network.name()
              + ", differs from the trainer's, "
              + other.name());
    }
    Set<String> names = new TreeSet<>(settings.keySet());
    names.addAll(otherSettings.keySet());
    for (String name : names) {
      String mine = settings.getOrDefault(name, "none");
      String theirs = otherSettings.getOrDefault(name, "none");
      if (!mine.equals(theirs)) {
        throw new InvalidArgumentException(
            "trainer: the state has " + name + " " + mine + ", the trainer has " + theirs);
      }
    }
  }
}
