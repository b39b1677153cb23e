package dev.quern.cli.model;

import dev.quern.cli.option.ClassList;
import dev.quern.cli.option.DecoderOptions;
import dev.quern.cli.option.PreprocessingOptions;
import dev.quern.cli.process.BadValueException;
import dev.quern.cli.process.Failures;
import dev.quern.io.ModelFile;
import dev.quern.io.file.AtomicFile;
import dev.quern.predict.ModelData;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The command {@code quern import}, which imports an ONNX network or weights as a model. */
@Command(
    name = "import",
    description = {
      "Imports an external network as a model: predict, eval, detect and the Java API use"
          + " it like one that quern train saved. FILE is an ONNX network, or weights that"
          + " another library saved: safetensors, or a state_dict of torch.save.",
      "",
      "An ONNX file contains layers and weights. Options add the preprocessing of images (--mean"
          + " and so on), names of classes, and for a detector the outputs that contain boxes. If"
          + " nodes are not supported, all of them are listed and nothing is imported.",
      "",
      "Weights of torchvision's models load unchanged into the networks that quern nets"
          + " prints with torchvision's names: PyTorch writes them by"
          + " torch.save(model.state_dict(), \"weights.pth\"), of which nothing is executed here."
          + " For other names, --names takes a file with lines FROM = TO. FROM is a prefix of a"
          + " name, or has stars that match any run of characters; TO has the same stars in the"
          + " same order. Of the lines that match, the one with the most characters besides stars"
          + " is used, the first if several are equal. A # begins a comment. The file may also be"
          + " a JSON object.",
      "",
      "The command prints the weights that were loaded, missing, unexpected and of another"
          + " shape. A model with missing weights is refused, unless --partial initializes them."
          + " float64, float32, float16 and bfloat16 become float32."
    })
public final class ImportCommand implements Callable<Integer> {
  @Spec private CommandSpec command;

  @Parameters(
      paramLabel = "FILE",
      description = "A network, *.onnx, or weights, *.safetensors, *.pth, *.pt or *.bin.")
  private Path file;

  @Option(
      names = "--out",
      paramLabel = "MODEL",
      required = true,
      description = "Model file to write, *.safetensors.")
  private Path out;

  @Option(names = "--overwrite", description = "Replace an existing file.")
  private boolean overwrite;

  @Mixin private WeightsOptions weights;

  @Mixin private OnnxOptions onnx;

  @Mixin private DecoderOptions decoder;

  @Mixin private PreprocessingOptions preprocessing;

  @Override
  public Integer call() {
    requireOut();
    PrintWriter print = command.commandLine().getOut();
    ModelData model = preprocessing.applied(read(print));
    ModelFile.save(out, model);
    print.println(model.network());
    return Failures.OK;
  }

  /** Reads the file as ONNX or as weights, according to its extension. */
  private ModelData read(PrintWriter print) {
    if (OnnxOptions.reads(file)) {
      if (weights.isAsked()) {
        throw new BadValueException(
            command, file + " contains its network: omit --net, --names, --input and --partial");
      }
      return onnx(weights.classes());
    }
    if (onnx.isAsked() || decoder.isAsked()) {
      throw new BadValueException(
          command, "--dims, --outputs, --task and --boxes require an .onnx file, not " + file);
    }
    return weights.model(file, print);
  }

  private ModelData onnx(ClassList classes) {
    if (!decoder.isAsked()) {
      return onnx.model(file, classes);
    }
    ModelData model = onnx.model(file, ClassList.NONE);
    return model.withNetwork(decoder.applied(model.network(), classes));
  }

  /**
   * Checks {@code --out} before the input is read: extension, folder, and that no existing file is
   * lost.
   */
  private void requireOut() {
    if (!out.toString().endsWith(".safetensors")) {
      throw new BadValueException(command, "--out " + out + " does not end in .safetensors");
    }
    try {
      if (Files.exists(out) && Files.exists(file) && Files.isSameFile(out, file)) {
        throw new BadValueException(command, "--out " + out + " must not be the imported file");
      }
    } catch (IOException e) {
      // reading or writing will report the error
    }
    AtomicFile.requireFolder("import", out);
    if (Files.exists(out) && !overwrite) {
      throw new BadValueException(command, out + " exists already; --overwrite replaces it");
    }
  }
}
