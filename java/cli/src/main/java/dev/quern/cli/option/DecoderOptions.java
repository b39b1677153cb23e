package dev.quern.cli.option;

import dev.quern.cli.process.BadValueException;
import dev.quern.detect.BoxDecoder;
import dev.quern.detect.DecodedBoxes;
import dev.quern.detect.DetectionTask;
import dev.quern.detect.YoloPose;
import dev.quern.detect.YoloRows;
import dev.quern.detect.YoloSeg;
import dev.quern.network.Network;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/**
 * Options for the decoding of a network's outputs to boxes, for networks that do not contain a
 * decoder.
 */
public final class DecoderOptions {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Option(
      names = "--boxes",
      paramLabel = "OUTPUT",
      description =
          "Output with the boxes, four numbers each, for a detector without a decoder of its"
              + " own; needs --scores.")
  private String boxes;

  @Option(
      names = "--scores",
      paramLabel = "OUTPUT",
      description = "Output with a score for each box and class.")
  private String scores;

  @Option(
      names = "--form",
      paramLabel = "FORM",
      converter = FormConverter.class,
      description =
          "Form of the four numbers: left_top_right_bottom (default), top_left_bottom_right or"
              + " center_size.")
  private DecodedBoxes.Form form;

  @Option(
      names = "--box-pixels",
      description =
          "Boxes are in pixels of the model's input; by default they are fractions of it, from"
              + " 0 to 1.")
  private boolean inPixels;

  @Option(
      names = "--function",
      paramLabel = "FUNCTION",
      converter = ScoresConverter.class,
      description =
          "Function from that output to scores: as_they_are (default), sigmoid or softmax.")
  private BoxDecoder.Scores function;

  @Option(
      names = "--background",
      paramLabel = "CLASS",
      description = "Index of the background class (default: none).")
  private Integer background;

  @Option(
      names = "--yolo",
      paramLabel = "v5|v8",
      converter = YoloConverter.class,
      description =
          "Layout of the first output in YOLO's rows: v5 and v7 have x, y, width, height,"
              + " objectness and class scores per row; v8 and v11 have the same without objectness,"
              + " per column.")
  private Yolo yolo;

  @Option(
      names = "--key-points",
      paramLabel = "K",
      description =
          "Number of key points per column of YOLOv8-pose and YOLO11-pose, each with x, y and"
              + " visibility; needs --yolo v8.")
  private Integer keyPoints;

  @Option(
      names = "--faces",
      paramLabel = "blazeface|yunet|scrfd",
      converter = FacesConverter.class,
      description =
          "Face detector with key points: blazeface (MediaPipe), yunet (OpenCV) or scrfd"
              + " (InsightFace, with nine outputs in its order). Without --classes, the class is"
              + " named face.")
  private Faces faces;

  @Option(
      names = "--masks",
      description =
          "Masks (instance segmentation) of YOLOv8-seg and YOLO11-seg: columns end with the"
              + " coefficients of the prototypes in the second output; needs --yolo v8.")
  private boolean masks;

  /** Creates the options with their defaults; picocli sets their values. */
  DecoderOptions() {}

  static final class FormConverter extends Choice<DecodedBoxes.Form> {
    FormConverter() {
      super(DecodedBoxes.Form.class);
    }
  }

  static final class ScoresConverter extends Choice<BoxDecoder.Scores> {
    ScoresConverter() {
      super(BoxDecoder.Scores.class);
    }
  }

  static final class FacesConverter extends Choice<Faces> {
    FacesConverter() {
      super(Faces.class);
    }
  }

  /** Layout of the rows in a YOLO output. */
  private enum Yolo {
    V5,
    V8
  }

  static final class YoloConverter implements ITypeConverter<Yolo> {
    @Override
    public Yolo convert(String value) {
      return switch (value.toLowerCase(Locale.ROOT)) {
        case "v5", "v7" -> Yolo.V5;
        case "v8", "v11" -> Yolo.V8;
        default -> throw new TypeConversionException("'" + value + "' is not v5, v7, v8 or v11");
      };
    }
  }

  /** Returns whether one of these options was given. */
  public boolean isAsked() {
    return faces != null || isOther();
  }

  /** Returns whether an option of other detectors than those of faces was given. */
  private boolean isOther() {
    boolean some =
        form != null || inPixels || function != null || background != null || keyPoints != null;
    return some || masks || boxes != null || scores != null || yolo != null;
  }

  /**
   * Returns the network with the options applied.
   *
   * @param classes number of classes or their names
   * @throws BadValueException if the options exclude each other, or the network already has a
   *     decoder
   */
  public Network applied(Network network, ClassList classes) {
    BoxDecoder decoder = decoder(network);
    if (network.detection() != null) {
      throw new BadValueException(
          command, "network " + network.name() + " already has a decoder for boxes");
    }
    return BadValueException.check(
        command,
        () -> {
          // checks the number of classes
          network.withDetection(new DetectionTask(decoder, classes.eachNamed()));
          boolean isFace = faces != null && classes.equals(ClassList.NONE);
          List<String> names = isFace ? List.of("face") : classes.names();
          return network.withDetection(new DetectionTask(decoder, names));
        });
  }

  private BoxDecoder decoder(Network network) {
    if (faces != null) {
      if (isOther()) {
        throw new BadValueException(command, "--faces excludes the options of other detectors");
      }
      return BadValueException.check(command, () -> faces.decoder(network));
    }
    if (keyPoints != null && yolo != Yolo.V8) {
      throw new BadValueException(command, "--key-points needs --yolo v8");
    }
    if (masks && yolo != Yolo.V8) {
      throw new BadValueException(command, "--masks needs --yolo v8");
    }
    if (masks && keyPoints != null) {
      throw new BadValueException(command, "--masks and --key-points exclude each other");
    }
    if (masks && network.outputs().size() < 2) {
      throw new BadValueException(
          command, "--masks needs a network with two outputs, found " + network.outputs());
    }
    if (yolo != null && boxes == null && scores == null) {
      String first = network.outputs().get(0);
      if (keyPoints != null) {
        return BadValueException.check(command, () -> new YoloPose(first, keyPoints));
      }
      if (masks) {
        return new YoloSeg(first, network.outputs().get(1));
      }
      return yolo == Yolo.V5 ? YoloRows.v5(first) : YoloRows.v8(first);
    }
    if (boxes == null || scores == null || yolo != null) {
      throw new BadValueException(command, "boxes require --boxes and --scores, --yolo or --faces");
    }
    return BadValueException.check(
        command,
        () ->
            new DecodedBoxes(
                scores,
                boxes,
                form == null ? DecodedBoxes.Form.LEFT_TOP_RIGHT_BOTTOM : form,
                !inPixels,
                function == null ? BoxDecoder.Scores.AS_THEY_ARE : function,
                background == null ? BoxDecoder.NO_BACKGROUND : background));
  }
}
