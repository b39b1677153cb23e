package dev.quern.cli;

import dev.quern.data.Image;
import dev.quern.error.QuernException;
import dev.quern.error.ShapeException;
import dev.quern.io.ModelFile;
import dev.quern.predict.Model;
import dev.quern.predict.Prediction;
import dev.quern.tensor.Shape;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code quern predict}. */
@Command(
    name = "predict",
    description = {
      "Says what a saved model takes images for: a line an image with its name and the three"
          + " likeliest labels with probabilities, between tabs.",
      "",
      "Images are PNG, JPEG, GIF or BMP of any size up to 100 megapixels. They are resized to"
          + " the model's input, upright as the camera was held; for a model of one channel they become grey, and transparent pixels black."
          + " Images should look like those of the training: Fashion-MNIST's and MNIST's are white"
          + " on black. An image that cannot be read gets a line on standard error and exit status"
          + " 1; the others are done all the same."
    })
final class PredictCommand implements Callable<Integer> {
  private static final int TOP = 3;

  @Spec private CommandSpec command;

  @Option(
      names = "--model",
      paramLabel = "FILE",
      required = true,
      description = "A model that quern train saved.")
  private Path model;

  @Mixin private ThreadOptions threads;

  @Parameters(paramLabel = "IMAGE", arity = "1..*", description = "PNG, JPEG, GIF or BMP files.")
  private List<Path> images;

  @Override
  public Integer call() {
    threads.apply();
    int status = Failures.OK;
    try (Model m = Model.of(ModelFile.load(model))) {
      requireImages(m.network().input());
      for (Path image : images) {
        if (!predict(m, image)) {
          status = Failures.FAILED;
        }
      }
    }
    return status;
  }

  private static void requireImages(Shape input) {
    if (input.rank() != 3 || (input.dim(0) != 1 && input.dim(0) != 3)) {
      throw new ShapeException(
          "predict: the model's input " + input + " is not an image of 1 or 3 channels");
    }
  }

  private static List<Prediction> classify(Model m, Path image) {
    return m.classify(List.of(Image.read(image)), TOP).get(0);
  }

  /** Whether the image could be read. */
  private boolean predict(Model m, Path image) {
    PrintWriter out = command.commandLine().getOut();
    try {
      List<Prediction> likeliest = classify(m, image);
      StringBuilder line = new StringBuilder(Failures.printable(image.toString()));
      for (Prediction p : likeliest) {
        line.append('\t').append(Failures.printable(p.label()));
        line.append(String.format(Locale.ROOT, " %.4f", p.probability()));
      }
      out.println(line);
      return true;
    } catch (QuernException e) {
      out.flush();
      Failures.line(command.commandLine().getErr(), e.getMessage());
      return false;
    }
  }
}
