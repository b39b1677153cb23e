package dev.quern.cli.model;

import dev.quern.cli.option.Choice;
import dev.quern.cli.process.Failures;
import dev.quern.cli.run.ModelArgument;
import dev.quern.io.ModelFile;
import dev.quern.io.file.AtomicFile;
import dev.quern.layer.Quantized;
import dev.quern.predict.ModelData;
import dev.quern.tensor.DType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The command {@code quern convert}, which converts the weights of a model to another type. */
@Command(
    name = "convert",
    description = {
      "Converts a model's weights to another type: bf16 or f16 halve their bytes, in the"
          + " file and in memory. The model is one that quern train saved, or an ONNX network.",
      "",
      "Weights of convolutions and linear layers are rounded to the nearest value of the"
          + " type; the few others stay float32. All computation is in float32. Quantized layers"
          + " keep their int8 weights."
    })
public final class ConvertCommand implements Callable<Integer> {
  @Spec private CommandSpec command;

  @Option(
      names = "--model",
      paramLabel = ModelArgument.FORM,
      required = true,
      converter = ModelArgument.Converter.class,
      description = "A float model: *.safetensors or *.onnx, or a name of quern models.")
  private ModelArgument model;

  @Option(
      names = "--dtype",
      paramLabel = "TYPE",
      required = true,
      converter = Type.class,
      description =
          "bf16: float32's range, 8 significant bits; f16: 11 significant bits, to 65504; f32.")
  private DType dtype;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      required = true,
      description = "File to write; an existing file is replaced.")
  private Path out;

  /** Converter of the value of {@code --dtype}. */
  static final class Type extends Choice<DType> {
    Type() {
      super(DType.class);
    }
  }

  @Override
  public Integer call() throws IOException {
    AtomicFile.requireFolder("convert", out);
    ModelData made = model.data().to(dtype);
    long before = model.bytes();
    ModelFile.save(out, made);
    command
        .commandLine()
        .getOut()
        .printf(
            Locale.ROOT,
            "%s: weights %s, %,d bytes, were %,d%n",
            Failures.printable(out.toString()),
            dtype,
            Files.size(out),
            before);
    long quantized =
        made.network().nodes().stream().filter(n -> n.layer() instanceof Quantized).count();
    if (quantized > 0) {
      command
          .commandLine()
          .getOut()
          .printf("quantized layers, which keep their int8 weights: %d%n", quantized);
    }
    return Failures.OK;
  }
}
