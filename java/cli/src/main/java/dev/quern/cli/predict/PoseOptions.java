package dev.quern.cli.predict;

import dev.quern.cli.option.Choice;
import dev.quern.cli.process.BadValueException;
import dev.quern.network.Network;
import dev.quern.pose.HeatMapPose;
import dev.quern.pose.HeatMapPose.Refinement;
import dev.quern.pose.PoseCrop;
import dev.quern.pose.PoseDecoder;
import dev.quern.pose.PoseEstimator;
import dev.quern.pose.SimCcPose;
import dev.quern.predict.Model;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Options for the decoding of a network's outputs to key points. */
final class PoseOptions {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Option(
      names = "--decoder",
      paramLabel = "KIND",
      converter = KindConverter.class,
      description =
          "Decoder of the model's outputs: quarter_shift, heat maps as in SimpleBaseline and HRNet"
              + " (default for one output); dark, heat maps with DARK's refinement; udp, heat maps"
              + " as in ViTPose; simcc, a vector for x and one for y as in RTMPose (default for"
              + " two outputs).")
  private Kind kind;

  @Option(
      names = "--outputs",
      paramLabel = "NAME[,NAME]",
      hideParamSyntax = true,
      split = ",",
      description =
          "Output with the heat maps, or those with the vectors for x and y (default: the model's"
              + " outputs in their order).")
  private List<String> outputs;

  @Option(
      names = "--blur",
      paramLabel = "N",
      description =
          "Size of the Gaussian kernel of dark and udp, an odd number (default: "
              + HeatMapPose.DEFAULT_BLUR
              + ").")
  private Integer blur;

  @Option(
      names = "--split",
      paramLabel = "R",
      description = "Split ratio of simcc, the number of values for each pixel (default: 2).")
  private Double split;

  @Option(
      names = "--padding",
      paramLabel = "P",
      description = "Factor by which boxes are enlarged (default: 1.25).")
  private Double padding;

  /** Creates the options with their defaults; picocli sets their values. */
  PoseOptions() {}

  /** The decoders of {@code --decoder}. */
  enum Kind {
    QUARTER_SHIFT,
    DARK,
    UDP,
    SIMCC
  }

  static final class KindConverter extends Choice<Kind> {
    KindConverter() {
      super(Kind.class);
    }
  }

  /**
   * Returns the estimator of a model.
   *
   * @throws BadValueException if options exclude each other, or do not match the model
   */
  PoseEstimator estimator(Model model) {
    return BadValueException.check(
        command,
        () ->
            new PoseEstimator(
                model,
                decoder(model.network()),
                padding == null ? PoseCrop.DEFAULT_PADDING : padding));
  }

  private PoseDecoder decoder(Network network) {
    List<String> names = outputs == null ? network.outputs() : outputs;
    Kind chosen = kind;
    if (chosen == null) {
      chosen = names.size() == 2 ? Kind.SIMCC : Kind.QUARTER_SHIFT;
    }
    int needed = chosen == Kind.SIMCC ? 2 : 1;
    if (names.size() != needed) {
      throw new BadValueException(
          command,
          "--decoder "
              + chosen.name().toLowerCase(Locale.ROOT)
              + " needs "
              + needed
              + (needed == 1 ? " output" : " outputs")
              + ", found "
              + names
              + "; --outputs selects among "
              + network.outputs());
    }
    if (split != null && chosen != Kind.SIMCC) {
      throw new BadValueException(command, "--split needs --decoder simcc");
    }
    if (blur != null && chosen != Kind.DARK && chosen != Kind.UDP) {
      throw new BadValueException(command, "--blur needs --decoder dark or udp");
    }
    if (chosen == Kind.SIMCC) {
      double ratio = split == null ? SimCcPose.DEFAULT_SPLIT : split;
      return new SimCcPose(names.get(0), names.get(1), ratio);
    }
    return new HeatMapPose(
        names.get(0),
        Refinement.valueOf(chosen.name()),
        blur == null ? HeatMapPose.DEFAULT_BLUR : blur);
  }
}
