package dev.quern.cli.predict;

import dev.quern.cli.option.ClassList;
import dev.quern.cli.option.DecoderOptions;
import dev.quern.cli.option.PreprocessingOptions;
import dev.quern.cli.option.ThreadOptions;
import dev.quern.cli.output.JsonText;
import dev.quern.cli.output.PictureFolder;
import dev.quern.cli.process.BadValueException;
import dev.quern.cli.process.Failures;
import dev.quern.cli.run.ModelArgument;
import dev.quern.data.Image;
import dev.quern.data.Normalization;
import dev.quern.data.Preprocessing;
import dev.quern.detect.Box;
import dev.quern.detect.Detection;
import dev.quern.detect.KeyPoint;
import dev.quern.detect.Nms;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.QuernException;
import dev.quern.image.Images;
import dev.quern.io.json.PredictionJson;
import dev.quern.onnx.ImportException;
import dev.quern.onnx.Onnx;
import dev.quern.onnx.OnnxDetector;
import dev.quern.onnx.OnnxSession;
import dev.quern.predict.Model;
import dev.quern.predict.ModelData;
import dev.quern.tensor.Size;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.function.Function;
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
  /** Maximum number of detections of an ONNX graph with its own non-maximum suppression. */
  private static final int MOST = 10_000;

  /** Smallest number of outputs of such a graph: boxes, labels and scores. */
  private static final int OUTPUTS = 3;

  @Spec private CommandSpec command;

  @Option(
      names = "--model",
      paramLabel = ModelArgument.FORM,
      required = true,
      converter = ModelArgument.Converter.class,
      description = ModelArgument.HELP + ".")
  private ModelArgument model;

  @Option(
      names = "--score",
      paramLabel = "S",
      description = "Smallest score of a detected object (default: the model's own, often 0.5).")
  private Double score;

  @Option(
      names = "--iou",
      paramLabel = "T",
      description =
          "Non-maximum suppression: of two boxes of a class with an intersection over union"
              + " above this, keep the better one (default: the model's own, often 0.5).")
  private Double iou;

  @Option(names = "--json", description = "Print a line of JSON for each image.")
  private boolean json;

  @Option(
      names = "--draw",
      paramLabel = "DIR",
      description =
          "Write each image with the boxes, key points and masks drawn to this folder, as PNG.")
  private Path folder;

  @Option(
      names = "--classes",
      paramLabel = ClassList.FORM,
      converter = ClassList.Converter.class,
      description =
          "Number of classes, including a background class, or their names separated by commas,"
              + " or a text file with one name per line (default: no names).")
  private ClassList classes = ClassList.NONE;

  @Mixin private DecoderOptions decoder;

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
    ModelData data;
    try {
      data = loaded();
    } catch (ImportException | InvalidArgumentException e) {
      // perhaps since the graph contains its non-maximum suppression, also after a dynamic size
      return ofWholeDetector(e);
    }
    try (Model m = Model.of(data)) {
      Nms nms = nms(m);
      return detect(image -> m.detect(List.of(image), nms).get(0));
    }
  }

  /** Detects by an ONNX graph with non-maximum suppression inside, which only a session can run. */
  private int ofWholeDetector(QuernException reason) {
    boolean onnx = model.isFile() && model.label().toLowerCase(Locale.ROOT).endsWith(".onnx");
    if (decoder.isAsked() || !onnx) {
      throw reason;
    }
    try (OnnxSession session = Onnx.session(model.path())) {
      if (session.outputs().size() < OUTPUTS) {
        throw reason;
      }
      OnnxDetector detector =
          new OnnxDetector(
              session,
              preprocessing.applied(Preprocessing.of(Normalization.unit(3))),
              classes.names());
      Nms nms = asked(new Nms().iou(1).counts(MOST, MOST));
      return detect(image -> nms.apply(detector.detect(image)));
    }
  }

  /** Processes all images; returns the exit status. */
  private int detect(Function<Image, List<Detection>> detector) {
    int status = Failures.OK;
    for (Path image : images) {
      if (!detect(detector, image)) {
        status = Failures.FAILED;
      }
    }
    return status;
  }

  private ModelData loaded() {
    ModelData data = model.data();
    if (decoder.isAsked()) {
      data = data.withNetwork(decoder.applied(data.network(), classes));
    } else if (classes != ClassList.NONE) {
      throw new BadValueException(
          command, "--classes needs --boxes and --scores, --yolo or --faces");
    }
    return preprocessing.applied(data);
  }

  private Nms nms(Model m) {
    if (m.network().detection() == null) {
      throw new BadValueException(
          command,
          "network "
              + m.network().name()
              + " has no decoder of boxes from its outputs "
              + m.network().outputs()
              + ": specify --boxes and --scores, --yolo or --faces");
    }
    return asked(m.network().detection().nms());
  }

  private Nms asked(Nms before) {
    return BadValueException.check(
        command,
        () -> {
          Nms own = before;
          own = score == null ? own : own.score(score);
          return iou == null ? own : own.iou(iou);
        });
  }

  /** Detects objects in an image and prints them; returns false after reporting a failure. */
  private boolean detect(Function<Image, List<Detection>> detector, Path file) {
    PrintWriter out = command.commandLine().getOut();
    try {
      Image image = Image.read(file);
      List<Detection> found = detector.apply(image);
      if (drawings != null) {
        drawings.write(file, "", Images.draw(image, found));
      }
      out.println(json ? json(file, image, found) : line(file, found));
      return true;
    } catch (QuernException e) {
      out.flush();
      Failures.line(command.commandLine().getErr(), "detect", file, e);
      return false;
    }
  }

  private static String line(Path file, List<Detection> found) {
    List<String> words = new ArrayList<>(List.of(Failures.printable(file.toString())));
    for (Detection d : found) {
      Box b = d.box();
      words.add(
          Failures.printable(d.label())
              + String.format(
                  Locale.ROOT,
                  " %.4f %.1f,%.1f,%.1f,%.1f",
                  d.score(),
                  b.left(),
                  b.top(),
                  b.right(),
                  b.bottom())
              + keyPoints(d));
    }
    return String.join("\t", words);
  }

  private static String keyPoints(Detection d) {
    StringBuilder all = new StringBuilder();
    for (KeyPoint p : d.keyPoints()) {
      all.append(String.format(Locale.ROOT, " %.1f,%.1f,%.4f", p.x(), p.y(), p.score()));
    }
    return all.toString();
  }

  private static String json(Path file, Image image, List<Detection> found) {
    return JsonText.object(
        json -> {
          json.writeStringField("image", file.toString());
          json.writeNumberField("width", image.width());
          json.writeNumberField("height", image.height());
          PredictionJson.detections(json, found, new Size(image.height(), image.width()));
        });
  }
}
