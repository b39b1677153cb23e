package dev.quern.cli.predict;

import dev.quern.cli.data.DataSource;
import dev.quern.cli.option.ModelOptions;
import dev.quern.cli.option.ThreadOptions;
import dev.quern.cli.output.JsonText;
import dev.quern.cli.process.BadValueException;
import dev.quern.cli.process.Failures;
import dev.quern.cli.run.ModelArgument;
import dev.quern.data.Image;
import dev.quern.error.QuernException;
import dev.quern.error.ShapeException;
import dev.quern.io.dataset.ImageFolder;
import dev.quern.io.json.PredictionJson;
import dev.quern.network.Network;
import dev.quern.predict.Model;
import dev.quern.predict.Prediction;
import dev.quern.tensor.Shape;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The command {@code quern predict}, which prints predictions for images or CSV files. */
@Command(
    name = "predict",
    description = {
      "Prints the predictions of a saved model: one line per image with its name and the"
          + " prediction, separated by tabs. The prediction depends on the network's task: the"
          + " three most likely labels with probabilities; for multi-label networks also all"
          + " labels that hold; the numbers of a regression; the fraction of the image that each"
          + " class of pixels covers.",
      "",
      "A .csv file is read by the columns that the model was trained on: the output is one line of"
          + " CSV per row with the prediction.",
      "",
      "Images are PNG, JPEG, GIF, BMP, WebP or TIFF of any size up to 100 megapixels. They are"
          + " resized to the model's input, rotated upright by their EXIF orientation; for a model"
          + " of one channel they become grayscale, and transparent pixels black. Images should"
          + " look like those of the training: Fashion-MNIST's and MNIST's are white on black. An"
          + " image that cannot be read gets a line on standard error and exit status 1; the others"
          + " are still processed."
    })
public final class PredictCommand implements Callable<Integer> {
  @Spec private CommandSpec command;

  @Option(
      names = "--model",
      paramLabel = ModelArgument.FORM,
      required = true,
      converter = ModelArgument.Converter.class,
      description = ModelArgument.HELP + ".")
  private ModelArgument model;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description =
          "Write predictions that are images to this folder, as PNG: class indices as gray values,"
              + " images by their values from 0 to 1.")
  private Path folder;

  @Mixin private ExplainOptions explain;

  @Option(
      names = "--json",
      description = "Print one line of JSON per image or row: all predictions in full precision.")
  private boolean json;

  @Mixin private ModelOptions options;

  @Mixin private ThreadOptions threads;

  @Parameters(
      paramLabel = "IMAGE",
      arity = "1..*",
      description =
          "PNG, JPEG, GIF, BMP, WebP or TIFF files, or folders, which are searched recursively;"
              + " or .csv files with a header.")
  private List<Path> given;

  private List<Path> images;

  private PredictionImages pictures;
  private ExplainOptions.Maps maps;

  @Override
  public Integer call() {
    explain.requireSense(folder);
    threads.apply();
    if (given.stream().anyMatch(DataSource::isTable)) {
      return predictRows();
    }
    images = given.stream().flatMap(PredictCommand::below).toList();
    pictures = folder == null ? null : new PredictionImages(folder, images);
    int status = Failures.OK;
    try (Model m = Model.of(options.applied(model.data()))) {
      requireImages(m.network().input());
      if (explain.isAsked()) {
        maps = explain.new Maps(m.data(), folder, images);
      } else {
        requirePictures(m.network());
      }
      for (Path image : images) {
        if (!predict(m, image)) {
          status = Failures.FAILED;
        }
      }
    } finally {
      if (maps != null) {
        maps.close();
      }
    }
    return status;
  }

  private int predictRows() {
    if (!given.stream().allMatch(DataSource::isTable)) {
      throw new BadValueException(command, "images and .csv files cannot be predicted together");
    }
    if (folder != null) {
      throw new BadValueException(command, "--out is not supported for CSV files");
    }
    try (Model m = Model.of(model.data())) {
      RowPredictions predictions = new RowPredictions(m, command.commandLine().getOut(), json);
      given.forEach(predictions::print);
    }
    return Failures.OK;
  }

  /**
   * Returns the images in a folder. For a folder without images, returns the folder, so that its
   * error is reported in the order of the arguments.
   */
  private static Stream<Path> below(Path image) {
    try {
      return Files.isDirectory(image) ? ImageFolder.files(image).stream() : Stream.of(image);
    } catch (QuernException e) {
      return Stream.of(image);
    }
  }

  private static Image read(Path image) {
    if (Files.isDirectory(image)) {
      ImageFolder.files(image); // throws the error of a folder without images
    }
    return Image.read(image);
  }

  private static void requireImages(Shape input) {
    if (input.rank() != 3 || (input.dim(0) != 1 && input.dim(0) != 3)) {
      throw new ShapeException(
          "predict: the model's input " + input + " is not an image of 1 or 3 channels");
    }
  }

  private static Map<String, Prediction> predictions(Model m, Path file, Image image) {
    try {
      return m.predict(image);
    } catch (ShapeException e) { // for example, the image is too small
      throw new ShapeException("predict: " + file + ": " + e.getMessage());
    }
  }

  /** Checks, if images are to be written, that the network has an output that is an image. */
  private void requirePictures(Network network) {
    boolean some = network.outputs().stream().anyMatch(o -> network.shapes().get(o).rank() == 3);
    if (folder != null && !some) {
      throw new BadValueException(
          command,
          "--out requires predictions that are images; network "
              + network.name()
              + " has task "
              + String.join(
                  ", ", network.tasks().values().stream().map(t -> t.kind().text()).toList()));
    }
  }

  /** Predicts an image and prints the result; returns false after reporting a failure. */
  private boolean predict(Model m, Path image) {
    PrintWriter out = command.commandLine().getOut();
    try {
      Image picture = read(image);
      Map<String, Prediction> predictions = predictions(m, image, picture);
      List<String> words = new ArrayList<>(List.of(Failures.printable(image.toString())));
      predictions.forEach(
          (output, prediction) -> {
            String name = predictions.size() == 1 ? null : output;
            if (name != null) {
              words.add(name + ":");
            }
            words.addAll(PredictionText.of(prediction));
            if (pictures != null) {
              pictures.write(image, name, prediction);
            }
          });
      if (maps != null) {
        maps.write(image, picture);
      }
      out.println(json ? json(image, predictions) : String.join("\t", words));
      return true;
    } catch (QuernException e) {
      out.flush();
      Failures.line(command.commandLine().getErr(), e.getMessage());
      return false;
    }
  }

  /** Returns predictions as JSON, with all labels and numbers at full precision. */
  private static String json(Path image, Map<String, Prediction> predictions) {
    return JsonText.object(
        json -> {
          json.writeStringField("image", image.toString());
          PredictionJson.predictions(json, predictions, Integer.MAX_VALUE);
        });
  }
}
