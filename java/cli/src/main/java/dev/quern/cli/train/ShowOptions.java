package dev.quern.cli.train;

import dev.quern.cli.process.BadValueException;
import dev.quern.report.TensorBoard;
import dev.quern.train.TrainingListener;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * Options of {@code quern train} for the display of a run: text output, report, live page,
 * TensorBoard.
 */
public final class ShowOptions {
  @Mixin private OutputOptions output;

  @Mixin private ReportOptions report;

  @Mixin private LiveOptions live;

  @Option(
      names = "--tensorboard",
      paramLabel = "DIR",
      description =
          "Write the loss, learning rate and metrics to this folder as TensorBoard event files.")
  private Path tensorboard;

  /** Creates the options with their defaults; picocli sets their values. */
  public ShowOptions() {}

  /**
   * Checks the combination of options.
   *
   * @throws BadValueException if options contradict each other
   */
  void requireSense() {
    output.requireSense();
  }

  TrainOutput output(CommandLine command) {
    return output.on(command.getOut(), command.getErr());
  }

  ReportOptions report() {
    return report;
  }

  LiveOptions live() {
    return live;
  }

  /** Returns the listeners that the options require. */
  List<TrainingListener> listeners() {
    List<TrainingListener> all = new ArrayList<>();
    if (tensorboard != null) {
      all.add(new TensorBoard(tensorboard));
    }
    return all;
  }
}
