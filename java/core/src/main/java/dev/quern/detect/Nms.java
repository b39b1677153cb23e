package dev.quern.detect;

import dev.quern.error.InvalidArgumentException;
import dev.quern.internal.arguments.Require;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/**
 * Non-maximum suppression: keeps the box with the highest score of several boxes around an object.
 * Boxes with a score above the threshold are visited in descending order of scores; boxes of equal
 * score keep their order. A box is suppressed if its intersection over union with an already kept
 * box of the same class exceeds the IoU threshold. Equals torchvision's {@code batched_nms} and
 * ONNX's {@code NonMaxSuppression}. Immutable.
 *
 * @param score the score that a box must exceed; default 0.5
 * @param iou the IoU threshold, in [0, 1]; default 0.5
 * @param candidates the maximum number of boxes to consider, highest scores first; default 1000
 * @param most the maximum number of kept boxes, over all classes; default 100
 */
public record Nms(double score, double iou, int candidates, int most) {
  /**
   * Upper limit of {@code candidates} and of {@code most}, to bound the time of the suppression.
   */
  private static final int LIMIT = 10_000;

  /**
   * Checks the arguments.
   *
   * @throws InvalidArgumentException if the score is not finite, the iou is outside [0, 1], or a
   *     count is outside [1, 10000]
   */
  public Nms {
    if (!Double.isFinite(score)) {
      throw new InvalidArgumentException("nms: score " + score + " must be finite");
    }
    if (!(iou >= 0 && iou <= 1)) {
      throw new InvalidArgumentException("nms: iou " + iou + " is outside [0, 1]");
    }
    requireCount("candidates", candidates);
    requireCount("most", most);
  }

  public Nms() {
    this(0.5, 0.5, 1000, 100);
  }

  private static void requireCount(String what, int count) {
    if (count < 1 || count > LIMIT) {
      throw new InvalidArgumentException(
          "nms: " + what + " " + count + " is outside [1, " + LIMIT + "]");
    }
  }

  /** Returns a copy with another score threshold. */
  public Nms score(double other) {
    return new Nms(other, iou, candidates, most);
  }

  /** Returns a copy with another IoU threshold. */
  public Nms iou(double other) {
    return new Nms(score, other, candidates, most);
  }

  /** Returns a copy with other maximum numbers of candidates and kept boxes. */
  public Nms counts(int otherCandidates, int otherMost) {
    return new Nms(score, iou, otherCandidates, otherMost);
  }

  /** Returns the kept detections in descending order of scores. */
  public List<Detection> apply(List<Detection> found) {
    Candidates all = new Candidates(this);
    for (Detection d : Require.all("nms", "detections", found)) {
      all.add(d, 0);
    }
    return all.kept().detections();
  }

  /**
   * The kept detections.
   *
   * @param rows the row of each of them in the network's outputs
   */
  record Kept(List<Detection> detections, int[] rows) {}

  /** Returns the kept detections of a list that is sorted by descending score. */
  private Kept suppressed(List<Candidates.Ranked> sorted) {
    List<Detection> kept = new ArrayList<>();
    int[] rows = new int[Math.min(most, sorted.size())];
    for (Candidates.Ranked next : sorted) {
      if (kept.size() == most) {
        break;
      }
      if (kept.stream().noneMatch(k -> suppresses(k, next.detection))) {
        rows[kept.size()] = next.row;
        kept.add(next.detection);
      }
    }
    return new Kept(List.copyOf(kept), rows);
  }

  private boolean suppresses(Detection better, Detection other) {
    return better.classIndex() == other.classIndex() && better.box().iou(other.box()) > iou;
  }

  /** A collection that retains the candidates with the highest scores, up to {@code candidates}. */
  static final class Candidates {
    private record Ranked(Detection detection, int row, long place) {}

    private static final Comparator<Ranked> BEST_FIRST =
        Comparator.<Ranked>comparingDouble(r -> -r.detection.score())
            .thenComparingLong(Ranked::place);

    private final Nms nms;
    private final PriorityQueue<Ranked> worstFirst = new PriorityQueue<>(BEST_FIRST.reversed());
    private long seen;

    Candidates(Nms nms) {
      this.nms = nms;
    }

    /** Returns whether a box of this score would be retained; false for NaN. */
    boolean takes(double score) {
      return score > nms.score
          && Double.isFinite(score)
          && (worstFirst.size() < nms.candidates || score > worstFirst.element().detection.score());
    }

    void add(Detection d, int row) {
      if (takes(d.score())) {
        worstFirst.add(new Ranked(d, row, seen++));
        if (worstFirst.size() > nms.candidates) {
          worstFirst.remove();
        }
      }
    }

    Kept kept() {
      return nms.suppressed(worstFirst.stream().sorted(BEST_FIRST).toList());
    }
  }
}
