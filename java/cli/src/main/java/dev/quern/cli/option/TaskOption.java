package dev.quern.cli.option;

import dev.quern.cli.process.BadValueException;
import dev.quern.data.Dataset;
import dev.quern.data.MultiDataset;
import dev.quern.network.Network;
import dev.quern.network.Task;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** The option {@code --task}, and the default tasks of outputs. */
public final class TaskOption {
  private static final String KINDS = "single_label, multi_label, regression, pixel_classes, image";

  /** Converter of the option's value. */
  public static final class Converter implements ITypeConverter<Task.Kind> {
    @Override
    public Task.Kind convert(String value) {
      String kind = value.toLowerCase(Locale.ROOT);
      if (!List.of(KINDS.split(", ")).contains(kind)) {
        throw new TypeConversionException("'" + value + "' is not one of " + KINDS);
      }
      return Task.Kind.of(kind);
    }
  }

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Option(
      names = "--task",
      paramLabel = "KIND",
      converter = Converter.class,
      description =
          "Task of the network's output, which determines loss, predictions and metrics; one of "
              + KINDS
              + " (default: the \"task\" in the network file, or without it single_label for"
              + " data with labels).")
  private Task.Kind kind;

  /** Creates the option with its default; picocli sets its value. */
  TaskOption() {}

  /** Returns the network with the task of the option; unchanged without the option. */
  public Network asked(Network network) {
    if (kind == null) {
      return network;
    }
    if (network.outputs().size() > 1) {
      throw new BadValueException(
          command,
          "--task requires a network with one output; the network file has the tasks of "
              + network.outputs()
              + " under \"tasks\"");
    }
    Task said = network.task();
    if (said.kind() != Task.Kind.PLAIN && said.kind() != kind) {
      throw new BadValueException(
          command,
          "--task " + kind.text() + ": the network file has task \"" + said.kind().text() + "\"");
    }
    return network.withTask(new Task(kind, said.classes(), said.loss(), said.weight()));
  }

  /**
   * Returns the network with a task for each output; the default for labels is single_label. Tasks
   * without class names get the class names of the data.
   *
   * @throws BadValueException if an output with targets has no task
   */
  public Network known(Network network, MultiDataset data) {
    Network known = network;
    for (Map.Entry<String, Task> e : network.tasks().entrySet()) {
      Dataset targets = data.targets().get(e.getKey());
      Task task = e.getValue();
      if (task.kind() == Task.Kind.PLAIN) {
        if (targets.hasTargets()) {
          throw new BadValueException(command, unsaid(network, e.getKey(), targets));
        }
        task = new Task(Task.Kind.SINGLE_LABEL, task.classes(), task.loss(), task.weight());
      }
      if (task.classes().isEmpty()) {
        task = task.withClasses(targets.classes());
      }
      known = known.withTask(e.getKey(), task);
    }
    return known;
  }

  private static String unsaid(Network network, String output, Dataset targets) {
    String what =
        targets.name()
            + " has targets of "
            + targets.targetShape()
            + " for output "
            + output
            + " of network "
            + network.name()
            + ", which has no task: set ";
    return network.outputs().size() == 1
        ? what + "--task KIND or \"task\": \"KIND\" in its file; KIND is one of " + KINDS
        : what + "\"tasks\": {\"" + output + "\": \"KIND\"} in its file; KIND is one of " + KINDS;
  }
}
