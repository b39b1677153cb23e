package dev.quern.cli.predict;

import dev.quern.cli.option.Counts;
import dev.quern.cli.option.ThreadOptions;
import dev.quern.cli.output.JsonText;
import dev.quern.cli.output.PictureFolder;
import dev.quern.cli.process.BadValueException;
import dev.quern.cli.process.Failures;
import dev.quern.data.Image;
import dev.quern.error.QuernException;
import dev.quern.ocr.OcrPipeline;
import dev.quern.ocr.OcrPipelineBuilder;
import dev.quern.ocr.Point;
import dev.quern.ocr.TextDrawing;
import dev.quern.ocr.TextLine;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The command {@code quern ocr}, which reads the text in images. */
@Command(
    name = "ocr",
    description = {
      "Text recognition (OCR): prints one line per text line with the image's name, the text, its"
          + " score, and x,y of its four corners in pixels of the image, separated by tabs.",
      "",
      "The networks are ONNX files of PaddleOCR (PP-OCR). Images are PNG, JPEG, GIF, BMP, WebP or"
          + " TIFF of any size up to 100 megapixels. An image that cannot be read gets a line on"
          + " standard error and exit status 1; the others are still processed."
    })
public final class OcrCommand implements Callable<Integer> {
  @Spec private CommandSpec command;

  @Option(
      names = "--detector",
      paramLabel = "FILE",
      required = true,
      description = "ONNX file of the text detector, such as ch_PP-OCRv4_det_infer.onnx.")
  private Path detector;

  @Option(
      names = "--recognizer",
      paramLabel = "FILE",
      required = true,
      description = "ONNX file of the text recognizer, such as ch_PP-OCRv4_rec_infer.onnx.")
  private Path recognizer;

  @Option(
      names = "--dictionary",
      paramLabel = "FILE",
      required = true,
      description = "Text file with the recognizer's characters, one per line.")
  private Path dictionary;

  @Option(
      names = "--classifier",
      paramLabel = "FILE",
      description = "ONNX file of a classifier of lines that are upside down (default: none).")
  private Path classifier;

  @Option(
      names = "--score",
      paramLabel = "S",
      description = "Smallest score of a text line (default: 0.5).")
  private Double score;

  @Option(
      names = "--max-side",
      paramLabel = "N",
      converter = Counts.Positive.class,
      description =
          "Longer side of the detector's input in pixels, a multiple of 32 (default: 960). Larger"
              + " images are scaled down for the detector.")
  private Integer maxSide;

  @Option(names = "--json", description = "Print a line of JSON for each image.")
  private boolean json;

  @Option(
      names = "--draw",
      paramLabel = "DIR",
      description = "Write each image with the lines' corners drawn to this folder, as PNG.")
  private Path folder;

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
    drawings = folder == null ? null : new PictureFolder("ocr", folder, images);
    OcrPipelineBuilder options = BadValueException.check(command, this::options);
    int status = Failures.OK;
    try (OcrPipeline ocr = options.build()) {
      for (Path image : images) {
        if (!read(ocr, image)) {
          status = Failures.FAILED;
        }
      }
    }
    return status;
  }

  private OcrPipelineBuilder options() {
    OcrPipelineBuilder options = OcrPipeline.builder(detector, recognizer, dictionary);
    if (classifier != null) {
      options.classifier(classifier);
    }
    if (score != null) {
      options.textThreshold(score);
    }
    if (maxSide != null) {
      options.maxSide(maxSide);
    }
    return options;
  }

  /** Reads an image and prints its lines; returns false after reporting a failure. */
  private boolean read(OcrPipeline ocr, Path file) {
    PrintWriter out = command.commandLine().getOut();
    try {
      Image image = Image.read(file);
      List<TextLine> lines = ocr.read(image);
      if (drawings != null) {
        drawings.write(file, "", TextDrawing.draw(image, lines));
      }
      if (json) {
        out.println(json(file, image, lines));
      } else {
        lines.forEach(line -> out.println(text(file, line)));
      }
      return true;
    } catch (QuernException e) {
      out.flush();
      Failures.line(command.commandLine().getErr(), "ocr", file, e);
      return false;
    }
  }

  private static String text(Path file, TextLine line) {
    return Failures.printable(file.toString())
        + "\t"
        + Failures.printable(line.text())
        + String.format(Locale.ROOT, "\t%.4f\t", line.score())
        + line.corners().corners().stream()
            .map(p -> String.format(Locale.ROOT, "%.1f,%.1f", p.x(), p.y()))
            .collect(Collectors.joining(" "));
  }

  private static String json(Path file, Image image, List<TextLine> lines) {
    return JsonText.object(
        json -> {
          json.writeStringField("image", file.toString());
          json.writeNumberField("width", image.width());
          json.writeNumberField("height", image.height());
          json.writeArrayFieldStart("lines");
          for (TextLine line : lines) {
            json.writeStartObject();
            json.writeStringField("text", line.text());
            json.writeNumberField("score", line.score());
            json.writeArrayFieldStart("corners");
            for (Point p : line.corners().corners()) {
              json.writeStartArray();
              json.writeNumber(p.x());
              json.writeNumber(p.y());
              json.writeEndArray();
            }
            json.writeEndArray();
            json.writeEndObject();
          }
          json.writeEndArray();
        });
  }
}
