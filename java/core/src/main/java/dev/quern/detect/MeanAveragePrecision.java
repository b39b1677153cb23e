package dev.quern.detect;

import dev.quern.error.InvalidArgumentException;
import dev.quern.internal.arguments.Require;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Mean average precision (mAP) of COCO or VOC, accumulated image by image. Detections are matched
 * to true boxes of their class in descending order of scores; detections of equal score keep their
 * order. Ignored true boxes are neither hits nor misses. Not thread-safe.
 *
 * <p>COCO: the mean over IoU thresholds from 0.50 to 0.95 in steps of 0.05, with precision at 101
 * recall values, for the best 100 detections of each class in each image. A detection matches the
 * true box with the largest overlap among those not yet matched. An ignored box is a crowd: it
 * matches any number of detections, and its overlap with a detection is the fraction of the
 * detection inside the crowd. Metrics are those of pycocotools: {@code map}, {@code map_50}, {@code
 * map_75}; {@code map_small}, {@code map_medium}, {@code map_large} for true boxes with areas up to
 * 32 x 32, from 32 x 32 to 96 x 96, and above; {@code mar_1}, {@code mar_10}, {@code mar_100}, the
 * mean recall with 1, 10 and 100 detections per image; {@code mar_small}, {@code mar_medium},
 * {@code mar_large}. Areas are in square pixels of the given boxes.
 *
 * <p>VOC: {@code map} at an intersection over union above a threshold, by default 0.5; precision at
 * 11 recall values as in 2007, or the area under the precision-recall curve as since 2010. A
 * detection matches the true box with the largest overlap, and is wrong if that box is already
 * matched. Unlike in the challenge's own program, boxes are not enlarged by one pixel.
 *
 * <p>Means are over the classes with at least one true box; without such a class, means are NaN.
 */
public final class MeanAveragePrecision {
  private final Matching matching;
  private final Map<Integer, ClassMatches> byClass = new TreeMap<>();
  private int images;

  private MeanAveragePrecision(Matching matching) {
    this.matching = matching;
  }

  /** Returns an empty accumulator with COCO's rules. */
  public static MeanAveragePrecision coco() {
    return new MeanAveragePrecision(new CocoMatching());
  }

  /** Returns an empty accumulator with VOC's rules and the area under the curve. */
  public static MeanAveragePrecision voc() {
    return voc(0.5, false);
  }

  /**
   * Returns an empty accumulator with VOC's rules.
   *
   * @param iou the threshold that the intersection over union must exceed, in [0, 1)
   * @param elevenPoints whether precision is averaged at 11 recall values; otherwise, the metric is
   *     the area under the precision-recall curve
   */
  public static MeanAveragePrecision voc(double iou, boolean elevenPoints) {
    if (!(iou >= 0 && iou < 1)) {
      throw new InvalidArgumentException(
          "mean average precision: iou " + iou + " is outside [0, 1)");
    }
    return new MeanAveragePrecision(new VocMatching(iou, elevenPoints));
  }

  /**
   * Adds the detections and the true boxes of an image.
   *
   * @param found the detections, in any order
   * @param truth all true boxes
   * @return this accumulator
   */
  public MeanAveragePrecision add(List<Detection> found, List<GroundTruthBox> truth) {
    List<Detection> all = Require.all("mean average precision", "detections", found);
    List<GroundTruthBox> marked = Require.all("mean average precision", "true boxes", truth);
    Map<Integer, List<Detection>> foundBy = new TreeMap<>();
    Map<Integer, List<GroundTruthBox>> markedBy = new TreeMap<>();
    all.forEach(d -> foundBy.computeIfAbsent(d.classIndex(), c -> new ArrayList<>()).add(d));
    marked.forEach(t -> markedBy.computeIfAbsent(t.classIndex(), c -> new ArrayList<>()).add(t));
    foundBy.values().forEach(of -> of.sort(ClassMatches.BEST_FIRST));
    foundBy.keySet().forEach(c -> markedBy.putIfAbsent(c, List.of()));
    markedBy.forEach(
        (c, boxes) ->
            matching.add(
                foundBy.getOrDefault(c, List.of()),
                boxes,
                byClass.computeIfAbsent(c, i -> new ClassMatches(matching.groups()))));
    images++;
    return this;
  }

  /** Returns the number of images added so far. */
  public int images() {
    return images;
  }

  /** Returns the metric {@code map}. */
  public double map() {
    return metrics().get("map");
  }

  /** Returns the metrics over all images so far, by name. */
  public Map<String, Double> metrics() {
    return matching.metrics(List.copyOf(byClass.values()));
  }

  /** Returns the average precision by class index, for classes with at least one true box. */
  public Map<Integer, Double> byClass() {
    Map<Integer, Double> all = new TreeMap<>();
    byClass.forEach(
        (c, matches) -> {
          double map = matching.metrics(List.of(matches)).get("map");
          if (!Double.isNaN(map)) {
            all.put(c, map);
          }
        });
    return Collections.unmodifiableMap(all);
  }
}
