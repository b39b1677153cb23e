package dev.quern.io.folder;

import dev.quern.error.FormatException;
import dev.quern.io.file.Csv;
import dev.quern.io.file.FileErrors;
import dev.quern.io.file.RegularFile;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A reader of a list of images and labels: a CSV file whose header has the columns {@code file} and
 * {@code label}.
 */
public final class LabelFile {
  private static final int MOST_BYTES = 1 << 29;

  private final String what;
  private final Path root;
  private final Links links;
  private final boolean mayHaveNone;
  private final @Nullable String weightColumn;
  private final Set<Path> seen = new HashSet<>();
  private final List<Picture> pictures = new ArrayList<>();
  private final List<Float> weights = new ArrayList<>();
  private final List<Broken> broken = new ArrayList<>();

  private LabelFile(Path root, Path csv, boolean mayHaveNone, @Nullable String weightColumn)
      throws IOException {
    this.mayHaveNone = mayHaveNone;
    this.weightColumn = weightColumn;
    what = "image folder: " + csv;
    this.root = root;
    links = new Links(root);
  }

  /**
   * Reads a list of images.
   *
   * @param root the folder to which file names are relative
   * @param mayHaveNone whether a label may be empty
   * @param weightColumn the column of sample weights; null for none
   * @throws FormatException if the file is not such a list, or names a file outside the folder
   */
  public static LabelFile read(
      Path root, Path csv, boolean mayHaveNone, @Nullable String weightColumn) {
    try {
      LabelFile list = new LabelFile(root, csv, mayHaveNone, weightColumn);
      list.read(Csv.rows(list.what, RegularFile.readText("image folder", csv, MOST_BYTES)));
      return list;
    } catch (IOException e) {
      throw FileErrors.of("image folder", root, e);
    }
  }

  /** Returns the images, in the list's order. */
  public List<Picture> pictures() {
    return pictures;
  }

  /** Returns one sample weight per image; null without a weight column. */
  public float @Nullable [] weights() {
    if (weightColumn == null) {
      return null;
    }
    float[] all = new float[weights.size()];
    for (int i = 0; i < all.length; i++) {
      all[i] = weights.get(i);
    }
    return all;
  }

  public List<Broken> broken() {
    return broken;
  }

  private void read(List<Csv.Row> rows) {
    List<String> header = rows.isEmpty() ? List.of() : rows.get(0).cells();
    int file = header.indexOf("file");
    int label = header.indexOf("label");
    int split = header.indexOf("split");
    if (file < 0 || label < 0 || new HashSet<>(header).size() != header.size()) {
      throw new FormatException(
          what
              + ": line 1 must have the columns \"file\" and \"label\", once each, but is "
              + header);
    }
    int weight = weightColumn == null ? -1 : header.indexOf(weightColumn);
    if (weightColumn != null && weight < 0) {
      throw new FormatException(
          what + ": the weight column " + weightColumn + " is not one of " + header);
    }
    for (Csv.Row row : rows.subList(1, rows.size())) {
      if (row.cells().size() != header.size()) {
        throw wrong(row, row.cells().size() + " cells, the header has " + header.size());
      }
      add(
          row,
          row.cells().get(file),
          row.cells().get(label),
          split < 0 ? null : part(row, row.cells().get(split)),
          weight < 0 ? 1 : weight(row, row.cells().get(weight)));
    }
  }

  private void add(Csv.Row row, String name, String label, @Nullable Part part, float weight) {
    if (label.isEmpty() && !mayHaveNone) {
      throw wrong(row, "no label");
    }
    Path file = inside(row, name);
    if (!seen.add(file)) {
      throw wrong(row, "the file " + name + " a second time");
    }
    String refusal = links.refusal(file);
    if (refusal != null) {
      broken.add(new Broken(file, refusal));
    } else {
      pictures.add(new Picture(file, name, label, part, null));
      weights.add(weight);
    }
  }

  private Path inside(Csv.Row row, String name) {
    try {
      Path folder = root.normalize();
      Path file = folder.resolve(name).normalize();
      if (!name.isEmpty() && file.startsWith(folder) && !file.equals(folder)) {
        return file;
      }
    } catch (InvalidPathException e) {
      // reported below
    }
    throw wrong(row, "the file \"" + name + "\", which is not inside " + root);
  }

  private Part part(Csv.Row row, String word) {
    return Part.of(word)
        .orElseThrow(() -> wrong(row, "the split " + word + ", expected train, val or test"));
  }

  private float weight(Csv.Row row, String text) {
    try {
      float weight = Float.parseFloat(text);
      if (weight >= 0 && Float.isFinite(weight)) {
        return weight;
      }
    } catch (NumberFormatException e) {
      // reported below
    }
    throw wrong(row, "the weight " + text + ", which must be finite and at least 0");
  }

  private FormatException wrong(Csv.Row row, String found) {
    return new FormatException(what + ": line " + row.line() + " has " + found);
  }
}
