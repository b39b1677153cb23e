package dev.quern.cli.predict;

import dev.quern.cli.output.PictureFolder;
import dev.quern.cli.process.BadValueException;
import dev.quern.data.Image;
import dev.quern.explain.Explainer;
import dev.quern.explain.HeatMap;
import dev.quern.predict.ModelData;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** Options of {@code quern predict} for heat maps that explain a prediction. */
final class ExplainOptions {
  private static final List<String> WAYS = List.of("gradcam", "occlusion", "saliency");

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Option(
      names = "--explain",
      paramLabel = "gradcam|occlusion|saliency",
      converter = Way.class,
      description =
          "Write a heat map over the grayscale image to --out, as NAME.WAY.png, that explains the"
              + " most likely class: gradcam, the contribution of the last layer with an image as"
              + " output; occlusion, the decrease of the score when a square hides the pixel;"
              + " saliency, the sensitivity to the pixel. Yellow to red supports the class, blue"
              + " opposes it.")
  private String way;

  @Option(
      names = "--explain-class",
      paramLabel = "NAME|N",
      description = "Class to explain, by name or number (default: the most likely).")
  private String ofClass;

  @Option(names = "--explain-layer", paramLabel = "NAME", description = "Layer for gradcam.")
  private String layer;

  /** Converter of the value of {@code --explain}. */
  static final class Way implements ITypeConverter<String> {
    @Override
    public String convert(String value) {
      String way = value.toLowerCase(Locale.ROOT);
      if (!WAYS.contains(way)) {
        throw new TypeConversionException(
            "'" + value + "' is not one of " + String.join(", ", WAYS));
      }
      return way;
    }
  }

  /** Creates the options with their defaults; picocli sets their values. */
  ExplainOptions() {}

  boolean isAsked() {
    return way != null;
  }

  /**
   * Checks the combination of options.
   *
   * @throws BadValueException if the options contradict each other
   */
  void requireSense(Path folderOrNull) {
    if (way == null && (ofClass != null || layer != null)) {
      throw new BadValueException(command, "--explain-class and --explain-layer require --explain");
    }
    if (layer != null && !way.equals("gradcam")) {
      throw new BadValueException(command, "--explain-layer requires --explain gradcam");
    }
    if (way != null && folderOrNull == null) {
      throw new BadValueException(command, "--explain needs --out");
    }
  }

  /** Explains the predictions of a model, and writes the heat maps to a folder. */
  final class Maps implements AutoCloseable {
    private final Explainer explainer;
    private final PictureFolder folder;
    private final List<String> classes;

    /**
     * Creates an explainer of the model's predictions.
     *
     * @param asked the input images, which are never overwritten
     */
    Maps(ModelData model, Path folder, List<Path> asked) {
      this.folder = new PictureFolder("predict", folder, asked);
      explainer = Explainer.of(model);
      classes = model.classes();
    }

    void write(Path of, Image picture) {
      int output = ofClass == null ? explainer.predictedClass(picture) : number();
      folder.write(of, "." + way, map(picture, output).over(picture));
    }

    private int number() {
      int named = classes.indexOf(ofClass);
      if (named >= 0) {
        return named;
      }
      try {
        return Integer.parseInt(ofClass);
      } catch (NumberFormatException e) {
        throw new BadValueException(
            command,
            "--explain-class: '" + ofClass + "' is neither a number nor one of the classes");
      }
    }

    private HeatMap map(Image picture, int output) {
      return switch (way) {
        case "gradcam" ->
            layer == null
                ? explainer.gradCam(picture, output)
                : explainer.gradCam(picture, output, layer);
        case "occlusion" -> explainer.occlusion(picture, output);
        default -> explainer.saliency(picture, output);
      };
    }

    @Override
    public void close() {
      explainer.close();
    }
  }
}
