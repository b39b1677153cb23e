package dev.quern.cli.predict;

import dev.quern.cli.output.JsonText;
import dev.quern.cli.process.Failures;
import dev.quern.data.Image;
import dev.quern.detect.Box;
import dev.quern.detect.Detection;
import dev.quern.detect.KeyPoint;
import dev.quern.io.json.PredictionJson;
import dev.quern.tensor.Size;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The lines that commands print for the objects detected in an image. */
final class DetectionLines {
  private DetectionLines() {}

  /** Returns the file's name and its objects, separated by tabs. */
  static String text(Path file, List<Detection> found) {
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

  /** Returns the same as a line of JSON, with numbers at full precision. */
  static String json(Path file, Image image, List<Detection> found) {
    return JsonText.object(
        json -> {
          json.writeStringField("image", file.toString());
          json.writeNumberField("width", image.width());
          json.writeNumberField("height", image.height());
          PredictionJson.detections(json, found, new Size(image.height(), image.width()));
        });
  }
}
