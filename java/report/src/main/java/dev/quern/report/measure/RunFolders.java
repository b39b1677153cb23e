package dev.quern.report.measure;

import dev.quern.error.FormatException;
import dev.quern.error.NotFoundException;
import dev.quern.io.file.Csv;
import dev.quern.io.file.RegularFile;
import dev.quern.predict.ModelData;
import dev.quern.report.data.EpochData;
import dev.quern.report.data.NetworkData;
import dev.quern.report.data.PictureData;
import dev.quern.report.data.RunData;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads run folders that do not contain a report, from {@code history.csv} and the model. */
public final class RunFolders {
  private static final String OPERATION = "report";
  private static final String HISTORY = "history.csv";
  private static final String MODEL = "model.safetensors";
  private static final int LARGEST = 16 << 20;

  private RunFolders() {}

  public static boolean isRun(Path folder) {
    return Files.exists(folder.resolve(HISTORY)) || Files.exists(folder.resolve(MODEL));
  }

  public static RunData read(Path folder) {
    Path history = folder.resolve(HISTORY);
    Path model = folder.resolve(MODEL);
    if (!isRun(folder)) {
      throw new NotFoundException(
          OPERATION + ": " + folder + " must contain report.json, history.csv or a model");
    }
    List<EpochData> epochs = Files.exists(history) ? epochs(history) : List.of();
    NetworkData network = NetworkData.NONE;
    Map<String, String> facts = Map.of();
    List<PictureData> filters = List.of();
    if (Files.exists(model)) {
      ModelData data = ModelData.load(model);
      network = NetworkTable.of(data.network());
      facts = data.provenance();
      filters = Filters.of(data);
    }
    return new RunData(
        RunData.VERSION,
        String.valueOf(folder.toAbsolutePath().normalize().getFileName()),
        facts,
        epochs,
        List.of(),
        network,
        filters,
        "",
        List.of(),
        List.of(),
        null,
        List.of());
  }

  /** Returns the epochs in a {@code history.csv}; its columns may be in any order. */
  public static List<EpochData> epochs(Path file) {
    List<Csv.Row> rows =
        Csv.rows(OPERATION + ": " + file, RegularFile.readText(OPERATION, file, LARGEST));
    if (rows.isEmpty()) {
      return List.of();
    }
    List<String> names = rows.get(0).cells();
    List<EpochData> all = new ArrayList<>();
    for (Csv.Row row : rows.subList(1, rows.size())) {
      try {
        all.add(epoch(names, row.cells()));
      } catch (NumberFormatException | IndexOutOfBoundsException e) {
        throw new FormatException(
            OPERATION + ": " + file + ": line " + row.line() + " is not a valid epoch", e);
      }
    }
    return all;
  }

  private static EpochData epoch(List<String> names, List<String> cells) {
    Map<String, Double> validation = new LinkedHashMap<>();
    for (int c = 0; c < names.size(); c++) {
      if (names.get(c).startsWith("validation_") && !cells.get(c).isEmpty()) {
        validation.put(names.get(c).substring("validation_".length()), number(cells.get(c)));
      }
    }
    return new EpochData(
        (int) cell(names, "epoch", cells),
        cell(names, "loss", cells),
        cell(names, "accuracy", cells),
        cell(names, "seconds", cells),
        cell(names, "images_per_second", cells),
        Double.NaN,
        validation);
  }

  private static double cell(List<String> names, String name, List<String> cells) {
    int at = names.indexOf(name);
    return at < 0 ? Double.NaN : number(cells.get(at));
  }

  private static double number(String text) {
    return text.isEmpty() ? Double.NaN : Double.parseDouble(text);
  }
}
