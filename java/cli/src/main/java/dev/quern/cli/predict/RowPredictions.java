package dev.quern.cli.predict;

import dev.quern.cli.data.TableOptions;
import dev.quern.cli.output.JsonText;
import dev.quern.data.Normalization;
import dev.quern.error.ShapeException;
import dev.quern.io.file.Csv;
import dev.quern.io.json.PredictionJson;
import dev.quern.network.Network;
import dev.quern.network.Task;
import dev.quern.predict.LabelScore;
import dev.quern.predict.Model;
import dev.quern.predict.Prediction;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Prints predictions for the rows of CSV files, as CSV or JSON. */
final class RowPredictions {
  /** Number of rows per batch. */
  private static final int BATCH = 1024;

  private final Model model;
  private final Shape shape;
  private final PrintWriter out;
  private final boolean json;
  private final boolean single;
  private boolean begun;

  /**
   * Creates the printer.
   *
   * @param json whether to print each row as a line of JSON, rather than CSV
   * @throws ShapeException if the model has several inputs or outputs, or an input that is an image
   */
  RowPredictions(Model model, PrintWriter out, boolean json) {
    this.model = model;
    this.out = out;
    this.json = json;
    Network network = model.network();
    shape = network.input();
    single = network.task().kind() == Task.Kind.SINGLE_LABEL;
    Shape output = network.shapes().get(network.outputs().get(0));
    if (!network.isSingle() || shape.rank() > 2 || output.rank() != 1) {
      throw new ShapeException(
          "predict: rows of a CSV file need one input [F] or [C, L] and one output [K]; network "
              + network.name()
              + " has inputs "
              + network.inputs()
              + " and outputs "
              + network.outputs());
    }
  }

  /** Predicts all rows of a file and prints the results. */
  void print(Path file) {
    float[][] rows = TableOptions.builder(file, model.data().provenance()).rows();
    if (rows[0].length != shape.elements()) {
      throw new ShapeException(
          "predict: "
              + file
              + " has "
              + rows[0].length
              + " feature columns, the model takes "
              + shape.elements());
    }
    Normalization normalization = model.data().normalization();
    String input = model.network().inputs().keySet().iterator().next();
    for (int from = 0; from < rows.length; from += BATCH) {
      float[][] some = Arrays.copyOfRange(rows, from, Math.min(rows.length, from + BATCH));
      try (Arena arena = new Arena()) {
        List<Map<String, Prediction>> predictions =
            model.predictAll(Map.of(input, normalization.batch(arena, shape, some)));
        for (int i = 0; i < predictions.size(); i++) {
          print(file, from + i + 1, predictions.get(i));
        }
      }
    }
  }

  private void print(Path file, int row, Map<String, Prediction> predictions) {
    if (json) {
      out.println(
          JsonText.object(
              json -> {
                json.writeStringField("file", file.toString());
                json.writeNumberField("row", row);
                PredictionJson.predictions(json, predictions, Integer.MAX_VALUE);
              }));
      return;
    }
    List<String> names = new ArrayList<>(List.of("row"));
    List<String> cells = new ArrayList<>(List.of(Integer.toString(row)));
    add(predictions.values().iterator().next(), names, cells);
    if (!begun) {
      out.println(Csv.line(names));
      begun = true;
    }
    out.println(Csv.line(cells));
  }

  private void add(Prediction prediction, List<String> names, List<String> cells) {
    if (prediction instanceof Prediction.Labels labels && single) {
      LabelScore best = labels.scores().get(0);
      names.addAll(List.of("prediction", "probability"));
      cells.addAll(List.of(best.label(), text(best.probability())));
    } else if (prediction instanceof Prediction.Labels labels) {
      labels.scores().stream()
          .sorted((a, b) -> Integer.compare(a.index(), b.index()))
          .forEach(
              p -> {
                names.add(p.label());
                cells.add(text(p.probability()));
              });
    } else {
      Prediction.Numbers numbers = prediction instanceof Prediction.Numbers n ? n : null;
      float[] values =
          numbers == null ? ((Prediction.Values) prediction).values() : numbers.values();
      for (int i = 0; i < values.length; i++) {
        boolean named = numbers != null && !numbers.names().isEmpty();
        names.add(named ? numbers.names().get(i) : "value" + (i + 1));
        cells.add(Float.toString(values[i]));
      }
    }
  }

  private static String text(double probability) {
    return String.format(Locale.ROOT, "%.4f", probability);
  }
}
