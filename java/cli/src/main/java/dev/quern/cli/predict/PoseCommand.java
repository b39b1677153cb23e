package dev.quern.cli.predict;

import dev.quern.cli.option.BoxConverter;
import dev.quern.cli.option.PreprocessingOptions;
import dev.quern.cli.option.ThreadOptions;
import dev.quern.cli.output.PictureFolder;
import dev.quern.cli.process.BadValueException;
import dev.quern.cli.process.Failures;
import dev.quern.cli.run.ModelArgument;
import dev.quern.data.Image;
import dev.quern.detect.Box;
import dev.quern.detect.Detection;
import dev.quern.error.QuernException;
import dev.quern.image.Images;
import dev.quern.pose.PoseEstimator;
import dev.quern.predict.Model;
import dev.quern.predict.ModelData;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.UnaryOperator;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The command {@code quern pose}, which estimates the poses of persons in images. */
@Command(
    name = "pose",
    description = {
      "Top-down pose estimation: prints one line per image with its name and the persons,"
          + " separated by tabs. Each person has its class, its score, and left, top, right and"
          + " bottom of its box in pixels of the image, then x, y and score of each key point.",
      "",
      "The boxes are those of --detector or --box; without both, the whole image is one box."
          + " Images are PNG, JPEG, GIF, BMP, WebP or TIFF of any size up to 100 megapixels. An"
          + " image that cannot be read gets a line on standard error and exit status 1; the"
          + " others are still processed. The options from --score on are those of the detector;"
          + " the options from --preprocessing on are those of the pose model. A detector has the"
          + " preprocessing that quern import wrote to its file."
    })
public final class PoseCommand implements Callable<Integer> {
  private static final String PERSON = "person";

  /** The options that have no effect without a detector. */
  private static final List<String> OF_DETECTOR =
      List.of(
          "--class",
          "--score",
          "--iou",
          "--classes",
          "--boxes",
          "--scores",
          "--form",
          "--box-pixels",
          "--function",
          "--background",
          "--yolo",
          "--key-points",
          "--faces",
          "--masks");

  @Spec private CommandSpec command;

  @Option(
      names = "--model",
      paramLabel = ModelArgument.FORM,
      required = true,
      converter = ModelArgument.Converter.class,
      description = "The pose model: a model file, an ONNX file or a pretrained network.")
  private ModelArgument model;

  @Mixin private PoseOptions pose;

  @Option(
      names = "--box",
      paramLabel = "L,T,R,B",
      converter = BoxConverter.class,
      description =
          "Box of a person in each image: left, top, right and bottom in pixels. Can be repeated.")
  private List<Box> boxes;

  @Option(names = "--json", description = "Print a line of JSON for each image.")
  private boolean json;

  @Option(
      names = "--draw",
      paramLabel = "DIR",
      description =
          "Write each image with the boxes, and the key points with a score above 0.5, drawn to"
              + " this folder, as PNG.")
  private Path folder;

  @Option(
      names = "--detector",
      paramLabel = ModelArgument.FORM,
      converter = ModelArgument.Converter.class,
      description = "The detector of persons: a model file or an ONNX file, as in quern detect.")
  private ModelArgument detector;

  @Option(
      names = "--class",
      paramLabel = "NAME",
      description =
          "Class of the detected objects whose poses are estimated, or its index if classes have"
              + " no names (default: person if there is such a class, otherwise all).")
  private String label;

  @Mixin private DetectorOptions detecting;

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
    drawings = folder == null ? null : new PictureFolder("pose", folder, images);
    if (detector == null) {
      BadValueException.refuse(command, OF_DETECTOR, name -> name + " needs --detector");
      return estimate(this::given);
    }
    if (boxes != null) {
      throw new BadValueException(command, "--box and --detector exclude each other");
    }
    UnaryOperator<ModelData> own = data -> data;
    try (OpenDetector open = detecting.open(detector, own, pixels -> pixels)) {
      String of = label(open.classes());
      return estimate(
          image ->
              open.detect(image).stream().filter(d -> of == null || d.label().equals(of)).toList());
    }
  }

  /** Returns the class of the persons; null for all classes. */
  private String label(List<String> classes) {
    if (label == null) {
      return classes.contains(PERSON) ? PERSON : null;
    }
    if (!classes.isEmpty() && !classes.contains(label)) {
      throw new BadValueException(command, "unknown class " + label + ", found " + classes);
    }
    return label;
  }

  /** Returns the boxes of the command line, or the box of the whole image. */
  private List<Detection> given(Image image) {
    List<Box> all = boxes == null ? List.of(new Box(0, 0, image.width(), image.height())) : boxes;
    return all.stream().map(box -> new Detection(box, 0, PERSON, 1)).toList();
  }

  /** The persons in an image. */
  private interface Persons {
    List<Detection> in(Image image);
  }

  /** Processes all images; returns the exit status. */
  private int estimate(Persons persons) {
    int status = Failures.OK;
    try (Model m = Model.of(preprocessing.applied(model.data()))) {
      PoseEstimator estimator = pose.estimator(m);
      for (Path image : images) {
        if (!estimate(estimator, persons, image)) {
          status = Failures.FAILED;
        }
      }
    }
    return status;
  }

  /** Estimates the poses in an image and prints them; returns false after reporting a failure. */
  private boolean estimate(PoseEstimator estimator, Persons persons, Path file) {
    PrintWriter out = command.commandLine().getOut();
    try {
      Image image = Image.read(file);
      List<Detection> found = estimator.withKeyPoints(image, persons.in(image));
      if (drawings != null) {
        drawings.write(file, "", Images.draw(image, found));
      }
      out.println(
          json ? DetectionLines.json(file, image, found) : DetectionLines.text(file, found));
      return true;
    } catch (QuernException e) {
      out.flush();
      Failures.line(command.commandLine().getErr(), "pose", file, e);
      return false;
    }
  }
}
