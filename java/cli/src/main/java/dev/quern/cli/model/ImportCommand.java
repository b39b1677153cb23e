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
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code quern import}. */
@Command(
    name = "import",
    description = {
      "Makes a model of a network from elsewhere: predict, eval, detect and the Java API take it"
          + " like one that quern train saved. FILE is an ONNX network, or weights that another"
          + " library saved as safetensors.",
      "",
      "An ONNX network brings its layers and weights. What it needs besides is how pictures become"
          + " its input (--mean and so on) and names of classes, and of a detector which outputs are"
          + " boxes. Nodes that cannot be read are listed,"
          + " and nothing is imported then.",
      "",
      "The weights of torchvision's models load as they are, into the networks that quern nets"
          + " prints with its names: PyTorch writes them by"
          + " safetensors.torch.save_file(model.state_dict(), \"weights.safetensors\"). For other"
          + " names, --names has a file of lines FROM = TO. FROM is what a name begins with, or has"
          + " stars for any run of characters, which TO has in the same order. Of lines that fit, the"
          + " one with most characters besides stars is taken, of those the first. A # begins a"
          + " comment. The file may also be a JSON object.",
      "",
      "What was loaded, missing, unexpected and of another shape is printed. A model that lacks"
          + " weights is refused, unless --partial draws them. float64, float32, float16 and bfloat16"
          + " become float32."
    })
public final class ImportCommand implements Callable<Integer> {
  @Spec private CommandSpec command;

  @Parameters(paramLabel = "FILE", description = "A network, *.onnx, or weights, *.safetensors.")
  private Path file;

  @Option(
      names = "--out",
      paramLabel = "MODEL",
      required = true,
      description = "Where the model goes, *.safetensors.")
  private Path out;

  @Option(names = "--overwrite", description = "Replace a file that is there.")
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

  /** What the file is decides how it is read. */
  private ModelData read(PrintWriter print) {
    String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
    if (name.endsWith(".pt") || name.endsWith(".pth") || name.endsWith(".bin")) {
      throw new BadValueException(
          command,
          file
              + " is PyTorch's own form, which can run any program: in Python,"
              + " safetensors.torch.save_file(torch.load(...), ...) writes the weights alone");
    }
    if (OnnxOptions.reads(file)) {
      if (weights.isAsked()) {
        throw new BadValueException(
            command,
            file + " has its network: --net, --names, --input and --partial are for weights");
      }
      return onnx(weights.classes());
    }
    if (onnx.isAsked() || decoder.isAsked()) {
      throw new BadValueException(
          command, "--dims, --outputs, --task and --boxes are for *.onnx, not " + file);
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

  /** Before anything is read: a place where nothing could go, or something would be lost. */
  private void requireOut() {
    if (!out.toString().endsWith(".safetensors")) {
      throw new BadValueException(command, "--out " + out + " does not end in .safetensors");
    }
    try {
      if (Files.exists(out) && Files.exists(file) && Files.isSameFile(out, file)) {
        throw new BadValueException(command, "--out " + out + " is the file to import");
      }
    } catch (IOException e) {
      // reading or writing will say what is wrong
    }
    AtomicFile.requireFolder("import", out);
    if (Files.exists(out) && !overwrite) {
      throw new BadValueException(command, out + " is there already; --overwrite replaces it");
    }
  }
}
