package dev.quern.cli.model;

import dev.quern.cli.option.ClassList;
import dev.quern.cli.option.ModelOptions;
import dev.quern.cli.option.TaskOption;
import dev.quern.cli.process.BadValueException;
import dev.quern.network.Task;
import dev.quern.onnx.Onnx;
import dev.quern.onnx.OnnxReader;
import dev.quern.predict.ModelData;
import java.nio.file.Path;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Options of {@code quern import} for an ONNX file, which contains network and weights. */
final class OnnxOptions {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Option(
      names = "--dims",
      paramLabel = "INPUT=D,...",
      description =
          "Size of an input with dynamic dimensions in the ONNX file, including the batch: --dims"
              + " image=1,3,224,224.")
  private Map<String, String> dims = Map.of();

  @Option(
      names = "--outputs",
      paramLabel = "VALUE",
      split = ",",
      description = "Cut the network at these values of the ONNX file, which become its outputs.")
  private String[] outputs;

  @Option(
      names = "--task",
      paramLabel = "KIND",
      converter = TaskOption.Converter.class,
      description =
          "Task of the network's only output: single_label, multi_label, regression,"
              + " pixel_classes or image (default for class probabilities: single_label).")
  private Task.Kind kind;

  /** Creates the options with their defaults; picocli sets their values. */
  OnnxOptions() {}

  /** Returns whether a file is an ONNX file, by its extension. */
  static boolean reads(Path file) {
    return file.toString().endsWith(".onnx");
  }

  /** Returns whether one of these options was given. */
  boolean isAsked() {
    return !dims.isEmpty() || outputs != null || kind != null;
  }

  /** Returns the model of an ONNX file. */
  ModelData model(Path file, ClassList classes) {
    OnnxReader reader = Onnx.reader();
    for (Map.Entry<String, String> e : dims.entrySet()) {
      reader = sized(reader, e.getKey(), e.getValue());
    }
    ModelData model = (outputs == null ? reader : reader.outputs(outputs)).read(file);
    return ModelOptions.named(command, model, kind, classes);
  }

  private OnnxReader sized(OnnxReader reader, String input, String text) {
    String[] parts = text.split(",");
    long[] all = new long[parts.length];
    try {
      for (int i = 0; i < all.length; i++) {
        all[i] = parts[i].equals("?") ? -1 : Long.parseLong(parts[i]);
      }
    } catch (NumberFormatException e) {
      throw new BadValueException(
          command, "--dims " + input + "=" + text + " is not INPUT=N,C,H,W, each a number or ?");
    }
    return BadValueException.check(command, () -> reader.size(input, all));
  }
}
