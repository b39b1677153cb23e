package dev.quern.cli.predict;

import dev.quern.cli.option.ClassList;
import dev.quern.cli.option.DecoderOptions;
import dev.quern.cli.process.BadValueException;
import dev.quern.cli.run.ModelArgument;
import dev.quern.data.Normalization;
import dev.quern.data.Preprocessing;
import dev.quern.detect.DetectionTask;
import dev.quern.detect.Nms;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.QuernException;
import dev.quern.network.Network;
import dev.quern.onnx.ImportException;
import dev.quern.onnx.Onnx;
import dev.quern.onnx.OnnxDetector;
import dev.quern.onnx.OnnxSession;
import dev.quern.predict.Model;
import dev.quern.predict.ModelData;
import java.util.Locale;
import java.util.function.UnaryOperator;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Options for the detection of objects by a model or an ONNX file. */
final class DetectorOptions {
  /** Maximum number of detections of an ONNX graph with its own non-maximum suppression. */
  private static final int MOST = 10_000;

  /** Smallest number of outputs of such a graph: boxes, labels and scores. */
  private static final int OUTPUTS = 3;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

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

  @Option(
      names = "--classes",
      paramLabel = ClassList.FORM,
      converter = ClassList.Converter.class,
      description =
          "Number of classes, including a background class, or their names separated by commas,"
              + " or a text file with one name per line (default: no names).")
  private ClassList classes = ClassList.NONE;

  @Mixin private DecoderOptions decoder;

  /** Creates the options with their defaults; picocli sets their values. */
  DetectorOptions() {}

  /**
   * Loads a detector.
   *
   * @param applied a function from the model to the model with its preprocessing
   * @param whole a function from the usual preprocessing of an ONNX graph with non-maximum
   *     suppression inside to that of this graph
   */
  OpenDetector open(
      ModelArgument model, UnaryOperator<ModelData> applied, UnaryOperator<Preprocessing> whole) {
    ModelData data;
    try {
      data = applied.apply(decoded(model.data()));
    } catch (ImportException | InvalidArgumentException e) {
      // perhaps since the graph contains its non-maximum suppression, also after a dynamic size
      return ofWholeDetector(model, whole, e);
    }
    DetectionTask task = task(data.network());
    return OpenDetector.of(Model.of(data), task);
  }

  /** Loads an ONNX graph with non-maximum suppression inside, which only a session can run. */
  private OpenDetector ofWholeDetector(
      ModelArgument model, UnaryOperator<Preprocessing> whole, QuernException reason) {
    boolean onnx = model.isFile() && model.label().toLowerCase(Locale.ROOT).endsWith(".onnx");
    if (decoder.isAsked() || !onnx) {
      throw reason;
    }
    OnnxSession session = Onnx.session(model.path());
    try {
      if (session.outputs().size() < OUTPUTS) {
        throw reason;
      }
      Preprocessing pixels = whole.apply(Preprocessing.of(Normalization.unit(3)));
      return OpenDetector.of(
          session,
          new OnnxDetector(session, pixels, classes.names()),
          classes.names(),
          asked(new Nms().iou(1).counts(MOST, MOST)));
    } catch (RuntimeException e) {
      session.close();
      throw e;
    }
  }

  private ModelData decoded(ModelData data) {
    if (decoder.isAsked()) {
      return data.withNetwork(decoder.applied(data.network(), classes));
    }
    if (classes != ClassList.NONE) {
      throw new BadValueException(
          command, "--classes needs --boxes and --scores, --yolo or --faces");
    }
    return data;
  }

  private DetectionTask task(Network network) {
    DetectionTask own = network.detection();
    if (own == null) {
      throw new BadValueException(
          command,
          "network "
              + network.name()
              + " has no decoder of boxes from its outputs "
              + network.outputs()
              + ": specify --boxes and --scores, --yolo or --faces");
    }
    return own.nms(asked(own.nms()));
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
}
