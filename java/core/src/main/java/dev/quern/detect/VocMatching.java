package dev.quern.detect;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** VOC's matching rules, with a single group. */
record VocMatching(double iou, boolean elevenPoints) implements Matching {
  @Override
  public int groups() {
    return 1;
  }

  @Override
  public void add(List<Detection> sorted, List<GroundTruthBox> truth, ClassMatches to) {
    to.want(0, (int) truth.stream().filter(t -> !t.ignored()).count());
    Set<Integer> taken = new HashSet<>();
    for (int rank = 0; rank < sorted.size(); rank++) {
      Detection d = sorted.get(rank);
      int best = -1;
      double most = iou;
      for (int i = 0; i < truth.size(); i++) {
        double overlap = d.box().iou(truth.get(i).box());
        if (overlap > most) {
          most = overlap;
          best = i;
        }
      }
      boolean ignored = best >= 0 && truth.get(best).ignored();
      boolean right = best >= 0 && !ignored && taken.add(best);
      to.add(d.score(), rank, right ? 1 : 0, ignored ? 1 : 0);
    }
  }

  @Override
  public Map<String, Double> metrics(List<ClassMatches> classes) {
    double mean =
        classes.stream()
            .filter(c -> c.wanted(0) > 0)
            .mapToDouble(c -> elevenPoints ? c.curve(0).mean(10) : c.curve(0).area())
            .average()
            .orElse(Double.NaN);
    return Map.of("map", mean);
  }
}
