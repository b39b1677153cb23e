package dev.quern.detect;

import java.util.List;
import java.util.Map;

/**
 * The rules of a detection benchmark: which detections are correct, and how metrics are computed.
 */
interface Matching {
  /** Returns the number of groups: combinations of a minimum overlap and a range of box sizes. */
  int groups();

  /**
   * Matches the detections of one class in one image.
   *
   * @param sorted the detections in descending order of scores
   */
  void add(List<Detection> sorted, List<GroundTruthBox> truth, ClassMatches to);

  Map<String, Double> metrics(List<ClassMatches> classes);
}
