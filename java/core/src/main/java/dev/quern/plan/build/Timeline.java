package dev.quern.plan.build;

import dev.quern.plan.memory.Slot;
import dev.quern.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The execution order of a plan's operations, as a sequence of times. The batch is loaded at time
 * 0. Chain i of n runs forward at time i + 1, the loss at n + 1; then the chains run backward,
 * starting with the last. With activation checkpointing, chains are divided into segments, and all
 * segments except the last discard their activations and run forward again before their backward
 * passes (Chen et al., "Training Deep Nets with Sublinear Memory Cost", 2016). Chains without a
 * backward pass come first and form a segment that discards nothing.
 */
public final class Timeline {
  private final int chains;

  /** The index of the first segment with a backward pass. */
  private final int first;

  /** The first chain of each segment, followed by the number of chains. */
  private final int[] bounds;

  private final int[] segments;

  /** The time of each chain's last forward pass: the second one if activations are recomputed. */
  private final int[] again;

  private final int[] backward;

  /** The chain that runs at each time; -1 for none. */
  private final int[] owners;

  /**
   * Creates a timeline.
   *
   * @param chains the number of chains
   * @param starts the first chain of each segment, ascending, starting with 0
   * @param first the index of the first segment with a backward pass: 0 or 1
   */
  Timeline(int chains, List<Integer> starts, int first) {
    this.chains = chains;
    this.first = first;
    bounds = new int[starts.size() + 1];
    bounds[starts.size()] = chains;
    segments = new int[chains];
    again = new int[chains];
    backward = new int[chains];
    owners = new int[3 * chains + 3];
    Arrays.fill(owners, -1);
    for (int s = 0; s < starts.size(); s++) {
      bounds[s] = starts.get(s);
      Arrays.fill(segments, bounds[s], chains, s);
    }
    int time = 1;
    for (int i = 0; i < chains; i++) {
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
   * Divides chains into about {@code segments} segments of similar size. Only one value may cross a
   * boundary between segments. Chains without a backward pass form an additional segment.
   *
   * @param ahead the number of chains without a backward pass, which come first
   * @param outputs the names of the network's outputs
   * @param tail the number of additional chains at the end
   */
  static Timeline of(
      List<Chain> chains,
      int ahead,
      Map<String, Shape> shapes,
      List<String> outputs,
      int segments,
      int tail) {
    long[] sizes = new long[chains.size() + 1];
    for (int i = 0; i < chains.size(); i++) {
      sizes[i + 1] = sizes[i] + shapes.get(chains.get(i).name()).elements();
    }
    List<Integer> starts = new ArrayList<>(ahead == 0 ? List.of(0) : List.of(0, ahead));
    List<Integer> cuts = segments == 1 ? List.of() : cuts(chains, ahead, outputs);
    for (int s = 1; s < segments; s++) {
      double wanted = sizes[ahead] + (double) (sizes[chains.size()] - sizes[ahead]) * s / segments;
      int best = -1;
      for (int cut : cuts) {
        boolean nearer = best < 0 || Math.abs(sizes[cut] - wanted) < Math.abs(sizes[best] - wanted);
        best = cut > starts.get(starts.size() - 1) && nearer ? cut : best;
      }
      if (best > 0) {
        starts.add(best);
      }
    }
    return new Timeline(chains.size() + tail, starts, ahead == 0 ? 0 : 1);
  }

  /**
   * Returns the chains at which a segment may begin, because at most one earlier value is read from
   * there on.
   */
  private static List<Integer> cuts(List<Chain> chains, int ahead, List<String> outputs) {
    List<Integer> cuts = new ArrayList<>();
    Set<String> made = new HashSet<>();
    for (int i = ahead + 1; i < chains.size(); i++) {
      made.add(chains.get(i - 1).name());
      Set<String> passing = new HashSet<>(outputs);
      chains.subList(i, chains.size()).forEach(s -> passing.addAll(s.inputs()));
      passing.retainAll(made);
      if (passing.size() <= 1) {
        cuts.add(i);
      }
    }
    return cuts;
  }

  /** Returns the number of segments. */
  public int count() {
    return bounds.length - 1;
  }

  /** Returns the index of the first segment with a backward pass. */
  public int first() {
    return first;
  }

  /** Returns whether the activations of segment {@code s} are discarded and recomputed. */
  public boolean forgets(int s) {
    return s >= first && s < count() - 1;
  }

  /**
   * Returns the first chain of segment {@code s}; the number of chains if {@code s} is the number
   * of segments.
   */
  public int start(int s) {
    return bounds[s];
  }

  int segment(int chain) {
    return segments[chain];
  }

  int forward(int chain) {
    return chain + 1;
  }

  int loss() {
    return chains + 1;
  }

  int backward(int chain) {
    return backward[chain];
  }

  int end() {
    return backward[0] + 1;
  }

  /**
   * Determines the ranges of time in which a slot is in use, from its recorded reads and writes.
   */
  void settle(Slot slot) {
    int first = slot.uses.nextSetBit(0);
    if (first < 0) {
      return;
    }
    int last = slot.uses.length() - 1;
    int lastForward = slot.uses.previousSetBit(chains);
    for (int t = slot.uses.nextSetBit(1); t >= 0 && t <= chains; t = slot.uses.nextSetBit(t + 1)) {
      last = Math.max(last, again[owners[t]]);
    }
    boolean once =
        slot.uses.stream().noneMatch(t -> owners[t] >= 0 && forgets(segments[owners[t]]));
    if (slot.restored && once) {
      slot.live(first, slot.uses.previousSetBit(loss()), slot.uses.nextSetBit(loss() + 1), last);
    } else if (isForgotten(slot, first)) {
      slot.live(first, lastForward, again[owners[first]], last);
    } else {
      slot.live(first, last, first, last);
    }
  }

  /**
   * Returns whether a slot contains only data that is discarded and recomputed: a chain that runs
   * twice writes it, and only chains of the same segment use it.
   */
  private boolean isForgotten(Slot slot, int first) {
    if (first > chains || owners[first] < 0 || !forgets(segments[owners[first]])) {
      return false;
    }
    int own = segments[owners[first]];
    return slot.uses.stream().allMatch(t -> owners[t] >= 0 && segments[owners[t]] == own);
  }
}
