package dev.quern.diagnostics;

import dev.quern.data.Dataset;
import dev.quern.diagnostics.Finding.Kind;
import dev.quern.feed.CheckedDataset;
import dev.quern.internal.arguments.Require;
import dev.quern.tensor.Size;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Finds likely problems of a data set that is divided into training and held-out samples. */
public final class DataDiagnostics {
  /** Minimum number of training samples per class; smaller classes are hard to learn. */
  private static final int FEW = 20;

  /** Ratio of the largest to the smallest class above which classes count as imbalanced. */
  private static final int IMBALANCE = 5;

  /** Ratio of image to input size above which images count as far larger than the input. */
  private static final int FAR_LARGER = 4;

  /** Maximum number of classes that a finding names. */
  private static final int NAMED = 5;

  private DataDiagnostics() {}

  /**
   * Finds classes with few training samples, and classes of very different size. Reads labels only;
   * the result is empty if samples have targets instead of labels.
   *
   * @throws dev.quern.error.DataException if the data set throws
   */
  public static List<Finding> ofClasses(Dataset train) {
    CheckedDataset data = new CheckedDataset("diagnostics", train);
    List<Finding> all = new ArrayList<>();
    if (data.haveTargets() || data.classes() < 2) {
      return all;
    }
    int[] counts = new int[data.classes()];
    for (int i = 0; i < data.size(); i++) {
      counts[data.label(i)]++;
    }
    List<String> few = new ArrayList<>();
    for (int c = 0; c < counts.length; c++) {
      if (counts[c] < FEW) {
        few.add(data.classNames().get(c) + " " + counts[c]);
      }
    }
    if (!few.isEmpty()) {
      all.add(
          new Finding(
              Kind.FEW_SAMPLES,
              few.size()
                  + (few.size() == 1 ? " class has" : " classes have")
                  + " fewer than "
                  + FEW
                  + " training samples ("
                  + String.join(", ", few.subList(0, Math.min(NAMED, few.size())))
                  + (few.size() > NAMED ? ", ..." : "")
                  + ")",
              "more images of these, --augment, or a pretrained model with --from"));
    }
    int most = Arrays.stream(counts).max().orElse(0);
    int least = Arrays.stream(counts).min().orElse(0);
    if (least > 0 && most >= IMBALANCE * (long) least) {
      all.add(
          new Finding(
              Kind.IMBALANCED,
              "the largest class has " + most + " training samples, the smallest " + least,
              "--balanced draws the small classes more often"));
    }
    return List.copyOf(all);
  }

  /**
   * Finds images that are far larger than the network's input: at least four times as high and as
   * wide.
   *
   * @param images typical height and width of the images
   * @param input height and width of the network's input
   */
  public static List<Finding> ofSize(Size images, Size input) {
    Require.present("diagnostics", "images", images);
    Require.present("diagnostics", "input", input);
    if (images.height() < FAR_LARGER * input.height()
        || images.width() < FAR_LARGER * input.width()) {
      return List.of();
    }
    return List.of(
        new Finding(
            Kind.LARGE_IMAGES,
            String.format(
                Locale.ROOT,
                "images of about %dx%d are reduced to %dx%d",
                images.height(),
                images.width(),
                input.height(),
                input.width()),
            "a larger --size, if small details decide the class"));
  }

  /**
   * Finds held-out samples that are identical to training samples and therefore make held-out
   * metrics too optimistic.
   *
   * @param most maximum number of samples to read from each set, at least 1
   * @throws dev.quern.error.DataException if a data set throws
   */
  public static List<Finding> ofDuplicates(Dataset train, Dataset heldOut, int most) {
    CheckedDataset known = new CheckedDataset("diagnostics", train);
    CheckedDataset other = new CheckedDataset("diagnostics", heldOut);
    Set<ByteBuffer> seen = new HashSet<>();
    for (int i = 0; i < Math.min(most, known.size()); i++) {
      seen.add(digest(known, i));
    }
    int read = Math.min(most, other.size());
    int twice = 0;
    for (int i = 0; i < read; i++) {
      twice += seen.contains(digest(other, i)) ? 1 : 0;
    }
    return twice == 0
        ? List.of()
        : List.of(
            new Finding(
                Kind.DUPLICATES,
                twice + " of " + read + " held-out samples are training samples as well",
                "remove the copies; until then the held-out accuracy is too good"));
  }

  private static ByteBuffer digest(CheckedDataset data, int index) {
    try {
      MessageDigest sha = MessageDigest.getInstance("SHA-256");
      if (data.areFloats()) {
        float[] values = data.floats(index);
        ByteBuffer bytes = ByteBuffer.allocate(Float.BYTES * values.length);
        bytes.asFloatBuffer().put(FloatBuffer.wrap(values));
        sha.update(bytes);
      } else {
        sha.update(data.bytes(index));
      }
      return ByteBuffer.wrap(sha.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every Java platform has it
    }
  }
}
