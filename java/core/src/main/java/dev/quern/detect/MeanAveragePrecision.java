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
 * best first, equal ones in their own order; each matches the true box of its class that it
 * overlaps most among those not matched by a better one. An ignored true box counts neither when
 * found nor when missed. Not thread-safe.
 *
 * <p>COCO: intersections over union from 0.50 to 0.95 in steps of 0.05, precision at 101 recalls,
 * the best 100 detections of a class in each image. An ignored box is a crowd: it matches any
 * number of detections, and the overlap is the fraction of the detection inside it. Metrics as in
 * pycocotools: {@code map}, {@code map_50}, {@code map_75}; {@code map_small}, {@code map_medium},
 * {@code map_large} for true boxes with areas up to 32 x 32, from there up to 96 x 96, and above;
 * {@code mar_1}, {@code mar_10}, {@code mar_100}, the recall of that many detections; {@code
 * mar_small}, {@code mar_medium}, {@code mar_large}. Areas are in pixels of the boxes that are
 * given.
 *
 * <p>VOC: {@code map}, at an intersection over union above 0.5 or another; precision at 11 recalls
 * as in 2007, or the area under the curve as from 2010 on. A detection that overlaps most with an
 * already matched true box is wrong. Boxes are not enlarged by one pixel, as the challenge's own
 * program does.
 *
 * <p>Means are over the classes with at least one true box; NaN without any.
 */
public final class MeanAveragePrecision {
  private final Matching matching;
  private final Map<Integer, ClassMatches> byClass = new TreeMap<>();
  private int images;

  private MeanAveragePrecision(Matching matching) {
    this.matching = matching;
  }

  /** COCO's. */
  public static MeanAveragePrecision coco() {
    return new MeanAveragePrecision(new CocoMatching());
  }

  /** VOC's, by the area under the curve. */
  public static MeanAveragePrecision voc() {
    return voc(0.5, false);
  }

  /**
   * VOC's.
   *
   * @param iou which the intersection over union must exceed, in [0, 1)
   * @param elevenPoints whether precision is taken at 11 recalls
   */
  public static MeanAveragePrecision voc(double iou, boolean elevenPoints) {
    if (!(iou >= 0 && iou < 1)) {
      throw new InvalidArgumentException(
          "mean average precision: iou " + iou + " is outside [0, 1)");
    }
    return new MeanAveragePrecision(new VocMatching(iou, elevenPoints));
  }

  /**
   * Adds an image.
   *
   * @param found detections, in any order
   * @param truth all true boxes
   * @return this
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

  /** The number of images. */
  public int images() {
    return images;
  }

  /** {@code map}. */
  public double map() {
    return metrics().get("map");
  }

  /** The metrics over all images so far, by name. */
  public Map<String, Double> metrics() {
    return matching.metrics(List.copyOf(byClass.values()));
  }

  /** The average precision of each class that has a true box to be found, by its index. */
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
