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
 * Listener for the progress of training, called on the training thread. An exception from it aborts
 * the training. A listener may call {@link Trainer#stop stop}, {@link Trainer#evaluate evaluate}
 * and {@link Trainer#state state} of its trainer; fit, step, restore and close throw. Calls from
 * other threads wait until fit returns, so a listener must not wait for such a call.
 *
 * <p>{@link #console()} and {@link #log()} are built-in listeners; {@link #all} combines several.
 */
public interface TrainingListener {
  /**
   * A finished step.
   *
   * @param epoch counted from 1, over all calls of fit
   * @param epochs the number of this call's last epoch, if nothing ends it earlier
   * @param step of the epoch, counted from 1
   * @param steps in the epoch
   * @param images in this step
   * @param loss of this step
   * @param lr the optimizer's learning rate at this step, by its schedule
   * @param accuracy of this step, before its update, in [0, 1]; NaN where the loss has none
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
    /** Constructor for a loss without accuracy. */
    public Step(int epoch, int epochs, int step, int steps, int images, double loss, double lr) {
      this(epoch, epochs, step, steps, images, loss, lr, Double.NaN);
    }
  }

  /**
   * A figure that was measured after an epoch, on the validation set.
   *
   * @param epoch counted from 1
   * @param name {@code validation_loss}, or {@code validation_accuracy} where the loss has one
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
   * Prints the progress of training to standard output: one line per epoch with loss and accuracy,
   * those of the validation set if there is one, seconds and speed. On a terminal a progress bar
   * below the lines shows speed, remaining time, and mean loss and accuracy of the epoch so far.
   * Losses without accuracy show none. For one trainer at a time.
   */
  static TrainingListener console() {
    PrintWriter out = new PrintWriter(System.out);
    return console(out, out);
  }

  /**
   * {@link #console()} on other streams.
   *
   * @param out for lines
   * @param terminal for the bar, if there is one
   * @throws dev.quern.error.InvalidArgumentException if one of them is null
   */
  static TrainingListener console(PrintWriter out, PrintWriter terminal) {
    return new ConsoleListener(out, terminal);
  }

  /**
   * Tells how training goes to the {@link System.Logger} {@code dev.quern.train}: the console's
   * line of an epoch at INFO, a line a step at DEBUG. For one trainer at a time.
   */
  static TrainingListener log() {
    return new LogListener(System.getLogger("dev.quern.train"));
  }

  /**
   * Combines several listeners, called in this order. If one throws, later ones are not called for
   * that event, and the training aborts as for a single listener. {@link #onEnd} is called on all
   * of them, even if some throw; the first exception is thrown, with later ones suppressed. If an
   * {@link #onBegin} throws, {@link #onEnd} is called with null for the listeners with a completed
   * onBegin.
   *
   * @throws dev.quern.error.InvalidArgumentException if one is null
   */
  static TrainingListener all(TrainingListener... listeners) {
    Require.present("listeners", "listeners", listeners);
    return new AllListeners(Require.all("listeners", "listeners", Arrays.asList(listeners)));
  }

  /** Called before the first step of a call of fit; what it throws leaves the trainer as it was. */
  default void onBegin() {}

  default void onStep(Step step) {}

  /** Called before {@link #onEpoch} of the same epoch. */
  default void onMetric(Metric metric) {}

  default void onEpoch(History.Epoch epoch) {}

  /**
   * Called last, once for each {@link #onBegin} that returned.
   *
   * @param stopReasonOrNull why fit returns; null where it throws
   */
  default void onEnd(History.@Nullable StopReason stopReasonOrNull) {}
}
