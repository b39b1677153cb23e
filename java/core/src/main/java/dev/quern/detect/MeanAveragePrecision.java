package dev.quern.detect;

import dev.quern.error.InvalidArgumentException;
import dev.quern.internal.Require;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * How well boxes are found, the mean average precision of COCO's or VOC's: takes a picture at a
 * time and tells at the end. Detections are taken best first, equals in their own order; each
 * matches the true box of its class that it overlaps most, which no better one may have matched. A
 * true box that is ignored counts neither when it is found nor when it is not. Not thread-safe.
 *
 * <p>Of COCO: intersections over union from 0.50 to 0.95 in steps of 0.05, precision at 101
 * recalls, the best 100 detections of a class in each picture. An ignored box is a crowd: any
 * number of detections may be in it, and their overlap is the part of the detection that lies in
 * it. Scores, as pycocotools has them: {@code map}, {@code map_50}, {@code map_75}; {@code
 * map_small}, {@code map_medium}, {@code map_large} of true boxes whose area is up to 32 x 32, from
 * there up to 96 x 96, and above; {@code mar_1}, {@code mar_10}, {@code mar_100}, the recall of so
 * many detections; {@code mar_small}, {@code mar_medium}, {@code mar_large}. Areas are in pixels of
 * the boxes that are given.
 *
 * <p>Of VOC: {@code map}, at an intersection over union above 0.5 or another; precision at 11
 * recalls as in 2007, or the area under the curve as from 2010 on. A box that overlaps most a true
 * box that another has matched is wrong. Boxes are not a pixel wider than their sides say, as they
 * are in the challenge's own program.
 *
 * <p>Means are over the classes that have a true box to be found; NaN where none has.
 */
public final class MeanAveragePrecision {
  private final Matching matching;
  private final Map<Integer, ClassMatches> byClass = new TreeMap<>();
  private int pictures;

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
   * Takes a picture.
   *
   * @param found in it, in any order
   * @param truth all that is in it
   * @return this
   */
  public MeanAveragePrecision add(List<Detection> found, List<TrueBox> truth) {
    List<Detection> all = Require.all("mean average precision", "detections", found);
    List<TrueBox> marked = Require.all("mean average precision", "true boxes", truth);
    Map<Integer, List<Detection>> foundBy = new TreeMap<>();
    Map<Integer, List<TrueBox>> markedBy = new TreeMap<>();
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
    pictures++;
    return this;
  }

  /** How many pictures there were. */
  public int pictures() {
    return pictures;
  }

  /** {@code map}. */
  public double map() {
    return scores().get("map");
  }

  /** The scores of all pictures so far, by name. */
  public Map<String, Double> scores() {
    return matching.scores(List.copyOf(byClass.values()));
  }

  /** The average precision of each class that has a true box to be found, by its index. */
  public Map<Integer, Double> byClass() {
    Map<Integer, Double> all = new TreeMap<>();
    byClass.forEach(
        (c, matches) -> {
          double map = matching.scores(List.of(matches)).get("map");
          if (!Double.isNaN(map)) {
            all.put(c, map);
          }
        });
    return Collections.unmodifiableMap(all);
  }
}
