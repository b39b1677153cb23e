package dev.quern.cli.option;

import dev.quern.cli.process.BadValueException;
import dev.quern.network.Network;
import dev.quern.network.Task;
import dev.quern.predict.ModelData;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Options for a model's class names and preprocessing, in case the model file lacks them. */
public final class ModelOptions {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Option(
      names = "--classes",
      paramLabel = ClassList.FORM,
      converter = ClassList.Converter.class,
      description =
          "Classes of a model without class names, such as an ONNX file: their number, their names"
              + " separated by commas, or a text file with a name per line.")
  private ClassList classes = ClassList.NONE;

  @Mixin private PreprocessingOptions preprocessing;

  /** Creates the options with their defaults; picocli sets their values. */
  public ModelOptions() {}

  /** Returns the model with the classes and the preprocessing of the options. */
  public ModelData applied(ModelData model) {
    return preprocessing.applied(named(command, model, null, classes));
  }

  /**
   * Returns a copy of a model with these classes for its only output.
   *
   * @param kind task of the output; null for the network's task, or single_label if the network has
   *     no task
   * @throws BadValueException if the model has several outputs, or another number of classes
   */
  public static ModelData named(
      CommandSpec command, ModelData model, Task.Kind kind, ClassList classes) {
    if (kind == null && classes == ClassList.NONE) {
      return model;
    }
    Network network = model.network();
    if (network.outputs().size() > 1) {
      throw new BadValueException(
          command, "--task and --classes require one output, not " + network.outputs());
    }
    Task known = network.task();
    Task.Kind own = known.kind() == Task.Kind.PLAIN ? Task.Kind.SINGLE_LABEL : known.kind();
    Task.Kind of = kind == null ? own : kind;
    Task same = of == known.kind() ? known : new Task(of, known.classes(), null, known.weight());
    Task task = classes.names().isEmpty() ? same : same.withClasses(classes.names());
    return BadValueException.check(
        command,
        () -> {
          if (classes != ClassList.NONE) {
            // checks the number of classes
            network.withTask(task.withClasses(classes.eachNamed()));
          }
          return model.withNetwork(network.withTask(task));
        });
  }
}
