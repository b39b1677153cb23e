package dev.quern.detect;

import java.util.List;
import java.util.Map;

/** Which detections are right, by one challenge's rules, and what that is worth. */
interface Matching {
  /** How many ways to judge there are: overlaps, sizes of boxes. */
  int groups();

  /**
   * Matches the detections of one class in one image.
   *
   * @param sorted best first
   */
  void add(List<Detection> sorted, List<GroundTruthBox> truth, ClassMatches to);

  Map<String, Double> metrics(List<ClassMatches> classes);
}
