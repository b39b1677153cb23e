package dev.quern.detect;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** COCO's matching rules. A group is a combination of a minimum overlap and a range of areas. */
final class CocoMatching implements Matching {
  private static final int OVERLAPS = 10;
  private static final int MOST = 100;

  /** Ranges of areas for all, small, medium and large boxes, bounds included. */
  private static final double[][] AREAS = {
    {0, Double.POSITIVE_INFINITY},
    {0, 32 * 32},
    {32 * 32, 96 * 96},
    {96 * 96, Double.POSITIVE_INFINITY}
  };

  private static final List<String> SIZES = List.of("", "_small", "_medium", "_large");

  @Override
  public int groups() {
    return OVERLAPS * AREAS.length;
  }

  /** Returns the minimum overlap of a step, from 0.5 to 0.95, rounded as NumPy's linspace does. */
  private static double overlap(int step) {
    return step == OVERLAPS - 1 ? 0.95 : 0.5 + step * ((0.95 - 0.5) / (OVERLAPS - 1));
  }

  @Override
  public void add(List<Detection> found, List<GroundTruthBox> truth, ClassMatches to) {
    List<Detection> sorted = found.subList(0, Math.min(found.size(), MOST));
    long[] right = new long[sorted.size()];
    long[] ignored = new long[sorted.size()];
    for (int area = 0; area < AREAS.length; area++) {
      double[] range = AREAS[area];
      List<GroundTruthBox> ordered = new ArrayList<>(truth); // ignored boxes last
      ordered.sort(Comparator.comparing(t -> isIgnored(t, range)));
      int count = (int) truth.stream().filter(t -> !isIgnored(t, range)).count();
      double[][] overlaps = overlaps(sorted, ordered);
      for (int step = 0; step < OVERLAPS; step++) {
        int group = area * OVERLAPS + step;
        to.want(group, count);
        boolean[] taken = new boolean[truth.size()];
        for (int i = 0; i < sorted.size(); i++) {
          int best = best(overlaps[i], ordered, taken, range, overlap(step));
          boolean out = isOutside(sorted.get(i).box().area(), range);
          if (best >= 0) {
            taken[best] = true;
            out = isIgnored(ordered.get(best), range);
            right[i] |= out ? 0 : 1L << group;
          }
          ignored[i] |= out ? 1L << group : 0;
        }
      }
    }
    for (int rank = 0; rank < right.length; rank++) {
      to.add(sorted.get(rank).score(), rank, right[rank], ignored[rank]);
    }
  }

  private static boolean isIgnored(GroundTruthBox box, double[] range) {
    return box.ignored() || isOutside(box.area(), range);
  }

  private static boolean isOutside(double area, double[] range) {
    return area < range[0] || area > range[1];
  }

  private static double[][] overlaps(List<Detection> found, List<GroundTruthBox> truth) {
    double[][] all = new double[found.size()][truth.size()];
    for (int d = 0; d < all.length; d++) {
      Box box = found.get(d).box();
      for (int t = 0; t < truth.size(); t++) {
        GroundTruthBox of = truth.get(t);
        double part = box.area() > 0 ? box.intersection(of.box()) / box.area() : 0;
        all[d][t] = of.ignored() ? part : box.iou(of.box());
      }
    }
    return all;
  }

  /**
   * Returns the index of the unmatched true box with the largest overlap; -1 if there is none.
   * Boxes that are not ignored take precedence.
   */
  private static int best(
      double[] overlaps,
      List<GroundTruthBox> truth,
      boolean[] taken,
      double[] range,
      double wanted) {
    double most = wanted;
    int best = -1;
    for (int t = 0; t < overlaps.length; t++) {
      boolean free = !taken[t] || truth.get(t).ignored(); // a crowd may match several times
      if (best >= 0 && !isIgnored(truth.get(best), range) && isIgnored(truth.get(t), range)) {
        break;
      }
      if (free && overlaps[t] >= most) { // the last of equal overlaps, as in pycocotools
        most = overlaps[t];
        best = t;
      }
    }
    return best;
  }

  @Override
  public Map<String, Double> metrics(List<ClassMatches> classes) {
    Map<String, Double> all = new LinkedHashMap<>();
    all.put("map", precision(classes, 0, 0, OVERLAPS));
    all.put("map_50", precision(classes, 0, 0, 1));
    all.put("map_75", precision(classes, 0, 5, 6));
    for (int area = 1; area < AREAS.length; area++) {
      all.put("map" + SIZES.get(area), precision(classes, area, 0, OVERLAPS));
    }
    for (int most : List.of(1, 10, MOST)) {
      all.put("mar_" + most, recall(classes, 0, most));
    }
    for (int area = 1; area < AREAS.length; area++) {
      all.put("mar" + SIZES.get(area), recall(classes, area, MOST));
    }
    return Collections.unmodifiableMap(all);
  }

  private interface Score {
    double of(ClassMatches matches, int group);
  }

  private static double precision(List<ClassMatches> classes, int area, int from, int to) {
    return mean(classes, area, from, to, (c, group) -> c.curve(group).mean(100));
  }

  private static double recall(List<ClassMatches> classes, int area, int most) {
    return mean(classes, area, 0, OVERLAPS, (c, group) -> c.recall(group, most));
  }

  /** Returns the mean score over classes with true boxes and over a range of minimum overlaps. */
  private static double mean(List<ClassMatches> classes, int area, int from, int to, Score score) {
    double sum = 0;
    int count = 0;
    for (ClassMatches c : classes) {
      for (int group = area * OVERLAPS + from; group < area * OVERLAPS + to; group++) {
        if (c.wanted(group) > 0) {
          sum += score.of(c, group);
          count++;
        }
      }
    }
    return count == 0 ? Double.NaN : sum / count;
  }
}
