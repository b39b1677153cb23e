package dev.quern.io.json;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.quern.detect.Box;
import dev.quern.detect.CocoRle;
import dev.quern.detect.Detection;
import dev.quern.detect.KeyPoint;
import dev.quern.predict.LabelScore;
import dev.quern.predict.Prediction;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Size;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/**
 * The conversion of an image's predictions to JSON, for the server's responses and the command
 * line.
 */
public final class PredictionJson {
  private PredictionJson() {}

  /** Writes one object per output, under the output's name. */
  public static void predictions(JsonGenerator json, Map<String, Prediction> predictions, int top)
      throws IOException {
    json.writeObjectFieldStart("outputs");
    for (Map.Entry<String, Prediction> e : predictions.entrySet()) {
      json.writeObjectFieldStart(e.getKey());
      prediction(json, e.getValue(), top);
      json.writeEndObject();
    }
    json.writeEndObject();
  }

  private static void prediction(JsonGenerator json, Prediction prediction, int top)
      throws IOException {
    if (prediction instanceof Prediction.Labels labels) {
      json.writeArrayFieldStart("predictions");
      for (LabelScore p : labels.top(top)) {
        json.writeStartObject();
        json.writeStringField("label", p.label());
        json.writeNumberField("index", p.index());
        json.writeNumberField("probability", p.probability());
        json.writeEndObject();
      }
      json.writeEndArray();
    } else if (prediction instanceof Prediction.Numbers numbers) {
      json.writeArrayFieldStart("names");
      for (String name : numbers.names()) {
        json.writeString(name);
      }
      json.writeEndArray();
      floats(json, "values", numbers.values());
    } else if (prediction instanceof Prediction.PixelClasses pixels) {
      json.writeArrayFieldStart("classes");
      for (String name : pixels.classes()) {
        json.writeString(name);
      }
      json.writeEndArray();
      shape(json, pixels.shape());
      json.writeFieldName("labels");
      json.writeArray(pixels.labels(), 0, pixels.labels().length);
    } else {
      Prediction.Values values = (Prediction.Values) prediction;
      shape(json, values.shape());
      floats(json, "values", values.values());
    }
  }

  private static void shape(JsonGenerator json, Shape shape) throws IOException {
    json.writeFieldName("shape");
    json.writeArray(shape.toArray(), 0, shape.rank());
  }

  private static void floats(JsonGenerator json, String name, float... values) throws IOException {
    json.writeArrayFieldStart(name);
    for (float v : values) {
      if (Float.isFinite(v)) {
        json.writeNumber(v);
      } else {
        json.writeNull(); // JSON has no NaN
      }
    }
    json.writeEndArray();
  }

  /**
   * Writes an array of objects; {@code key_points} and {@code mask} are omitted if an object has
   * none. A mask is written in COCO's run-length encoding, with compressed counts.
   *
   * @param image the image's height and width
   */
  public static void detections(JsonGenerator json, List<Detection> found, Size image)
      throws IOException {
    json.writeArrayFieldStart("detections");
    for (Detection d : found) {
      Box box = d.box();
      json.writeStartObject();
      json.writeStringField("label", d.label());
      json.writeNumberField("index", d.classIndex());
      json.writeNumberField("score", d.score());
      json.writeFieldName("box");
      json.writeArray(new double[] {box.left(), box.top(), box.right(), box.bottom()}, 0, 4);
      if (!d.keyPoints().isEmpty()) {
        json.writeArrayFieldStart("key_points");
        for (KeyPoint p : d.keyPoints()) {
          json.writeArray(new double[] {p.x(), p.y(), p.score()}, 0, 3);
        }
        json.writeEndArray();
      }
      if (d.mask() != null) {
        CocoRle rle = CocoRle.of(d.mask(), image);
        json.writeObjectFieldStart("mask");
        json.writeFieldName("size");
        json.writeArray(new int[] {image.height(), image.width()}, 0, 2);
        json.writeStringField("counts", rle.compressed());
        json.writeEndObject();
      }
      json.writeEndObject();
    }
    json.writeEndArray();
  }
}
