package dev.quern.detect;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** The scores as the challenges tell them, one at a time and everything anew for each. */
final class SlowAveragePrecision {
  private record Judged(double score, int rank, boolean right) {}

  private final List<List<Detection>> found;
  private final List<List<GroundTruthBox>> truth;
  private int toFind;

  SlowAveragePrecision(List<List<Detection>> found, List<List<GroundTruthBox>> truth) {
    this.found = found;
    this.truth = truth;
  }

  Map<String, Double> coco() {
    Map<String, Double> all = new LinkedHashMap<>();
    String[] sizes = {"", "_small", "_medium", "_large"};
    double[][] areas = {{0, 1e10}, {0, 1024}, {1024, 9216}, {9216, 1e10}};
    for (int i = 0; i < 4; i++) {
      all.put("map" + sizes[i], mean(areas[i], 0.5, 0.96, 0));
      if (i > 0) {
        all.put("mar" + sizes[i], mean(areas[i], 0.5, 0.96, 100));
      }
    }
    all.put("map_50", mean(areas[0], 0.5, 0.51, 0));
    all.put("map_75", mean(areas[0], 0.75, 0.76, 0));
    for (int most : new int[] {1, 10, 100}) {
      all.put("mar_" + most, mean(areas[0], 0.5, 0.96, most));
    }
    return all;
  }

  /** Over classes and overlaps; of recall where {@code most} is above 0. */
  private double mean(double[] area, double from, double to, int most) {
    List<Double> all = new ArrayList<>();
    for (int c : classes()) {
      for (double overlap = from; overlap < to; overlap += 0.05) {
        List<Judged> judged = judged(c, area, overlap);
        if (toFind > 0) {
          all.add(most > 0 ? recall(judged, most) : precision(judged));
        }
      }
    }
    return all.stream().mapToDouble(d -> d).average().orElse(Double.NaN);
  }

  private TreeSet<Integer> classes() {
    TreeSet<Integer> all = new TreeSet<>();
    truth.forEach(of -> of.forEach(t -> all.add(t.classIndex())));
    return all;
  }

  private double recall(List<Judged> judged, int most) {
    return judged.stream().filter(j -> j.right && j.rank < most).count() / (double) toFind;
  }

  private double precision(List<Judged> judged) {
    double sum = 0;
    for (int i = 0; i <= 100; i++) {
      double best = 0;
      int right = 0;
      for (int n = 0; n < judged.size(); n++) {
        right += judged.get(n).right ? 1 : 0;
        if (right / (double) toFind >= i * 0.01) {
          best = Math.max(best, right / (n + 1.0));
        }
      }
      sum += best;
    }
    return sum / 101;
  }

  private List<Judged> judged(int c, double[] area, double overlap) {
    List<Judged> all = new ArrayList<>();
    toFind = 0;
    for (int p = 0; p < found.size(); p++) {
      List<GroundTruthBox> boxes = truth.get(p).stream().filter(t -> t.classIndex() == c).toList();
      List<Boolean> counts = boxes.stream().map(t -> !t.ignored() && in(t.area(), area)).toList();
      toFind += (int) counts.stream().filter(b -> b).count();
      boolean[] taken = new boolean[boxes.size()];
      List<Detection> best = sorted(p, c);
      for (int n = 0; n < Math.min(100, best.size()); n++) {
        Box box = best.get(n).box();
        int match = match(box, boxes, counts, taken, overlap, true);
        match = match >= 0 ? match : match(box, boxes, counts, taken, overlap, false);
        if (match >= 0) {
          taken[match] = true;
        }
        if (match >= 0 ? counts.get(match) : in(box.area(), area)) {
          all.add(new Judged(best.get(n).score(), n, match >= 0));
        }
      }
    }
    all.sort(Comparator.comparingDouble(Judged::score).reversed());
    return all;
  }

  private static int match(
      Box box,
      List<GroundTruthBox> boxes,
      List<Boolean> counts,
      boolean[] taken,
      double overlap,
      boolean counting) {
    int match = -1;
    double most = overlap - 1e-12; // which is a sum of rounded steps
    for (int t = 0; t < boxes.size(); t++) {
      GroundTruthBox of = boxes.get(t);
      double own = of.ignored() ? box.intersection(of.box()) / box.area() : box.iou(of.box());
      if (counts.get(t) == counting && (of.ignored() || !taken[t]) && own >= most) {
        most = own;
        match = t;
      }
    }
    return match;
  }

  private List<Detection> sorted(int picture, int c) {
    List<Detection> all = new ArrayList<>(found.get(picture));
    all.removeIf(d -> d.classIndex() != c);
    all.sort(Comparator.comparingDouble(Detection::score).reversed());
    return all;
  }

  private static boolean in(double area, double[] range) {
    return area >= range[0] && area <= range[1];
  }

  /** The area under the curve, at an overlap above one half. */
  double voc() {
    List<Double> all = new ArrayList<>();
    for (int c : classes()) {
      List<Judged> judged = vocJudged(c);
      double area = 0;
      for (int i = 0; i < judged.size(); i++) {
        double best = 0;
        int right = 0;
        for (int n = 0; n < judged.size(); n++) {
          right += judged.get(n).right ? 1 : 0;
          best = n >= i ? Math.max(best, right / (n + 1.0)) : best;
        }
        area += judged.get(i).right ? best / toFind : 0;
      }
      if (toFind > 0) {
        all.add(area);
      }
    }
    return all.stream().mapToDouble(d -> d).average().orElse(Double.NaN);
  }

  private List<Judged> vocJudged(int c) {
    List<Judged> all = new ArrayList<>();
    toFind = 0;
    for (int p = 0; p < found.size(); p++) {
      List<GroundTruthBox> boxes = truth.get(p).stream().filter(t -> t.classIndex() == c).toList();
      toFind += (int) boxes.stream().filter(t -> !t.ignored()).count();
      boolean[] taken = new boolean[boxes.size()];
      for (Detection d : sorted(p, c)) {
        GroundTruthBox most =
            boxes.stream()
                .max(Comparator.comparingDouble(t -> d.box().iou(t.box())))
                .filter(t -> d.box().iou(t.box()) > 0.5)
                .orElse(null);
        int match = boxes.indexOf(most);
        if (most == null || !most.ignored()) {
          all.add(new Judged(d.score(), 0, most != null && !taken[match]));
          if (most != null) {
            taken[match] = true;
          }
        }
      }
    }
    all.sort(Comparator.comparingDouble(Judged::score).reversed());
    return all;
  }
}
