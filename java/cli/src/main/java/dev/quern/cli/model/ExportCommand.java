package dev.quern.cli.model;

import dev.quern.cli.option.Counts;
import dev.quern.cli.process.Failures;
import dev.quern.cli.run.ModelArgument;
import dev.quern.io.file.AtomicFile;
import dev.quern.network.Network;
import dev.quern.onnx.OnnxWriter;
import dev.quern.predict.ModelData;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The command {@code quern export}, which writes a model as an ONNX file. */
@Command(
    name = "export",
    description = {
      "Writes a saved model as an ONNX file, for other runtimes.",
      "",
      "Weights, layers, inputs and outputs keep their names. Inputs are the network's"
          + " inputs, float32 and normalized, unless --preprocessing is given; outputs are the"
          + " network's outputs, unless --activation is given. The metadata has classes, tasks,"
          + " preprocessing and provenance."
    })
public final class ExportCommand implements Callable<Integer> {
  @Spec private CommandSpec command;

  @Parameters(
      paramLabel = "MODEL",
      converter = ModelArgument.Converter.class,
      description = ModelArgument.HELP + ".")
  private ModelArgument model;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      required = true,
      description = "File to write; an existing file is replaced.")
  private Path out;

  @Option(
      names = "--opset",
      paramLabel = "N",
      defaultValue = "17",
      converter = Counts.Positive.class,
      description = "The version of ONNX's operators, 13 to 23; default ${DEFAULT-VALUE}.")
  private int opset;

  @Option(
      names = "--activation",
      negatable = true,
      description =
          "Append the task's softmax or sigmoid, so that outputs are probabilities; by default"
              + " they are logits.")
  private boolean activation;

  @Option(
      names = "--preprocessing",
      description =
          "Prepend the normalization of pixels: inputs are then RGB values from 0 to 255, of"
              + " the network's input size.")
  private boolean preprocessing;

  @Option(
      names = "--batch",
      paramLabel = "N",
      converter = Counts.Positive.class,
      description = "Fixed batch size (default: any).")
  private Integer batch;

  @Override
  public Integer call() {
    AtomicFile.requireFolder("export", out);
    OnnxWriter writer =
        new OnnxWriter()
            .opset(opset)
            .activation(activation)
            .preprocessing(preprocessing)
            .batch(batch == null ? 0 : batch);
    ModelData data = model.data();
    writer.save(data, out);
    Network network = data.network();
    command
        .commandLine()
        .getOut()
        .printf(
            Locale.ROOT,
            "%s: %s, %d layers, %,d parameters, opset %d%n",
            Failures.printable(out.toString()),
            Failures.printable(network.name()),
            network.nodes().size(),
            network.parameterCount(),
            opset);
    return Failures.OK;
  }
}
