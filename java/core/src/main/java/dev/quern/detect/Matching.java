package dev.quern.detect;

import java.util.List;
import java.util.Map;

/**
 * The rules of a challenge, which decide which detections are correct and how metrics are computed.
 */
interface Matching {
  /** Returns the number of groups: combinations of overlaps and sizes of boxes. */
  int groups();

  /**
   * Matches the detections of one class in one image.
   *
   * @param sorted the detections, the highest score first
   */
  void add(List<Detection> sorted, List<GroundTruthBox> truth, ClassMatches to);

  Map<String, Double> metrics(List<ClassMatches> classes);
}
