package dev.quern.cli.predict;

import dev.quern.cli.option.PreprocessingOptions;
import dev.quern.cli.option.ThreadOptions;
import dev.quern.cli.output.PictureFolder;
import dev.quern.cli.process.Failures;
import dev.quern.cli.run.ModelArgument;
import dev.quern.data.Image;
import dev.quern.detect.Detection;
import dev.quern.error.QuernException;
import dev.quern.image.Images;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The command {@code quern detect}, which detects objects in images. */
@Command(
    name = "detect",
    description = {
      "Object detection: prints one line per image with its name and the detected objects,"
          + " best first, separated by tabs. Each object has its class, its score, and left, top,"
          + " right and bottom of its box in pixels of the image, then x, y and score of each key"
          + " point, if the model has key points. The masks of instance segmentation are printed"
          + " by --json only, in COCO's run-length encoding.",
      "",
      "Images are PNG, JPEG, GIF, BMP, WebP or TIFF of any size up to 100 megapixels. An"
          + " image that cannot be read gets a line on standard error and exit status 1; the"
          + " others are still processed. An external model may lack the decoding of its outputs"
          + " to boxes and the preprocessing of pixels: the options from --boxes on add them. An"
          + " ONNX file may also be a whole detector with non-maximum suppression inside, as"
          + " torchvision exports it."
    })
public final class DetectCommand implements Callable<Integer> {
  @Spec private CommandSpec command;

  @Option(
      names = "--model",
      paramLabel = ModelArgument.FORM,
      required = true,
      converter = ModelArgument.Converter.class,
      description = ModelArgument.HELP + ".")
  private ModelArgument model;

  @Option(names = "--json", description = "Print a line of JSON for each image.")
  private boolean json;

  @Option(
      names = "--draw",
      paramLabel = "DIR",
      description =
          "Write each image with the boxes, key points and masks drawn to this folder, as PNG.")
  private Path folder;

  @Mixin private DetectorOptions detector;

  @Mixin private PreprocessingOptions preprocessing;

  @Mixin private ThreadOptions threads;

  @Parameters(
      paramLabel = "IMAGE",
      arity = "1..*",
      description = "PNG, JPEG, GIF, BMP, WebP or TIFF files.")
  private List<Path> images;

  private PictureFolder drawings;

  @Override
  public Integer call() {
    threads.apply();
    drawings = folder == null ? null : new PictureFolder("detect", folder, images);
    int status = Failures.OK;
    try (OpenDetector open = detector.open(model, preprocessing::applied, preprocessing::applied)) {
      for (Path image : images) {
        if (!detect(open, image)) {
          status = Failures.FAILED;
        }
      }
    }
    return status;
  }

  /** Detects objects in an image and prints them; returns false after reporting a failure. */
  private boolean detect(OpenDetector open, Path file) {
    PrintWriter out = command.commandLine().getOut();
    try {
      Image image = Image.read(file);
      List<Detection> found = open.detect(image);
      if (drawings != null) {
        drawings.write(file, "", Images.draw(image, found));
      }
      out.println(
          json ? DetectionLines.json(file, image, found) : DetectionLines.text(file, found));
      return true;
    } catch (QuernException e) {
      out.flush();
      Failures.line(command.commandLine().getErr(), "detect", file, e);
      return false;
    }
  }
}
