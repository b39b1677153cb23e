package dev.quern.train;

import dev.quern.internal.arguments.Require;
import dev.quern.metric.Evaluation;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A listener for the progress of training, called on the training thread. An exception from a
 * listener aborts the training. A listener may call {@link Trainer#stop stop}, {@link
 * Trainer#evaluate evaluate} and {@link Trainer#state state} of its trainer; {@code fit}, {@code
 * step}, {@code restore} and {@code close} throw an exception if a listener calls them. Calls from
 * other threads wait until fit returns, so a listener must not wait for such a call.
 *
 * <p>{@link #console()} and {@link #log()} are built-in listeners; {@link #all} combines several.
 */
public interface TrainingListener {
  /**
   * A finished step.
   *
   * @param epoch the epoch, counted from 1 over all calls of fit
   * @param epochs the number of the last epoch of this call of fit, unless the call ends earlier
   * @param step the step in the epoch, counted from 1
   * @param steps the number of steps in the epoch
   * @param images the number of images in this step
   * @param loss the loss of this step, before its update
   * @param lr the optimizer's learning rate at this step, according to the schedule
   * @param accuracy the accuracy of this step, before its update, in [0, 1]; NaN for losses without
   *     accuracy
   */
  record Step(
      int epoch,
      int epochs,
      int step,
      int steps,
      int images,
      double loss,
      double lr,
      double accuracy) {
    /** Creates a step for a loss without accuracy. */
    public Step(int epoch, int epochs, int step, int steps, int images, double loss, double lr) {
      this(epoch, epochs, step, steps, images, loss, lr, Double.NaN);
    }
  }

  /**
   * A metric of the validation set after an epoch.
   *
   * @param epoch the epoch, counted from 1
   * @param name {@code validation_loss} or {@code validation_accuracy}; the latter exists only if
   *     the loss defines an accuracy
   */
  record Metric(int epoch, String name, double value) {
    static List<Metric> of(int epoch, Optional<Evaluation> validation) {
      List<Metric> all = new ArrayList<>();
      validation.ifPresent(
          v -> {
            all.add(new Metric(epoch, "validation_loss", v.loss()));
            if (!Double.isNaN(v.accuracy())) {
              all.add(new Metric(epoch, "validation_accuracy", v.accuracy()));
            }
          });
      return all;
    }
  }

  /**
   * Returns a listener that prints progress to standard output: one line per epoch with loss,
   * accuracy, seconds, speed and, with a validation set, that set's loss and accuracy. On a
   * terminal, a progress bar below the lines shows speed, remaining time, and mean loss and
   * accuracy of the epoch so far. Accuracy is omitted if the loss does not define it. A listener
   * can be used with one trainer at a time.
   */
  static TrainingListener console() {
    PrintWriter out = new PrintWriter(System.out);
    return console(out, out);
  }

  /**
   * Returns a listener as {@link #console()} with other writers.
   *
   * @param out the writer of lines
   * @param terminal the writer of the progress bar, used on a terminal only
   * @throws dev.quern.error.InvalidArgumentException if a writer is null
   */
  static TrainingListener console(PrintWriter out, PrintWriter terminal) {
    return new ConsoleListener(out, terminal);
  }

  /**
   * Returns a listener that logs to the {@link System.Logger} {@code dev.quern.train}: the line of
   * {@link #console()} for each epoch at INFO, and a line for each step at DEBUG. A listener can be
   * used with one trainer at a time.
   */
  static TrainingListener log() {
    return new LogListener(System.getLogger("dev.quern.train"));
  }

  /**
   * Returns a listener that calls the given listeners in order. If one of them throws, the
   * listeners after it are not called for that event, and the training is aborted. {@link #onEnd}
   * is called on all listeners, even if some throw; the first exception is thrown, with later
   * exceptions suppressed. If an {@link #onBegin} throws, {@link #onEnd} is called with null on the
   * listeners whose onBegin has returned.
   *
   * @throws dev.quern.error.InvalidArgumentException if a listener is null
   */
  static TrainingListener all(TrainingListener... listeners) {
    Require.present("listeners", "listeners", listeners);
    return new AllListeners(Require.all("listeners", "listeners", Arrays.asList(listeners)));
  }

  /** Called before the first step of a call of fit; if it throws, the trainer is unchanged. */
  default void onBegin() {}

  default void onStep(Step step) {}

  /** Called for each validation metric of an epoch, before {@link #onEpoch}. */
  default void onMetric(Metric metric) {}

  default void onEpoch(History.Epoch epoch) {}

  /**
   * Called at the end of a call of fit, once for each {@link #onBegin} that returned normally.
   *
   * @param stopReasonOrNull the reason why fit returns; null if it throws
   */
  default void onEnd(History.@Nullable StopReason stopReasonOrNull) {}
}
