package dev.quern.plan;

import dev.quern.network.Network;
import dev.quern.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The moments of a plan. Time 0 loads the batch, step i of n runs forward at i + 1, the loss
 * follows at n + 1, and then the steps run backward, the last first. They may be cut into segments,
 * of which all but the last forget what they made: such a segment's steps run forward once more
 * before they run backward (Chen et al., "Training Deep Nets with Sublinear Memory Cost", 2016).
 */
final class Timeline {
  private final int steps;

  /** Where segments begin, and the number of steps. */
  private final int[] bounds;

  private final int[] segments;

  /** When a step's memory is filled for its backward pass: its only time, or its second. */
  private final int[] again;

  private final int[] backward;

  /** The step that runs at a time; -1 for none. */
  private final int[] owners;

  /**
   * @param starts the segments' first steps: 0, and others in rising order
   */
  Timeline(int steps, List<Integer> starts) {
    this.steps = steps;
    bounds = new int[starts.size() + 1];
    bounds[starts.size()] = steps;
    segments = new int[steps];
    again = new int[steps];
    backward = new int[steps];
    owners = new int[3 * steps + 3];
    Arrays.fill(owners, -1);
    for (int s = 0; s < starts.size(); s++) {
      bounds[s] = starts.get(s);
      Arrays.fill(segments, bounds[s], steps, s);
    }
    int time = 1;
    for (int i = 0; i < steps; i++) {
      again[i] = time;
      owners[time++] = i;
    }
    time++;
    for (int s = count() - 1; s >= 0; s--) {
      for (int i = bounds[s]; i < bounds[s + 1] && forgets(s); i++) {
        again[i] = time;
        owners[time++] = i;
      }
      for (int i = bounds[s + 1] - 1; i >= bounds[s]; i--) {
        backward[i] = time;
        owners[time++] = i;
      }
    }
  }

  /**
   * In about {@code segments} segments of like size, cut where no more than one value passes.
   *
   * @param tail steps that follow the others
   */
  static Timeline of(List<Step> steps, Map<String, Shape> shapes, int segments, int tail) {
    long[] sizes = new long[steps.size() + 1];
    for (int i = 0; i < steps.size(); i++) {
      sizes[i + 1] = sizes[i] + shapes.get(steps.get(i).name()).elements();
    }
    List<Integer> starts = new ArrayList<>(List.of(0));
    List<Integer> cuts = segments == 1 ? List.of() : cuts(steps);
    for (int s = 1; s < segments; s++) {
      double wanted = (double) sizes[steps.size()] * s / segments;
      int best = -1;
      for (int cut : cuts) {
        boolean nearer = best < 0 || Math.abs(sizes[cut] - wanted) < Math.abs(sizes[best] - wanted);
        best = cut > starts.get(starts.size() - 1) && nearer ? cut : best;
      }
      if (best > 0) {
        starts.add(best);
      }
    }
    return new Timeline(steps.size() + tail, starts);
  }

  /** The steps before which at most one value, besides the images, is there for later ones. */
  private static List<Integer> cuts(List<Step> steps) {
    List<Integer> cuts = new ArrayList<>();
    Set<String> made = new HashSet<>();
    for (int i = 1; i < steps.size(); i++) {
      made.add(steps.get(i - 1).name());
      Set<String> passing = new HashSet<>();
      steps.subList(i, steps.size()).forEach(s -> passing.addAll(s.inputs()));
      passing.remove(Network.INPUT);
      passing.retainAll(made);
      if (passing.size() <= 1) {
        cuts.add(i);
      }
    }
    return cuts;
  }

  /** The number of segments. */
  int count() {
    return bounds.length - 1;
  }

  /** Whether what segment {@code s} makes is forgotten, and made again. */
  boolean forgets(int s) {
    return s < count() - 1;
  }

  /** The first step of segment {@code s}, or of nobody behind the last. */
  int start(int s) {
    return bounds[s];
  }

  int segment(int step) {
    return segments[step];
  }

  int forward(int step) {
    return step + 1;
  }

  int loss() {
    return steps + 1;
  }

  int backward(int step) {
    return backward[step];
  }

  int end() {
    return backward[0] + 1;
  }

  /** Says when a slot is in use, from the moments at which it was said to be read or written. */
  void settle(Slot slot) {
    int first = slot.uses.nextSetBit(0);
    if (first < 0) {
      return;
    }
    int last = slot.uses.length() - 1;
    int lastForward = slot.uses.previousSetBit(steps);
    for (int t = slot.uses.nextSetBit(1); t >= 0 && t <= steps; t = slot.uses.nextSetBit(t + 1)) {
      last = Math.max(last, again[owners[t]]);
    }
    if (isForgotten(slot, first)) {
      slot.live(first, lastForward, again[owners[first]], last);
    } else {
      slot.live(first, last, first, last);
    }
  }

  /** Whether the slot is first filled by a step that runs twice, and is of its segment alone. */
  private boolean isForgotten(Slot slot, int first) {
    if (first > steps || owners[first] < 0 || !forgets(segments[owners[first]])) {
      return false;
    }
    int own = segments[owners[first]];
    return slot.uses.stream().allMatch(t -> owners[t] >= 0 && segments[owners[t]] == own);
  }
}
