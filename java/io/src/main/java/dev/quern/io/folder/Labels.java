package dev.quern.io.folder;

import dev.quern.error.FormatException;
import dev.quern.tensor.Shape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The labels or targets of images as numbers.
 *
 * @param classes the class names in label order; empty for numeric labels
 * @param strata the stratum of each image for a stratified split, usually its label
 * @param targets the target of each image; null if {@code strata} are the labels
 */
public record Labels(List<String> classes, int[] strata, float @Nullable [][] targets) {
  private static final String SEPARATOR = ";";

  /** A function that converts label texts to labels or targets. */
  @FunctionalInterface
  public interface Reading {
    /**
     * Converts label texts.
     *
     * @param what the operation and folder, for messages
     * @param texts the label text of each image
     * @param classesOrNull the class names in label order; null for the class names in the texts
     * @param more names of classes without images
     * @throws FormatException if a label is not valid
     */
    Labels read(
        String what, List<String> texts, @Nullable List<String> classesOrNull, Set<String> more);
  }

  /** Converts label texts that contain one class each. */
  public static Labels classes(
      String what, List<String> texts, @Nullable List<String> classesOrNull, Set<String> more) {
    Set<String> found = new TreeSet<>(more);
    found.addAll(texts);
    List<String> classes = known(what, found, classesOrNull);
    Map<String, Integer> numbers = numbers(classes);
    return new Labels(classes, texts.stream().mapToInt(numbers::get).toArray(), null);
  }

  /** Converts label texts that contain any number of classes each. */
  public static Labels multiLabel(
      String what, List<String> texts, @Nullable List<String> classesOrNull, Set<String> more) {
    Set<String> found = new TreeSet<>(more);
    texts.forEach(text -> found.addAll(parts(text)));
    List<String> classes = known(what, found, classesOrNull);
    if (classes.isEmpty()) {
      throw new FormatException(what + ": none of the images has a label");
    }
    Map<String, Integer> numbers = numbers(classes);
    float[][] rows = new float[texts.size()][classes.size()];
    for (int i = 0; i < rows.length; i++) {
      for (String name : parts(texts.get(i))) {
        rows[i][numbers.get(name)] = 1;
      }
    }
    return new Labels(classes, new int[rows.length], rows);
  }

  /** Converts label texts that contain numbers, the same count in each text. */
  public static Labels numbers(
      String what, List<String> texts, @Nullable List<String> classesOrNull, Set<String> more) {
    float[][] rows = new float[texts.size()][];
    for (int i = 0; i < rows.length; i++) {
      List<String> parts = parts(texts.get(i));
      rows[i] = new float[parts.size()];
      for (int k = 0; k < rows[i].length; k++) {
        rows[i][k] = number(what, parts.get(k));
      }
      if (rows[i].length == 0 || rows[i].length != rows[0].length) {
        throw new FormatException(
            what
                + ": label "
                + texts.get(i)
                + " has "
                + rows[i].length
                + " numbers, the first has "
                + rows[0].length);
      }
    }
    return new Labels(List.of(), new int[rows.length], rows);
  }

  /**
   * Returns labels of images with masks: for each image, the set of classes in its mask.
   *
   * @param classes the class names in label order; may be empty
   */
  static Labels masks(int pictures, List<String> classes) {
    return new Labels(classes, new int[pictures], new float[pictures][classes.size()]);
  }

  private static float number(String what, String text) {
    try {
      float number = Float.parseFloat(text);
      if (Float.isFinite(number)) {
        return number;
      }
    } catch (NumberFormatException e) {
      // reported below
    }
    throw new FormatException(what + ": label " + text + " is not a finite number");
  }

  private static List<String> parts(String text) {
    List<String> parts = new ArrayList<>();
    for (String part : text.split(SEPARATOR)) {
      if (!part.isBlank()) {
        parts.add(part.strip());
      }
    }
    return parts;
  }

  private static List<String> known(
      String what, Set<String> found, @Nullable List<String> classesOrNull) {
    if (classesOrNull == null) {
      return List.copyOf(found);
    }
    for (String name : found) {
      if (!classesOrNull.contains(name)) {
        throw new FormatException(what + ": class " + name + " is not one of " + classesOrNull);
      }
    }
    return classesOrNull;
  }

  private static Map<String, Integer> numbers(List<String> classes) {
    Map<String, Integer> numbers = new HashMap<>();
    classes.forEach(name -> numbers.put(name, numbers.size()));
    return numbers;
  }

  /** Returns the number of strata; 1 for images with targets. */
  int strataCount() {
    return targets == null ? classes.size() : 1;
  }

  boolean areTargets() {
    return targets != null;
  }

  Shape targetShape() {
    return Shape.of(targets.length == 0 ? classes.size() : targets[0].length);
  }

  /**
   * Returns the number of images of each class.
   *
   * @param of the indices of the images to count
   */
  Map<String, Integer> counts(int[] of) {
    int[] counts = new int[classes.size()];
    for (int i : of) {
      for (int c = 0; targets != null && c < counts.length; c++) {
        counts[c] += targets[i][c] != 0 ? 1 : 0;
      }
      if (targets == null) {
        counts[strata[i]]++;
      }
    }
    Map<String, Integer> all = new LinkedHashMap<>();
    for (int c = 0; c < counts.length; c++) {
      all.put(classes.get(c), counts[c]);
    }
    return all;
  }
}
